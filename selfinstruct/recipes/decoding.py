"""What recipes ask of the server alike: stop sequences, schemas, a token limit that fits."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from selfinstruct.teachers import Decoding
from selfinstruct.teachers.base import Schema

_TOKENS_AN_ITEM = 180  # with its labels, or its JSON
_TOKENS_MORE = 300


def with_stops(decoding: Decoding, *stops: str) -> Decoding:
    """``decoding`` with stop sequences; what the user set goes first, servers take at most four."""
    return decoding.model_copy(update={"stop": (*decoding.stop, *stops)[:4]})


@cache
def schema(edition: int, count: int, *names: str) -> Schema:
    """A list of items with these fields, all of them texts.

    Args:
        edition: The first edition left the number of items open: asked for seven, models that are
            held to a grammar wrote one, three, or went on until their tokens ran out.
        count: How many items are asked for.
        names: The fields of each.
    """
    item = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
        "required": list(names),
        "additionalProperties": False,
    }
    items: dict[str, Any] = {"type": "array", "items": item}
    if edition > 1:
        items |= {"minItems": count, "maxItems": count}
    whole = {
        "type": "object",
        "properties": {"items": items},
        "required": ["items"],
        "additionalProperties": False,
    }
    return Schema("items", json.dumps(whole))


def fitted(decoding: Decoding, published: Decoding, count: int, edition: int) -> Decoding:
    """``decoding`` with a token limit that fits so many items, where it is the published one.

    A reply that runs on costs its whole limit, and as much time; so few items are not given the
    room of many. One of them may well be longer than its share.
    """
    if edition == 1 or decoding.max_tokens != published.max_tokens:
        return decoding
    enough = _TOKENS_AN_ITEM * count + _TOKENS_MORE
    return decoding.model_copy(update={"max_tokens": min(published.max_tokens, enough)})
