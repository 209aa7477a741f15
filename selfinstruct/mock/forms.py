"""Forms with files, as clients send them: what ``multipart/form-data`` holds. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOUNDARY = re.compile(r"boundary=\"?([^\";]+)")
_NAME = re.compile(rb'[; ]name="([^"]*)"')
_FILE = re.compile(rb'filename="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form.

    Attributes:
        content: What it holds.
        filename: What the file is called, where it is one; else "".
    """

    content: bytes
    filename: str = ""


def fields(content_type: str, body: bytes) -> dict[str, Part]:
    """The fields of a form by name; {} for what is none."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return {}
    found = {}
    for piece in body.split(b"--" + boundary.group(1).encode()):
        head, _, content = piece.partition(b"\r\n\r\n")
        name, file = _NAME.search(head), _FILE.search(head)
        if name is not None:
            called = file.group(1).decode("utf-8", "replace") if file else ""
            found[name.group(1).decode("utf-8", "replace")] = Part(
                content.removesuffix(b"\r\n"), called
            )
    return found
