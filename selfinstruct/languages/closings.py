"""``closings.toml``: how paragraphs open that sum up an answer.

What is found decides no data, so this file is in no fingerprint: it may grow without changing any
pool.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from selfinstruct.languages.files import read_toml
from selfinstruct.languages.rules import Word

FILE = "closings.toml"


class Closings(BaseModel):
    """The content of the file.

    Attributes:
        closings: How such a paragraph opens.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    closings: tuple[Word, ...] = ()


def load_closings(folder: Path) -> Closings:
    """The file of the pack in ``folder``; without one nothing counts as summing up.

    Raises:
        PromptError: The file is not valid; the key is named.
    """
    path = folder / FILE
    return read_toml(path, Closings) if path.is_file() else Closings()
