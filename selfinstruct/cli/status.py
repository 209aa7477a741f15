"""``selfinstruct status``: a pool at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selfinstruct.cli import options as o

_TOLD_IN = {"tasks.jsonl": "provenance", "rejects.jsonl": "detail"}


def status(
    pool: o.PoolArgument = Path("pool"), config: o.Config = None, json: o.Json = False
) -> None:
    """Show a pool at a glance: tasks, refusals by reason, calls, tokens and cost of all its runs.

    Nothing is locked or written, so a pool that is growing can be looked at. Files that are not
    what the ledger says are named; validate looks at each of their lines.
    """
    from selfinstruct import console
    from selfinstruct.formats import records
    from selfinstruct.pool import REJECTS, TASKS, disagreements, look
    from selfinstruct.report import evolution, last_failure, pool_summary
    from selfinstruct.tasks import Reason

    del config
    snapshot = look(pool)
    damage = list(disagreements(pool, snapshot.position, snapshot.edited))
    if damage:  # or tasks were taken out just between the two looks
        snapshot = look(pool)
        damage = list(disagreements(pool, snapshot.position, snapshot.edited))
    summary = pool_summary(pool, snapshot)
    summary["damage"] = [
        {"file": one.path.name, "what": one.what, "remedy": one.remedy} for one in damage
    ]

    def rows(name: str) -> Iterator[dict[str, Any]]:
        # A run may be writing its last line just now; what else is wrong, `validate` names.
        if not (pool / name).exists():
            return iter(())
        found = (record.row for record in records(str(pool / name)) if not record.flaw)
        return (row for row in found if isinstance(row.get(_TOLD_IN[name]), dict))

    failed = summary["rejected"].get(Reason.REQUEST_FAILED, 0)
    summary["last_failure"] = last_failure(rows(REJECTS)) if failed else None
    if summary["recipe"] == "evolve":
        summary["evolution"] = evolution(rows(TASKS), rows(REJECTS))
    if json:
        console.print_json(summary)
    else:
        console.show_pool(summary)
