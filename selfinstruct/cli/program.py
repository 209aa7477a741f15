"""The process: its streams and signals, and how an error becomes a sentence and an exit code."""

from __future__ import annotations

import contextlib
import functools
import io
import sys
from collections.abc import Callable

import typer

from selfinstruct.cli import signals, standard_streams
from selfinstruct.cli.app import app
from selfinstruct.errors import ClosedPipeError, SelfInstructError


def run() -> None:
    """Run the program and end the process."""
    standard_streams.whole_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # pipes on Windows speak another encoding
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        with signals.raising():
            _run()
    except SelfInstructError as error:
        if not isinstance(error, ClosedPipeError):
            from selfinstruct.console import say

            with contextlib.suppress(OSError):  # stderr may be what is full, or closed
                say(f"selfinstruct: {error}")
        standard_streams.drop_output()
        sys.exit(error.exit_code)


@functools.cache
def _program() -> Callable[[], object]:
    """The verbs and their options; made once, which takes as long as many a verb."""
    return typer.main.get_command(app)


def _run() -> None:
    try:
        _program()()
    except SystemExit:
        standard_streams.flush()
        raise
