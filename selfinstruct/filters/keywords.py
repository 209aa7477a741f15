"""Finding keywords in an instruction: whole words, anywhere, or Korean stems with their particles.

A stem counts where no Hangul stands before it (or one of its compounds does), and where what
follows it, to the end of the run of Hangul, is nothing or a particle that agrees with its last
syllable: 사진이 is "the photo", 사진가 a photographer, 지도가 "the map".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from selfinstruct.languages.rules import KeywordMatch, Keywords, Particles, Program, Stem

_HANGUL = "가-힣"
_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_FINALS = 28  # ends of a syllable, none among them
_RIEUL = 8
_HAN_OR_KANA = "\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"

Find = Callable[[str], str | None]


def finder(keywords: Keywords, more: Sequence[str] = ()) -> Find:
    """What finds the first keyword in a text; it returns what it found, or None.

    Args:
        keywords: The language's.
        more: Further words of the same kind.
    """
    if keywords.match is not KeywordMatch.STEM:
        words = "|".join(re.escape(word) for word in (*keywords.words, *more))
        if not words:
            return lambda _: None
        edges = r"\b(?:{})\b" if keywords.match is KeywordMatch.WORD else "(?:{})"
        wide = keywords.match is KeywordMatch.SUBSTRING
        rules = [(re.compile(edges.format(words), re.IGNORECASE), keywords.not_in)]
        return _among(rules, "NFKC" if wide else "NFC")
    return _among(list(_stem_rules(keywords, more)), "NFKC")


def program_finder(program: Program) -> Find:
    """What finds a request for a program anywhere in a text; it returns what it found, or None."""
    if not program.phrases:
        return lambda _: None
    phrases = "|".join(map(_loose, sorted(program.phrases, key=len, reverse=True)))
    before = f"(?<![{_HANGUL}{_HAN_OR_KANA}])" if program.standalone else ""
    return _among([(re.compile(f"{before}(?:{phrases})", re.IGNORECASE), program.not_in)], "NFKC")


def _among(
    rules: Sequence[tuple[re.Pattern[str], Iterable[str]]], form: Literal["NFC", "NFKC"]
) -> Find:
    """The first hit of the rules, in their order, that overlaps none of a rule's exceptions."""
    made = [(pattern, _exceptions(not_in)) for pattern, not_in in rules]

    def find(text: str) -> str | None:
        text = unicodedata.normalize(form, text)
        for pattern, exceptions in made:
            hits = list(pattern.finditer(text))
            if not hits:
                continue
            excused = [found.span() for found in exceptions.finditer(text)] if exceptions else []
            for hit in hits:
                if not any(start < hit.end() and hit.start() < end for start, end in excused):
                    return hit.group()
        return None

    return find


def _exceptions(phrases: Iterable[str]) -> re.Pattern[str] | None:
    # Longer ones first; those that overlap each other are looked for in turn by their position.
    longest = sorted(phrases, key=len, reverse=True)
    return re.compile("|".join(map(_loose, longest)), re.IGNORECASE) if longest else None


def _loose(phrase: str) -> str:
    """A pattern of ``phrase``: a space is none or one, ``#`` is a number."""
    return re.escape(phrase).replace(r"\ ", r"\s?").replace(r"\#", r"\d[\d.,]*")


def _stem_rules(
    keywords: Keywords, more: Sequence[str]
) -> Iterable[tuple[re.Pattern[str], Iterable[str]]]:
    for one in (*keywords.stems, *(Stem(stem=word) for word in more)):
        heads = "|".join(map(_loose, (*one.compounds, one.stem)))
        tail = _tail(one.stem, keywords)
        pattern = f"(?<![{_HANGUL}])(?:{heads}){tail}"
        if one.stem.isascii():  # no part of a longer word in Latin letters
            pattern = rf"(?<![{_HANGUL}\w])(?:{heads})(?![A-Za-z]){tail}"
        yield re.compile(pattern, re.IGNORECASE), one.not_in
    for verb in keywords.verbs:
        parts = [_loose(beginning) for beginning in verb.beginnings]
        parts += [f"{_loose(form)}(?![{_HANGUL}])" for form in verb.forms]
        yield re.compile(f"(?<![{_HANGUL}])(?:{'|'.join(parts)})"), verb.not_in


def _tail(stem: str, keywords: Keywords) -> str:
    """What may follow a stem up to the end of its run of Hangul."""
    own = _either(_particles(stem[-1], keywords.particles))
    if keywords.plural:
        many = _either(_particles(keywords.plural[-1], keywords.particles))
        own = f"{re.escape(keywords.plural)}(?:{many})?|{own}"
    return f"(?:{own})?(?![{_HANGUL}])"


def _particles(syllable: str, particles: Particles) -> list[str]:
    """The particles that agree with a syllable; any of them after a letter of another script."""
    if not _FIRST_SYLLABLE <= ord(syllable) <= _LAST_SYLLABLE:
        both = (*particles.consonant, *particles.vowel)
        return [*particles.any, *both, *particles.ro, *(f"으{one}" for one in particles.ro)]
    final = (ord(syllable) - _FIRST_SYLLABLE) % _FINALS
    agreeing = particles.consonant if final else particles.vowel
    link = "" if final in (0, _RIEUL) else "으"
    return [*particles.any, *agreeing, *(link + one for one in particles.ro)]


def _either(texts: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))
