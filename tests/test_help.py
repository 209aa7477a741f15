"""The help of a verb is read by subject, on narrow terminals too."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import selfinstruct.console as front
from selfinstruct.cli.app import app
from selfinstruct.cli.options.base import PANELS

PROGRAM = typer.main.get_command(app)


def page(verb, columns):
    done = CliRunner().invoke(app, [verb, "--help"], env={"COLUMNS": str(columns)})
    assert done.exit_code == 0
    return done.stdout


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("verb", PROGRAM.commands)
def test_every_option_stands_whole_within_the_terminal(verb, columns):
    text = page(verb, columns)
    assert max(map(len, text.splitlines())) <= min(columns, 100)
    for parameter in PROGRAM.commands[verb].params:
        for flag in (*parameter.opts, *parameter.secondary_opts):
            if flag.startswith("-"):
                assert re.search(rf"(?<![\w-]){flag}(?![\w-])", text), flag


@pytest.mark.parametrize("verb", ["generate", "evolve", "estimate", "replay"])
def test_subjects_stand_in_one_order(verb):
    titles = re.findall(r"^╭─ (.+?) ─", page(verb, 80), re.MULTILINE)
    assert titles[0] == "Arguments"
    assert titles[1:] == [title for title in PANELS if title in titles]
    assert {"What to make", "Teacher", "Limits", "Output"} <= set(titles)


def test_what_a_verb_has_alone_stands_before_what_verbs_share():
    titles = re.findall(r"^╭─ (.+?) ─", page("export", 80), re.MULTILINE)
    assert titles == ["Arguments", "How it is written", "What is taken", "Output"]


def test_commands_of_examples_stand_on_lines_of_their_own():
    lines = [line.strip() for line in page("generate", 80).splitlines()]
    assert "selfinstruct generate demo --teacher mock --target 100" in lines
    assert "Examples:" in lines


def test_the_front_door_of_the_console_gives_the_names_that_type_checkers_see():
    tree = ast.parse(Path(front.__file__).read_text(encoding="utf-8"))
    seen = {
        node.names[0].name: node.module.rpartition(".")[2]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("selfinstruct.console.")
    }
    assert seen == front._FILES
    for name in front.__all__:
        assert callable(getattr(front, name))
        assert not (Path(front.__file__).parent / f"{name}.py").exists()  # it would hide the name
