"""What is not there: instructions that need an input and have none, answers that ask for one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from typing import Any

from selfinstruct.filters.phrases import any_of, is_spaced, sentences
from selfinstruct.languages.sound import AskingBack, Pointing

# What supplies a text: a colon, a line or a quotation mark and something behind it, a bracket, a
# link, two numbers.
_SUPPLIED = re.compile(
    r"[:：]\s*\S|\n\s*\S|[\"“”„«»「『《`<\[{(（]|(?<!\w)['\u2018]\w|https?://|\d\D+?\d|\b[aA]\)\s"
)
_QUOTED = re.compile(r"[\"“”„«»「『《`]|(?<!\w)['\u2018]\w|\n\s*\S")
_MOST_LOOKED_AT = 8  # of one kind in one text, so that the time stays linear
_SHOWN = 40  # characters before a colon behind which nothing stands
_MUCH = 12  # words behind the sentence that points: they may be what it points to
_SAID = 5  # words of a sentence that "this" may point back to
_STEM = 4  # letters by which a thing is known again
_SHORT = 60  # words of an answer that asks back
_REST = 20  # words that it may say besides
_UNSPACED = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]+")  # Han, kana
_NAME = re.compile(r"\w{4,}")  # words that may name a thing
_PER_WORD = 2.5  # characters of those


class InputRule:
    """Tells instructions that point to a text that is not there.

    Args:
        pointing: The language's words.
    """

    def __init__(self, pointing: Pointing) -> None:
        things = any_of(pointing.things)
        tails = "|".join(map(re.escape, sorted(pointing.tails, key=len, reverse=True)))
        tail = rf"(?:{tails})?(?!\w)" if tails else ""
        self._spaced = is_spaced((*pointing.near, *pointing.given))
        gap = r"\s++(?:[^\W\d]++\s++)??" if self._spaced else r"\s*+"
        given = rf"{any_of(pointing.given, as_words=True)}{gap}{things}{tail}"
        behind = rf"{things}\s++{any_of(pointing.behind)}(?!\s++(?:\d|\w++\s++\d))"
        alone = rf"{any_of(pointing.alone, as_words=True)}{tail}"
        self._given = re.compile(f"{given}|{behind}|{alone}", re.IGNORECASE)
        near = rf"{any_of(pointing.near, as_words=True)}{gap}(?P<thing>{things}){tail}"
        self._near = re.compile(near, re.IGNORECASE)
        self._not_in = re.compile(any_of(pointing.not_in), re.IGNORECASE)
        self._making = re.compile(any_of(pointing.making), re.IGNORECASE)

    def refuse(self, instruction: str) -> dict[str, Any] | None:
        """What ``instruction`` points to without supplying it; None where nothing is missing."""
        if self._making.search(instruction) or _QUOTED.search(instruction.strip()):
            return None
        if instruction.rstrip().endswith((":", "：")):
            return {"match": _end(instruction.rstrip())}
        for pattern in (self._given, self._near):
            for found in itertools.islice(pattern.finditer(instruction), _MOST_LOOKED_AT):
                if not self._is_excused(found, instruction):
                    return {"match": found.group()}
        return None

    def _is_excused(self, found: re.Match[str], text: str) -> bool:
        excused = (one.span() for one in self._not_in.finditer(text))
        if any(start < found.end() and found.start() < end for start, end in excused):
            return True
        behind = text[found.end() :]
        if _SUPPLIED.search(behind):
            return True
        later = sentences(behind)
        if sum(map(_length, later[1:])) >= _MUCH:
            return True
        before = text[: found.start()]
        if "thing" not in found.re.groupindex:
            return _holds(before, found.group().split()[-1])
        if _holds(before, found["thing"]):
            return True
        # Where no spaces are written, commas join what other languages part by full stops.
        said = sentences(before)[: None if _ends(before) else -1] if self._spaced else [before]
        return any(_length(one) >= _SAID for one in said)


class AskingBackRule:
    """Tells answers that ask for what they should have had.

    Args:
        back: The language's words.
    """

    def __init__(self, back: AskingBack) -> None:
        self._always = re.compile(any_of(back.always), re.IGNORECASE)
        self._opening = re.compile(rf"\W*+{any_of(back.opening)}", re.IGNORECASE)
        self._object = re.compile(any_of(back.objects), re.IGNORECASE)
        self._interjection = re.compile(rf"\W*+{any_of(back.interjections)}", re.IGNORECASE)
        self._message = re.compile(any_of(back.messages), re.IGNORECASE)

    def refuse(self, instruction: str, given: str, answer: str) -> dict[str, Any] | None:
        """Which words of a short ``answer`` ask back; None where it answers."""
        if _length(answer) > _SHORT:
            return None
        pieces = sentences(answer)
        begins = bool(pieces) and self._interjection.match(pieces[0]) is not None
        known = None if begins else {word.casefold() for word in _NAME.findall(instruction)}
        found = [self._asks(piece, known) for piece in pieces]
        asking = next(filter(None, found), None)
        if asking is None:
            return None
        others = [piece for piece, asks in zip(pieces, found, strict=True) if not asks]
        rest = [piece for piece in others if not self._interjection.match(piece)]
        if sum(map(_length, rest)) > _REST:
            return None
        if self._message.search(instruction) and (given.strip() or not begins):
            return None
        return {"match": asking.strip()}

    def _asks(self, sentence: str, known: Collection[str] | None) -> str | None:
        """The words with which a sentence asks; None for ``known`` takes any thing asked for."""
        if found := self._always.search(sentence):
            return found.group()
        if (found := self._opening.match(sentence)) is None:
            return None
        if known is None:
            return found.group()
        behind = sentence[found.end() :]
        names = (word.casefold() in known for word in _NAME.findall(behind))
        return found.group() if any(names) or self._object.search(behind) else None


def _end(text: str) -> str:
    """The last words of ``text``."""
    if len(text) <= _SHOWN:
        return text
    cut = text[-_SHOWN:]
    return cut.partition(" ")[2] or cut


def _holds(text: str, thing: str) -> bool:
    """Whether ``text`` names ``thing`` already, in the singular or the plural."""
    stem = thing[:-1] if len(thing) > _STEM else thing
    return len(thing) > 1 and stem.casefold() in text.casefold()


def _ends(text: str) -> bool:
    return text.rstrip().endswith((".", "!", "?", "。"))


def _length(text: str) -> float:
    """Words; of a script without spaces about as many as a translation would have."""
    return max(len(text.split()), sum(map(len, _UNSPACED.findall(text))) / _PER_WORD)
