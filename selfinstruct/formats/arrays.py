"""The elements of a JSON array, decoded as they come: memory holds one, however large the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

from selfinstruct import jsonl
from selfinstruct.errors import UsageError

_CHUNK = 1 << 16
_SPACE = " \t\r\n"


def elements(file: TextIO, name: str) -> Iterator[tuple[str, object]]:
    """The elements of ``file``, each with where it stands.

    Raises:
        UsageError: The array breaks off, or an element is larger than any may be.
    """
    decoder = json.JSONDecoder()
    unread = _Unread(file)
    unread.use(0)
    unread.use(1)  # the bracket that opens it
    number = 0
    while True:
        unread.use(0)
        if unread.text.startswith("]"):
            _refuse_rest(unread.text[1:] + file.read(), name)
            return
        if number and unread.text.startswith(","):
            unread.use(1)
        where = f"{name}:{unread.line}: record {number + 1}"
        try:
            value, end = decoder.raw_decode(unread.text)
            # A number at the very end of what was read may go on in the next chunk.
            whole = unread.ended or end < len(unread.text)
        except json.JSONDecodeError:
            whole = False
        except ValueError as error:  # a number of thousands of digits
            raise UsageError(f"{where} cannot be read: {error}.") from error
        except RecursionError as error:
            raise UsageError(f"{where} is nested too deeply.") from error
        if whole:
            number += 1
            yield where, value
            unread.use(end)
        elif unread.ended:
            raise UsageError(
                f"{name}:{unread.line}: the array breaks off or is no JSON after record {number}."
            )
        else:
            unread.more(where)


class _Unread:
    """What of a text file has been read and not yet used, and the line where that begins."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.text = ""
        self.line = 1
        self.ended = False
        self.more()

    def more(self, where: str = "") -> None:
        """Read on: as much again, so that long records stay linear.

        Raises:
            UsageError: The record at ``where`` is larger than any may be.
        """
        if len(self.text) > jsonl.LARGEST_RECORD:
            raise jsonl.too_large(where)
        more = self._file.read(max(_CHUNK, len(self.text)))
        self.text, self.ended = self.text + more, not more

    def use(self, count: int) -> None:
        """Pass over so many characters, and what is blank behind them."""
        rest = self.text[count:].lstrip(_SPACE)
        self.line += self.text.count("\n", 0, len(self.text) - len(rest))
        self.text = rest


def _refuse_rest(text: str, name: str) -> None:
    if text.strip():
        raise UsageError(f"{name}: something follows the end of the array.")
