"""Cutting a wave into batches: by lines, by bytes, and by what one file may hold. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from selfinstruct import jsonl
from selfinstruct.batching.desk import Wanted
from selfinstruct.errors import SettingsError

MOST_BYTES = 190_000_000
"""Bytes of one file; servers take 200 MB, and some 100 MB of other units."""


# Where some tools take a line for ended that is not, and JSON does not mind; only texts hold them.
_LINE_ENDS = ("\x85", "\u2028", "\u2029")


@dataclass(frozen=True, slots=True)
class Ready:
    """A request that is ready to be sent.

    Attributes:
        wanted: What is wanted, with the room that it is given.
        line: Its line in the file, with the newline.
    """

    wanted: Wanted
    line: bytes


def ready(wanted: Wanted, row: object) -> Ready:
    """A request with its line.

    Raises:
        SettingsError: No file of requests can hold it.
    """
    text = jsonl.dumps(row)
    for end in _LINE_ENDS:
        text = text.replace(end, f"\\u{ord(end):04x}")
    line = f"{text}\n".encode("utf-8", "replace")
    if len(line) > MOST_BYTES:
        raise SettingsError(
            f"Request {wanted.prompt.request} (step {wanted.prompt.step}) takes {len(line):,} "
            f"bytes; a batch takes {MOST_BYTES:,}. Show less in a prompt."
        )
    return Ready(wanted, line)


def slices(
    wave: Iterable[Ready], most_lines: int, most_bytes: int = MOST_BYTES
) -> Iterator[Sequence[Ready]]:
    """The batches of a wave, in its order: so a part of them lets the job go on."""
    part: list[Ready] = []
    size = 0
    for one in wave:
        if part and (len(part) >= most_lines or size + len(one.line) > most_bytes):
            yield part
            part, size = [], 0
        part.append(one)
        size += len(one.line)
    if part:
        yield part
