"""What came back of the prompt itself: copies of what it showed, and words of its frame.

Rules of the second edition, for every recipe. The fixed demonstrations of all templates that a
recipe uses count as shown, whichever prompt they stood in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.filters.copies import LEAST, Shown, held, is_copy, weight
from selfinstruct.filters.leaks import Frame
from selfinstruct.languages import LanguagePack, tokenizer
from selfinstruct.prompts import Prompts, Step
from selfinstruct.tasks import Candidate, Instance, Reason, Reject

_SHORT = 4  # words; a shorter answer may be right for two tasks
_TEXTS = ("instruction", "before", "after")


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a text is refused.

    Attributes:
        reason: The reason.
        detail: The text that it copies as ``shown``, or the words of the prompt as ``match``.
    """

    reason: Reason
    detail: Mapping[str, str]


class _Parts:
    """Inputs, or outputs, that were shown: long ones, and short ones, which count less."""

    def __init__(self, words: Callable[[str], list[str]], texts: Iterable[str]) -> None:
        self._words = words
        split = [(text, words(text)) for text in texts]
        self._long = Shown(words, [text for text, said in split if weight(said) >= _SHORT])
        self._short = {tuple(said): text for text, said in split if len(said) > 1}

    def copied(self, text: str, task: str) -> str | None:
        """The shown one that ``text`` copies; no short one of whose words ``task`` names any."""
        words = self._words(text)
        if weight(words) >= _SHORT:
            return self._long.copied(text)
        known = self._short.get(tuple(words))
        return None if known is None or set(words) & set(self._words(task)) else known


class Guard:
    """Finds copies and leaks in what one recipe reads.

    Args:
        pack: The language.
        prompts: The recipe's templates.
        steps: Those of them that it uses.
    """

    def __init__(self, pack: LanguagePack, prompts: Prompts, steps: Sequence[Step]) -> None:
        self._words: Callable[[str], list[str]] = tokenizer(pack.tokenizer).tokenize
        rows = [row for step in steps for row in prompts.demonstrations(step)]
        self._instructions = Shown(self._words, _texts(rows))
        self._fixed = self._parts(list(_cases(rows)))
        self._frames = {step: Frame(self._words, prompts.frame(step)) for step in steps}

    def instruction(
        self, text: str, step: Step, shown: Sequence[str], least: float | None = None
    ) -> Finding | None:
        """Why an instruction is refused; None to go on.

        Args:
            text: The instruction.
            step: The step whose prompt asked for it.
            shown: The demonstrations that the prompt showed.
            least: The share of words that makes a copy of one of ``shown``; None for the usual.
        """
        drawn = Shown(self._words, shown)
        copied = drawn.copied(text) if least is None else drawn.copied(text, least)
        if copied is None:
            copied = self._instructions.copied(text)
        if copied is not None:
            return Finding(Reason.REPEATED_DEMONSTRATION, {"shown": copied})
        return self._leak(text, step)

    def instance(
        self, instruction: str, case: Instance, step: Step, shown: Sequence[Instance] = ()
    ) -> Finding | None:
        """Why an instance is refused; None to go on.

        An input or an output that copies one of a demonstration is refused, but for short ones: a
        label may be right for two tasks. Of these only one of several words counts, and only where
        the task names none of them.

        Args:
            instruction: The task.
            case: The instance.
            step: The step whose prompt asked for it.
            shown: The instances that the prompt showed, besides the fixed ones.
        """
        for inputs, outputs in (self._fixed, *([self._parts(shown)] if shown else ())):
            found = inputs.copied(case.input, instruction) or outputs.copied(
                case.output, instruction
            )
            if found:
                return Finding(Reason.REPEATED_DEMONSTRATION, {"shown": found})
        return self._leak(case.input, step) or self._leak(case.output, step)

    def valid(
        self, instruction: str, cases: Iterable[Instance], step: Step
    ) -> tuple[list[Instance], list[Reject]]:
        """Those of ``cases`` that are no copies, and a reject for each of the others."""
        kept, rejects = [], []
        for case in cases:
            if found := self.instance(instruction, case, step):
                detail = {"input": case.input, "output": case.output} | dict(found.detail)
                rejects.append(Reject(instruction, found.reason, detail))
            else:
                kept.append(case)
        return kept, rejects

    def echoes(self, text: str, instruction: str) -> bool:
        """Whether ``text`` says hardly more than ``instruction``, or just this again."""
        said, task = self._words(text), self._words(instruction)
        return is_copy(said, task) or held(said, task) >= LEAST

    def _parts(self, cases: Sequence[Instance]) -> tuple[_Parts, _Parts]:
        return (
            _Parts(self._words, [case.input for case in cases]),
            _Parts(self._words, [case.output for case in cases]),
        )

    def _leak(self, text: str, step: Step) -> Finding | None:
        match = self._frames[step].leaked(text)
        return Finding(Reason.PROMPT_LEAKED, {"match": match}) if match is not None else None


def guarded(
    guard: Guard | None,
    candidate: Candidate,
    step: Step,
    shown: Sequence[str],
    cases: Sequence[Instance] = (),
    least: float | None = None,
) -> Reject | None:
    """Why ``candidate`` is refused; None where it is not, or the edition has no guard.

    Args:
        guard: The recipe's guard.
        candidate: An instruction, with the instances that the reply held.
        step: The step whose prompt asked for it.
        shown: The instructions, or what else is judged, that the prompt showed.
        cases: The instances that it showed.
        least: See :meth:`Guard.instruction`.
    """
    if guard is None:
        return None
    if found := guard.instruction(candidate.text, step, shown, least):
        return Reject(candidate.text, found.reason, dict(found.detail))
    for case in candidate.instances:
        if found := guard.instance(candidate.instruction, case, step, cases):
            detail = {"input": case.input, "output": case.output} | dict(found.detail)
            return Reject(candidate.text, found.reason, detail)
    return None


def _texts(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (row[key] for row in rows for key in _TEXTS if isinstance(row.get(key), str))


def _cases(rows: Iterable[Mapping[str, Any]]) -> Iterator[Instance]:
    for row in rows:
        for case in row.get("instances", [row]):
            if isinstance(case.get("output"), str):
                yield Instance(input=str(case.get("input", "")), output=case["output"])
