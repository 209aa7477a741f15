"""Tables and lines whose texts come from files: whatever they say is shown, never obeyed.

Every text passes here once: control characters and terminal escapes become visible, line ends too
within a cell, and nothing is read as rich's markup.
"""

from __future__ import annotations

import errno

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


class Screen(Console):
    """Where tables and sentences go."""

    def on_broken_pipe(self) -> None:
        """Leave it to the program what a closed pipe ends with.

        Raises:
            BrokenPipeError: Whoever read the output has gone.
        """
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    def sentence(self, text: str, style: str = "") -> None:
        """Print a sentence."""
        self.print(Text(visible(text), style=style))
