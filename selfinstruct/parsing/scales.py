"""One value on a scale, in what a model wrote where a value was asked for.

Nothing is put right: a value that lies off the scale or between two steps, and a text that names
two values, are no value. What a model says behind a value ("4 (small faults)") is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from selfinstruct.jsonl import clean
from selfinstruct.parsing.objects import Pairs
from selfinstruct.parsing.verdicts import answer_words
from selfinstruct.rubrics import NA, Question, Scale
from selfinstruct.rubrics.rubric import Value

_LONGEST = 400  # characters of a value and what is said of it
_LONGEST_TAGS = 4000
_LONGEST_TAG = 60


@dataclass(frozen=True, slots=True)
class Words:
    """The words of answers: what says yes, no, either, and that a question does not apply."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    between: tuple[str, ...]
    na: tuple[str, ...]


def on_scale(said: object, question: Question, words: Words) -> Value | None:
    """The value that ``said`` is, a text or what stands in JSON; None where it is none."""
    if question.scale is Scale.TAGS:
        return _tags(said)[: question.most] or None
    for _ in range(2):  # "[[7]]" is a list in a list where it stands in JSON
        if isinstance(said, list) and len(said) == 1:
            said = said[0]
    if isinstance(said, bool):
        return ("yes" if said else "no") if question.scale is Scale.YES_NO else None
    if not isinstance(said, str):
        return None
    text = bare(said)
    value = _READERS[question.scale](text, question, words)
    if value is None and question.na and _is_na(text, words):
        return NA
    return value


def mentions(text: str, question: Question, words: Words) -> bool:
    """Whether ``text`` speaks of values of the scale, admissible or not."""
    text = bare(text)
    if question.scale is Scale.NUMBERS:
        return any(c.isdigit() for c in text)
    if question.scale is Scale.YES_NO:
        return any(True for _ in answer_words(text, words.yes, words.no, words.between))
    if question.scale is Scale.TAGS:
        return False
    return bool(_level_pattern(question, whole=False).search(text))


def fold(text: str) -> str:
    """``text`` with its characters in one spelling: full width, ligatures, composed syllables.

    Raised and lowered digits stay: "4²" is not 42. Long words are taken in pieces, since putting
    marks in order costs the square of their number.
    """
    if text.isascii():
        return text
    return _WORD.sub(lambda word: unicodedata.normalize("NFKC", word[0]), text)


def bare(text: str) -> str:
    """``text`` without the quotes, brackets and marks around it, cut where it is long."""
    text = _MARKUP.sub(" ", fold(text[:_LONGEST])).strip(_AROUND)
    text = _HEADING.sub("", text).rstrip(_BEHIND)
    if boxed := _BOXED.fullmatch(text):
        text = boxed[1]
    if bracketed := _BRACKETED.match(text):  # "(A) valid"
        rest = text[bracketed.end() :]
        text = bracketed[1].strip() + (f" - {rest}" if rest else "")
    return text


_WORD = re.compile("[^\\s\u00b2\u00b3\u00b9\u2070-\u209c]{1,256}")
_MARKUP = re.compile(r"\*++|`++|__++|\[\[|\]\]|[「」『』【】]")
_AROUND = " \t\r\n\v\f\u3000\"'“”\u2018\u2019«»[]{}_|$"
_BEHIND = _AROUND + ".,;:!。、"
_HEADING = re.compile(r"\A#++\s++")
_BOXED = re.compile(r"\\boxed\{(.*)\}?", re.DOTALL)
_BRACKETED = re.compile(r"\(([^()]{1,12})\)\s*+")

_NUMBER = r"[-+]?[0-9]{1,25}+(?:\.[0-9]{1,25}+|,[0-9]{1,2}+)?+(?:[eE][-+]?[0-9]{1,3}+)?+"
_POINTS = r"\s*+(?:points?+|pts?+|stars?+|marks?+|점|点|點|分)?+"
_IS = r"\s*+(?:입니다|이다|이에요|예요|です|である|だ)?+"
_SAID = re.compile(
    rf"({_NUMBER}){_POINTS}(?:\s*+(?:/|out\s++of|of)\s*+({_NUMBER}){_POINTS})?+{_IS}", re.IGNORECASE
)
# "5점 만점에 4점", "5点満点中4点", "满分5分，4分": the highest comes first.
_TOP_FIRST = re.compile(
    rf"(?P<full>满分|滿分)?+\s*+(?P<top>{_NUMBER})\s*+[점点點分]\s*+"
    rf"(?:만점에서?+|만점\s*+중에?+|중에?+|満点中|満点で|中[の的]?+|满分中|满分|(?(full),|(?!)))\s*+"
    rf"(?P<number>{_NUMBER})\s*+[점点點分]?+{_IS}"
)
_RANGE = re.compile(
    rf"\(?\s*+(?:on\s++)?(?:an?\s++)?(?:scale\s++)?(?:of\s++|from\s++)?({_NUMBER})\s*+(?:[-–—~/]|to)"
    rf"\s*+({_NUMBER})(?:\s++scale)?\s*+\)?|\(\s*+(?:out\s++)?of\s++({_NUMBER})\s*+\)",
    re.IGNORECASE,
)
# What may stand behind a value: a remark, and no second value ("or 5", "to 4").
_REMARK = re.compile(r"\s*+[-–—:;.,!()\[\]|。、\n]\s*+[\W_]*+(?=[^\W\d_])")
_ANOTHER = re.compile(
    r"(?:(?:or|to|through|maybe|perhaps|possibly|almost|nearly)\b|and\s++[0-9]"
    r"|또는|혹은|아니면|내지|または|もしくは|あるいは|から|或|到|至)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?。\n]")
_ANSWERED = re.compile(r"\s*+(?:\Z|[.,;:!?()\n。、…–—]|-\s)|\s++-")
_CLASS = r"\s*+(?:등급|급|級|级|等|ランク|評価)?+"
_SEPARATED = re.compile(r"[,;、，\n]")


def _is_remark(rest: str) -> bool:
    """Whether ``rest``, which follows a value, says nothing that makes it another."""
    if not rest.strip(_BEHIND + ")"):
        return True
    found = _REMARK.match(rest)
    return bool(found) and not _ANOTHER.match(rest, found.end() if found else 0)


def _number(text: str, question: Question, _: Words) -> Value | None:
    if found := _TOP_FIRST.match(text):
        number, top = found["number"], found["top"]
    elif found := _SAID.match(text):
        number, top = found[1], found[2]
    else:
        return None
    if top is not None and _float(top) != question.high:
        return None
    rest = text[found.end() :]
    if (scale := _RANGE.match(rest.lstrip())) and _is_ours(scale, question):
        rest = rest.lstrip()[scale.end() :]
    if not _is_remark(rest):
        return None
    wanted = _float(number)
    return next((value for value in question.values if value == wanted), None)


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _is_ours(found: re.Match[str], question: Question) -> bool:
    """Whether a range that a judge wrote is the scale, as in "4 (on a scale of 1 to 5)"."""
    if found[3] is not None:
        return _float(found[3]) == question.high
    return (_float(found[1]), _float(found[2])) == (question.low, question.high)


def _yes_no(text: str, question: Question, words: Words) -> Value | None:
    exact = {"true": "yes", "false": "no"} | _spellings(question)
    if (low := text.casefold()) in exact:
        return exact[low]
    longest = sorted({*words.yes, *words.no}, key=lambda word: (-len(word), word))
    found = re.match("|".join(map(re.escape, longest)) or r"(?!)", text, re.IGNORECASE)
    # "No errors" and "no-one" are no answers; "No, it is wrong" is one.
    if not found or not _ANSWERED.match(text, found.end()):
        return None
    sentence = _SENTENCE.split(text, maxsplit=1)[0]
    said = set(answer_words(sentence, words.yes, words.no, words.between))
    return ("yes" if said.pop() else "no") if len(said) == 1 else None


def _level(text: str, question: Question, _: Words) -> Value | None:
    spelled = _spellings(question)
    if (low := text.casefold()) in spelled:
        return spelled[low]
    pattern = _level_pattern(question, whole=True)
    found = pattern.match(text)
    if not found or not _is_remark(rest := text[found.end() :]):
        return None
    value = spelled.get(found[1].casefold())
    # "A, B" and "A (acceptable)", where that is the name of B
    other = pattern.match(rest.lstrip(" \t\n-–—:;.,!()[]"))
    return value if not other or spelled.get(other[1].casefold()) == value else None


@lru_cache(maxsize=256)
def _spellings(question: Question) -> dict[str, str]:
    """How the levels are written, folded, and their values; spellings of two are left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for level in question.levels:
        value = str(level.value)
        number = (f"{level.value:g}",) if isinstance(level.value, float) else ()
        for text in (value, *number, level.name, *level.also):
            key = bare(text).casefold()
            if key and found.setdefault(key, value) != value:
                twice.add(key)
    own = {bare(str(level.value)).casefold(): str(level.value) for level in question.levels}
    kept = {key: value for key, value in found.items() if key not in twice} | own
    # only what the scale has is a value of it
    return {key: value for key, value in kept.items() if value in question.values}


@lru_cache(maxsize=256)
def _level_pattern(question: Question, *, whole: bool) -> re.Pattern[str]:
    longest = sorted(_spellings(question), key=lambda text: (-len(text), text))
    either = "|".join(map(re.escape, longest)) or r"(?!)"
    # A syllable or character may follow that counts classes: "A등급".
    tail = rf"{_CLASS}{_IS}(?!\w)" if whole else r"(?![^\W_])"
    return re.compile(rf"(?<!\w)({either}){tail}", re.IGNORECASE)


def _is_na(text: str, words: Words) -> bool:
    low = text.casefold()
    spelled = sorted((bare(word).casefold() for word in words.na), key=len, reverse=True)
    found = next((word for word in spelled if word and low.startswith(word)), None)
    return found is not None and _is_remark(text[len(found) :])


def _tags(said: object) -> tuple[str, ...]:
    """Tags without repetition, in lower case; what is longer than a tag is none."""
    if isinstance(said, str):
        listed: list[object] = [*_SEPARATED.split(fold(said[:_LONGEST_TAGS]))]
    elif isinstance(said, list) and not any(isinstance(one, Pairs) for one in said):
        listed = said
    else:
        return ()
    if not all(isinstance(one, str) for one in listed):
        return ()
    texts = (" ".join(clean(str(one)).split()) for one in listed)
    tags = (text.strip(_AROUND + "#*`.").casefold().strip() for text in texts)
    return tuple(dict.fromkeys(tag for tag in tags if tag and len(tag) <= _LONGEST_TAG))


_READERS: dict[Scale, Callable[[str, Question, Words], Value | None]] = {
    Scale.NUMBERS: _number,
    Scale.YES_NO: _yes_no,
    Scale.LETTERS: _level,
    Scale.CHOICE: _level,
}
