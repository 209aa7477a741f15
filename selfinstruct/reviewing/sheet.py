"""A review as a table for a spreadsheet: out with the texts, back in with the answers.

Spreadsheets run a cell that begins like a formula. Such cells get an apostrophe before them, and it
is taken off again where notes come back; the texts themselves are never read back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from selfinstruct.errors import UsageError
from selfinstruct.languages import LanguagePack
from selfinstruct.reviewing.cards import Card
from selfinstruct.reviewing.choices import choices
from selfinstruct.reviewing.entries import Entry
from selfinstruct.reviewing.opinions import Opinions, Value, given_answers
from selfinstruct.rubrics import Question, Rubric, Unit

_NEEDED = ("id", "question", "answer")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def sheet(
    cards: Sequence[Card], rubric: Rubric, pack: LanguagePack, opinions: Opinions
) -> Iterator[bytes]:
    """The table, line by line: a row for each item and question, with the person's own answers.

    It begins with a byte order mark, by which spreadsheets know UTF-8.
    """
    texts = ("response_1", "response_2") if rubric.unit is Unit.PAIR else ("output",)
    columns = ("id", "question", "answer", "note", "answers", "asked", "instruction", "input")
    yield "\ufeff".encode()
    yield _line((*columns, *texts))
    for card in cards:
        given = given_answers(card, opinions)
        outputs = (*card.outputs, *[""] * len(texts))[: len(texts)]
        for question in rubric.asked_of(card.parts):
            answer, note = given.get(question.key, ("", ""))
            said = (card.handle, question.key, _said(answer), note)
            about = (_answers(question, pack, rubric), question.ask, card.instruction, card.input)
            yield _line((*said, *about, *outputs))


def entries(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Entry]:
    """The answers in a table that came back; only id, question, answer and note are read.

    Raises:
        UsageError: A column is missing.
    """
    for where, row in rows:
        if missing := next((name for name in _NEEDED if name not in row), None):
            raise UsageError(f"{where}: there is no column {missing!r}.")
        handle, question, answer = (str(row[name] or "").strip() for name in _NEEDED)
        yield Entry(where, handle, question, _plain(answer), _plain(str(row.get("note") or "")))


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(_cell(one) for one in cells)
    return text.getvalue().encode("utf-8", "replace")


def _cell(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _plain(text: str) -> str:
    return text[1:] if _ESCAPED.match(text) else text


def _said(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return value if isinstance(value, str) else f"{value:g}"


def _answers(question: Question, pack: LanguagePack, rubric: Rubric) -> str:
    """What may stand in the column ``answer``."""
    found = []
    for choice in choices(question, pack, rubric.unit):
        value = _said(choice.value)
        found.append(value if choice.label == value else f"{value} ({choice.label})")
    return ", ".join(found)
