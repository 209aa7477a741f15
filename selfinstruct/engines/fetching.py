"""What a worker has fetched lately, so that several calls of one worker fetch a value once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

Value = TypeVar("Value")

_MOST = 6  # two blocks that are judged, one whose tokens are wanted, and what does not change


class _Lately(threading.local):
    def __init__(self) -> None:
        self.values: dict[str, Any] = {}  # values of whatever kind, by the names of what is shared


_lately = _Lately()


def lately(name: str, fetch: Callable[[], Value]) -> Value:
    """The value called ``name``: fetched now, or one of the last few that were."""
    values = _lately.values
    value = values.pop(name) if name in values else fetch()
    values[name] = value  # the last place: it was wanted last
    if len(values) > _MOST:
        del values[next(iter(values))]
    return cast("Value", value)
