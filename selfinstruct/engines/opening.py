"""Which engine is wanted, and how work is cut for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from selfinstruct.engines.base import Engine
from selfinstruct.engines.here import Here
from selfinstruct.engines.processes import Processes
from selfinstruct.errors import IdleError, SettingsError

PROCESSES, RAY = "processes", "ray"

_SLICES = 4
"""So many slices for each worker: whoever is done early takes another one."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Who computes; the result is the same.

    Attributes:
        workers: How many; None for this process alone, or for all CPUs of Ray's cluster.
        engine: ``processes`` of this machine, or tasks of ``ray``.
        address: Ray's cluster; None for this machine.
    """

    workers: int | None = None
    engine: str = PROCESSES
    address: str | None = None

    @contextlib.contextmanager
    def opened(self) -> Iterator[Engine]:
        """The engine, for as long as the body runs.

        Raises:
            SettingsError: There is no such engine, or it cannot be used.
            IdleError: An address is given, and nobody would use it.
        """
        if self.engine not in {PROCESSES, RAY}:
            raise SettingsError(f"--engine is {PROCESSES} or {RAY}, not {self.engine!r}.")
        if self.workers is not None and self.workers < 1:
            raise SettingsError(f"--workers must be at least 1, not {self.workers}.")
        if self.address is not None and self.engine != RAY:
            said = "--address is that of a Ray cluster, and says nothing without --engine ray."
            raise IdleError(said, "address")
        if self.engine == RAY:
            from selfinstruct.engines.ray import Ray

            with Ray(self.workers, self.address) as cluster:
                yield cluster
        elif self.workers is None or self.workers == 1:
            yield Here()
        else:
            with Processes(self.workers) as processes:
                yield processes


def sliced(count: int, engine: Engine) -> list[tuple[int, int]]:
    """The borders of slices of ``count`` things: from, and up to but not with."""
    size = max(1, -(-count // (_SLICES * engine.workers)))
    return [(first, min(first + size, count)) for first in range(0, count, size)]
