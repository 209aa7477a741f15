"""Ctrl-C and SIGTERM in the verbs that read and write files: a sentence, and nothing half done."""

from __future__ import annotations

import importlib
import json
import os
import signal

import pytest
import typer
from conftest import rows
from pools import pool_of, task

ROWS = [
    {"instruction": f"Tell {a} about {b}.", "input": "", "output": f"{b} is {a}."}
    for a in ("nine poets", "my uncle", "every judge", "some sailor", "old monks")
    for b in ("frozen lakes", "tax law", "honey", "chess endings", "the moon")
]


@pytest.fixture
def program(inside):
    return inside


@pytest.fixture
def data(tmp_path):
    pool = pool_of(tmp_path / "p", [task(one["instruction"], ("", one["output"])) for one in ROWS])
    (pool / "seeds.jsonl").write_text((pool / "tasks.jsonl").read_text())
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(one) + "\n" for one in ROWS))
    return tmp_path


VERBS = {
    "filter": ("formats.writing:RecordFile.write", "filter in.jsonl -o x.jsonl --rejects y.jsonl"),
    "import": ("formats.gathering:Gathered._write", "import in.jsonl --into new"),
    "export": ("formats.writing:RecordFile.write", "export p --format alpaca -o x.json"),
    "export hf": ("formats.tables:ParquetFile.write", "export p --format hf -o x"),
    "export superni": ("formats.taskfiles:TaskFolder.write", "export p --format superni -o x"),
    "decontaminate": (
        "filters.contamination:Benchmark.hits",
        "decontaminate p --against in.jsonl --report x.jsonl",
    ),
    "validate": ("formats.checking:Checked.count", "validate in.jsonl"),
    "calibrate": ("novelty.edited:pair_score", "calibrate in.jsonl"),
}


def signalled(monkeypatch, place, number, at=3):
    """Make the function at ``place`` send this process a signal in one of its calls."""
    module, _, path = place.partition(":")
    holder = importlib.import_module(f"selfinstruct.{module}")
    *classes, name = path.split(".")
    for one in classes:
        holder = getattr(holder, one)
    original, calls = getattr(holder, name), []

    def call(*arguments, **more):
        calls.append(1)
        if len(calls) == at:
            os.kill(os.getpid(), number)
        return original(*arguments, **more)

    monkeypatch.setattr(holder, name, call)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("verb", VERBS)
def test_a_signal_ends_a_verb_with_a_sentence_and_leaves_nothing(
    data, program, monkeypatch, verb, number
):
    place, command = VERBS[verb]
    if verb == "export hf":
        pytest.importorskip("pyarrow")
    before = {path for path in data.rglob("*") if path.name != ".lock"}
    handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    signalled(monkeypatch, place, number)
    done = program(*command.split(), check=128 + number)
    words = [line for line in done.stderr.splitlines() if line.startswith("selfinstruct: ")]
    assert words == ["selfinstruct: interrupted; what was not finished is as it was before."]
    assert {path for path in data.rglob("*") if path.name != ".lock"} == before
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_an_import_ends_behind_the_task_at_hand_and_goes_on_to_the_same(data, program, monkeypatch):
    program("import", "in.jsonl", "--into", "whole", check=0)
    with monkeypatch.context() as patch:
        signalled(patch, "bootstrap.intake:Intake.take", signal.SIGTERM)
        done = program("import", "in.jsonl", "--into", "new", check=143)
    kept = len(rows(data / "new" / "tasks.jsonl"))
    assert 0 < kept <= 3
    assert f"interrupted; {kept} tasks are kept. Run the same command again" in done.stderr
    program("import", "in.jsonl", "--into", "new", check=0)
    whole, new = (rows(data / name / "tasks.jsonl") for name in ("whole", "new"))
    assert [one["id"] for one in new] == [one["id"] for one in whole]


def test_tasks_are_taken_out_as_a_whole_or_not_at_all(data, program, monkeypatch):
    program("import", "in.jsonl", "--into", "new", check=0)
    (data / "bench.jsonl").write_text(json.dumps(ROWS[3]) + "\n")
    signalled(monkeypatch, "pool.removing:_stage", signal.SIGINT, at=1)
    program("decontaminate", "new", "--against", "bench.jsonl", "--remove", check=130)
    assert not (data / "new" / "tasks.jsonl.next").exists()
    assert ROWS[3]["instruction"] not in (data / "new" / "tasks.jsonl").read_text()
    program("validate", "new", check=0)


def test_ctrl_c_at_the_question_of_evolve_is_a_no(program, data, monkeypatch):
    monkeypatch.setattr("selfinstruct.cli.consent._is_terminal", lambda: True)
    monkeypatch.setattr("typer.confirm", aborted)
    done = program("evolve", "in.jsonl", "new", "--teacher", "mock", "--rounds", 1, check=130)
    assert "Nothing was asked." in done.stderr
    assert not (data / "new" / "replies.jsonl").exists()


def aborted(*_, **__):
    """As typer ends a question that Ctrl-C answers."""
    raise typer.Abort
