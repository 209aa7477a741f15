"""What a terminal is like decides how something is drawn."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from conftest import PROGRAM, environment

pty = pytest.importorskip("pty")
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]m")


def drawn(tmp_path, variables, *words):
    """What the program writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *words], cwd=tmp_path, env=environment(variables), stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:  # how Linux ends a terminal that nobody writes to any more
        pass
    finally:
        os.close(ours)
    assert process.wait() == 0
    return b"".join(parts).decode()


@pytest.mark.parametrize(
    ("variables", "escapes", "colours"),
    [
        ({"TERM": "xterm-256color"}, True, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, False, False),
    ],
)
def test_help_is_drawn_as_the_variables_want_it(tmp_path, variables, escapes, colours):
    text = drawn(tmp_path, variables | {"COLUMNS": "60"}, "status", "--help")
    assert ("\x1b" in text) == escapes
    assert bool(COLOUR.search(text)) == colours
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)
    assert max(map(len, plain.splitlines())) == 60
