"""What a run will cost, before it starts: from the prompts as they will be sent, or the ledger.

Without a ledger the share of candidates that pass is not known, and tokens can only be reckoned
from characters; so each figure is a range, and the assumptions are said with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from selfinstruct.bootstrap.drawing import Source
from selfinstruct.bootstrap.recipe import Outlook, Recipe
from selfinstruct.pool import Commit, StepCount
from selfinstruct.teachers.base import Usage
from selfinstruct.teachers.budget import Price

_SAMPLES = 40  # requests drafted to see what is sent
_SLICES = 8  # of a ledger, to see how much its figures vary
_LARGE = 2000  # tasks from which the last third tells more than the whole
_LEAST_SHARE = 0.75  # of the likely figure; what a part has less was booked with another
_LEAST_TASKS = 40  # in a ledger, before it tells more than the prompts do

# Low, likely, high. The share of accepted candidates that become tasks.
_FINISHED = (1.0, 0.93, 0.8)
_LENGTH = (0.5, 1.0, 3.0)  # a reply's length, to that of the same made of seeds
# Characters of a token: of ASCII text, and of all other scripts.
_ASCII = (5.0, 4.0, 3.0)
_OTHER = (2.0, 1.0, 0.5)


@dataclass(frozen=True, slots=True)
class Range:
    """A figure that is not known exactly."""

    low: float = 0.0
    likely: float = 0.0
    high: float = 0.0

    def __add__(self, other: Range) -> Range:
        """The range of a sum."""
        return Range(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def times(self, other: Range) -> Range:
        """The range of a product."""
        return Range(self.low * other.low, self.likely * other.likely, self.high * other.high)

    def whole(self) -> dict[str, int]:
        """As whole numbers, rounded up."""
        return {name: math.ceil(getattr(self, name)) for name in ("low", "likely", "high")}


@dataclass(frozen=True, slots=True)
class StepEstimate:
    """What the calls of one step will use."""

    calls: Range = field(default_factory=Range)
    prompt_tokens: Range = field(default_factory=Range)
    completion_tokens: Range = field(default_factory=Range)

    def __add__(self, other: StepEstimate) -> StepEstimate:
        """Two steps together."""
        return StepEstimate(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )

    def cost(self, price: Price) -> Range:
        """Dollars."""
        pairs = zip(_values(self.prompt_tokens), _values(self.completion_tokens), strict=True)
        used = (Usage(math.ceil(prompt), math.ceil(reply)) for prompt, reply in pairs)
        return Range(*(price.cost(usage) for usage in used))


def from_prompts(recipe: Recipe, source: Source, missing: int) -> dict[str, StepEstimate]:
    """What ``missing`` more tasks will use, going by prompts as they would be sent.

    Args:
        recipe: How prompts are made.
        source: What requests draw from.
        missing: Tasks wanted; with a recipe that has an end, all its requests count instead.
    """
    first = 0 if recipe.end is None else max(0, recipe.end - _SAMPLES)
    numbers = range(first, first + _SAMPLES if recipe.end is None else recipe.end)
    steps: dict[str, StepEstimate] = {}
    for number in numbers:
        outlook = recipe.foresee(number, source.random(number), source.view(0))
        requests, accepted = _amounts(recipe, outlook, missing)
        for call in outlook.calls:
            share = 1 / len(numbers)
            calls = Range(
                *(
                    (r * call.per_request + a * call.per_accepted) * share
                    for r, a in zip(_values(requests), _values(accepted), strict=True)
                )
            )
            reply = reply_tokens(call.reply, call.prompt.decoding.max_tokens)
            used = StepEstimate(calls, calls.times(tokens(call.prompt.text)), calls.times(reply))
            steps[call.prompt.step] = steps.get(call.prompt.step, StepEstimate()) + used
    return steps


def _amounts(recipe: Recipe, outlook: Outlook, missing: int) -> tuple[Range, Range]:
    """How many requests, and how many accepted candidates, a run will have."""
    if recipe.end is not None:
        requests = Range(recipe.end, recipe.end, recipe.end)
        passing = Range(*(share * outlook.candidates for share in reversed(outlook.passing)))
        return requests, requests.times(passing)
    accepted = Range(*(missing / share for share in _FINISHED))
    per_request = [outlook.candidates * share for share in outlook.passing]
    pairs = zip(_values(accepted), per_request, strict=True)
    return Range(*(math.ceil(wanted / each) for wanted, each in pairs)), accepted


def from_ledger(commits: Sequence[Commit], missing: int) -> dict[str, StepEstimate] | None:
    """What ``missing`` more tasks will use, going by what those so far did; None if it cannot say.

    Likely is what the tasks used, in a large pool its last third; low and high are the extremes of
    equal parts, so a yield that sinks as a pool fills is seen in the range. Nothing can be said
    where there are few tasks, where calls went unmetered, or where replies were taken over by a
    replay.
    """
    parts = _parts([commit for commit in commits if commit.event != "recovered"])
    whole = _together(parts)
    metered = all(count.calls and not count.unmetered for count in whole.steps.values())
    if whole.tasks < _LEAST_TASKS or not whole.steps or not metered:
        return None
    # In a small pool the last tasks' calls were booked with earlier ones: it is taken as a whole.
    last = whole if whole.tasks < _LARGE else _together(parts[-max(1, len(parts) // 3) :])
    steps: dict[str, StepEstimate] = {}
    for step in whole.steps:
        likely = last.of(step)
        seen = [likely, *(part.of(step) for part in parts)]
        ranges = [
            Range(
                missing * max(min(one[n] for one in seen), likely[n] * _LEAST_SHARE),
                missing * likely[n],
                missing * max(one[n] for one in seen),
            )
            for n in range(3)
        ]
        steps[step] = StepEstimate(*ranges)
    return steps


@dataclass(frozen=True, slots=True)
class _Part:
    """What so many tasks used, by step."""

    tasks: int
    steps: dict[str, StepCount]

    def of(self, step: str) -> tuple[float, float, float]:
        """Calls, prompt tokens and reply tokens for each task."""
        count = self.steps.get(step, StepCount())
        tokens_ = (count.prompt_tokens, count.completion_tokens)
        return count.calls / self.tasks, tokens_[0] / self.tasks, tokens_[1] / self.tasks


def _parts(commits: Sequence[Commit]) -> list[_Part]:
    """A ledger in parts of about as many tasks each; what is left belongs to the last one."""
    least = max(_LEAST_TASKS // 2, sum(commit.accepted for commit in commits) // _SLICES)
    parts: list[_Part] = []
    tasks, steps = 0, dict[str, StepCount]()
    for commit in commits:
        tasks += commit.accepted
        for step, count in commit.steps.items():
            steps.setdefault(step, StepCount()).add(count)
        if tasks >= least:
            parts.append(_Part(tasks, steps))
            tasks, steps = 0, {}
    rest = _Part(tasks, steps)
    return [*parts[:-1], _together([parts[-1], rest])] if parts else [rest]


def _together(parts: Sequence[_Part]) -> _Part:
    steps: dict[str, StepCount] = {}
    for part in parts:
        for step, count in part.steps.items():
            steps.setdefault(step, StepCount()).add(count)
    return _Part(sum(part.tasks for part in parts), steps)


def total(steps: Mapping[str, StepEstimate]) -> StepEstimate:
    """All steps together."""
    return sum(steps.values(), StepEstimate())


def tokens(text: str) -> Range:
    """How many tokens ``text`` may be: tokenizers differ, and none is at hand."""
    ascii_ = sum(character.isascii() for character in text)
    other = len(text) - ascii_
    pairs = zip(_ASCII, _OTHER, strict=True)
    return Range(*(ascii_ / narrow + other / wide for narrow, wide in pairs))


def reply_tokens(text: str, limit: int) -> Range:
    """How many tokens a reply about as long as ``text`` may be, up to the most that it may have."""
    return Range(*(min(limit, value) for value in _values(tokens(text).times(Range(*_LENGTH)))))


def _values(range_: Range) -> tuple[float, float, float]:
    return range_.low, range_.likely, range_.high


def assumptions(recipe: Recipe, source: Source) -> list[str]:
    """What :func:`from_prompts` assumes, in words."""
    most, likely, least = recipe.foresee(0, source.random(0), source.view(0)).passing
    return [
        f"{likely:.0%} of the candidates pass the rules ({least:.0%} to {most:.0%})",
        f"replies are as long as the seed tasks' ({_LENGTH[0]:g} to {_LENGTH[2]:g} times)",
        f"a token is {_ASCII[1]:g} ASCII characters ({_ASCII[2]:g} to {_ASCII[0]:g})",
        f"a token is {_OTHER[1]:g} other character ({_OTHER[2]:g} to {_OTHER[0]:g})",
    ]
