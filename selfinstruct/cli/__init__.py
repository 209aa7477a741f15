"""The command line: one small file a verb, and the only place where things are put together."""

from __future__ import annotations

from selfinstruct.cli.program import run

__all__ = ["run"]
