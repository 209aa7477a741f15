"""What typer or the system refuses, wherever it happens: one sentence and an exit code.

Who reads or writes a file says what is wrong with it where that is known best; what nobody had
thought of comes here. So no verb needs to know all that can go wrong.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import Any, cast

import typer

from selfinstruct.cli import signals
from selfinstruct.cli.completing_words import Completing
from selfinstruct.errors import (
    ClosedPipeError,
    DiskError,
    InterruptionError,
    SelfInstructError,
    UsageError,
)

# The machine's own troubles; everything else is something the person can mend.
_DISK = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
)
# All that typer may have against an argument: it exports no name for what its errors share.
_MISUSE = cast("type[typer.BadParameter]", typer.BadParameter.__bases__[0])
_UNREADABLE = "Input should be a valid {0}, unable to parse string as {1} {0}"
_WANTED = {
    _UNREADABLE.format("integer", "an"): "must be a whole number",
    _UNREADABLE.format("number", "a"): "must be a number",
}
_KNOWN = (KeyboardInterrupt, OSError, RecursionError, OverflowError, MemoryError)


class Program(Completing):
    """The verbs; what the system refuses them becomes an error of this package."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Read the arguments, which also prints the help.

        Raises:
            SelfInstructError: See :meth:`invoke`.
        """
        with _translating():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> object:
        """Run the verb.

        Raises:
            SelfInstructError: Something went wrong that is known by its kind.
        """
        with _translating():
            return super().invoke(ctx)


@contextlib.contextmanager
def _translating() -> Iterator[None]:
    try:
        yield
    except _KNOWN as error:
        raise translated(error) from error
    except _MISUSE as error:
        said = error.format_message().strip()
        if not said or "\n" in said:  # the help, where nothing was given
            raise
        raise UsageError(_misuse(error, said)) from error
    except SystemExit as ended:  # how rich, which prints the help, ends where nobody reads it
        if isinstance(ended.__context__, BrokenPipeError):
            raise translated(ended.__context__) from ended
        raise


def _misuse(error: typer.BadParameter, said: str) -> str:
    """What typer says of an argument, with where to read on, in one line."""
    path = error.ctx.command_path if error.ctx is not None else "selfinstruct"
    for theirs, ours in _WANTED.items():
        said = said.replace(theirs, ours)
    if " (Possible options: " in said:
        said = said.replace(" (Possible options: ", ". Did you mean ").rstrip(").") + "?"
    verb = path.removeprefix("selfinstruct").strip()
    end = "" if said.endswith(("?", ".")) else "."
    return f"{verb + ': ' if verb else ''}{said}{end} See {path} --help."


def translated(error: BaseException) -> SelfInstructError:
    """What to tell a person of an error of one of the known kinds."""
    if isinstance(error, KeyboardInterrupt):
        return InterruptionError(signals.EXIT + signals.number_of(error))
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, RecursionError):
        return UsageError("Something that was read is nested too deeply to be read.")
    if isinstance(error, OverflowError):
        return UsageError(f"A number that was given is too large to reckon with ({error}).")
    return SelfInstructError("There is not enough memory for this. Give it less at once.")


def _of_system(error: OSError) -> SelfInstructError:
    if isinstance(error, BrokenPipeError):
        return ClosedPipeError("Whoever read the output has gone.")
    said = error.strerror or str(error)
    if error.filename is None:  # files have names: this is the terminal, or what stands for it
        return DiskError(f"Standard output cannot be written: {said}.")
    path = os.fsdecode(error.filename) if isinstance(error.filename, bytes) else error.filename
    kind = DiskError if error.errno in _DISK else UsageError
    return kind(f"{path}: cannot be used: {said}.")
