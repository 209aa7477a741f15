"""What answering came to, for a person: how many answers, how they ended, what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfinstruct.console.cells import Screen
from selfinstruct.console.rows import add_failure, add_usage, two_columns
from selfinstruct.console.talk import duration, say
from selfinstruct.counts import counted

if TYPE_CHECKING:
    from selfinstruct.api.answer import AnswerEstimate, AnswerResult

_ENDS = {
    "length": "cut off by the token limit",
    "refused": "declined",
    "empty": "empty",
    "failed": "failed",
}


def show_answer_estimate(found: AnswerEstimate) -> None:
    """What answering will take, before it begins."""
    from selfinstruct.console.tables import show_estimate

    each = "" if found.samples == 1 else f", {found.samples:,} times each"
    taken = f" ({found.taken:,} were taken over)" if found.taken else ""
    said = f"{counted(found.prompts, 'prompt is', 'prompts are')} answered{each}"
    say(f"{said}; {counted(found.left, 'request is', 'requests are')} still to be made{taken}.")
    show_estimate(found.costs.row(), to_stderr=True)


def show_answers(result: AnswerResult) -> None:
    """What answering came to, on stderr."""
    table = two_columns()
    table.add_row("by", result.name if result.name == result.model else _named(result))
    each = "" if result.samples == 1 else f", {result.samples:,} wanted of each"
    table.add_row("prompts", f"{result.prompts:,} of {result.source}{each}")
    table.add_row("answers", f"{result.answers:,}")
    for finish, said in _ENDS.items():
        if count := result.finishes[finish]:
            table.add_row(f"  {said}", f"{count:,} of {result.answers:,}")
    if result.taken:
        table.add_row("taken over", f"{result.taken:,}, which cost nothing")
    add_usage(table, result.usage, priced=result.priced)
    add_failure(table, result.last_failure)
    table.add_row("time", duration(result.seconds))
    table.add_row("file", f"{result.folder / 'answers.jsonl'}")
    Screen(stderr=True).print(table)


def _named(result: AnswerResult) -> str:
    return f"{result.name} ({result.model})"
