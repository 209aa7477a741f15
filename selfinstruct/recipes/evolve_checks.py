"""An evolution beside its parent, with the parent's data and without (second edition).

A parent is an instruction and often data to work on: a passage, a table, code. Models evolve the
instruction and forget the data, and then what they made is the parent, bare. With the data left in,
the two would look much alike however much the instruction gained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from selfinstruct.filters.copies import held, weight

_NOTHING_NEW = 0.95  # of an evolution's words stand in its parent
_OTHERS = 1  # words that may be others where there are many
_MANY = 8
_KEPT = 0.5  # of the data's words, at least, where they are kept
_NEEDS = 0.5  # of the instruction's words: an evolution that holds them needs the data, too
_OWN = 0.5  # of the data's words: an evolution that brings so many of its own has its data


class Evolution:
    """One evolved instruction and what it was evolved from.

    Args:
        words: Makes the words of a text.
        text: The evolution.
        parent: What was evolved, data included.
        data: The data of the source that it goes back to; "" for none.
    """

    def __init__(
        self, words: Callable[[str], list[str]], text: str, parent: str, data: str
    ) -> None:
        self._words = words
        self._text, self._parent = words(text), words(parent)
        lines = {line.strip() for line in data.splitlines() if line.strip()}
        self._data = words(data) if _stands_in(data, parent) else []
        self._bare, self._bare_parent = (words(_without(one, lines)) for one in (text, parent))
        self._rest = words("\n".join(text.splitlines()[1:]))

    def says_nothing_new(self) -> bool:
        """Whether its words are those of its parent in order, or all but one: with data or bare."""
        return self._is_within(self._text, self._parent) or self._is_within(
            self._bare, self._bare_parent
        )

    def drops_data(self) -> bool:
        """Whether it lacks its parent's data and still needs them.

        It needs them where it holds half of the instruction, and has no data of its own: lines
        behind its first that come to half of the parent's data.
        """
        if not self._data or held(self._data, self._text) >= _KEPT:
            return False
        has_own = len(self._rest) >= _OWN * len(self._data)
        return not has_own and held(self._bare_parent, self._text) >= _NEEDS

    def _is_within(self, text: Sequence[str], parent: Sequence[str]) -> bool:
        if not text:
            return bool(self._data) and not self._bare
        missing = round(len(text) * (1 - held(text, parent)))
        if missing <= (1 - _NOTHING_NEW) * len(text):
            return True
        return weight(text) >= _MANY and weight(text) == len(text) and missing <= _OTHERS


def _stands_in(data: str, text: str) -> bool:
    return bool(data.strip()) and " ".join(data.split()) in " ".join(text.split())


def _without(text: str, lines: set[str]) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip() not in lines)
