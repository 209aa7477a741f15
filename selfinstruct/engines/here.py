"""This process computes, one call after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic

from selfinstruct.engines.base import Call, Found, Value


@dataclass(frozen=True, slots=True)
class _Held(Generic[Value]):
    """A value, which is here already."""

    value: Value

    def fetch(self) -> Value:
        """The value."""
        return self.value


class Here:
    """An engine of one worker: this process."""

    workers = 1

    def share(self, value: Value) -> _Held[Value]:
        """The value as it is."""
        return _Held(value)

    def map(self, function: Callable[[Call], Found], calls: Iterable[Call]) -> Iterator[Found]:
        """Make the calls, each when its result is asked for."""
        return map(function, calls)
