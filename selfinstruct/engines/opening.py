"""Which engine is wanted, and how work is cut for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from selfinstruct.engines.base import Engine
from selfinstruct.engines.here import Here
from selfinstruct.engines.processes import Processes
from selfinstruct.errors import IdleError, SettingsError

PROCESSES, RAY = "processes", "ray"

_SLICES = 4
"""So many slices for each worker: whoever is done early takes another one."""


@contextlib.contextmanager
def opened(
    workers: int | None = None, engine: str = PROCESSES, address: str | None = None
) -> Iterator[Engine]:
    """The engine that is wanted, for as long as the body runs.

    Args:
        workers: How many workers; None for one process, or for all CPUs of Ray's cluster.
        engine: ``processes`` of this machine, or ``ray``.
        address: Ray's cluster; None for this machine.

    Raises:
        SettingsError: There is no such engine, or it cannot be used.
        IdleError: An address is given, and nobody would use it.
    """
    if engine not in {PROCESSES, RAY}:
        raise SettingsError(f"--engine is {PROCESSES} or {RAY}, not {engine!r}.")
    if workers is not None and workers < 1:
        raise SettingsError(f"--workers must be at least 1, not {workers}.")
    if address is not None and engine != RAY:
        raise IdleError(
            "--address is that of a Ray cluster, and says nothing without --engine ray.", "address"
        )
    if engine == RAY:
        from selfinstruct.engines.ray import Ray

        with Ray(workers, address) as cluster:
            yield cluster
    elif workers is None or workers == 1:
        yield Here()
    else:
        with Processes(workers) as processes:
            yield processes


def sliced(count: int, engine: Engine) -> list[tuple[int, int]]:
    """The borders of slices of ``count`` things: from, and up to but not with."""
    size = max(1, -(-count // (_SLICES * engine.workers)))
    return [(first, min(first + size, count)) for first in range(0, count, size)]
