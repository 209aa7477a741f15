"""What a server says about its rate limits, read from the headers of a reply.

``x-ratelimit-{remaining,reset}-{requests,tokens}``, where a reset is a duration such as ``6m0s``,
``1.5s`` or ``12ms``; and ``Retry-After`` in seconds or as a date, or ``Retry-After-Ms``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_PART = re.compile(rf"({_NUMBER})(ms|[smhd])")
_DURATION = re.compile(rf"(?:{_NUMBER}(?:ms|[smhd]))+")
_LONGEST = 7 * 86400.0  # seconds; a header that asks for more is no rate limit


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a rate limit.

    Attributes:
        left: How many requests the server would still take.
        reset: Seconds until it takes more.
        tokens_left: How many tokens it would still take.
        tokens_reset: Seconds until it takes more.
    """

    left: int | None = None
    reset: float = 0.0
    tokens_left: int | None = None
    tokens_reset: float = 0.0

    @property
    def pause(self) -> float:
        """Seconds until the server takes another call, as far as it says."""
        return max(
            self.reset if self.left == 0 else 0.0,
            self.tokens_reset if self.tokens_left == 0 else 0.0,
        )


def duration(text: str) -> float | None:
    """Seconds in a duration such as ``6m0s``, ``12ms`` or ``1.5`` (seconds); None if it is none."""
    text = text.strip().lower()
    if re.fullmatch(_NUMBER, text):
        return min(_LONGEST, float(text))
    if not _DURATION.fullmatch(text):
        return None
    whole = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    return min(_LONGEST, whole)


def quota(headers: Mapping[str, str]) -> Quota | None:
    """The rate limits in ``headers`` (lower-case names); None where they say nothing."""
    left = _count(headers.get("x-ratelimit-remaining-requests", ""))
    tokens_left = _count(headers.get("x-ratelimit-remaining-tokens", ""))
    if left is None and tokens_left is None:
        return None
    return Quota(
        left,
        duration(headers.get("x-ratelimit-reset-requests", "")) or 0.0,
        tokens_left,
        duration(headers.get("x-ratelimit-reset-tokens", "")) or 0.0,
    )


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that a refused call shall wait, or None where the server does not say.

    Args:
        headers: With lower-case names.
        now: The time of day, for servers that answer with a date.
    """
    milliseconds = headers.get("retry-after-ms", "").strip()
    if re.fullmatch(_NUMBER, milliseconds):
        return min(_LONGEST, float(milliseconds) / 1000)
    text = headers.get("retry-after", "").strip()
    if (seconds := duration(text)) is not None:
        return seconds
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        limits = quota(headers)
        return (limits.pause if limits else 0.0) or None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(_LONGEST, max(0.0, (until - (now or datetime.now(UTC))).total_seconds()))


def _count(text: str) -> int | None:
    text = text.strip()
    return int(text) if re.fullmatch(r"\d{1,15}", text) else None
