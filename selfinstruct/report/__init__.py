"""What is in a pool, or in any data set, on one page that can be mailed.

:func:`facts` computes everything that is said, as plain values; :func:`page` draws them. Both are
pure: whoever calls them reads the set and writes the files.
"""

from __future__ import annotations

from selfinstruct.report.facts import FORMAT, Wanted, facts, text_of
from selfinstruct.report.items import (
    Example,
    Grown,
    Item,
    Refusal,
    Source,
    item_of,
    refusal_of,
)
from selfinstruct.report.page import page
from selfinstruct.report.rejects import Examples

__all__ = [
    "FORMAT",
    "Example",
    "Examples",
    "Grown",
    "Item",
    "Refusal",
    "Source",
    "Wanted",
    "facts",
    "item_of",
    "page",
    "refusal_of",
    "text_of",
]
