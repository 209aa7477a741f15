"""From flags to how much a run may use, and how it buys."""

from __future__ import annotations

from selfinstruct.api.limits import NO_LIMITS, Limits
from selfinstruct.batching.settings import Batch
from selfinstruct.cli import price_option
from selfinstruct.cli.groups import BatchFlags, LimitFlags, SpendFlags, TrafficFlags


def limits_of(
    traffic: TrafficFlags, limits: SpendFlags, batches: BatchFlags | None = None
) -> Limits:
    """How much the run may use, and how it buys.

    Raises:
        SettingsError: Something given makes no sense.
    """
    usual = NO_LIMITS.min_yield
    return Limits(
        min_yield=limits.min_yield if isinstance(limits, LimitFlags) else usual,
        budget_usd=limits.budget,
        max_calls=limits.max_calls,
        max_tokens=limits.max_tokens_total,
        concurrency=traffic.concurrency,
        rpm=traffic.rpm,
        tpm=traffic.tpm,
        give_up_after=traffic.give_up_after,
        budget_pool=limits.budget_pool,
        batch=_batch(batches) if batches is not None and batches.batch else None,
    )


def _batch(flags: BatchFlags) -> Batch:
    return Batch(
        transport=flags.batch_transport,
        least=flags.batch_min,
        size=flags.batch_size,
        tokens=flags.batch_tokens,
        price=price_option.parse_price(flags.batch_price, "--batch-price"),
        wait=flags.wait,
    )
