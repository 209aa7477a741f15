"""``judge``: have a model answer a rubric about each item, and see whether it can be believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from selfinstruct import jsonl
from selfinstruct.api.derived import DerivedWork, Means, Ran
from selfinstruct.api.estimate import Costs
from selfinstruct.api.judge_estimate import costs_of
from selfinstruct.api.judging import Judging, judging
from selfinstruct.api.limits import NO_LIMITS, Limits
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.results import AskedResult, Ended, Result, hidden
from selfinstruct.api.reviewing import current_of
from selfinstruct.api.reviews import own_rows, votes_in
from selfinstruct.api.settings import JudgeSettings
from selfinstruct.api.stop import Stop
from selfinstruct.api.teachers import Asked, Teacher, price_of
from selfinstruct.judging.bundles import Bundle
from selfinstruct.judging.corrected import CorrectedShare, corrected
from selfinstruct.judging.families import kindred
from selfinstruct.judging.items import Subject
from selfinstruct.judging.job import FILE, Status
from selfinstruct.judging.manifest import RUBRIC
from selfinstruct.judging.summary import Summary, summarize, worst
from selfinstruct.reviewing.votes import FOLDER as REVIEWS
from selfinstruct.reviewing.votes import Row
from selfinstruct.rubrics import Rubric

SUMMARY = "summary.json"
_NOBODY = Teacher()
_USUAL = JudgeSettings()


@dataclass(frozen=True, slots=True)
class JudgeEstimate(Result):
    """What a judging will take.

    Attributes:
        items: How many items are judged.
        controls: How many controls with them.
        left: How many of both are still to be asked about.
        costs: What these take.
    """

    items: int
    controls: int
    left: int
    costs: Costs


Confirm = Callable[[JudgeEstimate], bool]


@dataclass(frozen=True, slots=True)
class JudgeResult(AskedResult):
    """A judging.

    Attributes:
        source: What was judged.
        folder: Where its files are.
        name: What the judging is called.
        rubric: By which rubric.
        by: The rubric itself.
        judged: Items whose judgement was read.
        unreadable: Items of which no judgement could be read.
        summary: Shares, means and controls.
        rows: What ``judgements.jsonl`` holds.
        subjects: What was judged, by the name that rows call it.
        ended: How the run ended, and what it took.
        corrected: The shares as people would have found them, where people looked at some of the
            items.
    """

    source: str
    folder: Path
    name: str
    rubric: str
    judged: int
    unreadable: int
    summary: Summary = field(metadata=hidden())
    by: Rubric = field(metadata=hidden())
    rows: Sequence[Mapping[str, Any]] = field(repr=False, metadata=hidden())
    subjects: Mapping[str, Subject] = field(repr=False, metadata=hidden())
    ended: Ended
    corrected: tuple[CorrectedShare, ...] = field(default=(), metadata=hidden())

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`."""
        more = {"corrected": {one.key: one.row() for one in self.corrected}}
        return Result.row(self) | self.summary.row() | (more if self.corrected else {})

    def worst(self, count: int) -> list[Mapping[str, Any]]:
        """The rows of ``count`` items against which most was said, the worst first."""
        return worst(self.rows, self.by, count)


def judge(
    source: str | Path,
    rubric: str | None = None,
    *,
    teacher: Asked = _NOBODY,
    settings: JudgeSettings = _USUAL,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
    confirm: Confirm | None = None,
) -> JudgeResult:
    """Have a model judge ``source``: a sample of it, by a rubric, with controls.

    Nothing of a pool is locked or changed; what is asked already is not asked again.

    Args:
        source: A pool, or a data set in a common form.
        rubric: By which rubric: a name of the language, or a file; goes before the settings'.
        teacher: The judge.
        settings: What is judged, and how.
        limits: How much the run may use.
        observer: Who hears how it goes.
        stop: What ends it in order from another thread.
        confirm: Called with the estimate before the first call; False calls it off.

    Raises:
        UsageError: Something given makes no sense, or the folder holds another judging.
        DeclinedError: ``confirm`` said no.
        PoolBusyError: Another run judges in that folder.
        DiskError: Its files cannot be written.
    """
    means = Means(teacher, limits, observer, stop or Stop())
    return _ready(source, rubric, settings, confirm, means).go()


async def judge_async(
    source: str | Path,
    rubric: str | None = None,
    *,
    teacher: Asked = _NOBODY,
    settings: JudgeSettings = _USUAL,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
    confirm: Confirm | None = None,
) -> JudgeResult:
    """:func:`judge` in the loop that goes."""
    means = Means(teacher, limits, observer, stop or Stop())
    return await _ready(source, rubric, settings, confirm, means).go_async()


def _ready(
    source: str | Path,
    rubric: str | None,
    settings: JudgeSettings,
    confirm: Confirm | None,
    means: Means,
) -> DerivedWork[Bundle, JudgeEstimate, JudgeResult]:
    """The work, with everything that belongs to a judging around it."""
    given = settings if rubric is None else replace(settings, rubric=rubric)
    ready = judging(str(source), given, means.asked)
    if kin := kindred(ready.manifest.model, ready.models):
        means.observer.warned(
            f"The judge {ready.manifest.model} and {kin}, which made these tasks, are of one "
            "family; models prefer what their own kind writes. Judge with another to be sure."
        )

    votes = votes_in(Path(source) / REVIEWS)  # read now: what is damaged there costs no call

    async def estimate(left: Sequence[Bundle]) -> JudgeEstimate:
        price = price_of(means.asked)
        found = await costs_of(ready.job, left, price, brief=ready.manifest.brief)
        items = sum(len(one.subjects) for one in ready.pieces if not _is_control(one))
        return JudgeEstimate(items, sum(map(_is_control, ready.pieces)), len(left), found)

    def begin() -> None:
        copy = ready.rubric.model_dump_json(indent=2, exclude_defaults=True) + "\n"
        jsonl.write_whole(ready.folder / RUBRIC, copy)

    finish = partial(_finished, str(source), ready, votes, means.observer)
    return DerivedWork(ready, ready.job, means, estimate, confirm, finish, begin)


def _finished(
    source: str,
    ready: Judging,
    votes: Mapping[str, Sequence[Row]],
    observer: Observer,
    ran: Ran,
) -> JudgeResult:
    """Write what follows from the replies, and tell of it."""
    jsonl.write_whole(ready.folder / FILE, jsonl.lines(ran.rows))
    found = summarize(ran.rows, ready.rubric)
    if ready.manifest.weighted and not any("expected" in row for row in ran.rows):
        observer.warned(
            f"{ready.manifest.model} told no likelihoods, so nothing was weighed: the answers "
            "themselves are counted."
        )
    text = json.dumps(found.row(), ensure_ascii=False, indent=2) + "\n"
    jsonl.write_whole(ready.folder / SUMMARY, text)
    subjects = {one.id: one for bundle in ready.pieces for one in bundle.subjects}
    current = current_of([one for one in subjects.values() if one.control is None])
    people = own_rows(votes, ready.rubric, current)
    return JudgeResult(
        source=source,
        folder=ready.folder,
        name=ready.folder.name,
        rubric=ready.rubric.name,
        judged=found.statuses[Status.READ],
        unreadable=found.statuses[Status.UNREADABLE],
        summary=found,
        by=ready.rubric,
        rows=ran.rows,
        subjects=subjects,
        ended=ran.ended,
        corrected=corrected(ran.rows, ready.rubric, list(people.values())),
    )


def _is_control(bundle: Bundle) -> bool:
    return bundle.subjects[0].control is not None
