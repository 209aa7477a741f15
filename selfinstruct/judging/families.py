"""Families of models, by their names: judges prefer texts of their own kind.

GPT-4 favoured its own answers by 10% and Claude-v1 by 25%, which the authors call inconclusive
(Zheng et al., arXiv 2306.05685, section 3.3); a user should know of it all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(r"[a-z]+")
_KIN = {"o": "gpt", "chatgpt": "gpt", "text": "gpt", "davinci": "gpt", "codestral": "mistral"}
_KIN |= {"ministral": "mistral", "magistral": "mistral", "mixtral": "mistral", "qwq": "qwen"}


_MOCK = "mock"


def family(model: str) -> str:
    """The family of ``model``: ``gpt`` for ``openai/gpt-4.1-mini``; "" where its name has none."""
    name = model.casefold().rstrip("/").rpartition("/")[2]
    found = _NAME.match(name)
    return _KIN.get(found[0], found[0]) if found else ""


def kindred(judge: str, models: Iterable[str]) -> str:
    """The first of ``models`` that is of the family of ``judge``; "" where none is."""
    own = family(judge)
    own = "" if own == _MOCK else own  # it prefers nothing
    return next((one for one in sorted(models) if own and family(one) == own), "")
