"""What a judge answered to the questions of a rubric: all of it, or nothing.

Three forms are read, the surest first: the last JSON object that has a key for each question;
lines "key: value"; and, where one question was asked, the first line that is nothing but an answer.
A form that is there and says something unreadable is not made up for by the next one.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from selfinstruct.jsonl import clean
from selfinstruct.parsing.naming import REASON, Names
from selfinstruct.parsing.objects import Found, Pairs, objects
from selfinstruct.parsing.said import said_alone, said_in_lines
from selfinstruct.parsing.scales import Words, mentions, on_scale
from selfinstruct.parsing.text import is_fence
from selfinstruct.rubrics import Question
from selfinstruct.rubrics.rubric import Value

NOT_APPLICABLE = (
    *("n/a", "na", "n.a.", "not applicable", "does not apply", "doesn't apply"),
    *("해당 없음", "해당없음", "해당 사항 없음", "해당사항 없음", "해당되지 않음", "해당하지 않음"),
    *("該当なし", "該当無し", "該当しない", "該当しません", "対象外", "適用外", "適用なし"),
    *("不适用", "不適用", "无关", "不涉及", "無關"),
)
"""What judges write where a question does not apply."""


@dataclass(frozen=True, slots=True)
class Grades:
    """The answers to all questions that were asked.

    Attributes:
        answers: By the question's key, each on its scale.
        reason: What the judge gave as its reason; "" where it gave none.
    """

    answers: Mapping[str, Value]
    reason: str


def grades(
    text: str,
    questions: Sequence[Question],
    yes: Iterable[str],
    no: Iterable[str],
    between: Iterable[str] = (),
    na: Iterable[str] = NOT_APPLICABLE,
) -> Grades | None:
    """The answers in a judge's reply; None where that of any question cannot be read.

    No text whatever raises, and no value is ever off its scale, moved onto it or guessed.

    Args:
        text: The reply; thoughts before the answer are left out.
        questions: What was asked.
        yes: Words that say yes.
        no: Words that say no.
        between: Words between a yes and a no that repeat the question.
        na: Words that say that a question does not apply, where that is an answer.
    """
    if not questions:
        return None
    words = Words(tuple(yes), tuple(no), tuple(between), tuple(na))
    names = Names.of(tuple(questions))
    text = without_thoughts(text)
    found = _whole_objects(text, names)
    if found:
        return _from_objects(text, found, names, words)
    lines = [line for line in text.splitlines() if line.strip() and not is_fence(line)]
    if _LIKE_JSON.match(lines[-1] if lines else "") and not text.rstrip(" \t\r\n`").endswith("}"):
        return None  # an object that breaks off: its last value may be half of one
    said, reason = said_in_lines(lines, names)
    if said:
        answers = _agreed(said, names, words)
    else:
        value = said_alone(text, lines, names, words) if len(questions) == 1 else None
        answers = None if value is None else {questions[0].key: value}
    return None if answers is None else Grades(answers, clean(reason))


def without_thoughts(text: str) -> str:
    """``text`` behind the last tag that closes thoughts; "" where they are never closed.

    A tag that is quoted within an object closes nothing.
    """
    closing = list(_CLOSING.finditer(text))
    if closing:
        whole = list(objects(text))
        starts = [one.start for one in whole]
        for tag in reversed(closing):
            place = bisect(starts, tag.start()) - 1
            if place < 0 or whole[place].end <= tag.start():
                text = text[tag.end() :]
                break
    return "" if _OPENING.match(text) else text


_TAG = r"(?:think|thinking|thought|thoughts|reasoning|seed:think)"
_CLOSING = re.compile(rf"</{_TAG}>|◁/think▷|\[/THINK\]", re.IGNORECASE)
_OPENING = re.compile(rf"\s*+(?:<{_TAG}>|◁think▷|\[THINK\])", re.IGNORECASE)
_LIKE_JSON = re.compile(r"""\s*+\{?\s*+["'“][^"'“”:]{1,60}["'”]\s*+:""")


def _whole_objects(text: str, names: Names) -> list[tuple[Pairs, Pairs, Found]]:
    """The objects that have all keys, each with the one that it stands in, in order."""
    found = []
    for one in objects(text):
        holder = next((held for held in _within(one.pairs) if _has_all(held, names)), None)
        if holder is not None:
            found.append((holder, one.pairs, one))
    return found


def _within(pairs: Pairs) -> Iterable[Pairs]:
    """An object and those in it, two levels deep, the outer before the inner."""
    level = [pairs]
    for _ in range(3):
        yield from level
        level = [value for one in level for _, value in one if isinstance(value, Pairs)]


def _has_all(pairs: Pairs, names: Names) -> bool:
    places = {names.place(key) for key, _ in pairs}
    return places.issuperset(range(len(names.questions)))


def _from_objects(
    text: str, found: list[tuple[Pairs, Pairs, Found]], names: Names, words: Words
) -> Grades | None:
    held, outer, last = found[-1]
    if any(names.place(key[1]) not in {None, REASON} for key in _KEYS.finditer(text, last.end)):
        return None  # it began another answer, which did not come to its end
    answers = _answers(held, names, words)
    if answers is None:
        return None
    listed = len(found) > 1 and text[found[-2][2].end : last.start].strip() == ","
    if listed and _answers(found[-2][0], names, words) != answers:
        return None  # two in one list are no correction of one by the other
    said = [value for pairs in (held, outer) for key, value in pairs if _is_reason(key, names)]
    return Grades(answers, next((clean(one) for one in said if isinstance(one, str)), ""))


_KEYS = re.compile(r"""["'“]([^"'“”:\n]{1,60}+)["'”]\s*+:""")


def _is_reason(key: str, names: Names) -> bool:
    return names.place(key) == REASON


def _answers(pairs: Pairs, names: Names, words: Words) -> dict[str, Value] | None:
    answers: dict[str, Value] = {}
    for place, question in enumerate(names.questions):
        own = [(key, value) for key, value in pairs if names.place(key) == place]
        read = [
            (names.is_exact(key, place), _value(value, place, names, words)) for key, value in own
        ]
        exact = [value for is_exact, value in read if is_exact]
        # The key that was asked for must be readable; another spelling of it may be something else.
        if None in (exact or [value for _, value in read]):
            return None
        different = {value for _, value in read if value is not None}
        if len(different) != 1:
            return None
        answers[question.key] = different.pop()
    return answers


def _value(said: object, place: int, names: Names, words: Words) -> Value | None:
    """The value of a key: itself, or where it is an object what that has under the same name."""
    if isinstance(said, Pairs):
        inner = [value for key, value in said if names.place(key) == place]
        said = inner[0] if len(inner) == 1 else None
    return on_scale(said, names.questions[place], words)


def _agreed(
    said: Mapping[int, Sequence[str]], names: Names, words: Words
) -> dict[str, Value] | None:
    """The answers of lines: each question must have one, and all that is said of it be the same.

    What speaks of no value ("Output: the river Elbe") may stand beside it: judges repeat the item.
    """
    answers: dict[str, Value] = {}
    for place, question in enumerate(names.questions):
        read = [(on_scale(text, question, words), text) for text in said.get(place, ())]
        if any(value is None and mentions(text, question, words) for value, text in read):
            return None
        different = {value for value, _ in read if value is not None}
        if len(different) != 1:
            return None
        answers[question.key] = different.pop()
    return answers
