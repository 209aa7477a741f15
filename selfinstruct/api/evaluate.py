"""``evaluate``: what answers are right, what is liked, and how they sound."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct import evaluating
from selfinstruct.answering.encodings import MOST_INSTANCES
from selfinstruct.api.inputs import Named, names_of, refuse_unknown, texts_of, trusting
from selfinstruct.api.looked_at import is_pool
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.paged import Paged
from selfinstruct.api.results import Result, hidden
from selfinstruct.errors import SettingsError
from selfinstruct.formats.selecting import Selection, pool_tasks
from selfinstruct.judging.manifest import FOLDER
from selfinstruct.languages import load, tokenizer
from selfinstruct.languages.closings import load_closings
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.report import text_of
from selfinstruct.tasks import Task

_JSON_BEGINS = f'{{\n "about": "{evaluating.ABOUT}",'
_METRIC = "superni"


@dataclass(frozen=True, slots=True)
class EvaluateResult(Result):
    """An evaluation.

    Attributes:
        facts: All blocks: ``accuracy``, and ``preference`` and ``style`` where there is something
            to tell of them; else ``left_out`` says why.
        page: Where the page is; None where none was wanted.
        seconds: How long it took.
    """

    facts: Mapping[str, Any] = field(metadata=hidden())
    page: str | None
    seconds: float

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`."""
        return dict(self.facts) | Result.row(self)


def evaluate(
    predictions: Named | Sequence[Named],
    references: Named,
    output: Named | None = None,
    *,
    metric: str = _METRIC,
    by: str | Sequence[str] = (),
    tokenizer: str | None = None,
    teacher_answers: Named | None = None,
    ceiling: Named | None = None,
    comparisons: Named | Sequence[Named] = (),
    reviews: Named | Sequence[Named] = (),
    language: str | None = None,
    force: bool = False,
    code: Collection[str] | None = None,
    observer: Observer = SILENT,
) -> EvaluateResult:
    """Say what of some answers is right, what is liked, and how they sound. Nobody is asked.

    Args:
        predictions: The answers of each model; the others are measured against the first.
        references: What is right: task files of Super-NaturalInstructions, its file of references,
            a pool, or what ``import`` reads.
        output: A page to be written, and ``.json`` beside it; None for none.
        metric: How exact match compares: ``superni``, or ``qa`` as SQuAD, without articles.
        by: By what figures are broken down: ``category``, ``task``, ``skill``, ``difficulty``;
            () for all but tasks.
        tokenizer: For ROUGE-L instead of the published stems.
        teacher_answers: The teacher's answers, whom the others are to sound like.
        ceiling: A second set of the teacher's.
        comparisons: Comparisons, by folder, or by name in the pool of the references.
        reviews: Votes of people on pairs: files, or folders of them.
        language: That of the answers; None for the pool's, else English.
        force: Whether files that are there may be replaced; earlier evaluations always are.
        code: The tokenizers ``module:function`` that may be imported; None for the one given here.
        observer: Who hears how far it is.

    Raises:
        UsageError: Something given makes no sense or cannot be read, or answers are to nothing
            that has a reference.
        PoolError: A file of a pool, a comparison or a vote is damaged.
        DiskError: The page cannot be written; an old one is untouched then.
    """
    started = time.monotonic()
    names, source = names_of(predictions), str(references)
    shown = texts_of(by)
    _refuse_nonsense(names, source, metric, shown, (teacher_answers, ceiling))
    inputs = [*names, source, *(str(one) for one in (teacher_answers, ceiling) if one is not None)]
    places = None
    if output is not None:
        mark = evaluating.MARK
        places = Paged.of(output, inputs, mark=mark, begins=_JSON_BEGINS, force=force)
    with observer.counting() as show:
        show(lambda: "references read")
        cases = evaluating.cases_of(source, _tasks(source), MOST_INSTANCES)
        show(lambda: f"{len(cases):,} references, answers read")
        found = evaluating.apart([_predictions(name) for name in names])
        models = [evaluating.joined(cases, one) for one in found]
        manner = _manner(source, language, tokenizer, code)
        teacher = _teacher(cases, teacher_answers, ceiling, manner)
        liked = _preference(source, comparisons, reviews, models)
        own = (manner.name, manner.tokenizer) if tokenizer else None
        given = evaluating.Evaluated(
            _named(source), cases, models, metric, own, _groups(cases, shown)
        )
        told = evaluating.facts(given, liked, teacher)
    if places is not None:
        places.write(evaluating.page(told), text_of(told))
    seconds = round(time.monotonic() - started, 3)
    return EvaluateResult(told, None if output is None else str(output), seconds)


def _refuse_nonsense(
    names: Sequence[str],
    source: str,
    metric: str,
    by: Sequence[str],
    teacher: tuple[Named | None, Named | None],
) -> None:
    refuse_unknown("metric", metric, evaluating.METRICS)
    for one in by:
        refuse_unknown("by", one, evaluating.GROUPINGS)
    answers, ceiling = teacher
    if ceiling is not None and answers is None:
        raise SettingsError("--ceiling is a second answer of the teacher: name --teacher-answers.")
    if len(set(names)) < len(names):
        raise SettingsError("A set of predictions is named twice.")
    names_of([*names, source, *(str(one) for one in teacher if one is not None)])


def _tasks(source: str) -> Iterator[Task] | None:
    return pool_tasks(Path(source), Selection()) if is_pool(source) else None


def _predictions(source: str) -> evaluating.Predictions:
    return evaluating.predictions_of(source, _tasks(source))


def _teacher(
    cases: Sequence[evaluating.Case],
    answers: Named | None,
    ceiling: Named | None,
    manner: evaluating.Manner,
) -> evaluating.Teacher | None:
    if answers is None:
        return None
    second = None if ceiling is None else evaluating.joined(cases, _predictions(str(ceiling)))
    first = evaluating.joined(cases, _predictions(str(answers)))
    return evaluating.Teacher(first, second, manner)


def _named(source: str) -> str:
    return "standard input" if source == "-" else Path(source).resolve().name


def _manner(
    source: str, language: str | None, name: str | None, code: Collection[str] | None
) -> evaluating.Manner:
    """By what the form of answers is told: the pool's language, or the one named."""
    manifest = read_manifest(Path(source)) if language is None and is_pool(source) else None
    pack = load(manifest.language if manifest else language or "en")
    with trusting(name, code):
        found = tokenizer(name or pack.tokenizer)
    return evaluating.Manner(name or pack.tokenizer, found, load_closings(pack.folder).closings)


def _groups(cases: Sequence[evaluating.Case], by: Sequence[str]) -> Sequence[str]:
    known = {key for case in cases for key in case.groups} | {evaluating.TASK}
    if unknown := next((one for one in by if one not in known), None):
        raise SettingsError(f"--by {unknown}: the references say nothing of it.")
    return by or [one for one in evaluating.GROUPINGS if one in known - {evaluating.TASK}]


def _preference(
    source: str,
    comparisons: Named | Sequence[Named],
    reviews: Named | Sequence[Named],
    models: Sequence[evaluating.Joined],
) -> dict[str, Any] | None:
    judged = [evaluating.judged_in(_comparison(source, one)) for one in _several(comparisons)]
    people = [found for one in _several(reviews) for found in evaluating.reviewed_in(Path(one))]
    return evaluating.preference(judged, people, models) if judged or people else None


def _several(given: Named | Sequence[Named]) -> list[str]:
    return [str(one) for one in ([given] if isinstance(given, str | Path) else given)]


def _comparison(source: str, name: str) -> Path:
    """The folder of a comparison, which may also be called by its name in the pool."""
    inside = Path(source) / FOLDER / name
    return inside if not Path(name).is_dir() and inside.is_dir() else Path(name)
