"""What a page is told: texts, questions and answers, and nothing of where they come from."""

from __future__ import annotations

from typing import Any

from selfinstruct.languages import LanguagePack
from selfinstruct.reviewing.cards import Card
from selfinstruct.reviewing.choices import choices, is_typed
from selfinstruct.reviewing.opinions import FIRST, SECOND
from selfinstruct.reviewing.session import Now
from selfinstruct.reviewing.votes import LONGEST_NOTE
from selfinstruct.rubrics import Part, Rubric, Unit


def about(rubric: Rubric, pack: LanguagePack, reviewer: str) -> dict[str, Any]:
    """What stays the same from card to card."""
    return {
        "reviewer": reviewer,
        "language": pack.source,
        "about": rubric.about,
        "longest_note": LONGEST_NOTE,
        "is_pair": rubric.unit is Unit.PAIR,
        "questions": [
            {
                "key": one.key,
                "name": one.name,
                "ask": one.ask,
                "scale": one.scale.value,
                "is_typed": is_typed(one),
                "choices": [
                    {
                        "value": choice.value,
                        "label": choice.label,
                        "meaning": choice.meaning,
                        "keys": list(choice.keys),
                    }
                    for choice in choices(one, pack, rubric.unit)
                ],
            }
            for one in rubric.questions
        ],
    }


def shown(now: Now, rubric: Rubric, pack: LanguagePack) -> dict[str, Any]:
    """Where things stand."""
    card = now.card
    return {
        "turn": now.turn,
        "done": now.done,
        "of": now.of,
        "skipped": now.skipped,
        "can_undo": now.can_undo,
        "seconds": now.seconds,
        "card": None
        if card is None
        else {
            "place": now.place + 1,
            "parts": parts(card, rubric, pack),
            "asked": [one.key for one in rubric.asked_of(card.parts)],
            "question": now.question.key if now.question else None,
            "answers": now.answers,
        },
        "word": now.word and {"answers": now.word.answers, "reason": now.word.reason},
    }


def parts(card: Card, rubric: Rubric, pack: LanguagePack) -> list[dict[str, str]]:
    """The texts of a card, each with its heading."""
    labels = pack.labels
    found = [(Part.INSTRUCTION.value, labels.instruction, card.instruction)]
    if card.input.strip():
        found.append((Part.INPUT.value, labels.input, card.input))
    if rubric.unit is Unit.PAIR:
        sides = zip((FIRST, SECOND), (1, 2), card.outputs, strict=True)
        found += [(side, f"{labels.output} {number}", text) for side, number, text in sides]
    else:
        found += [(Part.OUTPUT.value, labels.output, text) for text in card.outputs]
    return [{"part": part, "name": name, "text": text} for part, name, text in found]
