"""The passages that tasks are written about: a file of records with a text each."""

from __future__ import annotations

from pathlib import Path

from selfinstruct.errors import SettingsError
from selfinstruct.formats.reading import records

_TEXTS = ("text", "passage", "context")  # under which names a passage may stand


def passages_in(path: Path) -> list[str]:
    """The passages of a file, one at least.

    Raises:
        SettingsError: One has no text, or the file holds none.
        UsageError: The file cannot be read.
    """
    texts = []
    for record in records(str(path)):
        text = next((record.row[key] for key in _TEXTS if key in record.row), None)
        if record.flaw or not isinstance(text, str) or not text.strip():
            names = ", ".join(map(repr, _TEXTS))
            raise SettingsError(record.flaw or f"{record.where}: no text in a field {names}.")
        texts.append(text)
    if not texts:
        raise SettingsError(f"{path}: holds no passages.")
    return texts
