"""Warnings: rows that are well-formed and that nobody would want to train on.

They are what a pool's own rules refuse besides the papers' (``filters.soundness``), so a pool that
was grown with them has none. Nothing is wrong with a file that has some. Where a format makes one
prompt of instruction and input, the whole prompt is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from selfinstruct.errors import UsageError
from selfinstruct.filters import LanguageRule, Soundness
from selfinstruct.formats.base import Reader, Reading, Row
from selfinstruct.languages import load
from selfinstruct.tasks import Reason, Task

_GUESSED = ("ko", "ja", "zh", "en")  # a script of its own first; kana tell Japanese from Chinese
_SHOWN = 60  # characters of a text in a sentence about it
_SAID = {
    Reason.NOT_AN_INSTRUCTION: "the instruction asks for nothing: {text}",
    Reason.INPUT_MISSING: "there is no input, and the instruction speaks of {match}",
    Reason.ASKS_BACK: "the answer asks back: {match}",
    Reason.LOOPS: "a text says {times} times: {repeated}",
}


class Doubts:
    """What is doubtful about the tasks of one file or pool, taken in order.

    Args:
        language: The pack's name, where it is known; else each row's is guessed.
    """

    def __init__(self, language: str = "") -> None:
        self._language = language
        self._answers: dict[int, tuple[int, str]] = {}  # by prompt: the answer, and where it stands

    def of_row(self, row: Row, reader: Reader, where: str) -> Iterator[tuple[str, str]]:
        """The doubtful tasks of a row: the rule's name and a sentence. Rows with flaws have none.

        Args:
            row: The row.
            reader: Its format.
            where: File and line.
        """
        try:
            tasks = reader.tasks(row, Reading())
        except UsageError:
            return
        for task in tasks:
            yield from self._of_task(task, where)

    def _of_task(self, task: Task, where: str) -> Iterator[tuple[str, str]]:
        sound = _sound(self._language or _language(task.instruction))
        if sound and (refusal := sound.first_flaw(task.instruction, task.instances)):
            reason, detail = refusal
            values = {key: _shown(str(value)) for key, value in detail.items()}
            yield _rule(reason), _SAID[reason].format(text=_shown(task.instruction), **values)
        for case in task.instances:
            prompt = hash((task.instruction.strip().casefold(), case.input.strip()))
            answer, place = self._answers.setdefault(prompt, (hash(case.output), where))
            if answer != hash(case.output):
                yield (
                    _rule(Reason.CONTRADICTORY_OUTPUTS),
                    f"the same is answered otherwise in {place}",
                )


def _rule(reason: Reason) -> str:
    return reason.value.replace("_", "-")


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _language(text: str) -> str:
    """The shipped language that ``text`` seems to be in; "" for none."""
    return next((code for code in _GUESSED if _rule_of(code).refuse(text) is None), "")


@cache
def _rule_of(code: str) -> LanguageRule:
    return LanguageRule(load(code))


@cache
def _sound(language: str) -> Soundness | None:
    return Soundness(load(language)) if language else None
