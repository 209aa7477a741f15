"""Counts: the figures of the paper's Table 1, and what the set is."""

from __future__ import annotations

from typing import Any

from selfinstruct.report.figures import mean
from selfinstruct.report.items import Source


def counts(source: Source) -> dict[str, Any]:
    """Tasks, instances, mean lengths, and what they were made with (Self-Instruct, Table 1)."""
    items, grown = source.items, source.grown
    cases = [case for item in items for case in item.cases]
    classification = sum(item.is_classification for item in items)
    inputs = [source.length(case.input) for case in cases if case.input]
    row: dict[str, Any] = {
        "tasks": len(items),
        "classification": classification,
        "other": len(items) - classification,
        "instances": len(cases),
        "empty_inputs": len(cases) - len(inputs),
        "mean_instruction": mean([source.length(item.instruction) for item in items]),
        "mean_input": mean(inputs),
        "mean_output": mean([source.length(case.output) for case in cases]),
        "unit": source.unit,
        "language": source.language.code,
        "language_name": source.language.name,
        "tokenizer": source.tokenizer_name,
        "threshold": source.threshold,
    }
    if grown is None:
        return row | {"format": source.format, "skipped": source.skipped}
    return row | {
        "recipe": grown.recipe,
        "models": list(grown.models),
        "seeds": len(grown.seeds),
        "refused": len(grown.refused),
    }
