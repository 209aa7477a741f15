"""Sets for reports, made by hand: lean rows, without a file."""

from __future__ import annotations

from selfinstruct.languages import load, tokenizer
from selfinstruct.report import Item, Source
from selfinstruct.report.items import Case


def item(number, instruction, *cases, **more):
    """A task; its id is its number."""
    cases = tuple(Case(*case) for case in cases or [("", "done")])
    told = {"text": instruction, "is_classification": False} | more
    return Item(id=f"task_{number}", instruction=instruction, cases=cases, **told)


def source_of(texts, language="en", **more):
    """A set of these instructions, or of these items."""
    pack = load(language)
    items = [item(n, text) if isinstance(text, str) else text for n, text in enumerate(texts)]
    told = {"name": "set", "format": "alpaca", "threshold": pack.threshold} | more
    judging = tokenizer(pack.tokenizer)
    return Source(
        items=items, language=pack, tokenizer=judging, tokenizer_name=pack.tokenizer, **told
    )
