"""Texts that repeat themselves, as models write when they are caught in a loop.

A list, a table, code or a poem repeats words, too. So a text is a loop only where the same long
line, or the same run of words, makes up most of it three or four times, or where it ends in one
thing said over and over.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

_SINGLE = "\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"  # Han and kana know no spaces
_TOKEN = re.compile(rf"[{_SINGLE}]|(?:(?![{_SINGLE}])\w)++")
_NUMBERED = re.compile(r"\s*+(?:[-*•·]|\(?\d{1,4}+[.)\]:])\s*+")  # the mark of a list's item
_RUN = 8  # tokens of a run that is looked for
_TIMES = 3
_LONG_LINE = 4  # tokens from which a line is more than a refrain's cry or a closing bracket
_MOST_OF_IT = 0.6  # share of the tokens that repeated lines must make up
_FEWEST = 24  # tokens; shorter texts have no room for a long line three times
# Lists of three begin alike in good prose, and code repeats itself: runs must say more than lines.
_RUN_TIMES = 4
_MOST_OF_RUNS = 0.7
_FEWEST_OF_RUNS = 48
_TAIL_TIMES = 4  # repetitions with which a text must end
_TAIL = 24  # tokens of such an end; half of them where they are half of the text
_QUOTED = 80  # characters of what is repeated, in the details


def looped(text: str, asked: str = "") -> dict[str, Any] | None:
    """What ``text`` repeats, and how often; None where it is no loop. Takes linear time.

    Args:
        text: Any text.
        asked: What led to it; what stands there may be repeated.
    """
    tokens = _tokens(text)
    if len(tokens) < _TAIL // 2:
        return None
    known = " ".join(_tokens(asked))
    found = _lines(text, len(tokens)) or _runs(tokens) or _tail(tokens)
    if found is None or f" {found[0]} " in f" {known} ":
        return None
    return {"repeated": found[0][:_QUOTED], "times": found[1]}


def _tokens(text: str) -> list[str]:
    return [token.casefold() for token in _TOKEN.findall(text)]


def _lines(text: str, count: int) -> tuple[str, int] | None:
    """The long line that makes up most of a text, whatever numbers stand before it."""
    lines = Counter(" ".join(_tokens(_NUMBERED.sub("", line, count=1))) for line in _split(text))
    line, times = lines.most_common(1)[0]
    length = line.count(" ") + 1
    if times < _TIMES or length < _LONG_LINE or count < _FEWEST:
        return None
    return (line, times) if times * length >= _MOST_OF_IT * count else None


def _split(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()] or [text]


def _runs(tokens: Sequence[str]) -> tuple[str, int] | None:
    """The run of words that is said most, where such runs make up most of a text."""
    count = len(tokens)
    if count < _FEWEST_OF_RUNS:
        return None
    ids: dict[str, int] = {}
    codes = [ids.setdefault(token, len(ids)) for token in tokens]
    starts: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for start in range(count - _RUN + 1):
        places = starts[tuple(codes[start : start + _RUN])]
        if (
            not places or start >= places[-1] + _RUN
        ):  # one that overlaps the last is none of its own
            places.append(start)
    repeated = [places for places in starts.values() if len(places) >= _RUN_TIMES]
    covered = {at for places in repeated for start in places for at in range(start, start + _RUN)}
    if len(covered) < _MOST_OF_RUNS * count:
        return None
    most = max(repeated, key=len)
    run = tokens[most[0] : most[0] + _RUN]
    return None if all(map(_is_figure, run)) else (" ".join(run), len(most))


def _tail(tokens: Sequence[str]) -> tuple[str, int] | None:
    """What a text says over and over at its end: the longest end that has a period."""
    back = tokens[::-1]
    border = [0] * (len(back) + 1)  # of each beginning, its longest proper border (Knuth et al.)
    best = (0, 0)  # length and period
    length = 0
    for place in range(1, len(back)):
        while length and back[place] != back[length]:
            length = border[length]
        length += back[place] == back[length]
        border[place + 1] = length
        whole, period = place + 1, place + 1 - length
        if whole >= _TAIL_TIMES * period:
            best = (whole, period)
    whole, period = best
    least = _TAIL // 2 if whole * 2 >= len(tokens) else _TAIL
    unit = tokens[len(tokens) - period :] if period else []
    if whole < least or all(map(_is_figure, unit)) or len("".join(unit)) == 1:
        return None
    return " ".join(unit), whole // period


def _is_figure(token: str) -> bool:
    """A number or a Latin letter: rows of those are tables, counting, and code."""
    return (len(token) == 1 and token.isascii()) or token.isdecimal()
