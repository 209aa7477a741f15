"""Which failing calls are tried again, and how long."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

_BUSY = frozenset({408, 409, 429})  # timed out, in conflict, too many


def retried(status: int) -> bool:
    """Whether a call that was answered with this HTTP status is worth another attempt."""
    return status in _BUSY or status >= 500


class Patience(BaseModel):
    """How long a failing call is tried again.

    Attributes:
        attempts: The most attempts of one call, refusals for the rate limit apart.
        first_attempts: The most attempts before the teacher has answered anything: a mistyped
            address should not keep anybody waiting.
        wait: Seconds before the second attempt; doubled each time, with jitter.
        most_wait: The most seconds between two attempts, unless the server asks for more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempts: int = Field(default=8, ge=1)
    first_attempts: int = Field(default=4, ge=1)
    wait: float = Field(default=0.5, gt=0)
    most_wait: float = Field(default=30.0, gt=0)
