"""The last sentences of a run: what happened, and what to do next."""

from __future__ import annotations

from selfinstruct.api.results import ReplayResult, RunResult
from selfinstruct.bootstrap import Stopped
from selfinstruct.console.tables import yield_line
from selfinstruct.console.talk import say
from selfinstruct.tasks import Reason

_AGAIN = "Run the same command again to go on."


def show_end(result: RunResult, *, quiet: bool) -> None:
    """How a run ended, on stderr."""
    if result.stopped is Stopped.BUDGET:
        say(f"selfinstruct: {result.error} {_AGAIN}")
    elif result.error is not None:
        say(f"selfinstruct: {result.error}")
    elif result.stopped is Stopped.SATURATED:
        say(f"selfinstruct: {_saturated(result)}")
        say(yield_line(result.curve))
    elif result.stopped is Stopped.INTERRUPTED:
        say(f"selfinstruct: interrupted; {result.tasks} tasks are kept. {_AGAIN}")
    elif not quiet:
        say(f"The pool is {result.pool / 'tasks.jsonl'}")


def show_replay_end(result: ReplayResult, *, asked: bool, quiet: bool) -> None:
    """How a replay ended, on stderr."""
    if not result.rebuilt:
        show_end(result, quiet=quiet)
    elif not quiet:
        say(_rebuilt(result, asked=asked))
        for note in result.notes:
            say(note)


def _rebuilt(result: ReplayResult, *, asked: bool) -> str:
    missing = result.rejected.get(Reason.NOT_STORED, 0)
    said = (
        f"The stored replies reached {result.tasks} of {result.target} tasks; the new pool is "
        f"{result.pool / 'tasks.jsonl'}."
    )
    if missing and not asked:
        said += f" {missing} replies that are needed now were never given: --ask asks for them."
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
