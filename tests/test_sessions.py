"""Sessions that documents show are what the program prints: their commands are run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "docs/first-pool.md", "docs/cost.md", "docs/cron-and-ci.md"]
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
# Seconds; and where a budget ends a run, which hangs on how many calls are in flight just then.
VARIES = re.compile(
    r"(?<=^time) +[\d.]+ s$|[\d.]+(?= of 200$)|(?<=\$0\.0)\d+$|\d+(?= calls were made)"
)


def sessions(text):
    """Each command of a page with the lines that are shown below it."""
    parts = [
        part
        for block in CONSOLE.findall(text)
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)
    ]
    return [(part.splitlines()[0], part.splitlines()[1:]) for part in parts if part]


def shown(line):
    return VARIES.sub("#", line.rstrip())


def same(line, printed):
    return printed.startswith(line[:-1]) if line.endswith("…") else line == printed


def assert_printed(lines, printed):
    """Line after line; what an ellipsis alone on a line leaves out may be anything."""
    place, skipping = 0, False
    for line in map(shown, lines):
        if line.strip() == "…":
            skipping = True
            continue
        while skipping and place < len(printed) and not same(line, printed[place]):
            place += 1
        assert place < len(printed), f"not printed: {line}"
        assert same(line, printed[place])
        place, skipping = place + 1, False
    assert skipping or place == len(printed), printed[place:]


@pytest.mark.parametrize("page", PAGES)
def test_sessions_are_what_the_program_prints(page, inside, tmp_path):
    found = sessions((ROOT / page).read_text(encoding="utf-8"))
    assert found
    for command, lines in found:
        program, *arguments = shlex.split(command)
        if program == "head":
            assert arguments[:2] == ["-n", "1"]
            text = (tmp_path / arguments[2]).read_text(encoding="utf-8").splitlines()[0]
        else:
            assert program == "selfinstruct"
            done = inside(*arguments, env={"COLUMNS": "80"})
            text = done.stdout + done.stderr
        assert_printed(lines, [shown(line) for line in text.splitlines()])
