"""What ``check`` found, for a person, on stdout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from selfinstruct.console.cells import Cells, Screen, cell


def show_check(found: Mapping[str, Any]) -> None:
    """The steps, the fields, how the teacher thinks, and what 1,000 tasks take."""
    out = Screen()
    where = f" at {found['address']}" if found["address"] else ""
    out.sentence(f"{found['teacher']} {found['model']}, {found['api']} endpoint{where}")
    out.print(_steps(found))
    if found["fields"]:
        out.print()
        out.print(_fields(found))
    out.print()
    for line in (*_thinking(found), *_cost(found)):
        out.sentence(line)
    for warning in found["warnings"]:
        out.sentence(f"Note: {warning}", "yellow")
    for row in found["steps"]:
        if not row["readable"]:
            said = row["error"] or f"cannot be read: {row['reply']!r} (finish {row['finish']})"
            out.sentence(f"{row['step']}: {said}", "red")
    if found["readable"]:
        out.sentence("Every step can be read.")


def _steps(found: Mapping[str, Any]) -> Cells:
    table = Cells(box=None, pad_edge=False)
    table.add_column("step")
    table.add_column("read")
    for name in ("s", "in", "cached", "out", "thought"):
        table.add_column(name, justify="right")
    table.add_column("finish")
    for row in found["steps"]:
        counts = (row["prompt_tokens"], row["cached_tokens"], row["completion_tokens"])
        shown = ["?" if count is None else f"{count:,}" for count in counts]
        thought = "?" if row["thought_tokens"] is None else f"{row['thought_tokens']:,}"
        table.add_row(
            row["step"],
            cell("yes", "green") if row["readable"] else cell("no", "red"),
            f"{row['seconds']:.1f}",
            *shown,
            thought,
            row["finish"] or "refused",
        )
    return table


def _fields(found: Mapping[str, Any]) -> Cells:
    table = Cells(box=None, pad_edge=False)
    for name in ("field", "sent", "taken"):
        table.add_column(name, overflow="fold")
    for row in found["fields"]:
        table.add_row(*(cell(row[name]) for name in ("field", "sent", "taken")))
    return table


def _thinking(found: Mapping[str, Any]) -> list[str]:
    thinks, without = found["thinks"], found["without_thinking"]
    if thinks is None:
        return ["It does not think before it answers."]
    where = f" ({thinks['in']})" if thinks["in"] else ""
    lines = [f"It thinks for up to {thinks['tokens']:,} tokens{where}."]
    if thinks["room"]:
        lines.append(f"Beside each answer's limit it is given {thinks['room']:,} tokens for that.")
    if without and without["taken"]:
        used = (without["completion_tokens"], without["completion_tokens_without"])
        if None in used:
            lines.append("With --reasoning-effort none it does not think.")
        else:
            lines.append(
                f"With --reasoning-effort none it does not think: {used[1]:,} tokens instead of "
                f"{used[0]:,} for {without['step']}."
            )
    elif without:
        lines.append("It cannot be told to leave that: --reasoning-effort none has no effect.")
    return lines


def _cost(found: Mapping[str, Any]) -> list[str]:
    whole = found["for_1000_tasks"]
    said = f"1,000 tasks take about {whole['calls']:,} calls, {whole['prompt_tokens']:,} tokens in "
    said += f"and {whole['completion_tokens']:,} out"
    cost = whole["cost_usd"]
    return [said + ("." if cost is None else f": ${cost:.2f}.")]
