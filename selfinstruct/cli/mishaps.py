"""What the system refuses, wherever it happens: one sentence and an exit code, no traceback.

Who reads or writes a file says what is wrong with it where that is known best; what nobody had
thought of comes here. So no verb needs to know all that can go wrong.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from typer.core import TyperGroup

from selfinstruct.cli import signals
from selfinstruct.errors import (
    ClosedPipeError,
    DiskError,
    InterruptionError,
    SelfInstructError,
    SettingsError,
    UsageError,
)

# The machine's own troubles; everything else is something the person can mend.
_DISK = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
)
_MOST = 10**12  # of whatever is counted: tasks, tokens, calls
_STARTS = frozenset({"seed", "shuffle", "fault_seed"})  # where random numbers start is no count
_KNOWN = (KeyboardInterrupt, OSError, RecursionError, OverflowError, MemoryError)


def refuse_endless(context: Any, parameters: Iterable[Any]) -> None:
    """Refuse numbers that nobody can reckon with, by the option's name.

    Raises:
        SettingsError: One is infinite, or larger than anything that is counted here.
    """
    for parameter in parameters:
        value = context.params.get(parameter.name)
        endless = isinstance(value, float) and not math.isfinite(value)
        counts = isinstance(value, int) and parameter.name not in _STARTS
        if endless or (counts and abs(value) > _MOST):
            limit = f"at most {_MOST:,}" if counts else "a finite number"
            raise SettingsError(f"{max(parameter.opts, key=len)} must be {limit}.")


class Program(TyperGroup):
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
    except SystemExit as ended:  # how rich, which prints the help, ends where nobody reads it
        if isinstance(ended.__context__, BrokenPipeError):
            raise translated(ended.__context__) from ended
        raise


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


def whole_streams() -> None:
    """Give the process the standard streams that its caller closed.

    What is said on a closed stderr is lost, as it must be; a closed stdout refuses what is written
    to it. Without this, files opened later would get their numbers, and talk would go into them.
    """
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # takes the lowest number that is free: this one
    # SIM115 wants them closed here, but they are open for as long as the process is.
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False, encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False, encoding="utf-8")  # noqa: SIM115


def flush() -> None:
    """Write what still waits for stdout, so that a full disk is said and not found out at the end.

    Raises:
        SelfInstructError: It cannot be written.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        raise translated(error) from error


def drop_output() -> None:
    """Let go of what could not be written to stdout; the interpreter would try once more."""
    with contextlib.suppress(OSError, ValueError):
        number = sys.stdout.fileno()
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, number)
        os.close(nothing)
