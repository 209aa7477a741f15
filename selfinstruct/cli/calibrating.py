"""What ``calibrate`` does: score tasks and their near-duplicates, and compare with English."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from selfinstruct import console
from selfinstruct.errors import UsageError
from selfinstruct.filters.scripts import ScriptRule
from selfinstruct.formats.gathering import grouped
from selfinstruct.formats.importing import found_in
from selfinstruct.languages import LanguagePack, Tokenizer, available, load, tokenizer
from selfinstruct.languages.edits import ALL, FILE, SPACING, Edits, load_edits, variants
from selfinstruct.novelty.calibration import (
    nearest_scores,
    pair_score,
    quantile,
    share_refused,
    threshold_for,
)
from selfinstruct.pool.manifest import read_manifest

REFERENCE, THRESHOLD = "en", 0.7
_PARTS = (0.1, 0.5, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class Scores:
    """ROUGE-L F1 of near-duplicates to what they were made from, by kind of edit."""

    by_kind: dict[str, list[float]]

    def all(self) -> list[float]:
        """Those that count for the threshold: every kind but spacing, which English has not."""
        return [one for kind, some in self.by_kind.items() if kind != SPACING for one in some]


def run(
    file: str | None, language: str | None, name: str | None, edits: Path | None, *, as_json: bool
) -> None:
    """Measure and print.

    Raises:
        UsageError: The file, the language or the tokenizer cannot be used.
    """
    if language is None:  # a pool knows its own
        manifest = read_manifest(Path(file)) if file and Path(file).is_dir() else None
        language = manifest.language if manifest else None
    if edits is not None and not (edits / FILE).is_file():
        raise UsageError(f"{edits}: holds no {FILE}.")
    texts = _texts(file) if file else []
    pack = load(language or _language_of(texts))
    name = name or pack.tokenizer
    used = tokenizer(name)
    texts = texts or _texts(str(pack.seeds))
    scores = near_duplicates(texts, load_edits(edits or pack.folder), used)
    if not scores.all():
        raise UsageError(
            f"{pack.folder}: no edits.toml there fits these tasks, so no near-duplicates can be "
            "made. Give a folder that holds one with --edits."
        )
    share = reference_share()
    found = round(threshold_for(scores.all(), share), 2)
    reached = share_refused(scores.all(), found)
    nearest = nearest_scores(texts, used)
    result = {
        "file": file or str(pack.seeds),
        "language": pack.code,
        "tokenizer": name,
        "tasks": len(texts),
        "nearest": {
            "mean": round(sum(nearest) / len(nearest), 3),
            **{f"p{round(100 * part)}": round(quantile(nearest, part), 3) for part in _PARTS},
            "most": round(max(nearest), 3),
        },
        "near_duplicates": len(scores.all()),
        "reference_share": round(share, 4),
        "threshold": found if reached >= share else None,
        "reached": round(reached, 4),
        "tasks_refused": round(share_refused(nearest, found), 4),
        "refused": {
            kind: {
                "count": len(some),
                "mean": round(sum(some) / len(some), 3),
                "at_threshold": round(share_refused(some, found), 3),
                "at_pack_threshold": round(share_refused(some, pack.threshold), 3),
            }
            for kind, some in sorted(scores.by_kind.items(), key=lambda one: one[0] == ALL)
        },
        "pack_threshold": pack.threshold,
        "pack_tokenizer": pack.tokenizer,
    }
    if as_json:
        console.print_json(result)
    else:
        console.show_calibration(result)


def _language_of(texts: Sequence[str]) -> str:
    """The pack in whose script most texts are; English where none is."""
    for code in available():
        pack = load(code)
        rule = ScriptRule(pack.script) if pack.script else None
        if rule and sum(rule.refuse(text) is None for text in texts) > len(texts) / 2:
            return code
    return REFERENCE


def near_duplicates(texts: Sequence[str], edits: Edits, used: Tokenizer) -> Scores:
    """Near-duplicates of each text, scored against it."""
    by_kind: dict[str, list[float]] = {}
    for text in texts:
        for kind, changed in variants(text, edits, random.Random(text)).items():
            by_kind.setdefault(kind, []).append(pair_score(text, changed, used))
    return Scores(by_kind)


def reference_share() -> float:
    """The share of near-duplicates of the English seeds that 0.7 refuses on words."""
    english: LanguagePack = load(REFERENCE)
    texts = _texts(str(english.seeds))
    scores = near_duplicates(texts, load_edits(english.folder), tokenizer(english.tokenizer))
    return share_refused(scores.all(), THRESHOLD)


def _texts(path: str) -> list[str]:
    texts = []
    for found in grouped(found_in(path)):
        if found.task is None:
            raise UsageError(found.flaw)
        texts.append(found.task.instruction)
    if len(texts) < 2:
        raise UsageError(f"{path}: holds {len(texts)} tasks; two at least are needed.")
    return texts
