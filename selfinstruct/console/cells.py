"""Tables and lines whose texts come from files: whatever they say is shown, never obeyed.

Every text passes here once: control characters and terminal escapes become visible, line ends too
within a cell, and nothing is read as rich's markup.
"""

from __future__ import annotations

import errno
import os

from rich.console import Console
from rich.table import Table
from rich.text import Text

from selfinstruct.console.talk import visible


def cell(text: object, style: str = "") -> Text:
    """``text`` as a cell of a table: on lines of its own only where it is too long."""
    return Text(visible(str(text)).replace("\n", "\\n"), style=style)


class Cells(Table):
    """A table of texts."""

    # Narrower than rich's on purpose: nothing reaches a table but through `cell`.
    def add_row(self, *cells: object, style: str = "") -> None:  # type: ignore[override]
        """Add a row; what is no cell yet becomes one."""
        made = (one if isinstance(one, Text) else cell(one) for one in cells)
        super().add_row(*made, style=style or None)


def fit(console: Console) -> None:
    """Let ``COLUMNS`` say how wide a dumb terminal is too, for which rich takes 80."""
    columns = os.environ.get("COLUMNS", "")
    if console.is_dumb_terminal and columns.isdigit() and int(columns):
        console.size = (int(columns), console.height)


class Screen(Console):
    """Where tables and sentences go.

    Args:
        stderr: Whether they go to standard error.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr)
        fit(self)

    def on_broken_pipe(self) -> None:
        """Leave it to the program what a closed pipe ends with.

        Raises:
            BrokenPipeError: Whoever read the output has gone.
        """
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    def sentence(self, text: str, style: str = "") -> None:
        """Print a sentence."""
        self.print(Text(visible(text), style=style))
