"""A review for Label Studio: its tasks as JSON, its page as XML, and what it exports back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from selfinstruct.errors import UsageError
from selfinstruct.languages import LanguagePack
from selfinstruct.reviewing.cards import Card
from selfinstruct.reviewing.choices import choices
from selfinstruct.reviewing.entries import Entry
from selfinstruct.reviewing.opinions import FIRST, SECOND, Opinions, given_answers
from selfinstruct.rubrics import Question, Rubric, Scale, Unit

_NOTE = "note"
_SIDES = {"left": FIRST, "right": SECOND}


def tasks(cards: Sequence[Card], rubric: Rubric, opinions: Opinions) -> list[dict[str, Any]]:
    """The tasks, with the person's own answers as an annotation of each."""
    found = []
    for number, card in enumerate(cards, 1):
        names = ("text1", "text2") if rubric.unit is Unit.PAIR else ("output",)
        texts = dict(zip(names, (*card.outputs, *[""] * len(names)), strict=False))
        data = {"item": card.handle, "instruction": card.instruction, "input": card.input, **texts}
        given = given_answers(card, opinions)
        results = [
            _result(question, given[question.key][0], names[-1])
            for question in rubric.asked_of(card.parts)
            if question.key in given
        ]
        results += [
            _text(f"{_NOTE}_{key}", [note], names[-1]) for key, (_, note) in given.items() if note
        ]
        own = [{"result": results}] if results else []
        found.append({"id": number, "data": data, "annotations": own})
    return found


def config(rubric: Rubric, pack: LanguagePack) -> str:
    """The labelling page that goes with the tasks."""
    labels = pack.labels
    shown = [("instruction", labels.instruction), ("input", labels.input)]
    if rubric.unit is Unit.PAIR:
        shown += [("text1", f"{labels.output} 1"), ("text2", f"{labels.output} 2")]
    else:
        shown.append(("output", labels.output))
    lines = ["<View>"]
    for name, said in shown:
        lines.append(f"  <Header value={quoteattr(said)}/>")
        lines.append(f'  <Text name="{name}" value="${name}"/>')
    to = shown[-1][0]
    for question in rubric.questions:
        lines.append(f"  <Header value={quoteattr(question.ask)}/>")
        if question.scale is Scale.TAGS:
            lines.append(f'  <TextArea name="{question.key}" toName="{to}" maxSubmissions="1"/>')
        else:
            lines.append(f'  <Choices name="{question.key}" toName="{to}" choice="single">')
            for choice in choices(question, pack, rubric.unit):
                value = _value(choice.value)
                said = choice.label if choice.label == value else f"{value}: {choice.label}"
                lines.append(f"    <Choice alias={quoteattr(value)} value={quoteattr(said)}/>")
            lines.append("  </Choices>")
        name = f"{_NOTE}_{question.key}"
        lines.append(f'  <TextArea name="{name}" toName="{to}" rows="1" maxSubmissions="1"/>')
    return "\n".join([*lines, "</View>", ""])


def entries(rows: Iterable[tuple[str, Mapping[str, Any]]], rubric: Rubric) -> Iterator[Entry]:
    """The answers in what Label Studio exported as JSON.

    Of several annotations of a task the last one counts that was not cancelled.

    Raises:
        UsageError: A record is no task of such an export.
    """
    for where, row in rows:
        data, made = row.get("data"), row.get("annotations") or []
        handle = data.get("item") if isinstance(data, dict) else None
        if not isinstance(handle, str) or not isinstance(made, list):
            raise UsageError(
                f"{where}: is no task of a Label Studio export (data.item is missing)."
            )
        kept = [one for one in made if isinstance(one, dict) and not one.get("was_cancelled")]
        results = kept[-1].get("result") if kept else []
        said = dict(_said(one) for one in results or [] if isinstance(one, dict))
        for question in rubric.questions:
            if question.key in said:
                note = str(_one(said.get(f"{_NOTE}_{question.key}", "")))
                answer = said[question.key]
                if question.scale is not Scale.TAGS:
                    answer = _one(answer)
                yield Entry(where, handle, question.key, answer, note)


def _said(result: Mapping[str, Any]) -> tuple[str, Any]:
    """What one control says: by its name, a list of texts."""
    value = result.get("value")
    value = value if isinstance(value, dict) else {}
    selected = _SIDES.get(str(value.get("selected")))
    found = [selected] if selected else value.get("choices") or value.get("text") or []
    return str(result.get("from_name")), found


def _one(said: Any) -> Any:
    return said[0] if isinstance(said, list) and said else said


def _result(question: Question, value: Any, to: str) -> dict[str, Any]:
    if question.scale is Scale.TAGS:
        return _text(question.key, list(value), to)
    return {
        "from_name": question.key,
        "to_name": to,
        "type": "choices",
        "value": {"choices": [_value(value)]},
    }


def _text(name: str, texts: list[str], to: str) -> dict[str, Any]:
    return {"from_name": name, "to_name": to, "type": "textarea", "value": {"text": texts}}


def _value(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"
