"""``calibrate``: score tasks and their near-duplicates, and compare with English."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from selfinstruct.api.inputs import trusting
from selfinstruct.api.results import Result
from selfinstruct.counts import counted
from selfinstruct.engines import HERE, Cores
from selfinstruct.errors import UsageError
from selfinstruct.filters.scripts import ScriptRule
from selfinstruct.formats.gathering import grouped
from selfinstruct.formats.importing import found_in
from selfinstruct.languages import LanguagePack, available, load
from selfinstruct.languages import tokenizer as tokenizer_of
from selfinstruct.languages.edits import FILE, load_edits
from selfinstruct.novelty.calibration import nearest_scores, quantile, share_refused, threshold_for
from selfinstruct.novelty.edited import near_duplicates
from selfinstruct.pool.manifest import read_manifest

REFERENCE, THRESHOLD = "en", 0.7
_PARTS = (0.1, 0.5, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class CalibrateResult(Result):
    """What a calibration found.

    Attributes:
        file: The tasks that were scored.
        language: Their language.
        tokenizer: What they were scored with.
        tasks: How many there are.
        nearest: How near they are to each other: mean, quantiles and the most, as ROUGE-L F1.
        near_duplicates: How many near-duplicates were made of them.
        reference_share: The share of such that 0.7 refuses on English words.
        threshold: The threshold that refuses the same share; None where none does.
        reached: The share that is refused there.
        tasks_refused: The share of the tasks that would be refused there for another of them.
        refused: The near-duplicates by kind of edit.
        pack_threshold: The threshold of the language pack.
        pack_tokenizer: Its tokenizer.
    """

    file: str
    language: str
    tokenizer: str
    tasks: int
    nearest: Mapping[str, float]
    near_duplicates: int
    reference_share: float
    threshold: float | None
    reached: float
    tasks_refused: float
    refused: Mapping[str, Mapping[str, float]]
    pack_threshold: float
    pack_tokenizer: str


def calibrate(
    file: str | Path | None = None,
    *,
    language: str | None = None,
    tokenizer: str | None = None,
    edits: str | Path | None = None,
    cores: Cores = HERE,
    code: Collection[str] | None = None,
) -> CalibrateResult:
    """Find the threshold that suits a tokenizer, by what it refuses.

    Args:
        file: Tasks, in any format that an import knows; None for the language's seed tasks.
        language: Their language; None for that of the pool, or guessed by the script.
        tokenizer: What they are scored with; None for the language's.
        edits: A folder with an ``edits.toml`` instead of the language's.
        cores: Who compares the tasks with each other; the result is the same.
        code: The tokenizers ``module:function`` that may be imported; None for the one given here.

    Raises:
        UsageError: The file, the language or the tokenizer cannot be used.
    """
    path = None if file is None else str(file)
    if language is None:  # a pool knows its own
        manifest = read_manifest(Path(path)) if path and Path(path).is_dir() else None
        language = manifest.language if manifest else None
    folder = None if edits is None else Path(edits)
    if folder is not None and not (folder / FILE).is_file():
        raise UsageError(f"{folder}: holds no {FILE}.")
    texts = _texts(path) if path else []
    pack = load(language or _language_of(texts))
    name = tokenizer or pack.tokenizer
    with trusting(tokenizer, code):
        used = tokenizer_of(name)
    texts = texts or _texts(str(pack.seeds))
    scores = near_duplicates(texts, load_edits(folder or pack.folder), used)
    if not scores.all():
        raise UsageError(
            f"{pack.folder}: no edits.toml there fits these tasks, so no near-duplicates can be "
            "made. Give a folder that holds one with --edits."
        )
    share = reference_share()
    found = round(threshold_for(scores.all(), share), 2)
    reached = share_refused(scores.all(), found)
    with cores.opened() as engine, trusting(tokenizer, code):
        nearest = nearest_scores(texts, name, engine)
    return CalibrateResult(
        file=path or str(pack.seeds),
        language=pack.code,
        tokenizer=name,
        tasks=len(texts),
        nearest={
            "mean": round(sum(nearest) / len(nearest), 3),
            **{f"p{round(100 * part)}": round(quantile(nearest, part), 3) for part in _PARTS},
            "most": round(max(nearest), 3),
        },
        near_duplicates=len(scores.all()),
        reference_share=round(share, 4),
        threshold=found if reached >= share else None,
        reached=round(reached, 4),
        tasks_refused=round(share_refused(nearest, found), 4),
        refused=scores.refused(found, pack.threshold),
        pack_threshold=pack.threshold,
        pack_tokenizer=pack.tokenizer,
    )


def _language_of(texts: Sequence[str]) -> str:
    """The pack in whose script most texts are; English where none is."""
    for code in available():
        pack = load(code)
        rule = ScriptRule(pack.script) if pack.script else None
        if rule and sum(rule.refuse(text) is None for text in texts) > len(texts) / 2:
            return code
    return REFERENCE


def reference_share() -> float:
    """The share of near-duplicates of the English seeds that 0.7 refuses on words."""
    english: LanguagePack = load(REFERENCE)
    texts = _texts(str(english.seeds))
    scores = near_duplicates(texts, load_edits(english.folder), tokenizer_of(english.tokenizer))
    return share_refused(scores.all(), THRESHOLD)


def _texts(path: str) -> list[str]:
    texts = []
    for found in grouped(found_in(path)):
        if found.task is None:
            raise UsageError(found.flaw)
        texts.append(found.task.instruction)
    if len(texts) < 2:
        raise UsageError(f"{path}: holds {counted(len(texts), 'task')}; two at least are needed.")
    return texts
