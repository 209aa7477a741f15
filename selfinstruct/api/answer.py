"""``answer``: have a model answer a set of prompts, once or several times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from selfinstruct import jsonl, teachers
from selfinstruct.answering.cases import Sample
from selfinstruct.answering.job import FILE, Finish
from selfinstruct.answering.taking import take_over
from selfinstruct.api import derived_estimate
from selfinstruct.api.answering import Answering, answering
from selfinstruct.api.derived import DerivedWork, Means, Ran
from selfinstruct.api.estimate import Costs
from selfinstruct.api.limits import NO_LIMITS, Limits
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.results import AskedResult, Ended, Result, hidden
from selfinstruct.api.settings import AnswerSettings
from selfinstruct.api.stop import Stop
from selfinstruct.api.teachers import Asked, Teacher, price_of
from selfinstruct.bootstrap import estimate as estimating
from selfinstruct.bootstrap.estimate import Range
from selfinstruct.journal import ReplyStore
from selfinstruct.pool.bought import Bought
from selfinstruct.teachers import Prompt

_NOBODY = Teacher()
_USUAL = AnswerSettings()
_LENGTH = Range(0.5, 1.0, 3.0)  # of an answer, to that of the one that is there
_UNKNOWN = Range(20, 150, 500)  # tokens of an answer where none is there
_ASSUMED = (
    "answers are as long as those that the set holds (0.5 to 3 times), or 150 tokens (20 to 500)",
)


@dataclass(frozen=True, slots=True)
class AnswerEstimate(Result):
    """What answering will take.

    Attributes:
        prompts: How many prompts are answered.
        samples: How often each.
        left: How many answers are still to be asked for.
        taken: How many were just taken over from the pool that was named.
        costs: What those that are left take.
    """

    prompts: int
    samples: int
    left: int
    taken: int
    costs: Costs


Confirm = Callable[[AnswerEstimate], bool]


@dataclass(frozen=True, slots=True)
class AnswerResult(AskedResult):
    """A set of answers.

    Attributes:
        source: What was answered.
        folder: Where its files are.
        name: What rows call the answers.
        model: Who answered.
        encoding: How the prompts were made.
        prompts: How many prompts there are.
        samples: How many answers to each were wanted.
        answers: How many rows there are; failures are among them.
        finishes: How many of them ended how: ``stop``, ``length``, ``refused`` …
        taken: How many replies this run took over from the pool that was named.
        rows: What ``answers.jsonl`` holds.
        ended: How the run ended, and what it took.
    """

    source: str
    folder: Path
    name: str
    model: str
    encoding: str
    prompts: int
    samples: int
    answers: int
    finishes: Mapping[str, int]
    taken: int
    rows: Sequence[Mapping[str, Any]] = field(repr=False, metadata=hidden())
    ended: Ended


def answer(
    source: str | Path,
    into: str | Path,
    *,
    teacher: Asked = _NOBODY,
    settings: AnswerSettings = _USUAL,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
    confirm: Confirm | None = None,
) -> AnswerResult:
    """Have a model answer the prompts of ``source``; what is answered already is not asked again.

    Args:
        source: A pool, a data set in a common form, or task files of Super-NaturalInstructions.
        into: The folder of the answers: ``answers.jsonl``, and the replies that it is made of.
        teacher: Who answers.
        settings: What is answered, how often, and how it is asked.
        limits: How much the run may use.
        observer: Who hears how it goes.
        stop: What ends it in order from another thread.
        confirm: Called with the estimate before the first call; False calls it off.

    Raises:
        UsageError: Something given makes no sense, or the folder holds other answers.
        DeclinedError: ``confirm`` said no.
        PoolBusyError: Another run answers in that folder.
        DiskError: Its files cannot be written.
    """
    means = Means(teacher, limits, observer, stop or Stop())
    return _ready(source, into, settings, confirm, means).go()


async def answer_async(
    source: str | Path,
    into: str | Path,
    *,
    teacher: Asked = _NOBODY,
    settings: AnswerSettings = _USUAL,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
    confirm: Confirm | None = None,
) -> AnswerResult:
    """:func:`answer` in the loop that goes."""
    means = Means(teacher, limits, observer, stop or Stop())
    return await _ready(source, into, settings, confirm, means).go_async()


def _ready(
    source: str | Path,
    into: str | Path,
    settings: AnswerSettings,
    confirm: Confirm | None,
    means: Means,
) -> DerivedWork[Sample, AnswerEstimate, AnswerResult]:
    """The work, with everything that belongs to a set of answers around it."""
    ready = answering(str(source), Path(into), settings, means.asked)
    bought = None if settings.pool is None else Bought(Path(settings.pool))
    taken: list[int] = []
    prompts = len(ready.pieces) // settings.samples

    async def estimate(left: Sequence[Sample]) -> AnswerEstimate:
        price = price_of(means.asked)
        found = await derived_estimate.costs_of(ready.job, left, price, _length, _ASSUMED)
        return AnswerEstimate(prompts, settings.samples, len(left), sum(taken), found)

    def taking(store: ReplyStore, teacher: teachers.Teacher) -> None:
        if bought is not None:
            taken.append(take_over(ready.pieces, ready.job, store, teacher, bought))

    finish = partial(_finished, str(source), ready, prompts, taken)
    return DerivedWork(ready, ready.job, means, estimate, confirm, finish, take_over=taking)


def _length(prompt: Prompt, one: Sample) -> Range:
    output = one.case.output
    found = estimating.tokens(output).times(_LENGTH) if output else _UNKNOWN
    most = prompt.decoding.max_tokens
    return Range(min(most, found.low), min(most, found.likely), min(most, found.high))


def _finished(
    source: str, ready: Answering, prompts: int, taken: Sequence[int], ran: Ran
) -> AnswerResult:
    """Write what follows from the replies, and tell of it."""
    jsonl.write_whole(ready.folder / FILE, jsonl.lines(ran.rows))
    finishes = Counter(str(row["finish"]) for row in ran.rows)
    return AnswerResult(
        source=source,
        folder=ready.folder,
        name=ready.manifest.name,
        model=ready.manifest.model,
        encoding=ready.manifest.encoding,
        prompts=prompts,
        samples=ready.manifest.samples,
        answers=len(ran.rows),
        finishes={one.value: finishes[one.value] for one in Finish},
        taken=sum(taken),
        rows=ran.rows,
        ended=ran.ended,
    )
