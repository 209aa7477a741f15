"""Pairs that people are asked about: of two sets of answers, or those that a comparison has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from selfinstruct import rubrics
from selfinstruct.annotations import Annotation, Annotator, Target, Who
from selfinstruct.api.contestants import named
from selfinstruct.comparing.contests import Answer, Contest, joined
from selfinstruct.comparing.job import FILE, ITEMS
from selfinstruct.comparing.manifest import Manifest
from selfinstruct.errors import PoolError, SettingsError
from selfinstruct.journal.lines import damaged
from selfinstruct.jsonl import read
from selfinstruct.judging.job import Status
from selfinstruct.languages import LanguagePack
from selfinstruct.reviewing.agreement import Rater
from selfinstruct.reviewing.cards import pair_of
from selfinstruct.reviewing.choices import for_people
from selfinstruct.reviewing.opinions import FIRST, SECOND, TIE, is_sorted, turned
from selfinstruct.rubrics import Rubric


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two answers to each of some prompts.

    Attributes:
        contests: The prompts with both; without those whose answers are one text.
        names: What the two are called.
        same: How many prompts have one text twice, which nobody need look at.
        alone: How many only one of the two answers.
        folder: The comparison that they are of; None for two sets.
    """

    contests: tuple[Contest, ...]
    names: tuple[str, str]
    same: int = 0
    alone: int = 0
    folder: Path | None = None

    @property
    def named(self) -> Mapping[str, tuple[str, str]]:
        """By prompt, a digest of each of the two as they are named."""
        return {one.id: pair_of(one) for one in self.contests}


def pairs_of_sets(sources: tuple[str, str]) -> Pairs:
    """The pairs of two sets of answers.

    Raises:
        UsageError: One cannot be read, or they share no prompt.
    """
    sets = named(sources)
    contests, alone = joined(sets)
    open_ones = tuple(one for one in contests if not one.is_settled)
    if not open_ones:
        raise SettingsError("--pairs: the two answer no prompt both and differently.")
    first, second = sets
    return Pairs(open_ones, (first, second), len(contests) - len(open_ones), sum(alone.values()))


def comparison_in(folder: Path) -> Manifest | None:
    """The manifest of the comparison in ``folder``; None where there is none.

    Raises:
        PoolError: It is damaged, or of a later format.
    """
    return Manifest.read(folder) if (folder / ITEMS).is_file() else None


def pairs_of_comparison(folder: Path) -> Pairs:
    """The pairs of the comparison in ``folder``.

    Raises:
        SettingsError: It is of three contestants or more.
        PoolError: A line is damaged.
    """
    contests: list[Contest] = []
    names: dict[tuple[str, ...], None] = {}
    for number, row in read(folder / ITEMS):
        try:
            answers = tuple(Answer(str(one["as"]), str(one["text"])) for one in row["answers"])
            made = Contest(str(row["item"]), str(row["instruction"]), str(row["input"]), answers)
        except (KeyError, TypeError) as error:
            raise damaged(folder / ITEMS, number) from error
        if len(answers) != 2:
            raise SettingsError(
                f"{folder}: compares {len(answers)} answers at once, and people are asked about "
                "two. Name two sets with --pairs."
            )
        contests.append(made)
        names[tuple(one.name for one in answers)] = None
    open_ones = tuple(one for one in contests if not one.is_settled)
    if not open_ones:
        raise SettingsError(f"{folder}: has no prompt with two different answers.")
    first, second = next(iter(names))
    return Pairs(open_ones, (first, second), len(contests) - len(open_ones), 0, folder)


def judge_of(pairs: Pairs, rubric: Rubric, pack: LanguagePack) -> Iterator[Rater]:
    """The judge of the comparison that ``pairs`` are of, if it used ``rubric`` and said anything.

    Raises:
        PoolError: A line is damaged.
    """
    manifest = comparison_in(pairs.folder) if pairs.folder else None
    if manifest is None:
        return
    theirs = rubrics.find(manifest.rubric, pack)
    if theirs.digest == manifest.rubric_digest and for_people(theirs).digest == rubric.digest:
        said = list(_verdicts(pairs, rubric, manifest))
        if said:
            yield Rater.of(manifest.model, said, rubric, is_person=False)


def _verdicts(pairs: Pairs, rubric: Rubric, manifest: Manifest) -> Iterator[Annotation]:
    """What the judge of a comparison said, as people's votes are read: see ``opinions``.

    Where its two orders disagree it is a tie.

    Raises:
        PoolError: A line is damaged.
    """
    folder = pairs.folder
    if folder is None or not (folder / FILE).exists():
        return
    named_now = pairs.named
    key = rubric.questions[0].key
    who = Annotator(
        kind=Who.MODEL, name=manifest.teacher, model=manifest.model, prompt=manifest.prompts
    )
    for number, row in read(folder / FILE):
        try:
            pair = named_now.get(row["item"])
            if pair is None or row["control"] or row["status"] != Status.READ or not row["ranks"]:
                continue
            one, other = row["ranks"]
            digests = tuple(answer["digest"] for answer in row["answers"])
        except (KeyError, TypeError, ValueError) as error:
            raise PoolError(f"{folder / FILE}:{number}: is damaged. Compare again.") from error
        if digests != pair:
            continue
        said = TIE if one == other else FIRST if one < other else SECOND
        yield Annotation(
            target=Target(task=":".join([row["item"], *sorted(pair)])),
            rubric=rubric.name,
            question=key,
            value=said if is_sorted(pair) else turned(said),
            annotator=who,
            rationale=" ".join(filter(None, row.get("reasons") or [])),
        )
