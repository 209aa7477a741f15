"""Who computes: this process, several processes, or a Ray cluster.

What is computed is the same for all of them. An engine has three methods: :meth:`Engine.share` a
value once, :meth:`Engine.map` a function over calls, with results in the order of the calls, and
:meth:`Shared.fetch` the value, where the function runs. Order, transport, and calls made again
where a worker was lost are the engine's; law and algorithm are not. What a function keeps in its
worker may be gone at the next call, for that may be another worker.
"""

from __future__ import annotations

from selfinstruct.engines.base import Engine, Shared
from selfinstruct.engines.here import Here
from selfinstruct.engines.opening import PROCESSES, RAY, Cores, sliced

__all__ = ["ALONE", "HERE", "PROCESSES", "RAY", "Cores", "Engine", "Here", "Shared", "sliced"]

HERE = Cores()
"""This process."""

ALONE: Engine = Here()
"""The same as an engine."""
