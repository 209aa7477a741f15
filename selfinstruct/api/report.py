"""``report``: a pool, or any data set, on one page, and every number of it beside."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selfinstruct.api.inputs import Named, columns_of, texts_of
from selfinstruct.api.looked_at import Look, is_pool, source_of
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.paged import Paged
from selfinstruct.api.results import Result
from selfinstruct.api.stop import Stop
from selfinstruct.errors import InterruptionError, SettingsError
from selfinstruct.journal import LEDGER
from selfinstruct.report import Wanted, facts, page, text_of
from selfinstruct.report.page import MARK
from selfinstruct.report.verbs import AUTO, RULES, refuse_unknown_method

_EVERY = 0.5  # seconds between two looks at a pool that is growing
_JSON_BEGINS = '{\n "about": "selfinstruct report",'


@dataclass(frozen=True, slots=True)
class ReportResult(Result):
    """A report that was written.

    Attributes:
        source: What it is about.
        page: Where the page is.
        json: Where every number of it is; None where the page went into a stream.
        tasks: The tasks that were looked at.
        left_out: The sections that are missing, and why.
        seconds: How long it took.
        facts: The content of ``report.json``.
    """

    source: str
    page: str
    json: str | None
    tasks: int
    left_out: Mapping[str, str]
    seconds: float
    facts: Mapping[str, Any]


def report(
    source: Named,
    output: Named = "report.html",
    *,
    against: Named | None = None,
    judgements: str | Sequence[str] | None = None,
    verbs: str = AUTO,
    sample: int = 2000,
    tasks: int = 40,
    language: str | None = None,
    format: str | None = None,  # noqa: A002 - as the option is called
    columns: Mapping[str, str] | None = None,
    force: bool = False,
    code: Collection[str] = (),
    observer: Observer = SILENT,
    stop: Stop | None = None,
) -> ReportResult:
    """Write one page about a pool or a data set, and ``.json`` beside it.

    Nothing is locked, so a pool may be growing. The same set gives the same bytes.

    Args:
        source: A pool, or what ``import`` reads.
        output: The page; ``-`` is standard output, and then no JSON is written.
        against: A second one, shown beside the first.
        judgements: Of the first, a pool, the judgings that are told of; None for all that it has.
        verbs: What finds verbs and objects: ``auto`` and ``rules`` (those of the language),
            ``spacy:MODEL``, or ``none``.
        sample: Of sets larger than 5,000, so many tasks are compared with all others.
        tasks: The most tasks that are shown in full.
        language: Of sets that are no pools; None for English.
        format: What such a set is; None for guessed by the first row.
        columns: Which column is which: ``{"instruction": "Question"}``.
        force: Whether files that are there may be replaced; earlier reports always are.
        code: The tokenizers ``module:function`` that may be imported, if a pool has one.
        observer: Who hears how far it is.
        stop: What ends it from another thread, or says when a watch is over.

    Raises:
        UsageError: The set cannot be read, or the output may not be written.
        DiskError: The output cannot be written; an old file is untouched then.
        InterruptionError: It was stopped; nothing was written.
    """
    started = time.monotonic()
    refuse_unknown_method(verbs)
    if sample < 1 or tasks < 0:
        raise SettingsError("--sample is at least 1, and --tasks at least 0.")
    names = [str(one) for one in (source, against) if one is not None]
    if names.count("-") > 1:
        raise SettingsError("Standard input (-) can be read only once.")
    places = Paged.of(output, names, mark=MARK, begins=_JSON_BEGINS, force=force)
    wanted = Wanted(AUTO if verbs == RULES else verbs, sample, tasks)
    how = Look(language, format, columns_of(columns), code)
    named = how if judgements is None else replace(how, judgements=texts_of(judgements))
    told = _facts(names[0], named, wanted, observer, stop)
    if against is not None:
        told["against"] = _facts(names[1], how, wanted, observer, stop)
    places.write(page(told), text_of(told))
    return ReportResult(
        source=names[0],
        page=str(output),
        json=None if places.json is None else str(places.json.path),
        tasks=told["counts"]["tasks"],
        left_out=told["left_out"],
        seconds=round(time.monotonic() - started, 3),
        facts=told,
    )


def watched(pool: Named, stop: Stop) -> Iterator[None]:
    """Yield at once, and whenever the pool has grown, until ``stop`` is set.

    Raises:
        SettingsError: It is no pool: nothing else grows.
    """
    if not is_pool(str(pool)):
        raise SettingsError(f"{pool}: is no pool, and --watch waits for one to grow.")
    ledger, seen = Path(pool) / LEDGER, None
    while not stop.is_set:
        if (now := _state(ledger)) != seen:
            seen = now
            yield
        else:
            time.sleep(_EVERY)


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:  # nothing is committed yet
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _facts(
    name: str, how: Look, wanted: Wanted, observer: Observer, stop: Stop | None
) -> dict[str, Any]:
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        if stop is not None and stop.is_set:
            raise InterruptionError
        show(lambda: f"{count:,} rows read")

    with observer.counting() as show:
        return facts(source_of(name, how, tick), wanted)
