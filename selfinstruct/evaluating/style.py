"""How it sounds: how far answers are like a teacher's in form, whatever they say.

The figures of table 2 of "The False Promise of Imitating Proprietary LLMs" (Gudibande et al.,
arXiv 2305.15717). It does not publish how a list, a summary paragraph or an intersection is found;
:data:`VERSION` names the definitions here, which are ours.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.languages.tokenizers import Tokenizer
from selfinstruct.statistics import mean, pearson, wilson
from selfinstruct.statistics.values import rounded

VERSION = 1
"""Of the definitions of lists, closing paragraphs and intersections."""

TEACHER, SECOND = "teacher", "teacher, second answer"
"""What the rows of the teacher are called."""

TONE = (
    "The fifth figure of the paper, an authoritative tone as a judge hears it, is absent: there is "
    "no rubric for it. judge takes one of your own."
)

_DIGIT = r"[0-9\uff10-\uff19]"  # of full width too
_NUMBER = rf"{_DIGIT}{{1,3}}[.)\uff0e\uff09、](?!{_DIGIT})"  # "1.5 million" is none
_BULLET = re.compile(
    rf"^\s*(?:[-*+]\s|[•‣◦·]|{_NUMBER}|[①-⑳]|[가나다라마바사아자차카타파하][.)]\s|[a-zA-Z][.)]\s)\s*\S"
)
_ITEM = re.compile(_BULLET.pattern, re.MULTILINE)
_HEADER = re.compile(r"^#{1,6}\s+\S", re.MULTILINE)
_BOLD = re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__")
_MARKS = "*_#> "  # how a paragraph is set, before its first word
_PARAGRAPHS = re.compile(r"\n\s*\n")


def has_list(text: str) -> bool:
    """Whether two lines in a row begin with a bullet or a number."""
    lines = [bool(_BULLET.match(line)) for line in text.splitlines() if line.strip()]
    return any(one and other for one, other in itertools.pairwise(lines))


def has_closing(text: str, phrases: Sequence[str]) -> bool:
    """Whether the last paragraph sums up.

    It is no list item, follows two paragraphs or a list, and opens with one of ``phrases``.
    """
    parts = [part.strip() for part in _PARAGRAPHS.split(text) if part.strip()]
    if len(parts) < 2 or _BULLET.match(parts[-1]):
        return False
    if len(parts) < 3 and not has_list("\n".join(parts[:-1])):
        return False
    opening = parts[-1].lstrip(_MARKS).casefold()
    return any(_begins(opening, phrase.casefold()) for phrase in phrases)


def _begins(text: str, phrase: str) -> bool:
    """Whether ``text`` begins with the words of ``phrase``, and no longer word of Latin letters."""
    after = text[len(phrase) : len(phrase) + 1]
    return text.startswith(phrase) and not (after.isascii() and after.isalnum())


def intersection(one: Sequence[str], other: Sequence[str]) -> float:
    """ROUGE-1 F1 of two lists of tokens, in [0, 1]: twice the shared ones over all."""
    left: dict[str, int] = {}
    for token in other:
        left[token] = left.get(token, 0) + 1
    shared = 0
    for token in one:
        if left.get(token, 0):
            left[token] -= 1
            shared += 1
    total = len(one) + len(other)
    return 2 * shared / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Manner:
    """By what the form of texts is told, in one language.

    Attributes:
        name: What the tokenizer is called.
        tokenizer: What words are.
        closings: How paragraphs open that sum up.
    """

    name: str
    tokenizer: Tokenizer
    closings: Sequence[str]


def likeness(pairs: Sequence[tuple[str, str]], manner: Manner) -> dict[str, Any]:
    """The figures of one model against the teacher.

    Where neither answer has a word in it, there is no share of words to speak of: such pairs are
    left out of the intersection.

    Args:
        pairs: For each case that both answered, its text and the teacher's.
        manner: The language's.
    """
    lists = [has_list(own) for own, teacher in pairs if has_list(teacher)]
    closing = [
        has_closing(own, manner.closings)
        for own, teacher in pairs
        if has_closing(teacher, manner.closings)
    ]
    words = manner.tokenizer.tokenize
    shared = [
        100 * intersection(mine, theirs)
        for mine, theirs in ((words(own), words(teacher)) for own, teacher in pairs)
        if mine or theirs
    ]
    lengths = pearson(
        [float(len(own)) for own, _ in pairs], [float(len(teacher)) for _, teacher in pairs]
    )
    return {
        "n": len(pairs),
        "list_when_teacher_lists": wilson(sum(lists), len(lists)).row(),
        "closing_when_teacher_closes": wilson(sum(closing), len(closing)).row(),
        "unigram_intersection": mean(shared).row(),
        "length_correlation": {"value": rounded(lengths.value), "n": lengths.n},
    }


def form(name: str, texts: Sequence[str], manner: Manner) -> dict[str, Any]:
    """How long texts are, and how they are set, on their own."""
    count = max(1, len(texts))
    words = sum(len(manner.tokenizer.tokenize(text)) for text in texts)

    def hundred(pattern: re.Pattern[str]) -> float:
        return round(100 * sum(len(pattern.findall(text)) for text in texts) / max(1, words), 4)

    return {
        "name": name,
        "n": len(texts),
        "mean_characters": round(sum(map(len, texts)) / count, 2),
        "headers_per_100_words": hundred(_HEADER),
        "bold_per_100_words": hundred(_BOLD),
        "list_items_per_100_words": hundred(_ITEM),
        "with_a_list": wilson(sum(map(has_list, texts)), len(texts)).row(),
    }


def style(
    models: Sequence[tuple[str, Mapping[str, str]]],
    teacher: Mapping[str, str],
    ceiling: Mapping[str, str] | None,
    manner: Manner,
) -> dict[str, Any]:
    """All figures of how it sounds.

    Args:
        models: Each model with its answers by case; the first is the base.
        teacher: By case, the teacher's.
        ceiling: A second answer of the teacher, which no imitation can be expected to pass.
        manner: The language's.
    """
    roles = ["base", *[""] * (len(models) - 1)]
    sides = [(name, role, own) for (name, own), role in zip(models, roles, strict=True)]
    if ceiling is not None:
        sides.append((SECOND, "ceiling", ceiling))
    rows = []
    for name, role, own in sides:
        pairs = [(own[case], teacher[case]) for case in teacher if case in own]
        rows.append({"name": name, "role": role} | likeness(pairs, manner))
    said = [(name, own) for name, _, own in sides]
    return {
        "definitions": VERSION,
        "tokenizer": manner.name,
        "against_teacher": rows,
        "form": [
            form(name, list(own.values()), manner) for name, own in (*said, (TEACHER, teacher))
        ],
        "tone": TONE,
    }
