"""How an export is wanted: what each option means, and what it says nothing to."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from selfinstruct.api.inputs import refuse_unknown
from selfinstruct.api.told import conditions, told_by
from selfinstruct.errors import IdleError, SettingsError
from selfinstruct.formats import trainers
from selfinstruct.formats.chosen import Chosen
from selfinstruct.formats.kind import Format, Wanted
from selfinstruct.formats.pairing import Pairs
from selfinstruct.formats.preference_files import Preferred
from selfinstruct.formats.preferences import find_preference
from selfinstruct.formats.reasoning import How, Reasoning
from selfinstruct.formats.registry import find_format
from selfinstruct.formats.samples import Answers
from selfinstruct.formats.selecting import Selection, Splits
from selfinstruct.formats.wording import FILE as TEMPLATES
from selfinstruct.languages import load
from selfinstruct.pool import Manifest

_OF_COMPARISONS = {"format", "split", "shuffle", "pairs", "license", "config_for", "force"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What an export is called with; the fields are the options of the same names."""

    format: str
    where: tuple[str, ...] = ()
    judgements: tuple[str, ...] = ()
    only: Path | None = None
    min_agreement: float | None = None
    max_instances: int | None = None
    include_seeds: bool = False
    split: str | None = None
    shuffle: int | None = None
    pairs: str = "all"
    system: str | None = None
    answers: str = "kept"
    reasoning: str = "none"
    templates: Path | None = None
    seed: int = 0
    license: str = ""
    config_for: str | None = None
    force: bool = False

    def form(self) -> Format:
        """The format, once it is known that everything else can be and says something to it.

        Raises:
            SettingsError: A value is none that may be.
            IdleError: One says nothing to the format.
        """
        form = find_format(self.format)
        refuse_unknown("reasoning", self.reasoning, [one.value for one in How])
        refuse_unknown("answers", self.answers, [one.value for one in Answers])
        if self.answers == Answers.ALL and form.rows is None:
            said = f"--answers all: {self.format} has no row for each answer; use chat or parquet."
            raise IdleError(said, "answers")
        if self.answers == Answers.ALL and self.judgements:
            raise SettingsError(
                "--answers all and --judgements: only the answer that was kept was judged, so none "
                "of the others meets a condition. Leave one out."
            )
        if self.max_instances is not None and self.max_instances < 1:
            raise SettingsError(f"--max-instances must be at least 1, not {self.max_instances}.")
        if self.min_agreement is not None and not 0 <= self.min_agreement <= 1:
            raise SettingsError(
                f"--min-agreement must be between 0 and 1, not {self.min_agreement:g}."
            )
        if self.system is not None and "system" not in form.takes:
            raise IdleError(f"--system says nothing to the format {self.format}.", "system")
        if self.reasoning == How.FIELD and not form.thoughts:
            said = f"--reasoning field: {self.format} has no place for it; use tags, or chat."
            raise IdleError(said, "reasoning")
        if self.templates is not None and "templates" not in form.takes:
            raise IdleError(f"--templates says nothing to the format {self.format}.", "templates")
        if self.seed and "seed" not in form.takes:
            said = f"--seed says nothing to the format {self.format}; see --shuffle."
            raise IdleError(said, "seed")
        if self.pairs != Pairs.ALL:
            raise IdleError(f"--pairs says nothing to the format {self.format}.", "pairs")
        return form

    def preferred(self) -> Preferred:
        """How a comparison is exported, once it is known that each option says something to it.

        Raises:
            SettingsError: A value is none that may be, or there is no such format.
            IdleError: One says nothing to preference data.
        """
        form = find_preference(self.format)
        refuse_unknown("pairs", self.pairs, [one.value for one in Pairs])
        for one in fields(self):
            if one.name not in _OF_COMPARISONS and getattr(self, one.name) != one.default:
                option = one.name.replace("_", "-")
                said = f"--{option} says nothing to a comparison; it is taken as it was judged."
                raise IdleError(said, option)
        if self.pairs != Pairs.ALL and not form.takes_pairs:
            raise IdleError(f"--pairs says nothing to the format {form.name}.", "pairs")
        return Preferred(
            form=form,
            pairs=Pairs(self.pairs),
            splits=Splits.of(self.split) if self.split is not None else None,
            shuffle=self.shuffle,
            trainer=self.config_for or "",
        )

    def wanted(self, pool: Path, manifest: Manifest) -> Wanted:
        """How the pool of this manifest is exported.

        Raises:
            UsageError: A condition or a share is none, or the language cannot be loaded.
        """
        pack = load(manifest.language)
        own = pack.folder / TEMPLATES
        where, judged = conditions(self.where, told_by(pool, self.judgements))
        return Wanted(
            format=self.format,
            selection=Selection(
                where=where,
                judged=judged,
                min_agreement=self.min_agreement,
                max_instances=self.max_instances,
                include_seeds=self.include_seeds,
                shuffle=self.shuffle,
                only=Chosen.of(str(self.only)) if self.only is not None else None,
            ),
            splits=Splits.of(self.split) if self.split is not None else None,
            system=self.system,
            templates=self.templates or (own if own.is_file() else None),
            seed=self.seed,
            licence=self.license,
            language=pack.name,
            answers=Answers(self.answers),
            reasoning=Reasoning(How(self.reasoning), trainers.thoughts_field(self.config_for)),
        )

    def filters(self) -> list[str]:
        """The options that decide what is taken, as the card says them."""
        said = [f"--where {condition}" for condition in self.where]
        if self.only is not None:
            said.append(f"--only {self.only}")
        if self.min_agreement is not None:
            said.append(f"--min-agreement {self.min_agreement:g}")
        if self.max_instances is not None:
            said.append(f"--max-instances {self.max_instances}")
        if self.answers == Answers.ALL:
            said.append("--answers all")
        return [*said, "--include-seeds"] if self.include_seeds else said

    def call(self, pool: Path, output: str) -> str:
        """The call in Python that makes the export again."""
        said = [repr(str(pool)), repr(output)]
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name != "force" and value != one.default:
                plain = list(value) if isinstance(value, tuple) else value
                said.append(f"{one.name}={(str(plain) if isinstance(plain, Path) else plain)!r}")
        return f"import selfinstruct\n\nselfinstruct.export({', '.join(said)})"
