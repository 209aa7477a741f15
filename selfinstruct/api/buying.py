"""How a run buys: by batches or call by call, and what a pool has spent and may still spend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from selfinstruct.api.clock import now
from selfinstruct.api.limits import Limits
from selfinstruct.api.observer import Observer
from selfinstruct.api.plan import Plan
from selfinstruct.api.settings import PoolSettings
from selfinstruct.api.teachers import Asked, Made, Teacher, price_of
from selfinstruct.batching.desk import Desk
from selfinstruct.batching.job import Job
from selfinstruct.batching.journal import BatchJournal, read_batches
from selfinstruct.batching.ordering import Ordering, sweep
from selfinstruct.batching.settings import Batch
from selfinstruct.batching.waves import Batches
from selfinstruct.bootstrap.saturation import FIRST_GUESS
from selfinstruct.errors import SettingsError
from selfinstruct.journal import LEDGER, Line, ReplyStore, StepCount, read_lines, total, whole_lines
from selfinstruct.pool import Position
from selfinstruct.recipes.endless import Endless
from selfinstruct.recipes.lag import BATCH_LAG, rounds
from selfinstruct.teachers.batch_files import FileBatches
from selfinstruct.teachers.batching import Lines, Transport
from selfinstruct.teachers.budget import Price
from selfinstruct.teachers.presets import find_preset

if TYPE_CHECKING:  # it takes its time to import
    from selfinstruct.teachers.openai import OpenAITeacher


def refuse_unbatchable(asked: Asked, limits: Limits) -> None:
    """Refuse batches where nothing is sent anywhere.

    Raises:
        SettingsError: They were wanted.
    """
    if limits.batch is not None and (not isinstance(asked, Teacher) or asked.name == "mock"):
        raise SettingsError(
            "--batch needs a teacher with an address; this one answers at once, in this process. "
            "Try it with selfinstruct serve-mock and --teacher vllm."
        )


def with_lag(settings: PoolSettings, batch: Batch | None) -> PoolSettings:
    """``settings`` with what batches decide of a new pool where nobody says so."""
    return settings if batch is None else replace(settings, lag_by_default=BATCH_LAG)


def expected_waves(planned: Plan, at: Position, target: int, batch: Batch) -> str:
    """How many waves a pool with a short lag takes to its target; "" where the lag is long enough.

    Args:
        planned: The run.
        at: Up to where the pool is committed.
        target: The tasks that it shall hold.
        batch: How replies are bought.
    """
    recipe = planned.recipe
    if not isinstance(recipe, Endless) or recipe.lag is None or recipe.lag >= BATCH_LAG:
        return ""
    lag = recipe.lag
    a_request = max(at.tasks / at.request, 1 / lag) if at.request else FIRST_GUESS
    requests = math.ceil(max(target - at.tasks, 0) / a_request)
    waves, fewer = (recipe.depth * rounds(at.request, requests, one) for one in (lag, BATCH_LAG))
    if waves <= fewer:
        return ""
    small = f" (of which those below {batch.smallest:,} calls are asked directly)"
    return (
        f"This pool may have {lag:,} requests under way (lag): up to {target:,} tasks, some "
        f"{waves:,} waves are to be expected{small if batch.smallest else ''}. A pool that --batch "
        f"makes takes some {fewer:,}."
    )


def open_batches(
    folder: Path, store: ReplyStore, made: Made, asked: Asked, limits: Limits, observer: Observer
) -> Batches | None:
    """The batches of a folder whose lock is held, ready to be collected and ordered.

    Returns:
        None where none are wanted and none are outstanding.

    Raises:
        SettingsError: What the pool has spent is not known, and may not pass a cap.
        PoolError: Their journal is damaged.
    """
    journal = BatchJournal(folder, now)
    sweep(journal)
    if limits.budget_pool is not None and made.budget is not None:
        made.budget.count_before(_committed(folder, store, journal))
    if limits.batch is None and not journal.outstanding:
        return None
    lines, transports = ways(made.client)
    job = Job(
        journal,
        store,
        Desk(notes=limits.batch is not None),
        lines,
        transports,
        batch_price(asked, limits.batch, observer),
        made.budget,
        observer.said,
        observer.warned,
    )
    batch = limits.batch
    ordering = None
    if batch is not None and lines is not None:
        ordering = Ordering(job, batch, lines, transports[batch.transport])
    return Batches(job, batch, ordering)


def outstanding(folder: Path) -> str:
    """A sentence about batches that are outstanding; "" where none are."""
    found = [one.number for one in read_batches(folder) if one.is_outstanding]
    if not found:
        return ""
    return (
        f"Batches are outstanding: {', '.join(found)}. A later run collects them; see selfinstruct "
        f"batches {folder}."
    )


def batch_price(asked: Asked, batch: Batch | None, observer: Observer) -> Price | None:
    """What tokens cost by batch: as somebody said, as is documented, or no less than that."""
    if batch is None:
        return None
    price = price_of(asked)
    if batch.priced is not None or price is None or batch.transport != "openai":
        return batch.priced or price
    name = (asked.name or "") if isinstance(asked, Teacher) else ""
    preset = find_preset(name)
    if preset is not None and preset.batch_share is not None:
        shares = {
            key: value * preset.batch_share
            for key, value in price.model_dump(exclude_none=True).items()
        }
        return Price(**shares)
    observer.said(
        f"What batches cost at {name} is not known here: they are counted at --price. Name theirs "
        "with --batch-price."
    )
    return price


def ways(client: OpenAITeacher | None) -> tuple[Lines | None, Mapping[str, Transport]]:
    """Who makes and reads lines, and how they go out."""
    if client is None:
        return None, {"files": FileBatches()}
    from selfinstruct.teachers.batch_lines import BatchLines
    from selfinstruct.teachers.openai_batches import OpenAIBatches

    return BatchLines(client), {"files": FileBatches(), "openai": OpenAIBatches(client)}


def _committed(folder: Path, store: ReplyStore, journal: BatchJournal) -> float:
    """Dollars that the folder has spent, and that what is outstanding may still cost.

    Raises:
        SettingsError: Some of it is not known.
    """
    path = folder / LEDGER
    whole = StepCount()
    for _, line in read_lines(path, whole_lines(path), Line):
        whole.add(total(line.steps))
    whole.add(total(store.uncounted))
    costs = [whole.cost_usd, *(one.planned.usd for one in journal.outstanding)]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs):
        raise SettingsError(
            f"--budget-pool: {folder} holds calls whose cost is not known (made without --price, "
            "or answered without counts of tokens). Use --budget, which counts from this run on."
        )
    return sum(known)
