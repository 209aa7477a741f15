"""What an engine is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Value = TypeVar("Value")
Value_co = TypeVar("Value_co", covariant=True)
Call = TypeVar("Call")
Found = TypeVar("Found")


class Shared(Protocol[Value_co]):
    """A value that workers can fetch; it may be part of a call, and goes with its last one."""

    def fetch(self) -> Value_co:
        """The value. It may be the same object each time, so nobody may change it."""
        ...


class Engine(Protocol):
    """Who computes.

    Attributes:
        workers: How many calls it makes at the same time.
    """

    @property
    def workers(self) -> int:
        """See above."""
        ...

    def share(self, value: Value) -> Shared[Value]:
        """Give ``value`` to all workers, once.

        Raises:
            DiskError: There is no room for it.
        """
        ...

    def map(self, function: Callable[[Call], Found], calls: Iterable[Call]) -> Iterator[Found]:
        """What ``function`` says of each of ``calls``, in their order.

        The first calls are on their way when this returns; further ones are taken as results are.
        What ``function`` raises is raised here. A call whose worker was lost is made again.

        Args:
            function: A function at the top of a module of this package.
            calls: What it is given, each small: what is large is shared.

        Raises:
            WorkerError: Workers are lost again and again.
        """
        ...
