"""Rows whose fields were named by the user: by ``--map``, or behind the name of a file.

``--map instruction=Question`` says it for all files, ``FILE:instruction=Question`` for one. Columns
of a table without a header are named by number: ``instruction=1``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from selfinstruct.errors import UsageError
from selfinstruct.formats.base import Reading, Row
from selfinstruct.formats.flat import Flat, several
from selfinstruct.tasks import Task

_YES = ("yes", "true", "1")
_MAPPED = re.compile(r"(?P<file>.+?):(?P<map>\w+=[^=]*(?:,\w+=[^=]*)*)", re.DOTALL)


def mapped(name: str) -> tuple[str, dict[str, str]]:
    """A file, and the columns that are named behind it, if any are.

    What exists under the whole name is a file of that name.
    """
    found = _MAPPED.fullmatch(name)
    if found is None or Path(name).exists():
        return name, {}
    pairs = (one.partition("=") for one in re.split(r",(?=\w+=)", found["map"]))
    return found["file"], {key.strip(): column.strip() for key, _, column in pairs}


def are_numbers(columns: Mapping[str, str]) -> bool:
    """Whether columns are named by their place, counted from 1."""
    return bool(columns) and all(name.isascii() and name.isdigit() for name in columns.values())


def refuse_missing(row: Row, how: Reading, where: str) -> None:
    """Refuse a table that lacks a column that was named.

    Raises:
        UsageError: It does.
    """
    missing = sorted(name for name in how.columns.values() if name not in row)
    if missing:
        there = ", ".join(map(repr, row)) or "none"
        one = next(iter(row), "")
        hint = " Semicolons separate them, not commas." if len(row) == 1 and ";" in one else ""
        raise UsageError(
            f"{where}: there is no column {missing[0]!r}; the columns are {there}.{hint}"
        )


class Columns:
    """Rows whose fields were named by the user."""

    name = "columns"

    def reads(self, row: Row) -> bool:
        """Never by guess."""
        del row
        return False

    def unread(self, row: Row, how: Reading) -> list[str]:
        """The fields that nobody named."""
        named = set(how.columns.values())
        return [name for name in row if name not in named]

    def tasks(self, row: Row, how: Reading) -> list[Task]:
        """The one task of the row, with the columns as they were named; of a list, one for each."""
        names = dict(how.columns)
        if missing := sorted(name for name in names.values() if name not in row):
            raise UsageError(f"there is no column {missing[0]!r}")
        texts = {column: _shown(row[column]) for column in names.values()}
        if "difficulty" in names:
            texts[names["difficulty"]] = _number(row[names["difficulty"]])
        kind = names.pop("is_classification", None)
        flat = Flat(
            self.name,
            names.pop("instruction"),
            names.pop("output", ""),
            names.pop("input", ""),
            kept={column: key for key, column in names.items()},
            classification=(kind, _YES) if kind else None,
            is_exact=True,
        )
        return [
            task
            for text in several(texts[flat.instruction])
            for task in flat.tasks(texts | {flat.instruction: text}, how)
        ]


def _shown(value: object) -> object:
    """Numbers in a table as texts, empty cells as nothing."""
    return str(value) if isinstance(value, int | float) else value


def _number(value: object) -> object:
    """A number that a table of texts spells; anything else as it is."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else value
