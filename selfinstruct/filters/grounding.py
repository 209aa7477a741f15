"""Whether an answer has support in a passage, and when two texts are the same but for details."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection

_WORD = re.compile(r"\w+")
_SPACING_IS_FREE = re.compile("[\u1100-\u11ff\u3041-\u30ff\u3131-\u318e\u3400-\u9fff\uac00-\ud7a3]")


def support(
    answer: str, passage: str, words: Callable[[str], list[str]], stop_words: Collection[str]
) -> float:
    """The share, in [0, 1], of the answer's words that the passage holds; stop words do not count.

    An answer of nothing but stop words ("yes") has full support: nothing in it can be looked up.
    """
    known = set(words(passage))
    said = [word for word in words(answer) if word not in stop_words]
    return sum(word in known for word in said) / len(said) if said else 1.0


def normalised(text: str, articles: Collection[str]) -> str:
    """``text`` without what makes no difference: case, articles, punctuation, spacing, width.

    Where scripts know no spaces, or writers differ in them, they are left out altogether.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    joint = "" if _SPACING_IS_FREE.search(folded) else " "
    return joint.join(word for word in _WORD.findall(folded) if word not in articles)
