"""``filter``: read, judge, write."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from selfinstruct.api.inputs import (
    Named,
    names_of,
    refuse_threshold,
    refuse_unknown,
    trusting,
)
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.results import Result
from selfinstruct.engines import HERE, Cores, Here
from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.filters import Nearness
from selfinstruct.filters.screening import Asked, InBlocks, OneByOne, Screen
from selfinstruct.filters.soundness import Refusal
from selfinstruct.formats import Meter, Record, RecordFile, record_file, records, text_of
from selfinstruct.formats.importing import meter_of
from selfinstruct.languages import load
from selfinstruct.outputs import Output, door, real
from selfinstruct.parsing import collapse
from selfinstruct.tasks import Reason


@dataclass(frozen=True, slots=True)
class FilterResult(Result):
    """What a filtering came to.

    Attributes:
        read: The records that were read.
        against: The texts that were known before.
        kept: The records that were kept.
        rejected: What was refused, by reason, the commonest first.
        seconds: How long it took.
        output: Where the records are that were kept.
    """

    read: int
    against: int
    kept: int
    rejected: Mapping[str, int]
    seconds: float
    output: str


def filter(  # noqa: A001 - as the verb is called
    inputs: Named | Sequence[Named],
    output: Named,
    *,
    field: str | None = None,
    against: Named | Sequence[Named] = (),
    language: str = "en",
    threshold: float | None = None,
    tokenizer: str | None = None,
    heuristics: bool = True,
    soundness: bool = False,
    rejects: Named | None = None,
    on_error: str = "stop",
    force: bool = False,
    cores: Cores = HERE,
    code: Collection[str] | None = None,
    observer: Observer = SILENT,
) -> FilterResult:
    """Keep the records that pass the rules and are novel: first come, first kept.

    Args:
        inputs: Files or pools, one or several; ``-`` is standard input.
        output: Where records go that are kept; ``-`` is standard output.
        field: The field that is judged; None for instruction, prompt or question.
        against: What records must not be near to either.
        language: The language whose rules judge.
        threshold: The ROUGE-L F1 from which a record is refused; None for the language's.
        tokenizer: What novelty is judged with; None for the language's.
        heuristics: Whether the language's rules judge too.
        soundness: Whether what is no instruction, or loops, is refused too.
        rejects: Where refused records go, with reasons.
        on_error: What a record that cannot be judged does: ``stop`` or ``skip``.
        force: Whether files that are there may be replaced.
        cores: Who judges; the result is the same.
        code: The tokenizers ``module:function`` that may be imported; None for the one given here.
        observer: Who hears how far it is.

    Raises:
        UsageError: An input cannot be read, or a record cannot be judged and that is to stop.
        DiskError: An output cannot be written; an old file of that name is untouched then.
        WorkerError: Workers are lost again and again; old files are untouched then too.
    """
    started = time.monotonic()
    sources = names_of(inputs)
    known = names_of(against) if against else []
    refuse_unknown("on-error", on_error, ("skip", "stop"))
    kept_in, refused_in = _outputs([*sources, *known], output, rejects, force=force)
    screen = _screen(language, threshold, tokenizer, heuristics, soundness)
    with contextlib.ExitStack() as stack:
        engine = stack.enter_context(cores.opened())
        with trusting(tokenizer, code):
            judge = OneByOne(screen) if isinstance(engine, Here) else InBlocks(screen, engine)
        judge.keep(_known(known))
        before = len(judge)
        show = stack.enter_context(observer.counting())
        meter = meter_of(sources)
        kept = stack.enter_context(record_file(kept_in))
        refused = stack.enter_context(record_file(refused_in)) if refused_in else None
        count = _Count()
        # The records wait here for their verdicts: one, or a block of them or two.
        asked, waiting = itertools.tee(_all(sources, meter))
        texts = (_text(record, field, stops=on_error == "stop") for record in asked)
        for refusal, record in zip(judge.refusals(texts), waiting, strict=False):
            count.write(record, refusal, kept, refused)
            show(lambda: count.news() + meter.said())
    return FilterResult(
        read=count.read,
        against=before,
        kept=count.kept,
        rejected=dict(count.rejected.most_common()),
        seconds=round(time.monotonic() - started, 3),
        output=str(output),
    )


def _all(inputs: Sequence[str], meter: Meter) -> Iterator[Record]:
    for path in inputs:
        yield from records(path, meter)


def _screen(
    language: str, threshold: float | None, tokenizer: str | None, heuristics: bool, soundness: bool
) -> Screen:
    pack = load(language)
    limit = pack.threshold if threshold is None else threshold
    refuse_threshold(limit)
    used = tokenizer or pack.tokenizer
    near = Nearness.of(pack, used, usual=threshold is None)
    return Screen(language, heuristics, soundness, used, limit, near)


def _known(paths: Sequence[str]) -> Iterator[str]:
    """What records must differ from."""
    for path in paths:
        for record in records(path):
            text = text_of(record, None)
            if isinstance(text, UsageError):
                raise text
            yield collapse(text)


def _text(record: Record, field: str | None, *, stops: bool) -> Asked:
    """What of ``record`` is judged, or why it cannot be."""
    text = text_of(record, field)
    if not isinstance(text, UsageError):
        return collapse(text)
    if stops:
        raise UsageError(f"{text} Mend it, or pass over such records with --on-error skip.")
    return Reason.MALFORMED, {"error": str(text)}


class _Count:
    """What was read and kept so far."""

    def __init__(self) -> None:
        self.read = self.kept = 0
        self.rejected: Counter[str] = Counter()

    def news(self) -> str:
        return f"{self.read:,} read, {self.kept:,} kept"

    def write(
        self,
        record: Record,
        refusal: Refusal | None,
        kept: RecordFile,
        refused: RecordFile | None,
    ) -> None:
        self.read += 1
        if refusal is None:
            self.kept += 1
            kept.write(record.row)
            return
        reason, detail = refusal
        self.rejected[reason.value] += 1
        if refused is not None:
            row = {"record": record.row, "reason": reason.value, "detail": detail}
            refused.write(row | {"where": record.where})


def _outputs(
    sources: Sequence[str], output: Named, rejects: Named | None, *, force: bool
) -> tuple[Output, Output | None]:
    """Where records go, and where those that are refused."""
    if sources.count("-") > 1:
        raise SettingsError("Standard input (-) can be read only once.")
    kept = door(output, force=force, inputs=sources)
    if rejects is None:
        return kept, None
    refused = door(rejects, force=force, inputs=sources)
    if not kept.is_stream and real(kept.path) == real(refused.path):
        raise SettingsError("-o and --rejects name the same file.")
    if kept.is_stdout and refused.is_stdout:
        raise SettingsError("-o and --rejects both want standard output: name a file.")
    return kept, refused
