"""The picture at the top of the README: a session in a terminal, as SVG that fetches nothing.

    make screenshots        (or python bench/session.py FILE)

The commands are really run; what is cut out is shown by an ellipsis.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).parents[1]
COLUMNS = 84
SESSION = (
    ("generate demo --teacher mock --target 100", 7, 5),
    ("generate demo --teacher mock --target 100", 1, 0),
    ("replay demo --into stricter --threshold 0.5", 1, 1),
    ("export demo --format chat -o train.jsonl", 4, 0),
)
"""Arguments of the program, and how many lines are shown of the beginning and of the end."""

THEME = TerminalTheme(
    (27, 31, 38),
    (214, 219, 227),
    [
        *((69, 75, 87), (224, 108, 117), (152, 195, 121), (229, 192, 123)),
        *((97, 175, 239), (198, 120, 221), (86, 182, 194), (214, 219, 227)),
    ],
)
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def said(arguments: str, folder: str) -> list[str]:
    """What the program prints in a terminal, colours and all."""
    done = subprocess.run(
        [sys.executable, "-m", "selfinstruct", *arguments.split()],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout.rstrip().splitlines()


def drawn() -> str:
    """The session, as SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    with tempfile.TemporaryDirectory() as folder:
        for arguments, first, last in SESSION:
            lines = said(arguments, folder)
            if last:
                lines = [*lines[:first], "  …", *lines[-last:]]
            console.print(Text.assemble(("$ ", "green"), (f"selfinstruct {arguments}", "bold")))
            for line in lines[: first + 1 + last if last else first]:
                console.print(Text.from_ansi(line.rstrip()), soft_wrap=False)
    text = console.export_svg(title="a first pool", theme=THEME, unique_id="session")
    # rich names fonts of a server; the reader's own will do.
    text = re.sub(r"@font-face \{.*?\}\n", "", text, flags=re.DOTALL)
    text = text.replace("Fira Code, monospace", FONTS).replace("Fira Code", FONTS)
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"


def main() -> None:
    goal = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "img" / "session.svg"
    text = drawn()
    goal.write_text(text, encoding="utf-8")
    print(f"{goal.name}  {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
