"""The likelihoods that the mock gives its tokens, and how a server tells them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from selfinstruct.mock.grammar import Grammar
from selfinstruct.mock.judging import Asked, wanted
from selfinstruct.teachers.base import Api, Place

SAID, NEAR, OTHER = 0.7, 0.1, 0.02
"""The probability of what it says, of each answer beside that on its scale, and of each other."""

_TOKEN = re.compile(r"\w+|\W")


def places(prompt: str, text: str, grammar: Grammar) -> tuple[Place, ...]:
    """The tokens of ``text``, the reply to ``prompt``, with their likelihoods."""
    asked = wanted(prompt, grammar)
    questions = asked.questions if asked else ()
    return tuple(Place(token, _likely(token, questions)) for token in _TOKEN.findall(text))


def _likely(token: str, questions: Sequence[Asked]) -> tuple[tuple[str, float], ...]:
    for question in questions:
        values = [value if isinstance(value, str) else f"{value:g}" for value in question.values]
        if token in values:
            place = values.index(token)
            return tuple(
                (value, SAID if n == place else NEAR if abs(n - place) == 1 else OTHER)
                for n, value in enumerate(values)
            )
    return ((token, SAID),)


def told(found: Sequence[Place], api: Api) -> dict[str, Any]:
    """The ``logprobs`` of a choice, as the server tells them."""
    if api is Api.COMPLETIONS:
        return {
            "tokens": [one.token for one in found],
            "top_logprobs": [{text: math.log(p) for text, p in one.likely} for one in found],
        }
    content = [
        {
            "token": one.token,
            "logprob": math.log(dict(one.likely).get(one.token, SAID)),
            "top_logprobs": [{"token": text, "logprob": math.log(p)} for text, p in one.likely],
        }
        for one in found
    ]
    return {"content": content}
