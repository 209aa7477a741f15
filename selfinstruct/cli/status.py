"""``selfinstruct status``: a pool at a glance."""

from __future__ import annotations

from pathlib import Path

from selfinstruct.cli import options as o


def status(
    pool: o.PoolArgument = Path("pool"), config: o.Config = None, json: o.Json = False
) -> None:
    """Show a pool at a glance: tasks, refusals by reason, calls, tokens and cost of all its runs.

    Nothing is locked or written, so a pool that is growing can be looked at. Files that are not
    what the ledger says are named; validate looks at each of their lines.
    """
    from selfinstruct import console
    from selfinstruct.api.status import status as look

    del config
    result = look(pool)
    if json:
        console.print_json(result.row())
    else:
        console.show_pool(result)
