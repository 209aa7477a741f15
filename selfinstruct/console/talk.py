"""Words on the terminal: talk to stderr, data to stdout."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

# Control characters that JSON does not escape by itself, marks that turn the direction of writing,
# and halves of surrogate pairs.
_OBEYED = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """``text`` with control characters and terminal escapes shown as escapes, not obeyed."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def say(message: str) -> None:
    """A sentence on stderr."""
    print(visible(message), file=sys.stderr, flush=True)


def tell(line: str) -> None:
    """A line of data on stdout."""
    print(visible(line), flush=True)


def print_json(row: Mapping[str, Any]) -> None:
    """One JSON object on stdout; what a terminal would obey, or UTF-8 cannot carry, as escapes."""
    text = json.dumps(row, ensure_ascii=False)
    print(_OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text), flush=True)


def duration(seconds: float) -> str:
    """A length of time in words a person reads at a glance."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
