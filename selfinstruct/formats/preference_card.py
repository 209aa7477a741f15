"""The card of preference data: whose preference it is, between whom, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selfinstruct.comparing.manifest import Manifest
from selfinstruct.counts import counted
from selfinstruct.formats.card import NO_LICENCE, code, lengths, mark, metadata
from selfinstruct.formats.card_origin import cell
from selfinstruct.formats.pairing import LEFT_OUT
from selfinstruct.formats.preference_files import PreferenceCensus, Preferred


@dataclass(frozen=True, slots=True)
class About:
    """What the card says besides what was counted.

    Attributes:
        name: The name of the export's file.
        comparison: What the comparison was made with.
        wanted: How it was exported.
        licence: As given; "" where nobody said.
        command: What makes the export again.
        files: Of each split the path of its file, from the card.
        fence: The language of ``command``.
    """

    name: str
    comparison: Manifest
    wanted: Preferred
    licence: str
    command: str
    files: Mapping[str, str]
    fence: str = "bash"


def card(about: About, census: PreferenceCensus) -> str:
    """The text of the card."""
    tags = ["synthetic", "preference", about.wanted.form.name]
    head = metadata(
        about.comparison.language, about.licence, census.rows.total(), tags, about.files
    )
    return "\n".join(
        [
            *["---", *head, "---", mark(about.name), f"# {about.name}", ""],
            *_made(about),
            *_counts(about, census),
            *_left_out(census),
            *_limits(about, census),
            *["## Making it again", "", f"```{about.fence}", about.command, "```", ""],
        ]
    )


def _made(about: About) -> list[str]:
    comparison, wanted = about.comparison, about.wanted
    rows = [
        (
            "format",
            wanted.form.name + (f", as {wanted.trainer} spells it" if wanted.trainer else ""),
        ),
        ("judge", f"{comparison.model} (teacher {comparison.teacher})"),
        ("rubric", comparison.rubric),
        ("contestants", ", ".join(comparison.contestants) or "the samples of one set"),
        ("language", code(comparison.language)),
        ("licence", about.licence or "none was given"),
    ]
    if wanted.form.takes_pairs:
        rows.insert(1, ("pairs", _PAIRS[wanted.pairs.value]))
    return [
        "Preference data: answers to the same prompts, judged side by side by a model, with "
        "selfinstruct.",
        "",
        "**This is a model's preference, not people's.** "
        f"{cell(comparison.model)} was shown the answers in two orders and asked by the rubric "
        f"{cell(comparison.rubric)}.",
        "",
        *["| | |", "|---|---|"],
        *(f"| {name} | {cell(said)} |" for name, said in rows),
        *([] if about.licence else ["", NO_LICENCE]),
        "",
    ]


_PAIRS = {
    "all": "all that are no ties, so up to K(K − 1)/2 of a prompt with K answers",
    "best-worst": "the best and the worst answer, so at most one of a prompt",
}


def _counts(about: About, census: PreferenceCensus) -> list[str]:
    lines = [
        "## What is in it",
        "",
        f"{counted(census.prompts.total(), 'prompt')} in {counted(census.rows.total(), 'row')}. "
        "All rows of a prompt are in one split and stand together.",
        "",
    ]
    if len(census.rows) > 1:
        lines += ["| split | prompts | rows |", "|---|---|---|"]
        lines += [
            f"| {split} | {census.prompts[split]:,} | {count:,} |"
            for split, count in census.rows.items()
        ]
        lines.append("")
    if pairs := census.chosen.total():
        named = [*about.comparison.contestants, *sorted(census.chosen), *sorted(census.rejected)]
        lines += ["| contestant | chosen | rejected |", "|---|---|---|"]
        lines += [
            f"| {cell(name)} | {census.chosen[name]:,} | {census.rejected[name]:,} |"
            for name in dict.fromkeys(named)
        ]
        lines += [
            "",
            f"The longer answer was chosen in {census.longer / pairs:.0%} of the pairs. A token "
            f"limit had cut off an answer in {census.cut_off:,} of them, which loses unfairly.",
            "",
        ]
    return [*lines, *lengths(census.measured()), ""]


def _left_out(census: PreferenceCensus) -> list[str]:
    said = [f"- {count:,} {LEFT_OUT[name]}" for name, count in census.left_out.items() if count]
    return ["## What was left out", "", *(said or ["Nothing."]), ""]


def _limits(about: About, census: PreferenceCensus) -> list[str]:
    comparison = about.comparison
    lines = [
        "## Known limits",
        "",
        "- Models as judges prefer longer answers, lists, and what was written by themselves or "
        "their like; nobody has looked at each row.",
    ]
    if comparison.model in comparison.contestants:
        lines.append(f"- The judge, {cell(comparison.model)}, is one of the contestants.")
    if census.chosen and about.wanted.form.name in {"dpo", "reward"}:
        lines.append(
            "- `margin` is the difference of the judge's mean scores, or 1 where two answers were "
            "judged without scores. TRL's reward trainer subtracts it from the difference of the "
            "rewards: drop the column where that is not meant."
        )
    return [*lines, ""]
