"""What ``filter`` does: read, judge, write."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct import console
from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.filters import InstructionRules, NoveltyRule, Soundness
from selfinstruct.formats import Record, RecordFile, record_file, records, text_of
from selfinstruct.languages import load, tokenizer
from selfinstruct.novelty import NoveltyIndex
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
    rejects: Path | None
    stop_on_error: bool


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
    sources = [*inputs, *wanted.against]
    _refuse_overlap(sources, output, wanted.rejects)
    if as_json and output == "-":
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
        kept = stack.enter_context(record_file(output))
        refused = stack.enter_context(record_file(str(wanted.rejects))) if wanted.rejects else None
        for record in _all(inputs):
            refusal = _judge(record, wanted, rules, sound, novelty)
            _write(record, refusal, kept, refused, count)
            show(count.news)
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


def _all(inputs: list[str]) -> Iterator[Record]:
    for path in inputs:
        yield from records(path)


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


def _refuse_overlap(sources: list[str], output: str, rejects: Path | None) -> None:
    targets = [target for target in (output, str(rejects) if rejects else "") if target != "-"]
    places = [Path(target).resolve() for target in targets if target]
    if len(set(places)) < len(places):
        raise SettingsError("-o and --rejects name the same file.")
    for source in sources:
        place = Path(source).resolve()
        inside = {place, place / "tasks.jsonl"}
        if source != "-" and inside & set(places):
            raise SettingsError(f"{source}: is both read and written; name another output.")
    if sources.count("-") > 1:
        raise SettingsError("Standard input (-) can be read only once.")
