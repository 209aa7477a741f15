"""``selfinstruct status``: a pool at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selfinstruct.cli import options as o


def status(
    pool: o.PoolArgument = Path("pool"), config: o.Config = None, json: o.Json = False
) -> None:
    """Show a pool at a glance: tasks, refusals by reason, calls, tokens and cost of all its runs.

    Nothing is locked or written, so a pool that is growing can be looked at.
    """
    from selfinstruct import console
    from selfinstruct.formats import records
    from selfinstruct.pool import REJECTS, TASKS, look
    from selfinstruct.report import evolution, last_failure, pool_summary
    from selfinstruct.tasks import Reason

    del config
    summary = pool_summary(pool, look(pool))

    def rows(name: str) -> Iterator[dict[str, Any]]:
        # A run may be writing its last line just now.
        return (record.row for record in records(str(pool / name)) if not record.flaw)

    failed = summary["rejected"].get(Reason.REQUEST_FAILED, 0)
    summary["last_failure"] = last_failure(rows(REJECTS)) if failed else None
    if summary["recipe"] == "evolve":
        summary["evolution"] = evolution(rows(TASKS), rows(REJECTS))
    if json:
        console.print_json(summary)
    else:
        console.show_pool(summary)
