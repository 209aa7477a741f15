"""What judges call the questions of a rubric, and where a line names one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from selfinstruct.parsing.scales import fold
from selfinstruct.rubrics import Question

REASON = -1
"""The place of the reason, which is no question."""

_REASONS = (
    *("reason", "reasons", "explanation", "rationale", "justification", "reasoning"),
    *("이유", "근거", "설명", "理由", "根拠", "説明", "原因", "依据", "解释", "说明"),
)
# What models call the answer to the one question that they were asked, whatever it is called.
_LABELS = (
    *(
        "answer",
        "score",
        "rating",
        "grade",
        "verdict",
        "judgment",
        "judgement",
        "evaluation",
        "result",
    ),
    *("답", "답변", "정답", "점수", "평점", "등급", "평가", "판정", "판단", "결과", "결론"),
    *("答え", "回答", "点数", "得点", "スコア", "評価", "評点", "判定", "結果", "結論"),
    *("答案", "分数", "得分", "评分", "评价", "评级", "等级", "判断", "结果", "结论", "評分"),
)


@dataclass(frozen=True, slots=True)
class Names:
    """How questions may be named.

    Attributes:
        questions: The questions.
        places: The place of the question, or REASON, that each folded spelling names.
        line: What a line begins with that names one, with the name and what follows it.
        more: Where a further name begins in a line that began with one.
        lead: What may stand before the answer to a single question.
    """

    questions: tuple[Question, ...]
    places: dict[str, int]
    line: re.Pattern[str]
    more: re.Pattern[str]
    lead: re.Pattern[str]

    @staticmethod
    @lru_cache(maxsize=64)
    def of(questions: tuple[Question, ...]) -> Names:
        """The names of ``questions``; what names two of them names none."""
        places = {folded_key(one.key): place for place, one in enumerate(questions)}
        exact, twice = set(places), set()
        for place, one in enumerate(questions):
            for spelled in map(folded_key, (one.name, *one.also)):
                if spelled and spelled not in exact and places.setdefault(spelled, place) != place:
                    twice.add(spelled)
        places = {spelled: place for spelled, place in places.items() if spelled not in twice}
        own = _either(places)
        for spelled in map(folded_key, _REASONS):
            places.setdefault(spelled, REASON)
        names = _either(places)
        return Names(
            questions,
            places,
            re.compile(rf"{_LEAD}({names}){_TRAIL}(?:{_SEPARATOR}(.*)|\Z)", _FLAGS),
            re.compile(rf"[,;|]\s*+[*_\"'“`]*+(?={own}{_TRAIL}[:=])", _FLAGS),
            re.compile(rf"{_LEAD}{_BEFORE}(?:{own}|{_either(_LABELS)}){_BEHIND}|{_RATED}", _FLAGS),
        )

    def place(self, spelled: str) -> int | None:
        """The place of the question that ``spelled`` names."""
        return self.places.get(folded_key(spelled))

    def is_exact(self, spelled: str, place: int) -> bool:
        """Whether ``spelled`` is the key itself."""
        return folded_key(spelled) == folded_key(self.questions[place].key)


def folded_key(text: str) -> str:
    """``text`` as keys are compared: "Overall_Score" is "overall score"."""
    words = fold(text[:200]).replace("_", " ").replace("-", " ").split()
    return " ".join(words).strip(" *`\"'“”:#").casefold()


def _either(spellings: Sequence[str] | dict[str, int]) -> str:
    longest = sorted(spellings, key=lambda text: (-len(text), text))
    # A space stands for what keys may have in its place.
    return "|".join(r"[ _-]".join(map(re.escape, text.split())) for text in longest)


_FLAGS = re.IGNORECASE | re.DOTALL
_QUOTES = r"*_`\"'“”\u2018\u2019\[【("
_LEAD = rf"[\s>#~\-–•·+|<{{{_QUOTES}]*+(?:\d{{1,2}}+[.)]\s*+|[①-⑨]\s*+)?+[{_QUOTES}]*+"
_TRAIL = r"[\s*_`\"'“”\u2018\u2019\])】]*+(?:\([^()\n]{0,40}+\)[\s*_`]*+)?+"
_SEPARATOR = r"(?:=>|->|→|[:\uff1a=\uff1d|\uff5c]|[-–—](?=\s))"
_BEFORE = r"(?:(?:so|the|my|your|final|overall|total|최종|전체|종합|最終|総合|总体|最终)\W*+)*+"
_BEHIND = (
    rf"{_TRAIL}(?:(?:is|would\s++be|of)\s*+[:：]?|{_SEPARATOR}|[은는はが为為是](?=\s*+\S))\s*+"
)
_RATED = (
    r"\W*+I(?:\s++would|\s++will|['\u2019]d|['\u2019]ll)?\s++(?:rate|give|score|grade)\s++"
    r"(?:it|(?:this|that|the)(?:\s++(?!(?:an?|as|with|at)\b)[^\W\d]++)?+)(?:\s++(?:as|with|at))?(?:\s++an?)?(?:\s*+:)?\s++"
)
