"""Standard streams that the caller closed, or that cannot be written any more."""

from __future__ import annotations

import contextlib
import os
import sys

from selfinstruct.cli.system_errors import translated


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
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 - open while the process is
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False, encoding="utf-8")  # noqa: SIM115 - open while the process is
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False, encoding="utf-8")  # noqa: SIM115 - open while the process is


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
