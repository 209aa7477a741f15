"""The card of an export: a ``README.md`` with the metadata that the Hugging Face hub reads."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from selfinstruct.counts import counted
from selfinstruct.formats import card_origin as origin
from selfinstruct.formats import card_use as use
from selfinstruct.formats.card_origin import cell
from selfinstruct.formats.census import Census
from selfinstruct.pool import Manifest

MARK = "<!-- selfinstruct export of "
NO_LICENCE = (
    "No licence was given when this was exported. Who publishes it must choose one, and "
    "see what the terms of the teacher allow."
)
_AGAIN = (
    "The pool keeps every reply, so what grew in it can be read again with other rules at no cost "
    "(`selfinstruct replay`).",
    "",
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
        checked: What of benchmarks was looked for in the pool, and found.
        columns: The columns of formats that have fixed ones, with their types in Arrow.
        is_folder: Whether it is a folder of its own.
        is_parquet: Whether its rows stand in Parquet files.
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
    checked: Sequence[Mapping[str, Any]] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    is_folder: bool = False
    is_parquet: bool = False


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
                [
                    *(["synthetic"] if census.grown else []),
                    "instruction-tuning",
                    *([about.manifest.recipe] if census.grown else []),
                ],
                about.files,
                use.pretty(about.name),
            ),
            *use.features(about.columns, census),
            "---",
            mark(about.name),
            f"# {about.name}",
            "",
            *_made(about, census),
            *_counts(census),
            *use.fields(census),
            *use.loading(about.files, is_folder=about.is_folder, is_parquet=about.is_parquet),
            *_judged(about),
            *origin.limits(census, judged=bool(about.judged), checked=about.checked),
            *use.citation(census),
            "## Making it again",
            "",
            f"```{about.fence}",
            about.command,
            "```",
            "",
            *(_AGAIN if census.grown else []),
        ]
    )


def metadata(
    language: str,
    licence: str,
    rows: int,
    tags: Sequence[str],
    files: Mapping[str, str],
    name: str = "",
) -> list[str]:
    """What the hub reads of a card.

    Args:
        language: The language pack.
        licence: As given; "" where nobody said.
        rows: How many rows there are.
        tags: What the set is.
        files: Of each split the path of its file, from the card.
        name: What people call it; "" for nothing.
    """
    size = next((name for most, name in _SIZES if rows < most), "n>1M")
    lines = [
        *([f"pretty_name: {json.dumps(name, ensure_ascii=False)}"] if name else []),
        "language:",
        f"- {json.dumps(code(language))}",
        *([f"license: {json.dumps(licence)}"] if licence else []),
        "task_categories:",
        "- text-generation",
        "size_categories:",
        f"- {size}",
        "tags:",
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
        origin.opening(census),
        "",
        "| | |",
        "|---|---|",
        f"| format | {about.format} |",
        f"| recipe of the pool | {manifest.recipe} ({manifest.fingerprint}) |",
        f"| language | {code(manifest.language)} |",
        f"| novelty | {origin.novelty(census, manifest.threshold, manifest.tokenizer)} |",
        f"| random seed | {manifest.seed} |",
        f"| filters of this export | {cell(taken)} |",
        *(
            f"| sampling | {cell(', '.join(sorted(names)))}: not taken as meant by {cell(name)} |"
            for name, names in sorted(about.unapplied.items())
        ),
        f"| licence | {cell(about.licence) or 'none was given'} |",
        "",
        *origin.origins(census),
    ]
    return [*lines, *([] if about.licence else ["", NO_LICENCE]), ""]


def _counts(census: Census) -> list[str]:
    tasks, rows = census.tasks.total(), census.rows.total()
    known = " as far as their sources say" if census.imported else ""
    lines = [
        "## What is in it",
        "",
        f"{counted(tasks, 'task')} in {counted(rows, 'row')}; "
        f"{census.classification:,} of the tasks are classification{known}, "
        f"{census.without_input:,} of the rows have no input.",
        "",
    ]
    if len(census.rows) > 1 or census.bytes:
        lines += ["| split | tasks | rows | bytes |", "|---|---|---|---|"]
        lines += [
            f"| {split} | {census.tasks[split]:,} | {count:,} | {census.bytes[split]:,} |"
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
    said = "What models said of samples of the pool, with 95% intervals. It is their word:"
    return ["## What it is worth", "", said, "", *(f"- {line}" for line in about.judged), ""]


def figures(census: Census) -> dict[str, Any]:
    """What ``--json`` says of the rows."""
    return census.summary() | {"lengths": census.lengths()}
