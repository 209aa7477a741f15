"""What stands there more than once, and how many words do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from selfinstruct.report.figures import counted, lowest, share
from selfinstruct.report.items import Source, cut

_SHOWN = 5
_LONG = 200
_OPENING = {"words": 3, "characters": 8}
_SAMPLE = 1000


def duplicates(source: Source) -> dict[str, Any]:
    """Exact repeats of instructions, inputs and outputs, and how outputs begin.

    Texts that differ in case and spacing only are one text; empty ones are left out.
    """
    cases = [case for item in source.items for case in item.cases]
    openings = Counter(
        opening for case in cases if (opening := _opening(source, case.output)) is not None
    )
    return {
        "instruction": _repeated(item.instruction for item in source.items),
        "input": _repeated(case.input for case in cases),
        "output": _repeated(case.output for case in cases),
        "openings": {
            "of_length": _OPENING[source.unit],
            "unit": source.unit,
            "n": openings.total(),
            "distinct": len(openings),
            "share_of_commonest": share(max(openings.values(), default=0), openings.total()),
            "commonest": counted("text", openings, _SHOWN),
        },
    }


def _repeated(texts: Iterable[str]) -> dict[str, Any]:
    found = Counter(folded for text in texts if (folded := " ".join(text.split()).casefold()))
    again = Counter({text: count for text, count in found.items() if count > 1})
    return {
        "n": found.total(),
        "distinct": len(found),
        "repeated": found.total() - len(found),
        "share_repeated": share(found.total() - len(found), found.total()),
        "commonest": [
            row | {"text": cut(row["text"], _LONG)} for row in counted("text", again, _SHOWN)
        ],
    }


def _opening(source: Source, text: str) -> str | None:
    """How ``text`` begins; None where it is no longer than that."""
    size = _OPENING[source.unit]
    parts = text.split() if source.unit == "words" else list("".join(text.split()))
    if len(parts) <= size:
        return None
    return (" " if source.unit == "words" else "").join(parts[:size]).casefold()


def distinct(source: Source, sample: int = _SAMPLE) -> dict[str, Any]:
    """Distinct-1 and distinct-2 of instructions: which share of tokens, and of pairs, is new.

    Both fall as texts are added, so they are taken over a sample of 1,000, always the same.

    Args:
        source: The set.
        sample: How many texts are taken; figures of equally many may be compared.
    """
    places = lowest([item.id for item in source.items], sample, "distinct")
    texts = [source.tokenizer.tokenize(source.items[place].text) for place in places]
    tokens = [token for text in texts for token in text]
    pairs = [pair for text in texts for pair in pairwise(text)]
    return {
        "n": len(texts),
        "tokens": len(tokens),
        "distinct_1": share(len(set(tokens)), len(tokens)),
        "distinct_2": share(len(set(pairs)), len(pairs)),
    }
