"""``export``: choose, write, and put a card beside it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from selfinstruct import jsonl
from selfinstruct.api.export_preferences import export_preferences, is_preferred
from selfinstruct.api.exported import ExportResult, Seen
from selfinstruct.api.goals import CARD, card_name, refuse_goal
from selfinstruct.api.inputs import Named, texts_of
from selfinstruct.api.judgings import at_a_glance
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.wanted import ExportOptions
from selfinstruct.errors import SettingsError
from selfinstruct.formats import card as cards
from selfinstruct.formats import trainers
from selfinstruct.formats.census import Census
from selfinstruct.formats.exporting import layout, write
from selfinstruct.formats.kind import Format, Wanted
from selfinstruct.formats.layout import Layout, staged
from selfinstruct.formats.reasoning import How
from selfinstruct.outputs import named
from selfinstruct.pool import Snapshot, look
from selfinstruct.pool.decontaminations import noted


def export(
    pool: str | Path,
    output: Named,
    *,
    format: str,  # noqa: A002 - as the option is called
    where: str | Sequence[str] = (),
    judgements: str | Sequence[str] = (),
    only: Named | None = None,
    min_agreement: float | None = None,
    max_instances: int | None = None,
    include_seeds: bool = False,
    split: str | None = None,
    shuffle: int | None = None,
    pairs: str = "all",
    system: str | None = None,
    answers: str = "kept",
    reasoning: str = "none",
    templates: str | Path | None = None,
    seed: int = 0,
    license: str | None = None,  # noqa: A002 - likewise
    config_for: str | None = None,
    force: bool = False,
    command: str = "",
    observer: Observer = SILENT,
) -> ExportResult:
    """Write a pool or a comparison in the format of a trainer or a data set, with a card beside it.

    Nothing is locked: of a pool that is growing, what is finished is taken. A comparison is
    written as preference data; ties and inconsistent pairs are left out and counted.

    Args:
        pool: The pool, or the folder of a comparison.
        output: A file, or a folder for ``superni`` and ``hf``; ``-`` is standard output.
        format: ``alpaca``, ``chat``, ``sharegpt``, ``completion``, ``flan``, ``superni``,
            ``parquet`` or ``hf``; of a comparison ``dpo``, ``reward``, ``kto``, ``openai-dpo``
            or ``ranking``.
        where: Conditions such as ``language=ko`` or ``difficulty>=5``; all must hold.
        judgements: Names of judgings, whose questions are conditions too: ``output=yes``. An
            instance that was not judged meets none of them.
        only: The file that ``select`` wrote, or any that names tasks: these alone, in its order.
        min_agreement: Only instances whose samples agree so much, in [0, 1].
        max_instances: The most instances of one task.
        include_seeds: Whether the pool's seed tasks are taken too.
        split: Shares that add up to 1, such as ``train=0.9,test=0.1``.
        shuffle: Where a random order starts; None for the order of the pool.
        pairs: Of a comparison, which pairs of each ranking: ``all`` or ``best-worst``.
        system: A system message, for dialogues.
        answers: Of instances that hold several answers, the ``kept`` one, or ``all`` that
            differ, each as an instance.
        reasoning: What becomes of thoughts: ``none``, ``field`` or ``tags``.
        templates: A file of templates, for ``completion`` and ``flan``.
        seed: Where drawing templates starts.
        license: What the card states.
        config_for: The trainer whose settings are written too.
        force: Whether what an earlier export left there is replaced.
        command: What the card says makes the export again; "" for this call.
        observer: Who hears how far it is.

    Raises:
        UsageError: Something makes no sense, the pool cannot be read, or the goal is taken.
        DiskError: It cannot be written; what was there is untouched then.
    """
    options = ExportOptions(
        format=format,
        where=texts_of(where),
        judgements=texts_of(judgements),
        only=Path(only) if only is not None else None,
        min_agreement=min_agreement,
        max_instances=max_instances,
        include_seeds=include_seeds,
        split=split,
        shuffle=shuffle,
        pairs=pairs,
        system=system,
        answers=answers,
        reasoning=reasoning,
        templates=Path(templates) if templates is not None else None,
        seed=seed,
        license=(license or "").strip(),
        config_for=config_for,
        force=force,
    )
    folder = Path(pool)
    if is_preferred(folder, format):
        return export_preferences(folder, str(output), options, command, observer)
    return _Export(folder, str(output), options, options.form(), command).run(observer)


@dataclass(frozen=True, slots=True)
class _Export:
    """An export that was called for."""

    pool: Path
    output: str
    options: ExportOptions
    form: Format
    command: str

    def run(self, observer: Observer) -> ExportResult:
        started = time.monotonic()
        options = self.options
        snapshot = look(self.pool)
        if Path(self.output).name in {"", "..", CARD}:
            raise SettingsError(f"-o {self.output}: name a file or a folder of its own.")
        goal = named(self.output, is_folder=self.form.shape.is_folder)
        wanted = options.wanted(self.pool, snapshot.manifest)
        place = layout(goal, wanted)
        config = _config(options.config_for, place, wanted)
        if goal.is_stream:
            if config:
                raise SettingsError(
                    f"-o {goal.said} leaves no room for --json and --config-for: name a file."
                )
            census = write(self.pool, snapshot.manifest, wanted, place, None)
            return self._told(place, census, None, None, started)
        card = card_name(place)
        beside = [card, *([config[0]] if config else [])]
        refuse_goal(self.output, place, beside, force=options.force)
        seen = Seen(snapshot.position.tasks)
        with staged(place) as stage:
            with observer.counting() as show:
                step = partial(seen.step, show)
                census = write(self.pool, snapshot.manifest, wanted, place, stage, step)
            jsonl.write_whole(stage / card, cards.card(self._about(place, snapshot), census))
            if config:
                jsonl.write_whole(stage / config[0], config[1])
        return self._told(place, census, card, config[0] if config else None, started)

    def _about(self, place: Layout, snapshot: Snapshot) -> cards.About:
        options = self.options
        return cards.About(
            name=place.goal.name,
            format=options.format,
            manifest=snapshot.manifest,
            unapplied=snapshot.unapplied,
            licence=options.license,
            filters=options.filters(),
            command=self.command or options.call(self.pool, self.output),
            files=place.files if self.form.folder is None else {},
            fence="bash" if self.command else "python",
            checked=list(noted(self.pool)),
            columns=self.form.columns,
            is_folder=place.is_folder,
            is_parquet=self.form.shape.is_parquet,
            judged=[f"{one.name} ({one.rubric}) {one.line()}" for one in at_a_glance(self.pool)],
        )

    def _told(
        self, place: Layout, census: Census, card: str | None, config: str | None, started: float
    ) -> ExportResult:
        files = [place.parent / name for name in place.files.values()]
        return ExportResult(
            pool=self.pool,
            format=self.options.format,
            output=place.goal,
            **cards.figures(census),
            files=tuple(files) if self.form.folder is None else (place.goal,),
            card=place.parent / card if card else None,
            config=place.parent / config if config else None,
            license=self.options.license or None,
            seconds=round(time.monotonic() - started, 3),
            is_stream=card is None,
        )


def _config(trainer: str | None, place: Layout, wanted: Wanted) -> tuple[str, str] | None:
    """The name and the content of the settings for a trainer, if one was named."""
    if not trainer:
        return None
    thoughts = wanted.reasoning.field if wanted.reasoning.how is How.FIELD else ""
    return trainers.config(trainer, wanted.format, place.files, thoughts)
