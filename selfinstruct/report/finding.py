"""The verb of a request and its object, by the rules of a language pack: no parser, no model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from selfinstruct.languages.verbs import VerbWords
from selfinstruct.report.verb_first import VerbFirstRules
from selfinstruct.report.verb_last import JoinedRules, SpacedRules

Pair: TypeAlias = tuple[str, str]
Find: TypeAlias = Callable[[str], Pair | None]


def finder(words: VerbWords) -> Find | None:
    """What finds verb and object in a text; None where the language has no words for that."""
    if words.first is not None:
        return VerbFirstRules(words.first).pair
    if words.last is None:
        return None
    return (SpacedRules if words.last.spaced else JoinedRules)(words.last).pair
