"""Words of a prompt that came back as data, found by what a text shares with the prompt's frame.

The frame is what the prompt says besides the tasks it shows. A text leaks it that holds a run of
its words, or hardly any other words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from selfinstruct.filters.copies import is_copy, weight

_RUN = 6  # words in a row
_LEAST = 6  # words of a text that may be made of the frame's


class Frame:
    """What a prompt says of its own.

    Numbers are all the same here: those of the prompt that was sent are others.

    Args:
        words: Makes the words of a text.
        pieces: The frame, in pieces between which tasks stand.
    """

    def __init__(self, words: Callable[[str], list[str]], pieces: Iterable[str]) -> None:
        self._words = words
        self._pieces = [said for piece in pieces if (said := self._said(piece))]
        self._runs = {run for said in self._pieces for run in _runs(said)}

    def leaked(self, text: str, besides: str = "") -> str | None:
        """The words of the frame that ``text`` holds; None where it holds none.

        Args:
            text: What came back.
            besides: What was given to work on: its words are no leak.
        """
        said, given = self._said(text), self._said(besides)
        known = set(_runs(given))
        for run in _runs(said):
            if run in self._runs and run not in known:
                return " ".join(run)
        made_of_it = weight(said) >= _LEAST and any(
            len(said) < len(piece) and is_copy(said, piece) for piece in self._pieces
        )
        return " ".join(said) if made_of_it and not is_copy(said, given) else None

    def _said(self, text: str) -> list[str]:
        return ["0" if word.isdecimal() else word for word in self._words(text)]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The shortest runs of ``words`` that weigh as much as six words, one from each word on."""
    plain = "".join(words).isascii()  # then each weighs one
    weights = [1.0] * len(words) if plain else [weight((word,)) for word in words]
    end, total = 0, 0.0
    for start, first in enumerate(weights):
        while end < len(words) and total < _RUN - 1e-9:
            total += weights[end]
            end += 1
        if total < _RUN - 1e-9:
            return
        yield tuple(words[start:end])
        total -= first
