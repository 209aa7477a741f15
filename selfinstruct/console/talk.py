"""Words on the terminal: talk to stderr, data to stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any


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
    """One JSON object on stdout."""
    print(json.dumps(row, ensure_ascii=False), flush=True)


def duration(seconds: float) -> str:
    """A length of time in words a person reads at a glance."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
