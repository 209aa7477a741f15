"""What came of it, as tables for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from selfinstruct.console.cells import Cells, Screen, cell
from selfinstruct.console.rows import add_failure, add_reasons, add_usage, two_columns
from selfinstruct.console.talk import duration, say, tell

if TYPE_CHECKING:  # a verb need not load what others return
    from selfinstruct.api.decontaminate import DecontaminateResult
    from selfinstruct.api.evolve import EvolveEstimate
    from selfinstruct.api.exported import ExportResult
    from selfinstruct.api.filter import FilterResult
    from selfinstruct.api.import_ import ImportResult
    from selfinstruct.api.report import ReportResult
    from selfinstruct.api.results import RunResult
    from selfinstruct.api.status import StatusResult

_BARS = "▁▂▃▄▅▆▇█"


def show_run(result: RunResult) -> None:
    """The end of a run, for a person."""
    table = two_columns()
    rejected = result.rejected
    table.add_row("tasks", f"{result.tasks:,} of {result.target:,}")
    table.add_row("instances", f"{result.instances:,}")
    table.add_row("this run", f"{result.accepted:,} accepted, {_sum(rejected):,} refused")
    add_reasons(table, rejected)
    add_usage(table, result.usage, priced=result.priced)
    add_failure(table, result.last_failure)
    table.add_row("time", duration(result.seconds))
    Screen(stderr=True).print(table)


def show_pool(result: StatusResult) -> None:
    """A pool at a glance, on stdout."""
    table = two_columns()
    table.add_row("pool", result.pool)
    table.add_row("recipe", f"{result.recipe}, language {result.language}")
    novelty = f"below {result.threshold:g} ROUGE-L F1 ({result.tokenizer} tokens)"
    table.add_row("novelty", novelty)
    table.add_row("teachers", cell(", ".join(result.models) or "none yet"))
    table.add_row("tasks", f"{result.tasks:,} with {result.instances:,} instances")
    table.add_row("refused", f"{result.rejects:,}")
    add_reasons(table, result.rejected)
    if said := yield_line(result.yield_curve):
        table.add_row("yield", said)
    _add_evolution(table, result)
    add_usage(table, result.usage)
    if result.tasks and result.usage.calls:
        tokens = result.usage.prompt_tokens + result.usage.completion_tokens
        each = f"{result.usage.calls / result.tasks:.2f} calls, "
        table.add_row("  each task", each + f"{tokens / result.tasks:,.0f} tokens")
    for step, count in result.steps.items():
        tokens = count["prompt_tokens"] + count["completion_tokens"]
        said = f"{count['calls']:,} calls, {tokens:,} tokens"
        for name in ("unreadable", "starved"):
            if count[name]:
                share = count[name] / max(1, count["calls"])
                said += f", {count[name]:,} {name} ({share:.0%})"
        table.add_row(f"  {step}", said)
    _add_notes(table, result)
    table.add_row("last change", result.last_time or "never")
    Screen().print(table)


def _add_notes(table: Cells, result: StatusResult) -> None:
    """What teachers did not take, what failed, what was judged and reviewed, what is damaged."""
    for model, names in result.unapplied.items():
        said = f"{', '.join(names)}: not taken as meant by {model}"
        table.add_row("sampling", cell(said))
    add_failure(table, result.last_failure)
    for one in result.judgements:
        table.add_row("judged", cell(f"{one.name}: {one.line()}"))
    for person in result.reviews:
        table.add_row("reviewed", cell(f"by {person.reviewer}: {person.line()}"))
    for batch in result.batches:
        where = "" if batch.folder == "." else f"{batch.folder} "
        table.add_row("batch", cell(f"{where}{batch.batch}: {batch.line()}"))
    for flaw in result.damage:
        table.add_row("damaged", f"{flaw['file']} {flaw['what']}. {flaw['remedy']}")


def _add_evolution(table: Cells, result: StatusResult) -> None:
    for kind in ("rounds", "operations"):
        for name, row in (result.evolution or {}).get(kind, {}).items():
            grade = row["mean_difficulty"]
            said = f"{row['kept']:,} kept, {row['eliminated_share']:.0%} eliminated"
            said += f", mean difficulty {grade:.2f}" if grade is not None else ""
            table.add_row(f"round {name}" if kind == "rounds" else f"  {name}", said)


def yield_line(curve: Sequence[Mapping[str, float]]) -> str:
    """The yield curve in one line; "" where there is none yet."""
    values = [point["accepted_per_100"] for point in curve]
    if not values:
        return ""
    drawn = spark(values, max(100.0, *values))
    return f"{drawn} tasks per 100 candidates, first {values[0]:.0f}, last {values[-1]:.0f}"


def show_estimate(found: Mapping[str, Any], *, to_stderr: bool = False) -> None:
    """What a run would use."""
    table = Cells(box=None, pad_edge=False)
    table.add_column("")
    for name in ("calls", "tokens in", "tokens out"):
        table.add_column(name, justify="right", overflow="fold")
    for step, figures in found["steps"].items():
        table.add_row(step, *_figures(figures, "likely"))
    table.add_row("together", *_figures(found, "likely"), style="bold")
    table.add_row("  at least", *_figures(found, "low"), style="dim")
    table.add_row("  at most", *_figures(found, "high"), style="dim")
    out = Screen(stderr=to_stderr)
    if "missing" in found:
        out.sentence(f"{found['missing']:,} tasks are missing to {found['target']:,}.")
    out.print(table)
    cost = found["cost_usd"]
    out.sentence(
        "cost unknown (no --price)"
        if cost is None
        else f"cost about ${cost['likely']:.2f} (${cost['low']:.2f} to ${cost['high']:.2f})"
    )
    if found["basis"] == "ledger":
        out.sentence("From the pool's own ledger.", "dim")
    for assumption in found["assumptions"]:
        out.sentence(f"Assumed: {assumption}.", "dim")


def show_evolve_estimate(found: EvolveEstimate, *, to_stderr: bool = True) -> None:
    """What evolving will take, before it begins."""
    said = (
        f"{found.sources:,} sources × {found.rounds} rounds × 3 calls and what judges take; "
        f"{found.left:,} evolutions are left. All of them, from the first:"
    )
    (say if to_stderr else tell)(said)
    show_estimate(found.costs.row(), to_stderr=to_stderr)


def _figures(figures: Mapping[str, Any], which: str) -> list[str]:
    names = ("calls", "prompt_tokens", "completion_tokens")
    return [f"{figures[name][which]:,}" for name in names]


def spark(values: Sequence[float], top: float) -> str:
    """A small drawing of ``values`` between 0 and ``top``, one character each."""
    return "".join(_BARS[min(len(_BARS) - 1, round(v / top * (len(_BARS) - 1)))] for v in values)


def show_filter(result: FilterResult) -> None:
    """The end of a filtering, for a person."""
    table = two_columns()
    table.add_row("read", f"{result.read:,}")
    if result.against:
        table.add_row("against", f"{result.against:,}")
    table.add_row("kept", f"{result.kept:,}")
    table.add_row("refused", f"{_sum(result.rejected):,}")
    add_reasons(table, result.rejected)
    table.add_row("time", duration(result.seconds))
    table.add_row("output", cell(result.output))
    Screen(stderr=True).print(table)


def show_report(result: ReportResult) -> None:
    """The end of a report, for a person."""
    table, facts = two_columns(), result.facts
    table.add_row("tasks", f"{result.tasks:,}")
    table.add_row("instances", f"{facts['counts']['instances']:,}")
    if near := facts.get("nearest_other"):
        table.add_row("nearest other", f"{near['mean']:.2f} mean ROUGE-L of {near['n']:,}")
    if verbs := facts.get("verbs"):
        table.add_row("verb and object", f"{100 * verbs['share']:.0f}% of tasks")
    table.add_row("time", duration(result.seconds))
    table.add_row("page", cell(result.page))
    if result.json is not None:
        table.add_row("numbers", cell(result.json))
    Screen(stderr=True).print(table)


def show_export(result: ExportResult) -> None:
    """The end of an export, for a person."""
    table = two_columns()
    noun = "prompts" if result.is_comparison else "tasks"
    table.add_row(noun, f"{result.tasks:,} in {result.rows:,} rows")
    if len(result.files) > 1:
        for name, count in result.splits.items():
            table.add_row(cell(f"  {name}", "dim"), f"{count:,} rows")
    for name, count in result.left_out.items():
        table.add_row("left out", f"{count:,} ({name.replace('_', ' ')})")
    for path in result.files:
        table.add_row("file", cell(path))
    table.add_row("card", cell(result.card))
    if result.config:
        table.add_row("settings", cell(result.config))
    table.add_row("time", duration(result.seconds))
    Screen(stderr=True).print(table)
    for name, count in result.splits.items():
        if not count:
            source = "comparison" if result.is_comparison else "pool"
            say(f"The split {name} is empty: the {source} is too small for such a share.")
    if result.license is None:
        say("No --license was given, so the card states none.")


def show_import(result: ImportResult) -> None:
    """The end of an import, for a person."""
    table = two_columns()
    for name, format_ in result.formats.items():
        table.add_row("read", cell(f"{name} as {format_}"))
    table.add_row("rows", f"{result.read:,}, which make {result.found:,} tasks")
    table.add_row("imported", f"{result.accepted:,}, {result.instances:,} instances")
    if result.present:
        table.add_row("there already", f"{result.present:,}")
    table.add_row("refused", f"{_sum(result.rejected):,}")
    add_reasons(table, result.rejected)
    table.add_row("pool", f"{result.tasks:,} tasks")
    table.add_row("time", duration(result.seconds))
    Screen(stderr=True).print(table)


def show_contamination(result: DecontaminateResult) -> None:
    """What of a benchmark was found in a pool, for a person."""
    table = two_columns()
    table.add_row("benchmark", f"{result.items:,} items")
    table.add_row("tasks", f"{result.tasks:,} looked at")
    table.add_row("found", f"{result.contaminated:,} tasks with {result.hits:,} hits")
    add_reasons(table, result.by)
    if result.contaminated_seeds:
        table.add_row("seeds", f"{len(result.contaminated_seeds):,} with hits; they stay")
    if result.removed:
        table.add_row("removed", f"{result.removed:,} (to rejects.jsonl)")
    table.add_row("time", duration(result.seconds))
    Screen(stderr=True).print(table)


def show_languages(rows: Sequence[Mapping[str, Any]]) -> None:
    """The language packs, on stdout."""
    table = Cells(box=None, pad_edge=False)
    for name in ("code", "name", "state", "tokenizer", "threshold", "seeds", "mock"):
        table.add_column(name, justify="right" if name in {"threshold", "seeds"} else "left")
    for row in rows:
        mock = "yes" if row["mock"] else "no"
        cells = [row["code"], row["name"], row["state"], row["tokenizer"]]
        table.add_row(*cells, f"{row['threshold']:g}", f"{row['seeds']}", mock)
    Screen().print(table)


def show_calibration(found: Mapping[str, Any]) -> None:
    """What a calibration found, on stdout."""
    out = Screen()
    table = two_columns()
    near = found["nearest"]
    table.add_row("tasks", f"{found['tasks']:,} ({found['tokenizer']} tokens)")
    said = ", ".join(f"{name} {value:.2f}" for name, value in near.items())
    table.add_row("nearest neighbour", said)
    if found["threshold"] is None:
        said = f"none: whatever it is, only {found['reached']:.1%} of near-duplicates are refused, "
        table.add_row("threshold", said + f"not {found['reference_share']:.1%}")
    else:
        said = f"{found['threshold']:.2f}, refuses {found['reference_share']:.1%} of "
        table.add_row("threshold", said + "near-duplicates, as 0.7 does on English words")
        table.add_row("", f"and {found['tasks_refused']:.1%} of these tasks for another of them")
    pack = f"{found['pack_threshold']:g} ({found['language']}, {found['pack_tokenizer']} tokens)"
    table.add_row("the pack has", pack)
    out.print(table)
    kinds = Cells(box=None, pad_edge=False)
    kinds.add_column("edited in", no_wrap=True)
    for name in ("pairs", "mean score", "refused", "at the pack's"):
        kinds.add_column(name, justify="right")
    for kind, row in found["refused"].items():
        cells = [f"{row['count']:,}", f"{row['mean']:.3f}"]
        cells += [f"{row['at_threshold']:.0%}", f"{row['at_pack_threshold']:.0%}"]
        kinds.add_row(kind, *cells)
    out.print(kinds)


def show_rows(rows: Mapping[str, str]) -> None:
    """A small table of names and values, on stdout."""
    table = two_columns()
    for name, value in rows.items():
        table.add_row(name, cell(value))
    Screen().print(table)


def _sum(rejected: Mapping[str, int]) -> int:
    return sum(rejected.values())
