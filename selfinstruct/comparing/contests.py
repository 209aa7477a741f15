"""What is compared: the answers that several contestants gave to the same prompts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from selfinstruct.judging.sampling import rank
from selfinstruct.parsing import collapse


class Control(StrEnum):
    """Why something is compared whose outcome is known."""

    SAME = "same"  # one answer twice
    FOREIGN = "foreign"  # an answer beside one to another prompt


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a contest.

    Attributes:
        name: Whose it is.
        text: What it says.
        cut_off: Whether a token limit ended it.
    """

    name: str
    text: str
    cut_off: bool = False

    @property
    def digest(self) -> str:
        """A digest of the text: 16 hexadecimal digits."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Contest:
    """A prompt with the answers to it.

    Attributes:
        id: What rows call it.
        instruction: The instruction.
        input: Its input; "" for none.
        answers: The answers, in the order of the contestants.
        groups: What is known of the prompt: ``skill``, ``difficulty``.
        control: Which control it is, or None.
    """

    id: str
    instruction: str
    input: str
    answers: tuple[Answer, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    control: Control | None = None

    @property
    def is_settled(self) -> bool:
        """Whether all answers say the same, so that nobody need be asked."""
        return len({collapse(one.text) for one in self.answers}) == 1 and self.control is None


@dataclass(frozen=True, slots=True)
class Given:
    """One answer of a set, with the prompt that it answers.

    Attributes:
        instruction: The instruction.
        input: Its input.
        text: The answer.
        cut_off: Whether a token limit ended it.
        sample: Which of several answers to the prompt it is.
        groups: See :attr:`Contest.groups`.
    """

    instruction: str
    input: str
    text: str
    cut_off: bool = False
    sample: int = 0
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        """The id of the prompt: a digest of what is asked."""
        whole = json.dumps([collapse(self.instruction), collapse(self.input)], ensure_ascii=False)
        digest = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]
        return f"prompt_{digest}"


def joined(sets: Mapping[str, Iterable[Given]]) -> tuple[list[Contest], dict[str, int]]:
    """The prompts that every set answers, with the first answer of each.

    Returns:
        The contests, in no order that means anything, and of each contestant how many prompts it
        answers that not all others do.
    """
    tables = {name: _by_prompt(given) for name, given in sets.items()}
    shared = set.intersection(*(set(table) for table in tables.values()))
    contests = []
    for prompt in shared:
        found = {name: table[prompt][0] for name, table in tables.items()}
        contests.append(_contest(prompt, found))
    alone = {name: len(table) - len(shared) for name, table in tables.items()}
    return contests, alone


def within(given: Iterable[Given]) -> list[Contest]:
    """The prompts of one set that have two answers or more, each answer a contestant."""
    return [
        _contest(prompt, {str(one.sample): one for one in found})
        for prompt, found in _by_prompt(given).items()
        if len({one.sample for one in found}) > 1
    ]


def chosen(contests: Iterable[Contest], size: int | None, seed: int) -> list[Contest]:
    """``size`` of the contests, or all, in the order of their ranks: see ``judging.sampling``."""
    return sorted(contests, key=lambda one: rank(seed, one.id))[:size]


def controls(contests: Sequence[Contest], count: int) -> list[Contest]:
    """Contests whose outcome is known: one answer twice, and one beside a foreign one."""
    found = []
    for one in contests[:count]:
        first = one.answers[0]
        found.append(_as(one, (first, replace(first, name="same")), Control.SAME))
    for place, one in enumerate(contests[:count]):
        others = [*contests[place + 1 :], *contests[:place]]
        own = {collapse(answer.text) for answer in one.answers}
        foreign = next((o for o in others if collapse(o.answers[0].text) not in own), None)
        if foreign is not None:
            other = replace(foreign.answers[0], name=Control.FOREIGN.value)
            found.append(_as(one, (one.answers[0], other), Control.FOREIGN))
    return found


def _as(one: Contest, answers: tuple[Answer, ...], control: Control) -> Contest:
    return replace(one, id=f"{one.id}!{control}", answers=answers, control=control)


def _by_prompt(given: Iterable[Given]) -> dict[str, list[Given]]:
    table: dict[str, list[Given]] = {}
    for one in given:
        table.setdefault(one.prompt, []).append(one)
    return table


def _contest(prompt: str, found: Mapping[str, Given]) -> Contest:
    first = next(iter(found.values()))
    groups = {
        key: value for one in reversed([*found.values()]) for key, value in one.groups.items()
    }
    answers = tuple(Answer(name, one.text, one.cut_off) for name, one in found.items())
    return Contest(prompt, first.instruction, first.input, answers, groups)
