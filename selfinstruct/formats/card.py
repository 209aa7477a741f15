"""The card of an export: a ``README.md`` with the metadata that the Hugging Face hub reads."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.formats.census import Census
from selfinstruct.pool import Manifest

MARK = "<!-- selfinstruct export of "
NO_LICENCE = (
    "No licence was given when this was exported. Who publishes it must choose one, and "
    "see what the terms of the teacher allow."
)
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class About:
    """What the card says besides what was counted.

    Attributes:
        name: The name of the export's file or folder.
        format: Its format.
        manifest: What the pool was made with.
        unapplied: By teacher and model, the sampling fields that it did not take as meant.
        licence: As given; "" where nobody said.
        filters: The options that left something out, as they were given.
        command: What makes the export again.
        files: Of each split the path of its file, from the card.
        fence: The language of ``command``.
        judged: What models said of its tasks, a line for each judging.
    """

    name: str
    format: str
    manifest: Manifest
    unapplied: Mapping[str, Collection[str]]
    licence: str
    filters: Sequence[str]
    command: str
    files: Mapping[str, str]
    fence: str = "bash"
    judged: Sequence[str] = ()


def mark(name: str) -> str:
    """The line by which an export knows its own card."""
    return f"{MARK}{name} -->"


def card(about: About, census: Census) -> str:
    """The text of the card."""
    return "\n".join(
        [
            "---",
            *metadata(
                about.manifest.language,
                about.licence,
                census.rows.total(),
                ["instruction-tuning", about.manifest.recipe],
                about.files,
            ),
            "---",
            mark(about.name),
            f"# {about.name}",
            "",
            *_made(about, census),
            *_counts(census),
            *_judged(about),
            *_limits(judged=bool(about.judged)),
            "## Making it again",
            "",
            f"```{about.fence}",
            about.command,
            "```",
            "",
            "The pool keeps every reply, so its data can be read again with other rules at no cost "
            "(`selfinstruct replay`).",
            "",
        ]
    )


def metadata(
    language: str, licence: str, rows: int, tags: Sequence[str], files: Mapping[str, str]
) -> list[str]:
    """What the hub reads of a card.

    Args:
        language: The language pack.
        licence: As given; "" where nobody said.
        rows: How many rows there are.
        tags: What the set is, besides synthetic.
        files: Of each split the path of its file, from the card.
    """
    size = next((name for most, name in _SIZES if rows < most), "n>1M")
    lines = [
        "language:",
        f"- {json.dumps(code(language))}",
        *([f"license: {json.dumps(licence)}"] if licence else []),
        "task_categories:",
        "- text-generation",
        "size_categories:",
        f"- {size}",
        "tags:",
        "- synthetic",
        *(f"- {tag}" for tag in tags),
    ]
    if files:
        lines += ["configs:", "- config_name: default", "  data_files:"]
        for split, path in files.items():
            lines += [
                f"  - split: {json.dumps(split)}",
                f"    path: {json.dumps(path, ensure_ascii=False)}",
            ]
    return lines


def code(language: str) -> str:
    """The language's short name, where a pack of one's own is a folder."""
    return language.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


def _made(about: About, census: Census) -> list[str]:
    manifest = about.manifest
    taken = "; ".join(about.filters) or "none: everything in the pool"
    lines = [
        "Instruction-tuning data grown from a teacher model with selfinstruct.",
        "",
        "| | |",
        "|---|---|",
        f"| format | {about.format} |",
        f"| recipe of the pool | {manifest.recipe} ({manifest.fingerprint}) |",
        f"| language | {code(manifest.language)} |",
        f"| novelty | ROUGE-L F1 below {manifest.threshold:g}, tokenizer {manifest.tokenizer} |",
        f"| random seed | {manifest.seed} |",
        f"| filters of this export | {cell(taken)} |",
        *(
            f"| sampling | {cell(', '.join(sorted(names)))}: not taken as meant by {cell(name)} |"
            for name, names in sorted(about.unapplied.items())
        ),
        f"| licence | {cell(about.licence) or 'none was given'} |",
        "",
        "| recipe | teacher | model | tasks |",
        "|---|---|---|---|",
    ]
    for (recipe, teacher, model), count in census.origins.most_common():
        lines.append(
            f"| {cell(recipe)} | {cell(teacher) or '–'} | {cell(model) or '–'} | {count:,} |"
        )
    return [*lines, *([] if about.licence else ["", NO_LICENCE]), ""]


def _counts(census: Census) -> list[str]:
    tasks, rows = census.tasks.total(), census.rows.total()
    lines = [
        "## What is in it",
        "",
        f"{tasks:,} tasks in {rows:,} rows; {census.classification:,} of the tasks are "
        f"classification, {census.without_input:,} of the rows have no input.",
        "",
    ]
    if len(census.rows) > 1:
        lines += ["| split | tasks | rows |", "|---|---|---|"]
        lines += [
            f"| {split} | {census.tasks[split]:,} | {count:,} |"
            for split, count in census.rows.items()
        ]
        lines.append("")
    return [*lines, *lengths(census.lengths()), ""]


def lengths(measured: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The table of what was measured of each field."""
    lines = [
        "| field | mean words | median words | mean characters | most characters |",
        "|---|---|---|---|---|",
    ]
    for name, figures in measured.items():
        shown = " | ".join(f"{value:,g}" for value in figures.values())
        lines.append(f"| {name} | {shown} |")
    return lines


def _judged(about: About) -> list[str]:
    if not about.judged:
        return []
    said = "What a model said of a sample of the pool, with 95% intervals. It is a model's word:"
    return ["## What it is worth", "", said, "", *(f"- {line}" for line in about.judged), ""]


def _limits(*, judged: bool) -> list[str]:
    measured = "" if judged else "; correctness of this set was not measured"
    return [
        "## Known limits",
        "",
        "This is text written by a model; nobody has checked each row.",
        "",
        "- In the Self-Instruct paper (Wang et al., 2022, table 2) people looked at 200 such "
        "tasks: 92% of the instructions were valid tasks, 79% of the inputs fitted, 58% of "
        "the outputs were correct, and 54% were right in all three. Other teachers "
        f"differ{measured}.",
        "- A model tuned on the answers of a stronger one learns its style more than what it "
        "knows (Gudibande et al., 2023): raters may like it while its accuracy falls. Check "
        "facts and style apart.",
        "- It inherits the errors, the biases and the manner of refusing of its teacher.",
        "- Items of public benchmarks may have got in: see `selfinstruct decontaminate`.",
        "",
    ]


def cell(text: str) -> str:
    """``text`` as it stands in a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def figures(census: Census) -> dict[str, Any]:
    """What ``--json`` says of the rows."""
    return census.summary() | {"lengths": census.lengths()}
