"""Comparisons to be exported, and the export."""

from __future__ import annotations

import json

import pytest
from comparisons import comparison_of, listed, pair


def rows(path):
    """The rows of a file; a text may hold what other readers take for the end of a line."""
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


ASKED = "Add.\n\n1 2"
ADD = pair("Add.", "4", "3", given="1 2")
FOUR = listed(
    "Name a river.",
    *("the Rhine", "a sea", "the Oder", "no"),
    ranks=[1.5, 3.0, 1.5, 4.0],
    scores=[[9, 5, 8.5, 1], [8, 5, 9, 2]],
)


@pytest.fixture
def program(inside):
    return inside


@pytest.fixture
def export(program, tmp_path):
    """Export prompts in a format; what ``--json`` says, and the rows."""

    def run(prompts, form, *more):
        comparison_of(tmp_path / "c", prompts)
        command = ["export", "c", "--format", form, "-o", "x.jsonl", "--force", "--json", *more]
        return json.loads(program(*command, check=0).stdout), rows(tmp_path / "x.jsonl")

    return run


def user(text):
    return {"role": "user", "content": text}


def assistant(text):
    return {"role": "assistant", "content": text}
