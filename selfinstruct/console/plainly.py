"""A review in the terminal: one question after the other, an answer a line."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from selfinstruct.console.talk import say
from selfinstruct.counts import counted

if TYPE_CHECKING:
    from selfinstruct.languages import LanguagePack
    from selfinstruct.reviewing.choices import Choice
    from selfinstruct.reviewing.session import Now, Session
    from selfinstruct.rubrics import Question, Rubric

_LINES = 40  # of a text that are shown at once
_HELP = "s skip, u undo, /TEXT a note for the next answer, f the whole texts, q end"


def ask(session: Session, rubric: Rubric, pack: LanguagePack) -> None:
    """Ask until all is answered, or the person ends it (q, or the end of the input)."""
    _Plain(session, rubric, pack).run()


class _Plain:
    def __init__(self, session: Session, rubric: Rubric, pack: LanguagePack) -> None:
        self._session = session
        self._rubric = rubric
        self._pack = pack
        self._note = ""
        self._shown: int | None = None  # the card whose texts stand above

    def run(self) -> None:
        say(f"{self._rubric.about}\n{_HELP}")
        while True:
            now = self._session.now()
            if now.card is None and not now.skipped:
                say(f"All {counted(now.of, 'item is', 'items are')} answered.")
                return
            if not self._step(now):
                return

    def _step(self, now: Now) -> bool:
        """Show what is asked and do what is said; False for the end."""
        self._show(now)
        began = time.monotonic()
        line = sys.stdin.readline()
        said = line.strip()
        if not line or said == "q":
            return False
        if said == "u" and now.can_undo:
            self._session.undo(now.turn)
        elif now.question is None:  # the judge's word, or only what was put off is left
            self._session.go_on(now.turn)
        elif said == "s":
            self._session.skip(now.turn)
        elif said == "f":
            self._show(now, whole=True)
        elif said.startswith("/"):
            self._note = said[1:].strip()
        elif said in {"", "?"}:
            say(_HELP)
        else:
            self._vote(now, now.question, said, time.monotonic() - began)
        return True

    def _vote(self, now: Now, question: Question, said: str, seconds: float) -> None:
        from selfinstruct.reviewing.choices import read_answer

        by_key = {key: choice.value for choice in self._choices(question) for key in choice.keys}
        answer = read_answer(by_key.get(said.casefold(), said), question, self._pack)
        if answer is None:
            say(f"{said!r} is no answer to this.")
            return
        self._session.vote(now.turn, answer, self._note, seconds)
        self._note = ""

    def _show(self, now: Now, *, whole: bool = False) -> None:
        from selfinstruct.reviewing.view import parts

        if now.card is None:
            off = counted(now.skipped, "item was", "items were")
            say(f"\n{off} put off. Enter looks at them, q ends.")
            return
        if whole or self._shown != now.place:
            say(f"\n{now.done:,} of {now.of:,} answered")
            for part in parts(now.card, self._rubric, self._pack):
                say(f"\n[{part['name']}]\n{part['text'] if whole else _folded(part['text'])}")
            self._shown = now.place
        if now.word is not None:
            said = ", ".join(f"{key} {value}" for key, value in now.word.answers.items())
            say(f"\nThe judge: {said}. {now.word.reason}\nEnter goes on, u takes yours back.")
        elif now.question is not None:
            choices = ", ".join(map(_said, self._choices(now.question))) or "tags, with commas"
            say(f"\n{now.question.ask}\n  {choices}")

    def _choices(self, question: Question) -> list[Choice]:
        from selfinstruct.reviewing.choices import choices

        return choices(question, self._pack, self._rubric.unit)


def _said(choice: Choice) -> str:
    """A choice with the key that a line can hold."""
    key = next((key for key in choice.keys if len(key) == 1), "")
    return choice.label if not key or key == choice.label else f"{key} {choice.label}"


def _folded(text: str) -> str:
    lines = text.split("\n")
    if len(lines) <= _LINES:
        return text
    return "\n".join([*lines[:_LINES], f"… {len(lines) - _LINES:,} more lines: f"])
