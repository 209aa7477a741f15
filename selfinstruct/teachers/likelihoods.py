"""Likelihoods of tokens, as servers give them beside a reply. Pure, and total."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from selfinstruct.jsonl import clean
from selfinstruct.teachers.base import Place

_MOST_PLACES = 2_000  # nobody weighs a longer reply
_MOST = 20  # at each place, as servers give at most
_DIGITS = 6


def places_of(given: object) -> tuple[Place, ...]:
    """The tokens of a reply with their likelihoods; () where the server gave none that can be read.

    Args:
        given: ``logprobs`` of a choice: of a chat a ``content`` of tokens with ``top_logprobs``, of
            a completion ``tokens`` beside ``top_logprobs``, which are objects.
    """
    if not isinstance(given, dict):
        return ()
    content = given.get("content")
    found = _chat(content) if isinstance(content, list) else _completion(given)
    return tuple(place for place, _ in zip(found, range(_MOST_PLACES), strict=False))


def _chat(content: list[Any]) -> Iterator[Place]:
    for one in content:
        if not isinstance(one, dict) or not isinstance(one.get("token"), str):
            return
        others = one.get("top_logprobs")
        pairs = [one, *others] if isinstance(others, list) else [one]
        yield _place(
            one["token"],
            ((p.get("token"), p.get("logprob")) for p in pairs if isinstance(p, dict)),
        )


def _completion(given: dict[Any, Any]) -> Iterator[Place]:
    tokens, others = given.get("tokens"), given.get("top_logprobs")
    if not isinstance(tokens, list) or not isinstance(others, list):
        return
    for token, likely in zip(tokens, others, strict=False):
        if not isinstance(token, str) or not isinstance(likely, dict):
            return
        yield _place(token, likely.items())


def _place(token: str, pairs: Iterable[tuple[Any, Any]]) -> Place:
    likely: dict[str, float] = {}
    for text, logprob in pairs:
        number = isinstance(logprob, int | float) and not isinstance(logprob, bool)
        if isinstance(text, str) and number and -math.inf < logprob <= 0:
            likely.setdefault(clean(text), round(math.exp(logprob), _DIGITS))
    most = sorted(likely.items(), key=lambda pair: -pair[1])[:_MOST]
    return Place(clean(token), tuple(most))
