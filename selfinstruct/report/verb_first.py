"""Verb and object where the verb begins the request: "Write a short story about a fox"."""

from __future__ import annotations

import re

from selfinstruct.languages.verbs import VerbFirst

_CLAUSE = re.compile(r"[.?!:;,\n\r]+|--+|[–—…]")
_PART = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d+|[^\w\s]")
_OPENING = frozenset("\"'“‘([*`<")  # noqa: RUF001 - quotes are what is meant
_LONGEST_LISTED = 3  # words of an opener or a verb
_LONGEST_TEXT = 2000  # characters that are looked at: a request comes first


class VerbFirstRules:
    """Finds pairs in a language of this kind.

    At the beginning of a sentence or behind a comma, openers are passed over; a listed verb there
    is the verb. Then determiners are passed over, and words are taken up to one that ends an
    object; the last of them is the object, made singular.

    Args:
        words: Those of the language.
    """

    def __init__(self, words: VerbFirst) -> None:
        self._words = words
        self._openers = frozenset(words.openers)
        self._spelt = re.compile(f"(?:{'|'.join(map(re.escape, words.endings)) or '(?!)'})$")

    def pair(self, text: str) -> tuple[str, str] | None:
        """Verb and object of the first request in ``text``; None where it has not both."""
        for clause in _CLAUSE.split(text[:_LONGEST_TEXT].lower().replace("’", "'")):
            parts = _PART.findall(clause)
            at = self._opened(parts)
            size = _listed(parts, at, self._words.verbs)
            if size and parts[at + size : at + size + 1] != ["of"]:  # a list of …, no verb
                found = self._object(parts, at + size)
                return (" ".join(parts[at : at + size]), found) if found else None
        return None

    def _opened(self, parts: list[str]) -> int:
        """Where what may stand before the verb ends; what is no word may stand there too."""
        at = 0
        while at < len(parts):
            if size := _listed(parts, at, self._openers):
                at += size
            elif parts[at][0].isalpha() and not parts[at].endswith("ly"):
                break
            else:
                at += 1
        return at

    def _object(self, parts: list[str], at: int) -> str | None:
        words = self._words
        at += parts[at : at + 1] != [] and parts[at] in words.particles
        while at < len(parts):  # what stands before the object
            if size := _listed(parts, at, words.determiners):
                at += size
            elif parts[at] in _OPENING or parts[at].isdigit() or self._ends(parts[at]):
                at += 1
            else:
                break
        found = ""
        for part in parts[at:]:
            if part in words.stop or self._ends(part):
                break
            if part.isdigit() or part in words.determiners:  # the top 10 most common words
                continue
            if not part[0].isalpha():
                break
            found = part
        return self._singular(found) if found else None

    def _ends(self, part: str) -> bool:
        """Whether a word of this form stands behind an object, or before one like an adjective."""
        if part in self._words.stop or not self._spelt.search(part):
            return False
        return part.rpartition("-")[2] not in self._words.nouns

    def _singular(self, word: str) -> str:
        word = word.removesuffix("'s").removesuffix("'")
        if word in self._words.irregular:
            return self._words.irregular[word]
        if word.endswith("ies") and len(word) > 4:
            return word[:-3] + "y"
        if word.endswith(("sses", "ches", "shes", "xes", "zzes")):
            return word[:-2]
        if word.endswith("s") and not word.endswith(("ss", "us", "is", "ics")) and len(word) > 3:
            return word[:-1]
        return word


def _listed(parts: list[str], at: int, phrases: frozenset[str]) -> int:
    """How many words of the longest phrase that stands at ``at``; 0 where none does."""
    for size in range(min(_LONGEST_LISTED, len(parts) - at), 0, -1):
        if " ".join(parts[at : at + size]) in phrases:
            return size
    return 0
