"""What the judgings of a pool come to, as a report shows them: shares, controls, worst items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from selfinstruct.api.judgings import at_a_glance
from selfinstruct.judging.job import Status
from selfinstruct.judging.reading import judging_folder, rows, rubric_of
from selfinstruct.judging.summary import worst
from selfinstruct.report import Item

_WORST = 10


def judgements_of(
    pool: Path, names: Sequence[str] | None, items: Sequence[Item]
) -> Iterator[dict[str, Any]]:
    """A summary of each judging.

    Args:
        pool: The pool.
        names: Which; None for all that it has.
        items: Its tasks, whose texts are told with what was said of them.

    Raises:
        PoolError: There is none of that name, or a file of it is damaged.
    """
    texts: dict[str, str] = {}
    for one in at_a_glance(pool, names):
        texts = texts or {item.id: item.instruction for item in items}
        told = one.summary.row()
        folder = judging_folder(pool, one.name)
        rubric = rubric_of(folder)
        yield {
            "name": one.name,
            "rubric": one.rubric,
            "model": one.model,
            "judged": one.judged,
            "unreadable": told["statuses"][Status.UNREADABLE],
            "shares": told["shares"],
            "means": told["means"],
            "controls": told["controls"],
            "worst": [_worst(row, texts) for row in worst(rows(folder), rubric, _WORST)],
        }


def _worst(row: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    item = str(row["item"])
    return {
        "item": item,
        "text": texts.get(item.partition("#")[0], ""),
        "answers": row["answers"],
        "reason": row.get("reason"),
    }
