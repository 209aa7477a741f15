"""Asking a person whether to go on, where there is one."""

from __future__ import annotations

import sys

import typer


def is_wanted() -> bool:
    """Whether to go on: as the person at the terminal says, and yes where there is none."""
    if not _is_terminal():
        return True
    try:
        return typer.confirm("Go on?", err=True)
    except typer.Abort:  # Ctrl-C, or an end of the input
        typer.echo(err=True)
        return False


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
