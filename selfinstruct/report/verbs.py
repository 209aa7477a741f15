"""Verbs and their objects: what kinds of tasks a set holds (Self-Instruct, Figure 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from selfinstruct.errors import SettingsError
from selfinstruct.languages.verbs import load_verbs
from selfinstruct.report.figures import commonest, share
from selfinstruct.report.finding import Pair, finder
from selfinstruct.report.items import Source
from selfinstruct.report.parsed_verbs import parsed

VERBS = 20
OBJECTS = 4
AUTO, RULES, NONE, SPACY = "auto", "rules", "none", "spacy:"
"""What finds verbs: the rules of the language if it has any, these, nothing, or a model."""


def verbs(source: Source, method: str) -> dict[str, Any] | str:
    """The 20 commonest verbs with the four commonest objects of each, or why there are none.

    Raises:
        SettingsError: A model is wanted that is not there.
    """
    texts = [item.instruction for item in source.items]
    if method == NONE:
        return "Nobody asked for it (--verbs none)."
    if method.startswith(SPACY):
        name = method.removeprefix(SPACY)
        return _told(parsed(texts, name), len(texts)) | {"method": method, "listed_verbs": None}
    words = load_verbs(source.language.folder)
    find = finder(words)
    if find is None:
        return (
            f"The language pack {source.language.name} has no rules for verbs: "
            "--verbs spacy:MODEL takes a parser of yours."
        )
    listed = len(words.first.verbs) if words.first is not None else None
    return _told(map(find, texts), len(texts)) | {"method": RULES, "listed_verbs": listed}


def _told(found: Iterable[Pair | None], count: int) -> dict[str, Any]:
    pairs = Counter(pair for pair in found if pair)
    of_verb = Counter[str]()
    for (verb, _), times in pairs.items():
        of_verb[verb] += times
    top = [_row(verb, times, pairs) for verb, times in commonest(of_verb, VERBS)]
    covered = sum(row["drawn"] for row in top)
    return {
        "n": count,
        "found": pairs.total(),
        "share": share(pairs.total(), count),
        "distinct_pairs": len(pairs),
        "distinct_verbs": len(of_verb),
        "top": top,
        "covered": covered,
        "coverage": share(covered, count),
    }


def _row(verb: str, times: int, pairs: Counter[Pair]) -> dict[str, Any]:
    objects = {name: found for (of, name), found in pairs.items() if of == verb}
    top = commonest(objects, OBJECTS)
    return {
        "verb": verb,
        "count": times,
        "drawn": sum(found for _, found in top),
        "objects": [{"object": name, "count": found} for name, found in top],
    }


def refuse_unknown_method(method: str) -> None:
    """Refuse a method that is none of those that there are.

    Raises:
        SettingsError: It is none.
    """
    if method in {AUTO, RULES, NONE} or (method.startswith(SPACY) and method != SPACY):
        return
    raise SettingsError(f"--verbs is auto, rules, none or spacy:MODEL, not {method!r}.")
