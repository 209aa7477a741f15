"""The documents say what the program says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment

from selfinstruct.tasks import Reason

ROOT = Path(__file__).parents[1]
COMMANDS = ROOT / "docs" / "commands.md"
README = (ROOT / "README.md").read_text(encoding="utf-8")


# Starting the program for each verb would take longer than all other tests here.
_PRINT_ALL = """
import contextlib, sys, typer
from selfinstruct.cli.app import app
program = typer.main.get_command(app)
for verb in ["", *program.commands]:
    print("\\0" + verb)
    with contextlib.suppress(SystemExit):
        program([verb, "--help"][not verb:], prog_name="selfinstruct")
"""


def written():
    done = subprocess.run(
        [sys.executable, "-c", _PRINT_ALL],
        env=environment({"TYPER_USE_RICH": "0", "TERM": "dumb"}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    parts = ["# Commands\n\nThe help texts, as the program prints them.\n"]
    for part in done.stdout.split("\0")[1:]:
        verb, _, text = part.partition("\n")
        lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
        parts.append(
            f"\n## {' '.join(filter(None, ['selfinstruct', verb]))}\n\n```\n{lines}\n```\n"
        )
    return "".join(parts)


def test_the_commands_page_holds_the_help_texts():
    # UPDATE_DOCS=1 writes them down anew.
    text = written()
    if os.environ.get("UPDATE_DOCS"):
        COMMANDS.write_text(text, encoding="utf-8")
    assert COMMANDS.read_text(encoding="utf-8") == text


def test_every_option_that_a_document_names_exists():
    page = COMMANDS.read_text(encoding="utf-8")
    known = set(re.findall(r"--[a-z][a-z-]+", page)) | {"--editable", "--quiet"}
    pages = [*(ROOT / "docs").glob("*.md"), *ROOT.glob("examples/**/*.md")]
    for path in [ROOT / "README.md", ROOT / "selfinstruct" / "SKILL.md", *pages]:
        text = path.read_text(encoding="utf-8")
        for line in re.findall(r"^\s*selfinstruct .*$|`selfinstruct [^`]*`", text, re.MULTILINE):
            assert set(re.findall(r"--[a-z][a-z-]+", line)) <= known, (path.name, line)


def test_every_reason_is_explained():
    text = (ROOT / "docs" / "pool-format.md").read_text(encoding="utf-8")
    for reason in Reason:
        assert f"`{reason.value}`" in text


def test_every_link_between_documents_leads_somewhere():
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), (path.name, target)


def test_every_room_is_in_the_architecture():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for entry in (ROOT / "selfinstruct").iterdir():
        name = entry.stem
        if not name.startswith("__") and entry.suffix in {"", ".py"} and name != "py":
            assert f"`{name}/`" in text or f"`{name}`" in text, name


@pytest.mark.skipif(os.name == "nt", reason="the README's commands are for a POSIX shell")
def test_the_readmes_mock_commands_run_as_they_stand(tmp_path):
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if "mock" in line]
    commands = [
        line for line in commands if line.startswith("selfinstruct") and "serve" not in line
    ]
    assert commands
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in commands:
        subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path,
            env=environment({"PATH": path}),
            check=True,
            capture_output=True,
        )
