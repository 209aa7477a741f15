"""How the mock server behaves: what ``serve-mock`` is told on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from selfinstruct.mock.kinds import Kind
from selfinstruct.mock.thinking import Style


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the server behaves.

    Attributes:
        language: Whose grammar it speaks.
        key: The key it wants, or None to take any.
        latency: Mean seconds until a reply.
        latency_sigma: The spread: σ of a log-normal distribution with that mean; 0 for none.
        hang: Seconds until a call that is never answered loses its connection.
        faults: Rates of what goes wrong: see :data:`selfinstruct.mock.http_faults.FAULTS`.
        fault_seed: Where their random numbers start.
        rpm: A quota of requests in any sixty seconds, or None.
        kind: What it refuses.
        thinking: How many tokens a reply thinks for before it answers.
        style: Where these thoughts stand.
        cache: Whether it keeps prefixes of prompts, and reports and bills them.
        batch_faults: What goes wrong with batches: see :mod:`selfinstruct.mock.batch_faults`.
        batch_looks: How often a batch is looked at before it has ended.
    """

    language: str = "en"
    key: str | None = None
    latency: float = 0.0
    latency_sigma: float = 0.0
    hang: float = 60.0
    faults: Mapping[str, float] = field(default_factory=dict)
    fault_seed: int = 0
    rpm: int | None = None
    kind: Kind = field(default_factory=Kind)
    thinking: int = 0
    style: Style = Style.FIELD
    cache: bool = False
    batch_faults: Mapping[str, float] = field(default_factory=dict)
    batch_looks: int = 0
