"""The time of day."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """The time of day as ledgers write it: in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
