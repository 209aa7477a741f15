"""Everything that a report says, as plain values: the page is drawn from these, and no others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from selfinstruct.engines import ALONE, Engine
from selfinstruct.report.bleu import bleu
from selfinstruct.report.counts import counts
from selfinstruct.report.duplicates import distinct, duplicates
from selfinstruct.report.evolution import evolution
from selfinstruct.report.items import Source
from selfinstruct.report.labels import classification
from selfinstruct.report.lengths import lengths
from selfinstruct.report.nearness import nearest_other, nearest_seed
from selfinstruct.report.opinions import opinions
from selfinstruct.report.rejects import rejects
from selfinstruct.report.samples import browsed
from selfinstruct.report.seeds_used import seeds_used
from selfinstruct.report.spending import spending, stages
from selfinstruct.report.verbs import AUTO, verbs

FORMAT = 1
"""The version of ``report.json``."""

ABOUT = "selfinstruct report"

_NO_LEDGER = "This set is no pool: it has no ledger, no refusals and no seeds."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report is to hold.

    Attributes:
        verbs: What finds verbs: ``auto``, ``rules``, ``none`` or ``spacy:MODEL``.
        sample: Of large sets, so many tasks are compared with all others.
        tasks: The most tasks that are shown in full.
    """

    verbs: str = AUTO
    sample: int = 2000
    tasks: int = 40


Section = Callable[[], Any]


def facts(source: Source, wanted: Wanted, engine: Engine = ALONE) -> dict[str, Any]:
    """All sections of a report on ``source``, and of those left out the reason.

    Args:
        source: The set.
        wanted: What the report is to hold.
        engine: Who compares all texts with each other.

    Raises:
        SettingsError: A parser is wanted that is not installed.
    """
    told: dict[str, Any] = {"about": ABOUT, "format": FORMAT, "name": source.name}
    left_out: dict[str, str] = {}
    for key, section in _sections(source, wanted, engine).items():
        found = section()
        if isinstance(found, str):
            left_out[key] = found
        else:
            told[key] = found
    return told | {"left_out": left_out}


def _sections(source: Source, wanted: Wanted, engine: Engine) -> dict[str, Section]:
    """What makes each section: its content, or a sentence on why there is none."""
    some = _where(bool(source.items), "There are no tasks yet.")
    several = _where(len(source.items) > 1, "It takes two tasks.")
    return {
        "counts": lambda: counts(source),
        "verbs": some(lambda: verbs(source, wanted.verbs)),
        "nearest_other": several(lambda: nearest_other(source, wanted.sample, engine)),
        "bleu": several(lambda: bleu(source)),
        "lengths": some(lambda: lengths(source)),
        "classification": _where(
            any(item.is_classification for item in source.items),
            "No task says that it is a classification task.",
        )(lambda: classification(source)),
        "duplicates": some(lambda: duplicates(source)),
        "distinct": some(lambda: distinct(source)),
        "judgements": _where(bool(source.judgements), "Nothing was judged.")(
            lambda: opinions(source.judgements)
        ),
        "reviews": _where(bool(source.reviews), "Nobody has reviewed anything.")(
            lambda: opinions(source.reviews)
        ),
        "sample": some(lambda: browsed(source, wanted.tasks)),
    } | _of_pools(source)


def _of_pools(source: Source) -> dict[str, Section]:
    grown, items = source.grown, source.items
    if grown is None:
        names = ("nearest_seed", "rejects", "yield", "evolution", "seeds_used", "stages")
        return dict.fromkeys(names, lambda: _NO_LEDGER)
    some = _where(bool(items) and bool(grown.seeds), "There are no tasks yet.")
    return {
        "nearest_seed": some(lambda: nearest_seed(source, grown.seeds)),
        "rejects": _where(bool(grown.refused), "Nothing was refused.")(lambda: rejects(grown)),
        "yield": lambda: spending(grown, len(items)),
        "evolution": _where(grown.evolves, "This recipe evolves nothing.")(
            lambda: evolution(items, grown)
        ),
        "seeds_used": some(lambda: seeds_used(source, grown)),
        "stages": _where(bool(grown.steps), "Nothing was asked.")(lambda: stages(grown)),
    }


def _where(holds: bool, why_not: str) -> Callable[[Section], Section]:
    """What makes a section where something holds, and says why not elsewhere."""
    return lambda section: section if holds else lambda: why_not


def text_of(told: Mapping[str, Any]) -> str:
    """The text of ``report.json``: the same facts give the same bytes."""
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
