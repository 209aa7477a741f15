"""The judge's prompt: role, questions, the item between marks that it cannot close, the form.

The reason is asked for before the answers: that halves the failures of judges on mathematics and
logic (Zheng et al., arXiv 2306.05685, section 3.4).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.judging.weighing import TOP
from selfinstruct.languages import LanguagePack
from selfinstruct.prompts import Prompts, Step
from selfinstruct.rubrics import NA, Part, Question, Rubric, Scale
from selfinstruct.teachers import Api, Decoding, Prompt
from selfinstruct.teachers.base import Schema

_REASON = "reason"
_LEAST_MARK = 8  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class Shown:
    """One part of what is judged, as the prompt shows it.

    Attributes:
        part: What it is.
        text: What it says.
        number: Which of several items it belongs to; 0 for the only one.
    """

    part: Part
    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Prompting:
    """How a judge is asked.

    Attributes:
        pack: The language.
        prompts: Its templates.
        rubric: What is asked.
        api: The kind of endpoint.
        decoding: How replies are drawn.
        brief: Whether the answers come without reasons.
        structured: Whether replies are held to a JSON schema.
        weighted: Whether the likelihoods of the answers are asked for.
    """

    pack: LanguagePack
    prompts: Prompts
    rubric: Rubric
    api: Api
    decoding: Decoding
    brief: bool = False
    structured: bool = False
    weighted: bool = False

    def prompt(self, shown: Sequence[Shown], questions: Sequence[Question]) -> Prompt:
        """What the judge is asked about what is shown."""
        mark = mark_of(part.text for part in shown)
        text = self.prompts.render(
            Step.JUDGE,
            role=self.rubric.role,
            questions=[self._question(question) for question in questions],
            parts=[self._part(part) for part in shown],
            mark=mark,
            reason=not self.brief,
            form=self._form(questions),
            opening=self.opening(questions),
        )
        decoding = self.decoding
        if self.api is Api.COMPLETIONS:  # a base model writes on; its answers are lines
            decoding = decoding.model_copy(update={"stop": ("\n\n", f"[{mark}")})
        schema = None
        if self.structured and self.api is Api.CHAT:
            schema = self._schema(tuple(questions))
        top = TOP if self.weighted else 0
        return Prompt(text, decoding, Step.JUDGE, 0, schema=schema, top=top)

    def opening(self, questions: Sequence[Question]) -> str:
        """What a reply of a base model goes on from: the first key of its answers."""
        if self.api is not Api.COMPLETIONS:
            return ""
        return f"{questions[0].key if self.brief else _REASON}:"

    def words(self, question: Question) -> list[Any]:
        """The answers that are asked for, in the words of the language."""
        labels = self.pack.labels
        if question.scale is Scale.YES_NO:
            words: list[Any] = [labels.yes[0], labels.no[0]]
        else:
            words = list(question.values)
        return [*words, *([NA] if question.na else [])]

    def _question(self, question: Question) -> Mapping[str, Any]:
        return {
            "key": question.key,
            "ask": question.ask,
            "answers": self._answers(question),
            "levels": [
                {
                    "value": _said(level.value),
                    "text": ". ".join(filter(None, (level.name, level.meaning))),
                }
                for level in question.levels
            ],
            "na": question.na,
        }

    def _part(self, shown: Shown) -> Mapping[str, Any]:
        labels = self.pack.labels
        names = {
            Part.INSTRUCTION: labels.instruction,
            Part.INPUT: labels.input,
            Part.OUTPUT: labels.output,
        }
        name = names.get(shown.part, "")
        return {
            "kind": shown.part.value,
            "name": name,
            "number": shown.number,
            "text": shown.text,
        }

    def _answers(self, question: Question) -> str:
        if question.scale is Scale.TAGS:
            return '["…", "…"]'
        if question.scale is Scale.NUMBERS:
            step = f" ({_said(question.step)})" if question.step != 1 else ""
            na = f' | "{NA}"' if question.na else ""
            return f"{_said(question.low)} … {_said(question.high)}{step}{na}"
        return " | ".join(json.dumps(word, ensure_ascii=False) for word in self.words(question))

    def _form(self, questions: Sequence[Question]) -> str:
        reason = [] if self.brief else [f'"{_REASON}": "…"']
        fields = [f'"{question.key}": {self._answers(question)}' for question in questions]
        return "{" + ", ".join([*reason, *fields]) + "}"

    def _schema(self, questions: tuple[Question, ...]) -> Schema:
        reason = {} if self.brief else {_REASON: {"type": "string"}}
        properties = reason | {question.key: self._shape(question) for question in questions}
        whole = {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
        return Schema("judgement", json.dumps(whole, ensure_ascii=False))

    def _shape(self, question: Question) -> Mapping[str, Any]:
        if question.scale is Scale.TAGS:
            return {"type": "array", "items": {"type": "string"}}
        words = self.words(question)
        if question.scale is Scale.NUMBERS and not question.na:
            return {"type": "number", "enum": words}
        if question.scale is Scale.NUMBERS:
            return {"enum": words}
        return {"type": "string", "enum": words}


def mark_of(texts: Iterable[str]) -> str:
    """What the lines around an item carry: a digest of its texts that stands in none of them."""
    known = list(texts)
    digest = hashlib.sha256("\0".join(known).encode("utf-8", "replace")).hexdigest()
    for length in range(_LEAST_MARK, len(digest) + 1):
        if not any(digest[:length] in text for text in known):
            return digest[:length]
    return digest  # a text that holds a digest of itself is not to be had


def _said(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"
