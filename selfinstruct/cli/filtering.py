"""What ``filter`` does: read, judge, write."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from selfinstruct import console
from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.filters import InstructionRules, NoveltyRule, Soundness
from selfinstruct.formats import Meter, Record, RecordFile, record_file, records, text_of
from selfinstruct.formats.importing import meter_of
from selfinstruct.languages import load, tokenizer
from selfinstruct.novelty import NoveltyIndex
from selfinstruct.outputs import Output, door, real
from selfinstruct.parsing import collapse
from selfinstruct.tasks import Reason


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to judge; the fields are the options of the same names."""

    field: str | None
    against: tuple[str, ...]
    language: str
    threshold: float | None
    tokenizer: str | None
    heuristics: bool
    soundness: bool
    rejects: str | None
    stop_on_error: bool
    force: bool


@dataclass(slots=True)
class _Count:
    read: int = 0
    kept: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def news(self) -> str:
        return f"{self.read:,} read, {self.kept:,} kept"


def run(inputs: list[str], output: str, wanted: Wanted, *, as_json: bool, quiet: bool) -> None:
    """Filter ``inputs`` into ``output`` and say what came of it.

    Raises:
        UsageError: An input cannot be read, or a record cannot be judged and that is to stop.
        DiskError: An output cannot be written; an old file of that name is untouched then.
    """
    started = time.monotonic()
    kept_in, refused_in = _outputs([*inputs, *wanted.against], output, wanted)
    if as_json and any(one and one.is_stdout for one in (kept_in, refused_in)):
        raise SettingsError("--json and -o - both want standard output: write to a file.")
    pack = load(wanted.language)
    rules = InstructionRules(pack) if wanted.heuristics else None
    sound = Soundness(pack) if wanted.soundness else None
    threshold = pack.threshold if wanted.threshold is None else wanted.threshold
    if not 0 < threshold <= 1:
        raise SettingsError(f"--threshold must be above 0 and at most 1, not {threshold:g}.")
    novelty = NoveltyRule(NoveltyIndex(tokenizer(wanted.tokenizer or pack.tokenizer), threshold))
    for path in wanted.against:
        for record in records(path):
            novelty.keep(_text(record, None))
    known = len(novelty)
    count = _Count()
    with contextlib.ExitStack() as stack:
        show = stack.enter_context(console.counting(quiet=quiet))
        meter = meter_of(inputs)
        kept = stack.enter_context(record_file(kept_in))
        refused = stack.enter_context(record_file(refused_in)) if refused_in else None
        for record in _all(inputs, meter):
            refusal = _judge(record, wanted, rules, sound, novelty)
            _write(record, refusal, kept, refused, count)
            show(lambda: count.news() + meter.said())
    summary = {
        "read": count.read,
        "against": known,
        "kept": count.kept,
        "rejected": dict(count.rejected.most_common()),
        "seconds": round(time.monotonic() - started, 3),
        "output": output,
    }
    if as_json:
        console.print_json(summary)
    elif not quiet:
        console.show_filter(summary)


def _all(inputs: list[str], meter: Meter) -> Iterator[Record]:
    for path in inputs:
        yield from records(path, meter)


def _judge(
    record: Record,
    wanted: Wanted,
    rules: InstructionRules | None,
    sound: Soundness | None,
    novelty: NoveltyRule,
) -> tuple[Reason, dict[str, Any]] | None:
    text = text_of(record, wanted.field)
    if isinstance(text, UsageError):
        if wanted.stop_on_error:
            raise UsageError(f"{text} Mend it, or pass over such records with --on-error skip.")
        return Reason.MALFORMED, {"error": str(text)}
    text = collapse(text)
    if rules is not None and (refusal := rules.refuse(text)):
        return refusal
    if sound is not None and (refusal := sound.of_instruction(text)):
        return refusal
    return novelty.refuse(text)


def _write(
    record: Record,
    refusal: tuple[Reason, dict[str, Any]] | None,
    kept: RecordFile,
    refused: RecordFile | None,
    count: _Count,
) -> None:
    count.read += 1
    if refusal is None:
        count.kept += 1
        kept.write(record.row)
        return
    reason, detail = refusal
    count.rejected[reason.value] += 1
    if refused is not None:
        row = {"record": record.row, "reason": reason.value, "detail": detail}
        refused.write(row | {"where": record.where})


def _text(record: Record, name: str | None) -> str:
    text = text_of(record, name)
    if isinstance(text, UsageError):
        raise text
    return collapse(text)


def _outputs(sources: list[str], output: str, wanted: Wanted) -> tuple[Output, Output | None]:
    """Where records go, and where those that are refused."""
    if sources.count("-") > 1:
        raise SettingsError("Standard input (-) can be read only once.")
    kept = door(output, force=wanted.force, inputs=sources)
    if wanted.rejects is None:
        return kept, None
    refused = door(wanted.rejects, force=wanted.force, inputs=sources)
    if not kept.is_stream and real(kept.path) == real(refused.path):
        raise SettingsError("-o and --rejects name the same file.")
    if kept.is_stdout and refused.is_stdout:
        raise SettingsError("-o and --rejects both want standard output: name a file.")
    return kept, refused
