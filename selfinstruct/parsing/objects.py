"""JSON objects in a reply, wherever they stand, and those that only look like JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from selfinstruct.parsing.text import is_fence

# Objects are tried where one may begin. For texts of nothing but such places there is a bound on
# the tries, and on the characters that those which failed may have looked at.
_MOST_TRIES = 1000
_MOST_WORK = 4_000_000


class Pairs(tuple[tuple[str, object], ...]):
    """An object as it was written: its keys with their values, in order, repeated ones too.

    Values are texts, also of numbers as they were spelled; True, False, None; lists; and Pairs.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Found:
    """An object, and where it stands in the text."""

    pairs: Pairs
    start: int
    end: int


def objects(text: str) -> Iterator[Found]:
    """The objects in ``text`` that stand in no other, in order.

    What is not JSON is read with care: single, typographical or missing quotes, comments behind
    ``//``, a comma behind the last value, line breaks and unescaped quotes within texts. An object
    that does not come to its end is none.
    """
    place = work = 0
    for _ in range(_MOST_TRIES):
        opened = _OPENED.search(text, place)
        if not opened or work > _MOST_WORK:
            return
        start = opened.start()
        read = _json(text, start) or _loose(text, start)
        if read:
            yield Found(read[0], start, read[1])
            place = read[1]
        else:
            place = start + 1
            work += len(text) - start


def array(text: str) -> list[object] | None:
    """The array that ``text`` is, but for a fence around it; None where it is something else."""
    lines = text.strip().splitlines()
    if len(lines) > 1 and is_fence(lines[0]) and is_fence(lines[-1]):
        lines = lines[1:-1]
    try:
        found = _DECODER.decode("\n".join(lines))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


_DECODER = json.JSONDecoder(
    object_pairs_hook=Pairs, parse_int=str, parse_float=str, parse_constant=str, strict=False
)
_OPENED = re.compile(r"""\{(?=\s*+["'“”„\w/])""")

_GAP = r"(?:\s++|//[^\n]*+)*+"
_QUOTED = (
    r'"(?:[^"\\]++|\\.|"(?!\s*+(?:[,:}\]]|//)))*+"'  # a quote within does not end a value
    r"|'(?:[^'\\]++|\\.|'(?=\w))*+'"
    r"|[“”„](?:[^“”\\]++|\\.)*+[“”]"
)
_KEY = re.compile(rf"{_GAP}({_QUOTED}|\w++(?:[ _-]\w++)*+){_GAP}[:：]{_GAP}", re.DOTALL)
_VALUE = re.compile(
    rf"({_QUOTED}|\[[^\[\]{{}}]*+\]|(?:(?!//)[^,{{}}\[\]\"“”„\n])++){_GAP}(?:,|(?=\}}))", re.DOTALL
)
_CLOSED = re.compile(rf"{_GAP}\}}")
_ELEMENT = re.compile(rf"({_QUOTED})", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def _json(text: str, start: int) -> tuple[Pairs, int] | None:
    try:
        found, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return (found, end) if isinstance(found, Pairs) and found else None


def _loose(text: str, start: int) -> tuple[Pairs, int] | None:
    pairs: list[tuple[str, object]] = []
    place = start + 1
    while not (closed := _CLOSED.match(text, place)):
        key = _KEY.match(text, place)
        value = _VALUE.match(text, key.end()) if key else None
        if not key or not value:
            return None
        pairs.append((_unquoted(key.group(1)), _plain(value.group(1))))
        place = value.end()
    return (Pairs(pairs), closed.end()) if pairs else None


def _plain(value: str) -> object:
    if value.startswith("["):
        return [_unquoted(one) for one in _ELEMENT.findall(value)]
    return _unquoted(value)


def _unquoted(text: str) -> str:
    if text[0] not in "\"'“”„":
        return text.strip()
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text[1:-1])
