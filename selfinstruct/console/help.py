"""The help of a verb, drawn: a frame for each subject, as wide as can be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from selfinstruct.console.cells import fit

_WIDEST = 100  # columns; longer lines are hard to read
_FRAME = 4  # columns that a frame takes
_SHARE = 0.4  # of a line that an option's name may take; what it does begins below a longer one
_FLAG = re.compile(r"(?<!\S)--?[a-z][\w-]*")
_EXTRA = re.compile(r"\[(?:default|required|\S*<=?x|x>)[^\[]*\]$")


def drawn(
    usage: str,
    paragraphs: Iterable[Sequence[str]],
    panels: Iterable[tuple[str, Sequence[tuple[str, str]]]],
    epilog: str,
) -> str:
    """A page of help, for the terminal that standard output is.

    Args:
        usage: How the verb is called.
        paragraphs: What it does; each paragraph is a sequence of lines.
        panels: Subjects, each with how its options are written, and what they do.
        epilog: What is said of every verb.
    """
    console = Console(highlight=False)
    fit(console)
    console.size = (min(console.width, _WIDEST), console.height)
    with console.capture() as page:
        console.print(Padding(Text.assemble(("Usage: ", "yellow"), usage), (1, 1, 0, 1)))
        for lines in paragraphs:
            console.print(Padding(Group(*(_line(line) for line in lines)), (1, 1, 0, 1)))
        console.print()
        for title, rows in panels:
            console.print(_panel(title, rows, console.width - _FRAME))
        if epilog:
            console.print(Padding(Text(epilog, style="dim"), (1, 1, 0, 1)))
    return "\n".join(line.rstrip() for line in page.get().splitlines()) + "\n"


def _line(text: str) -> RenderableType:
    if text.startswith("selfinstruct "):
        return Padding(Text(text, style="bold"), (0, 0, 0, 2))
    return Text(text)


def _panel(title: str, rows: Sequence[tuple[str, str]], width: int) -> Panel:
    most = int(width * _SHARE)
    fitting = [len(spelt) for spelt, _ in rows if len(spelt) + 2 <= most]
    column = max(fitting, default=most // 2) + 2
    body = Group(*(_row(spelt, text, column) for spelt, text in rows))
    return Panel(body, title=title, title_align="left", border_style="dim", box=box.ROUNDED)


def _row(spelt: str, text: str, column: int) -> RenderableType:
    name = Text(spelt, style="yellow")
    name.highlight_regex(_FLAG, "bold cyan")
    said = Text(text)
    said.highlight_regex(_EXTRA, "dim")
    if len(spelt) + 2 > column:
        return Group(name, Padding(said, (0, 0, 0, column)))
    row = Table.grid(padding=0)
    row.add_column(width=column)
    row.add_column()
    row.add_row(name, said)
    return row
