"""What a card says of where its data come from: by share, for what was grown, imported, written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from selfinstruct.counts import counted
from selfinstruct.formats.census import IMPORT, Census

NOT_JUDGED = {True: "yes", False: "no", None: "not recorded"}


def cell(text: str) -> str:
    """``text`` as it stands in a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def opening(census: Census) -> str:
    """The sentence that says what the data are."""
    whole = census.origins.total()
    if census.grown == whole:
        return "Instruction-tuning data grown from a teacher model with selfinstruct."
    if not census.grown:
        kinds = [f"{census.imported:,} imported from other sources"] if census.imported else []
        kinds += [f"{counted(census.seeds, 'seed task')} that people wrote"] if census.seeds else []
        return (
            f"Instruction-tuning data brought together with selfinstruct: {' and '.join(kinds)}. "
            "No task of it was grown from a teacher model here."
        )
    parts = [
        f"{census.grown:,} of {counted(whole, 'task')} ({census.grown / whole:.0%}) grown from a "
        "teacher model with selfinstruct"
    ]
    for count, what in ((census.imported, "imported from other sources"), (census.seeds, "seeds")):
        parts += [f"{count:,} ({count / whole:.0%}) {what}"] if count else []
    return f"Instruction-tuning data: {', '.join(parts)}."


def novelty(census: Census, threshold: float, tokenizer: str) -> str:
    """What is known of how far its instructions are from each other."""
    said = f"ROUGE-L F1 below {threshold:g}, tokenizer {tokenizer}"
    if not census.unjudged:
        return said
    judged = census.origins.total() - census.unjudged
    return f"{said}: judged for {judged:,} of the tasks" if judged else "not judged"


def origins(census: Census) -> list[str]:
    """A row for each way in which tasks were made, and one for each imported source."""
    grown = [(key, count) for key, count in census.origins.most_common() if key[0] != IMPORT]
    lines: list[str] = []
    if grown:
        lines += ["| recipe | teacher | model | tasks |", "|---|---|---|---|"]
        lines += [
            f"| {cell(recipe)} | {cell(teacher) or '–'} | {cell(model) or '–'} | {count:,} |"
            for (recipe, teacher, model), count in grown
        ]
    if census.sources:
        lines += ["", "Imported:", ""] if lines else []
        lines += [
            "| source | format | tasks | rows | licence | passed the rules and novelty |",
            "|---|---|---|---|---|---|",
        ]
        for one, (tasks, rows) in census.sources.items():
            cells = [one.file or "not recorded", one.format or "–", f"{tasks:,}", f"{rows:,}"]
            cells += [one.licence or "not stated", NOT_JUDGED[one.filtered]]
            lines.append(f"| {' | '.join(map(cell, cells))} |")
    return lines


def limits(census: Census, *, judged: bool, checked: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the data cannot be relied on for."""
    whole = census.origins.total()
    lines = ["## Known limits", ""]
    if census.grown == whole:
        lines += ["This is text written by a model; nobody has checked each row."]
    elif census.grown:
        lines += [
            f"{census.grown:,} of the {counted(whole, 'task')} are text written by a model, and "
            "nobody has checked each of them. What the imported ones are, their sources say."
        ]
    else:
        lines += ["What these texts are, and who wrote and checked them, their sources say."]
    lines.append("")
    if not judged:
        lines.append("- How many of the outputs are correct was not measured.")
    if census.grown:
        lines += [
            "- A model tuned on the answers of a stronger one learns its style more than what it "
            "knows (Gudibande et al., 2023): raters may like it while its accuracy falls. Check "
            "facts and style apart.",
            "- It inherits the errors, the biases and the manner of refusing of its teacher.",
        ]
    if census.unjudged:
        lines.append(
            f"- {census.unjudged:,} imported tasks were not judged by the pool's rules, as far as "
            "is recorded."
        )
    return [*lines, *contamination(checked), ""]


def contamination(checked: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was looked for of benchmarks, and found."""
    if not checked:
        return [
            "- Nobody has looked for items of public benchmarks: see `selfinstruct decontaminate`."
        ]
    lines = []
    for one in checked:
        names = ", ".join(map(str, one.get("against", [])))
        found, gone = one.get("contaminated", 0), one.get("removed", 0)
        said = f"{found:,} of them held one" if found else "none of them held one"
        taken = f"; {gone:,} were taken out" if gone else ""
        cut = one.get("trimmed", 0)
        taken += f"; {cut:,} lost the instances that did" if cut else ""
        lines.append(
            f"- Items of benchmarks: {one.get('items', 0):,} of {cell(names)} were looked for in "
            f"{counted(one.get('tasks', 0), 'task')} of the pool; {said}{taken}. Paraphrases and "
            "translations are not found."
        )
    return lines
