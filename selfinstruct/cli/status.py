"""``selfinstruct status``: a pool at a glance."""

from __future__ import annotations

from pathlib import Path

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
    from selfinstruct.report import evolution, pool_summary

    del config
    summary = pool_summary(pool, look(pool))
    if summary["recipe"] == "evolve":
        # A run may be writing its last line just now.
        rows = [
            (record.row for record in records(str(pool / name)) if not record.flaw)
            for name in (TASKS, REJECTS)
        ]
        summary["evolution"] = evolution(*rows)
    if json:
        console.print_json(summary)
    else:
        console.show_pool(summary)
