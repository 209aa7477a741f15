"""The last sentences of a verb: what happened, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfinstruct.api.results import ReplayResult, RunResult
from selfinstruct.bootstrap import Stopped
from selfinstruct.console.data_sets import show_contamination, show_import
from selfinstruct.console.tables import yield_line
from selfinstruct.console.talk import say, tell
from selfinstruct.counts import counted
from selfinstruct.errors import SelfInstructError
from selfinstruct.tasks import Reason

if TYPE_CHECKING:  # other verbs need not load them
    from selfinstruct.api.decontaminate import DecontaminateResult, FoundItem
    from selfinstruct.api.import_ import ImportResult
    from selfinstruct.api.validate import CheckedPath, ValidateResult

_AGAIN = "Run the same command again to go on."
_SHOWN = 10  # hits on the terminal
_LONG = 160  # characters of their texts


def show_end(result: RunResult, *, quiet: bool) -> None:
    """How a run ended, on stderr."""
    if show_stopped(
        result.stopped, result.error, f"{counted(result.tasks, 'task is', 'tasks are')} kept"
    ):
        return
    if result.stopped is Stopped.SATURATED:
        say(f"selfinstruct: {_saturated(result)}")
        say(yield_line(result.curve))
    elif not quiet:
        say(f"The pool is {result.pool / 'tasks.jsonl'}")


def show_stopped(stopped: Stopped, error: SelfInstructError | None, kept: str) -> bool:
    """Why a run ended early, on stderr; whether it did."""
    if stopped is Stopped.BUDGET:
        say(f"selfinstruct: {error} {_AGAIN}")
    elif error is not None:
        say(f"selfinstruct: {error}")
    elif stopped is Stopped.INTERRUPTED:
        say(f"selfinstruct: interrupted; {kept}. {_AGAIN}")
    else:
        return False
    return True


def show_replay_end(result: ReplayResult, *, asked: bool, quiet: bool) -> None:
    """How a replay ended, on stderr."""
    if not result.rebuilt:
        show_end(result, quiet=quiet)
    elif not quiet:
        say(_rebuilt(result, asked=asked))
        for note in result.notes:
            say(note)


def show_import_end(result: ImportResult, *, quiet: bool) -> None:
    """How an import ended, on stderr: a table, what to do, and whether it was interrupted."""
    if not quiet:
        show_import(result)
        if hint := _hint(result):
            say(hint)
    if result.interrupted:
        kept = counted(result.accepted, "task is", "tasks are")
        say(f"selfinstruct: interrupted; {kept} kept. {_AGAIN}")


def _hint(result: ImportResult) -> str:
    """What to do where most was refused for one reason."""
    reason, count = next(iter(result.rejected.items()), ("", 0))
    if not reason or count <= result.accepted + result.present:
        return ""
    return {
        Reason.WRONG_SCRIPT: "Most are in another script than the pool's language: see --language.",
        Reason.TOO_SIMILAR: "Most are too near to others: --no-filter takes them all the same.",
        Reason.OTHER_LANGUAGE: "Most are in another language than the pool's: see --language.",
    }.get(Reason(reason), "")


def show_contamination_end(result: DecontaminateResult) -> None:
    """What of a benchmark was found, on stderr: a table, and of each task the plainest hit."""
    show_contamination(result)
    if result.report:
        say(f"The hits are in {result.report}")
        return
    best: dict[str, FoundItem] = {}
    for one in result.found:  # of each task the first, which is the plainest
        best.setdefault(one.task, one)
    for one in list(best.values())[:_SHOWN]:
        place = "" if one.instance is None else f"#{one.instance}"
        said = f"{one.task}{place} is like {one.item} ({one.by} {one.score:.2f})"
        say(f"{said}\n  task: {one.task_text[:_LONG]}\n  item: {one.item_text[:_LONG]}")
    if len(best) > _SHOWN:
        say(f"… and {len(best) - _SHOWN:,} more: --report FILE writes every hit.")


def show_remaining(result: DecontaminateResult) -> None:
    """Why a check ends with a failure, on stderr."""
    seeds = len(result.contaminated_seeds)
    parts = [counted(result.remaining - seeds, "task")] if result.remaining > seeds else []
    parts += [counted(seeds, "seed task")] if seeds else []
    holds = "holds" if result.remaining == 1 else "hold"
    say(
        f"selfinstruct: {result.pool}: {' and '.join(parts)} {holds} items of the benchmark"
        + ("; --remove takes tasks out." if result.remaining > seeds else "; seed tasks stay.")
    )


def show_problems(result: ValidateResult, *, quiet: bool) -> None:
    """Each problem on stdout, and on stderr what was looked at."""
    for one in result.checked:
        for problem in one.found:
            kind = "warning: " if problem.is_warning else ""
            tell(f"{problem.where}: {kind}{problem.rule}: {problem.text}")
        if not quiet:
            say(_checked(one))


def _checked(one: CheckedPath) -> str:
    what = f"{counted(one.rows, 'row')} of {one.kind or 'nothing'}"
    subject = what if one.rows else one.kind or what
    said = counted(one.problems, "problem") if one.problems else "nothing wrong"
    if one.warnings:
        said += f", {one.warnings:,} warning{'s' if one.warnings > 1 else ''}"
    return f"{one.path}: {subject}: {said}."


def _rebuilt(result: ReplayResult, *, asked: bool) -> str:
    missing = result.rejected.get(Reason.NOT_STORED, 0)
    said = (
        f"The stored replies reached {result.tasks} of {counted(result.target, 'task')}; "
        f"the new pool is {result.pool / 'tasks.jsonl'}."
    )
    if missing and not asked:
        never = counted(missing, "reply that is needed now was", "replies that are needed now were")
        said += f" {never} never given: --ask asks for them."
    return said


def _saturated(result: RunResult) -> str:
    reason, count = next(iter(result.rejected.items()), (Reason.TOO_SIMILAR.value, 0))
    advice = {
        Reason.TOO_SIMILAR: "Try more seeds, a higher --temperature or another model.",
        Reason.REFUSED: "Look at the replies in rejects.jsonl, and try another model.",
        Reason.EMPTY_REPLY: "Raise --max-tokens, or try another model.",
        Reason.CUT_OFF: "Raise max_tokens in the settings file.",
        Reason.REQUEST_FAILED: "Look at the errors in rejects.jsonl.",
    }.get(Reason(reason), "Look at rejects.jsonl, and try another model or other --prompts.")
    return (
        f"the last requests brought hardly any task: stopped at {result.tasks} of {result.target}. "
        f"Most were refused as {reason} ({count}). {advice}"
    )
