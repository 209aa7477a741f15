"""What is liked: by a judge, from comparisons, and by people, from their votes on pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from selfinstruct.reviewing.opinions import FIRST, SECOND
from selfinstruct.reviewing.votes import Row
from selfinstruct.statistics import raw_agreement, wilson

Chosen = Mapping[tuple[str, frozenset[str]], str]
"""By prompt and its two answers, the digest of the better one; "" for a tie."""


def judged(name: str, model: str, summary: Mapping[str, Any]) -> dict[str, Any]:
    """What a comparison came to, raw and at equal length.

    Args:
        name: What the comparison is called.
        model: The judge.
        summary: The content of its ``summary.json``.
    """
    return {
        "name": name,
        "judge": model,
        "prompts": summary["prompts"],
        "baseline": summary["baseline"],
        "consistent": summary["sway"]["consistent"],
        "contestants": [
            {
                key: one[key]
                for key in ("name", "wins", "ties", "losses", "win_rate", "length_controlled")
            }
            for one in summary["contestants"]
        ],
    }


def choices(rows: Iterable[Row]) -> dict[tuple[str, frozenset[str]], str]:
    """What a person chose of each pair, by the digest of the answer; the last word counts."""
    found: dict[tuple[str, frozenset[str]], str] = {}
    for row in rows:
        if row.pair is None or not row.question or row.revealed:
            continue
        key = (row.item, frozenset(row.pair))
        if row.undo:
            found.pop(key, None)
        else:
            better = {FIRST: row.pair[0], SECOND: row.pair[1]}
            found[key] = better.get(str(row.answer), "")
    return found


def reviewed(
    reviewer: str, rows: Sequence[Row], judges: Mapping[str, Chosen]
) -> dict[str, Any] | None:
    """What one person said of pairs, and how far each judge agrees; None without any.

    Args:
        reviewer: Who.
        rows: The person's votes.
        judges: By comparison, what the judge chose.
    """
    said = choices(rows)
    if not said:
        return None
    pairs = {row.item: row.pair for row in rows if row.pair is not None}
    counted = Counter(
        "tie" if not better else FIRST if better == (pairs[item] or ("",))[0] else SECOND
        for (item, _), better in said.items()
    )
    decided = counted[FIRST] + counted[SECOND]
    return {
        "reviewer": reviewer,
        "pairs": len(said),
        "first": counted[FIRST],
        "second": counted[SECOND],
        "ties": counted["tie"],
        "second_of_decided": wilson(counted[SECOND], decided).row(),
        "agreement": {name: _agreement(said, chosen) for name, chosen in judges.items()},
    }


def _agreement(said: Chosen, chosen: Chosen) -> dict[str, Any]:
    common = [key for key in said if key in chosen]
    found = raw_agreement([said[key] for key in common], [chosen[key] for key in common])
    return {"pairs": len(common), "share": found.row()["share"]}
