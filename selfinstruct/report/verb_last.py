"""Verb and object where the verb ends the request and the object is marked: 시를 쓰세요."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from selfinstruct.languages.verbs import VerbLast

_SENTENCE = re.compile(r"[.?!。？！\n\r]+")
_QUOTES = "\"'“”‘’()[]<>「」『』（）)】,·:;~*` 　"  # noqa: RUF001 - what words stand in
_LONGEST_TEXT = 2000  # characters that are looked at: a request comes first
_SYLLABLES = 0xAC00  # where Hangul's begin, in an order that tells the final consonant
_FINALS = 28


class _Rules(ABC):
    """What both kinds of writing share: the verb, looked up by forms and endings."""

    def __init__(self, words: VerbLast) -> None:
        self._words = words
        self._helpers = sorted(words.helpers, key=len, reverse=True)
        self._forms = {form: verb for verb, forms in words.forms.items() for form in forms}
        self._endings = sorted(words.endings, key=len, reverse=True)

    def pair(self, text: str) -> tuple[str, str] | None:
        """Verb and object of the first sentence of ``text`` that has both."""
        for sentence in _SENTENCE.split(text[:_LONGEST_TEXT]):
            said = sentence
            for idiom in self._words.idioms:
                said = said.replace(idiom, " ")
            if found := self._of(said):
                return found
        return None

    @abstractmethod
    def _of(self, sentence: str) -> tuple[str, str] | None:
        """Verb and object of one sentence, if it has both."""

    def _verb(self, said: str) -> str | None:
        """The verb that ends ``said``, as dictionaries give it."""
        whole = said.strip(_QUOTES)
        while helper := next((one for one in self._helpers if whole.endswith(one)), None):
            if not (rest := whole[: -len(helper)].strip()):  # it asks for itself: 용기를 주세요
                break
            whole = rest
        found = self._looked_up(whole)
        return None if found in self._words.no_verbs else found

    @abstractmethod
    def _looked_up(self, said: str) -> str | None:
        """The verb of which ``said`` is a form, or ends in one."""

    def _single(self, noun: str) -> str:
        for plural in self._words.plurals:
            if noun.endswith(plural) and len(noun) > len(plural) + 1:
                return noun.removesuffix(plural)
        return noun


class SpacedRules(_Rules):
    """For Korean: words, whose object mark agrees with the syllable before it."""

    def _of(self, sentence: str) -> tuple[str, str] | None:
        parts = [part for word in sentence.split() if (part := word.strip(_QUOTES))]
        for at in range(len(parts) - 2, -1, -1):
            if noun := self._marked(parts[at]):
                verb = self._verb(" ".join(parts[at + 1 :]))
                found = self._counted(parts[:at]) if self._counts(noun) else noun
                return (verb, self._single(found)) if verb and found else None
        return None

    def _marked(self, word: str) -> str | None:
        noun = word[:-1].strip(_QUOTES)
        if not noun or not "가" <= noun[-1] <= "힣":
            return None
        mark = self._words.marks[0 if _final(noun) else -1]
        return noun if word[-1] == mark else None

    def _counts(self, noun: str) -> bool:
        """Whether ``noun`` only says how many: 가지, 3가지, 둘."""
        ends = (noun.removesuffix(counter) for counter in self._words.counters)
        return any(
            end != noun and (not end or end.isdigit() or end in self._words.numbers) for end in ends
        )

    def _counted(self, before: list[str]) -> str | None:
        """What is counted: 장점, in 장점 세 가지를; None where it stands elsewhere."""
        rest = list(before)
        while rest and (rest[-1] in self._words.numbers or rest[-1].isdigit()):
            rest.pop()
        if not rest or rest[-1].endswith(self._words.attributes):
            return None
        noun = self._marked(rest[-1]) or rest[-1]
        return None if self._verb(noun) or not "가" <= noun[-1] <= "힣" else noun

    def _looked_up(self, said: str) -> str | None:
        word = said.rsplit(maxsplit=1)[-1] if said else ""
        if word in self._forms:
            return self._forms[word]
        for end in self._endings:
            if said.endswith(end) if " " in end else word.endswith(end):
                stem = (said if " " in end else word)[: -len(end)].rpartition(" ")[2]
                return stem + self._words.endings[end] if stem or end != "아" else None
        return None


class JoinedRules(_Rules):
    """For Japanese: no spaces; the object is the run of one kind of letters before its mark."""

    _COMPOUND = re.compile(r"[一-鿿]+[いきしちひみりぎじびえけせねべめれげり]$")
    _KANJI = re.compile(r"[一-鿿]$")
    _NAME = re.compile(r"(?:[一-鿿々]|[ァ-ヺー])+$")

    def __init__(self, words: VerbLast) -> None:
        super().__init__(words)
        nouns = "|".join(map(re.escape, sorted(words.nouns, key=len, reverse=True)))
        run = r"(?:[一-鿿々〆]|[ァ-ヺー]|[^\W\d_ぁ-ゖ])+"
        self._noun = re.compile(f"(?:{nouns}|{run})$" if nouns else f"{run}$")
        self._by_length = sorted(self._forms, key=len, reverse=True)

    def _of(self, sentence: str) -> tuple[str, str] | None:
        head, mark, tail = sentence.rpartition(self._words.marks[0])
        found = self._noun.search(head.rstrip(_QUOTES)) if mark else None
        verb = self._verb(tail) if found else None
        return (verb, self._single(found.group())) if found and verb else None

    def _looked_up(self, said: str) -> str | None:
        for form in self._by_length:
            head = said[: -len(form)]
            if said.endswith(form) and not self._KANJI.search(head):  # 翻訳して is not 訳して
                before = self._COMPOUND.search(head)
                return (before.group() if before else "") + self._forms[form]
        for end in self._endings:
            if said.endswith(end):
                name = self._NAME.search(before_end := said[: -len(end)])
                if (
                    name is None
                    and before_end
                    and not before_end.endswith(("に", "と", "く", "、"))
                ):
                    return None  # the end of another verb: ほぐして
                return (name.group() if name else "") + self._words.endings[end]
        return None


def _final(word: str) -> int:
    """The number of the final consonant of a word's last syllable; 0 where it ends in a vowel."""
    return (ord(word[-1]) - _SYLLABLES) % _FINALS if "가" <= word[-1:] <= "힣" else 0
