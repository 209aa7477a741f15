"""Tokens as integers, so that neither vocabulary nor length is limited by characters."""

from __future__ import annotations

from collections.abc import Hashable, Sequence


class Vocabulary:
    """Codes of tokens and of their repeated occurrences, given out in the order first seen.

    The first occurrence of a token in a text has the token's own code; the second, third … have
    codes of their own. Texts share as many occurrences as the multisets of their tokens do.
    """

    def __init__(self) -> None:
        self._tokens: dict[Hashable, int] = {}
        self._repeats: dict[tuple[int, int], int] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._tokens)

    def learn(self, tokens: Sequence[Hashable]) -> list[int]:
        """The codes of ``tokens``; new ones are given out."""
        codes = self._tokens
        learned = []
        for token in tokens:
            code = codes.get(token)
            if code is None:
                code = codes[token] = self._next
                self._next += 1
            learned.append(code)
        return learned

    def known(self, tokens: Sequence[Hashable]) -> list[int]:
        """The codes of those of ``tokens`` that have been learned."""
        codes = self._tokens
        return [code for token in tokens if (code := codes.get(token)) is not None]

    def occurrences(self, codes: list[int]) -> list[int]:
        """The codes of occurrences, in the text's order; new ones are given out."""
        if len(set(codes)) == len(codes):
            return codes
        return [code for code, _ in self._counted(codes, learn=True)]

    def learn_occurrences(self, codes: list[int]) -> list[int]:
        """The codes of occurrences, rarest first; new ones are given out."""
        return sorted(self.occurrences(codes), reverse=True)

    def known_occurrences(self, codes: list[int]) -> list[int]:
        """The codes of occurrences that have been learned, rarest first."""
        if len(set(codes)) < len(codes):
            codes = [code for code, known in self._counted(codes, learn=False) if known]
        return sorted(codes, reverse=True)

    def _counted(self, codes: list[int], *, learn: bool) -> list[tuple[int, bool]]:
        seen: dict[int, int] = {}
        counted = []
        for code in codes:
            count = seen.get(code, 0)
            seen[code] = count + 1
            if not count:
                counted.append((code, True))
                continue
            repeat = self._repeats.get((code, count))
            if repeat is None and learn:
                repeat = self._repeats[code, count] = self._next
                self._next += 1
            counted.append((repeat or 0, repeat is not None))
        return counted
