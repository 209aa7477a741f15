"""Texts that stand where an instruction should, and ask for nothing: labels, titles, statements.

Verbs are an open class, so nothing is refused for lacking a known one. What is refused has the
form of something else: each of its sentences begins as only statements do ("The gag relies
on …"), or it is a label with what is labelled ("2019-08-22: …"), or a title. And no word of a
request may stand in it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from selfinstruct.filters.phrases import any_of, sentences
from selfinstruct.languages.sound import Asking

_CLAUSE = re.compile(r"[.!?。！？．…,;:、，；：\n()\[\]–—-]+")  # noqa: RUF001 - and of other scripts
_QUESTION = re.compile("[?？؟]")
_LABEL = re.compile(r"([^:：\n]{1,40})[:：]\s")
_DATED = re.compile(r"\d[\d./-]{5,}\s*[:,]\s")
_WORD = re.compile(r"\w+")
_LONGEST_LABEL = 3  # words
_LISTED = 2  # commas of a listing
_LONGEST_LISTING = 12  # words of one
_LONGEST = 60  # words; a longer text has room for a request that no list foresees
_LETTERS = 4  # of words that titles write large
_TITLE = 3  # such words from which a text may be a title


class StatementRule:
    """Tells what is no instruction.

    Args:
        asking: The language's words; where none are given, everything is an instruction.
    """

    def __init__(self, asking: Asking) -> None:
        self._knows = asking != Asking()
        self._cue = re.compile(any_of(asking.cues), re.IGNORECASE)
        self._head = re.compile(any_of(asking.heads), re.IGNORECASE)
        self._subject = re.compile(any_of(asking.subjects), re.IGNORECASE)
        ends = "|".join(map(re.escape, asking.statement_ends)) or "(?!)"
        self._end = re.compile(rf"(?:{ends})[\"'”’」』)]*$")

    def refuse(self, text: str) -> dict[str, Any] | None:
        """What ``text`` is instead of an instruction; None where it may be one."""
        if not self._knows or _QUESTION.search(text) or len(text.split()) > _LONGEST:
            return None
        text = unicodedata.normalize("NFKC", text).strip()
        if (dated := _DATED.match(text)) and all(map(self._states, sentences(text[dated.end() :]))):
            return {"form": "label", "match": dated[0].strip()}
        if self._cue.search(text):
            return None
        if any(self._head.match(clause.lstrip()) for clause in _CLAUSE.split(text)):
            return None
        if (label := _LABEL.match(text)) and _is_label(label[1], text[label.end() :]):
            return {"form": "label", "match": label[1]}
        pieces = sentences(text)
        if pieces and all(map(self._states, pieces)):
            return {"form": "statement"}
        return {"form": "title"} if _is_title(text) else None

    def _states(self, sentence: str) -> bool:
        return bool(self._subject.match(sentence) or self._end.search(sentence))


def _is_label(text: str, rest: str) -> bool:
    """A date or a number; or a word that names an action, with a short listing behind it."""
    words = _WORD.findall(text)
    if len(words) > _LONGEST_LABEL:
        return False
    listing = rest.count(",") >= _LISTED and len(rest.split()) <= _LONGEST_LISTING
    return not any(map(str.isalpha, words)) or (listing and words[0].casefold().endswith("ing"))


def _is_title(text: str) -> bool:
    """Whether all longer words begin with a capital, as in no sentence."""
    words = [word for word in _WORD.findall(text) if len(word) >= _LETTERS]
    ends = text.endswith((".", "!"))
    return not ends and len(words) >= _TITLE and all(word[0].isupper() for word in words)
