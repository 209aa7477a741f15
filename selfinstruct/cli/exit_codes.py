"""What the program ends with, and what each code means: the help, scripts and verbs read it here.

Importing this must stay cheap: ``--help`` runs through here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from selfinstruct import errors


class ExitCode(NamedTuple):
    """A code that the program ends with.

    Attributes:
        code: The code.
        short: What the help says of it.
        meaning: What happened, and what to do next.
    """

    code: int
    short: str
    meaning: str


EXIT_CODES = (
    ExitCode(0, "target reached", "What was asked for is there; nothing is left to do."),
    ExitCode(
        1,
        "disk or other failure",
        "A file could not be written, or something else failed; the sentence on stderr says what. "
        "Mend that and give the same command again.",
    ),
    ExitCode(
        2,
        "wrong usage or file",
        "An option, a setting or a file is wrong; the sentence on stderr names it and the next "
        "step. validate ends so where it found a problem.",
    ),
    ExitCode(
        3,
        "budget",
        "A cap (--budget, --budget-pool, --max-calls, --max-tokens-total) is used up. All that was "
        "bought is kept: the same command with a new cap goes on where it was.",
    ),
    ExitCode(
        4,
        "teacher",
        "The teacher refused or cannot be reached. All that was bought is kept: mend the key, "
        "the model's name or the address (selfinstruct check tries them), then the same command.",
    ),
    ExitCode(5, "pool in use", "Another run holds the pool. Wait for it, or name another pool."),
    ExitCode(
        6,
        "nothing new",
        "The pool is saturated: too little of what the teacher writes is new. More seed tasks, "
        "another recipe or another teacher, or a lower --min-yield.",
    ),
    ExitCode(
        7,
        "waiting for batches",
        "Batches are being worked on. The same command later collects them and goes on.",
    ),
    ExitCode(
        130,
        "interrupted (SIGINT)",
        "Ctrl-C, or a no to a question. What was finished is kept; the same command goes on.",
    ),
    ExitCode(141, "nobody reads the output", "The reader of stdout has gone, as head does."),
    ExitCode(
        143,
        "interrupted (SIGTERM)",
        "SIGTERM. What was finished is kept; the same command goes on.",
    ),
)


def sentence() -> str:
    """All of them, for the end of the help."""
    return "Exit codes: " + ", ".join(f"{one.code} {one.short}" for one in EXIT_CODES) + "."


def rows() -> list[dict[str, int | str | list[str]]]:
    """All of them, with the errors of Python that end in each."""
    raised: dict[int, list[str]] = {}
    for kind in _tree(errors.SelfInstructError):
        raised.setdefault(kind.exit_code, []).append(kind.__name__)
    return [
        {"code": one.code, "meaning": one.meaning, "errors": raised.get(one.code, [])}
        for one in EXIT_CODES
    ]


def _tree(kind: type[errors.SelfInstructError]) -> Iterator[type[errors.SelfInstructError]]:
    yield kind
    for one in kind.__subclasses__():
        if one.__module__ == errors.__name__:
            yield from _tree(one)
