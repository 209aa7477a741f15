"""How often each seed was shown to the teacher, and which seeds breed refusals."""

from __future__ import annotations

from collections import Counter
from typing import Any

from selfinstruct.report.figures import quantile, share
from selfinstruct.report.items import Grown, Item, Source, cut
from selfinstruct.statistics import wilson

_SHOWN = 8
_LONG = 160
_FEWEST = 10  # candidates of a seed that is said to breed refusals


def seeds_used(source: Source, grown: Grown) -> dict[str, Any]:
    """How often seeds were shown, and the share of candidates refused where each was.

    What was shown is known of requests of which a task was kept; those that brought none are not
    counted here.
    """
    shown_in = {
        item.request: item.demonstrations for item in source.items if item.request is not None
    }
    kept = Counter(item.request for item in source.items)
    refused = Counter(one.request for one in grown.refused)
    known = {seed.id for seed in grown.seeds}
    shown: Counter[str] = Counter()
    good: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    for request, ids in shown_in.items():
        for name in known.intersection(ids):
            shown[name] += 1
            good[name] += kept[request]
            bad[name] += refused[request]
    times = sorted(shown[seed.id] for seed in grown.seeds)
    often = sorted(grown.seeds, key=lambda seed: (-shown[seed.id], seed.id))
    worst = [_row(seed, shown, good, bad) for seed in grown.seeds
             if good[seed.id] + bad[seed.id] >= _FEWEST]  # fmt: skip
    worst.sort(key=lambda row: (-row["share"], row["id"]))
    machine = sum(name not in known for ids in shown_in.values() for name in ids)
    demonstrations = sum(map(len, shown_in.values()))
    return {
        "seeds": len(grown.seeds),
        "requests": len(shown_in),
        "never_shown": sum(not count for count in times),
        "least": times[0] if times else 0,
        "median": quantile(times, 0.5) if times else 0,
        "most": times[-1] if times else 0,
        "demonstrations": demonstrations,
        "share_machine_made": share(machine, demonstrations),
        "most_shown": [_row(seed, shown, good, bad) for seed in often[:_SHOWN] if shown[seed.id]],
        "most_refused": worst[:_SHOWN],
    }


def _row(seed: Item, shown: Counter[str], good: Counter[str], bad: Counter[str]) -> dict[str, Any]:
    found = wilson(bad[seed.id], good[seed.id] + bad[seed.id])
    return {
        "id": seed.id,
        "text": cut(seed.text, _LONG),
        "shown": shown[seed.id],
        "kept": good[seed.id],
        "refused": bad[seed.id],
        "share": round(found.share or 0.0, 4),
        "low": round(found.low or 0.0, 4),
        "high": round(found.high or 0.0, 4),
    }
