"""``compare``: which of several answers is better, in both orders, and how surely."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from selfinstruct import jsonl
from selfinstruct.api import derived_estimate
from selfinstruct.api.comparing import Comparing, comparing
from selfinstruct.api.derived import DerivedWork, Means, Ran
from selfinstruct.api.estimate import Costs
from selfinstruct.api.inputs import Named, names_of
from selfinstruct.api.limits import NO_LIMITS, Limits
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.results import AskedResult, Ended, Result, hidden
from selfinstruct.api.settings import CompareSettings
from selfinstruct.api.stop import Stop
from selfinstruct.api.teachers import Asked, Teacher, price_of
from selfinstruct.bootstrap.estimate import Range
from selfinstruct.comparing.contests import Contest
from selfinstruct.comparing.figures import Summary, summarize
from selfinstruct.comparing.job import FILE, ITEMS, SUMMARY, item_row
from selfinstruct.judging.families import kindred
from selfinstruct.teachers import Prompt, Reply

_NOBODY = Teacher()
_USUAL = CompareSettings()
_REPLY, _BRIEF = Range(30, 60, 120), Range(6, 10, 30)  # tokens, with a reason and without
_ASSUMED = (
    "judgements take 60 tokens with a reason (30 to 120), 10 without (6 to 30)",
    "what cannot be read is asked once more, and not counted here",
)


@dataclass(frozen=True, slots=True)
class CompareEstimate(Result):
    """What a comparison will take.

    Attributes:
        prompts: How many prompts are compared, controls among them.
        left: How many of them are still to be asked about, each in two orders.
        costs: What these take.
    """

    prompts: int
    left: int
    costs: Costs


Confirm = Callable[[CompareEstimate], bool]


@dataclass(frozen=True, slots=True)
class CompareResult(AskedResult):
    """A comparison.

    Attributes:
        folder: Where its files are.
        rubric: By which rubric.
        model: Who compared.
        summary: Who won, and how surely.
        alone: Of each contestant, how many prompts it answers that not all others do.
        rows: What ``judgements.jsonl`` holds.
        ended: How the run ended, and what it took.
    """

    folder: Path
    rubric: str
    model: str
    summary: Summary = field(metadata=hidden())
    alone: Mapping[str, int]
    rows: Sequence[Mapping[str, Any]] = field(repr=False, metadata=hidden())
    ended: Ended

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`."""
        return Result.row(self) | self.summary.row()


def compare(
    sources: Named | Sequence[Named],
    into: str | Path,
    *,
    teacher: Asked = _NOBODY,
    settings: CompareSettings = _USUAL,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
    confirm: Confirm | None = None,
) -> CompareResult:
    """Have a model say which of several answers to the same prompts is better, in both orders.

    Args:
        sources: Sets of answers: folders of ``answer``, exports, data sets in a common form.
        into: The folder of the comparison.
        teacher: The judge.
        settings: What is compared, and how.
        limits: How much the run may use.
        observer: Who hears how it goes.
        stop: What ends it in order from another thread.
        confirm: Called with the estimate before the first call; False calls it off.

    Raises:
        UsageError: Something given makes no sense, or the folder holds another comparison.
        DeclinedError: ``confirm`` said no.
        PoolBusyError: Another run compares in that folder.
        DiskError: Its files cannot be written.
    """
    means = Means(teacher, limits, observer, stop or Stop())
    return _ready(sources, into, settings, confirm, means).go()


async def compare_async(
    sources: Named | Sequence[Named],
    into: str | Path,
    *,
    teacher: Asked = _NOBODY,
    settings: CompareSettings = _USUAL,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
    confirm: Confirm | None = None,
) -> CompareResult:
    """:func:`compare` in the loop that goes."""
    means = Means(teacher, limits, observer, stop or Stop())
    return await _ready(sources, into, settings, confirm, means).go_async()


def _ready(
    sources: Named | Sequence[Named],
    into: str | Path,
    settings: CompareSettings,
    confirm: Confirm | None,
    means: Means,
) -> DerivedWork[Contest, CompareEstimate, CompareResult]:
    """The work, with everything that belongs to a comparison around it."""
    ready = comparing(names_of(sources), Path(into), settings, means.asked)
    if kin := kindred(ready.manifest.model, ready.manifest.contestants):
        means.observer.warned(
            f"The judge {ready.manifest.model} and the contestant {kin} are of one family; models "
            "prefer what their own kind writes."
        )

    async def estimate(left: Sequence[Contest]) -> CompareEstimate:
        found = await _costs(ready, left, means.asked)
        return CompareEstimate(len(ready.pieces), len(left), found)

    finish = partial(_finished, ready)
    return DerivedWork(ready, ready.job, means, estimate, confirm, finish)


async def _costs(ready: Comparing, left: Sequence[Contest], asked: Asked) -> Costs:
    def length(prompt: Prompt, contest: Contest) -> Range:
        del prompt, contest
        return _BRIEF if ready.manifest.brief else _REPLY

    def answered(prompt: Prompt, contest: Contest) -> Reply | None:
        """Something that can be read, so that the other order is asked too."""
        del prompt
        if len(contest.answers) == 2:
            return Reply('{"reason": "", "better": "tie"}', "stop", None)
        scores = ", ".join(f'"answer_{place}": 5' for place in range(1, len(contest.answers) + 1))
        return Reply("{" + scores + "}", "stop", None)

    price = price_of(asked)
    return await derived_estimate.costs_of(ready.job, left, price, length, _ASSUMED, answered)


def _finished(ready: Comparing, ran: Ran) -> CompareResult:
    """Write what follows from the replies, and tell of it."""
    whole = [one for one in ready.pieces if one.control is None]
    jsonl.write_whole(ready.folder / ITEMS, jsonl.lines(item_row(one) for one in whole))
    jsonl.write_whole(ready.folder / FILE, jsonl.lines(ran.rows))
    texts = {one.id: [answer.text for answer in one.answers] for one in ready.pieces}
    found = summarize(ran.rows, texts, ready.baseline)
    text = json.dumps(found.row(), ensure_ascii=False, indent=2) + "\n"
    jsonl.write_whole(ready.folder / SUMMARY, text)
    return CompareResult(
        folder=ready.folder,
        rubric=ready.manifest.rubric,
        model=ready.manifest.model,
        summary=found,
        alone=ready.alone,
        rows=ran.rows,
        ended=ran.ended,
    )
