"""How long instructions, inputs and outputs are (Self-Instruct, Figure 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selfinstruct.report.figures import length_bars, mean, quantile
from selfinstruct.report.items import Source

_BARS = 13  # the last holds what is longer
_WIDTHS = {"words": 5, "characters": 15}  # a word is about three syllables


def lengths(source: Source) -> dict[str, Any]:
    """Mean, quartiles and bars of each part, in the language's unit; empty inputs are left out."""
    cases = [case for item in source.items for case in item.cases]
    parts = {
        "instruction": [source.length(item.instruction) for item in source.items],
        "input": [source.length(case.input) for case in cases if case.input],
        "output": [source.length(case.output) for case in cases],
    }
    width = _WIDTHS[source.unit]
    return {"unit": source.unit, "width": width} | {
        name: _told(values, width) for name, values in parts.items()
    }


def _told(values: Sequence[int], width: int) -> dict[str, Any]:
    if not values:
        return {"n": 0}
    ordered = sorted(values)
    return {
        "n": len(ordered),
        "mean": mean(ordered),
        "least": ordered[0],
        "quarter": quantile(ordered, 0.25),
        "median": quantile(ordered, 0.5),
        "three_quarters": quantile(ordered, 0.75),
        "most": ordered[-1],
        "bars": length_bars(ordered, width, _BARS),
    }
