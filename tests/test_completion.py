"""What a shell offers while one types."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment

from selfinstruct.cli import completing
from selfinstruct.cli.options import base

BASH = {"_SELFINSTRUCT_COMPLETE": "complete_bash"}


@pytest.fixture
def place(tmp_path):
    """A pool with judgings, another folder with a manifest, one on the way to others, and files."""
    for name in ("mypool", "myother", "runs/deep"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "seeds.jsonl").touch()
        (tmp_path / name / "manifest.json").touch()
    for name in ("checked", "rated-m"):
        (tmp_path / "mypool" / "judgements" / name).mkdir(parents=True)
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "manifest.json").touch()
    for name in ("train.jsonl", "notes.md", ".hidden.jsonl"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.fixture
def offered(inside, place):
    """What is offered for the last of some words."""

    def run(words, variables=None):
        env = BASH | {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        done = inside(env=env | (variables or {}), check=0, cwd=place)
        assert done.stderr == ""
        return done.stdout.split()

    return run


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("ge", ["generate"]),
        ("des", ["describe"]),
        ("--ver", ["--version"]),
        ("generate --bud", ["--budget", "--budget-pool"]),
        ("generate --teacher o", ["openai", "openrouter", "ollama"]),
        ("generate --recipe ", ["self-instruct", "alpaca", "targeted", "evolve"]),
        ("generate mypool --language ", ["en", "ja", "ko", "zh"]),
        ("generate mypool --language=k", ["ko"]),
        ("generate --api c", ["chat", "completions"]),
        ("judge mypool --rubric r", ["ranking", "rating"]),
        ("export mypool --format d", ["dpo"]),
        ("import train.jsonl --format d", ["dolly"]),
        ("export mypool --config-for ", ["llama-factory", "axolotl", "trl"]),
        ("describe gen", ["generate"]),
        ("languages --copy ", ["en", "ja", "ko", "zh"]),
        # Pools, and what may be read.
        ("generate ", ["myother", "mypool"]),
        ("status myp", ["mypool"]),
        ("status runs/", ["runs/deep"]),
        ("judge ", ["answers", "myother", "mypool", "runs/", "train.jsonl"]),
        ("evaluate answers --references t", []),  # left to the shell
        ("evaluate answers my", ["myother", "mypool"]),
        ("judge ru", []),  # nothing but a folder on the way: the shell goes on in it
        ("validate mypool/se", ["mypool/seeds.jsonl"]),
        ("status nowhere/", []),
        # Judgings of the pool that was named before.
        ("export mypool --judgements ", ["checked", "rated-m"]),
        ("export mypool --judgements checked --judgements r", ["rated-m"]),
        ("validate train.jsonl mypool --judgements c", ["checked"]),
        ("export myother --judgements ", []),
        ("generate --no-such-option x --teacher mo", ["mock"]),
    ],
)
def test_words_are_completed(offered, words, names):
    assert offered(f"selfinstruct {words}") == names


def test_a_settings_file_that_is_wrong_disturbs_nobody_who_types(offered, place):
    (place / "selfinstruct.toml").write_text("a = [")
    assert offered("selfinstruct generate --teacher mo") == ["mock"]
    assert offered("selfinstruct generate --te", {"SELFINSTRUCT_TARGET": "x"})


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_offered_the_same(inside, shell):
    words = {"_TYPER_COMPLETE_ARGS": "selfinstruct judge mypool --rubric va"}
    words |= {"_SELFINSTRUCT_COMPLETE": f"complete_{shell}"}
    done = inside(env=words | {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}, check=0)
    assert "validity" in done.stdout
    assert "rating" not in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed(inside, shell):
    done = inside(env={"_SELFINSTRUCT_COMPLETE": f"source_{shell}"}, check=0)
    assert f"_SELFINSTRUCT_COMPLETE=complete_{shell}" in done.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_itself_completes_by_the_script(place):
    script = """
        eval "$(_SELFINSTRUCT_COMPLETE=source_bash selfinstruct)"
        COMP_WORDS=(selfinstruct status my) COMP_CWORD=2
        _selfinstruct_completion selfinstruct
        echo "${COMPREPLY[@]}"
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=place,
        env=environment({"PATH": path}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "myother mypool\n"


def test_completing_loads_none_of_what_takes_time(place):
    slow = {"pydantic", "rich", "numpy", "openai", "jinja2", "rapidfuzz"}
    rooms = {"selfinstruct.recipes", "selfinstruct.formats", "selfinstruct.pool"}
    code = f"""
import atexit, sys
sys.argv = ["selfinstruct"]
atexit.register(lambda: print(sorted({slow | rooms!r} & set(sys.modules)), file=sys.stderr))
from selfinstruct.cli import run
run()
"""
    words = {"COMP_WORDS": "selfinstruct judge mypool --rubric v", "COMP_CWORD": "4"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=place,
        env=environment(BASH | words),
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("validity\n", "[]\n")


def test_options_may_say_otherwise_than_their_name():
    told = base.option("--format", base.WHAT, "Text.", autocompletion=completing.written)
    assert told.autocompletion is completing.written
    assert base.own("--nothing", base.WHAT, "Text.").autocompletion is None


def test_folders_that_cannot_be_read_offer_nothing(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert completing.pools(f"{tmp_path}{os.sep}") == []
    assert completing.sources("") == []
