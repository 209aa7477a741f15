"""Texts of files that a terminal would obey, or rich, or that UTF-8 cannot carry."""

from __future__ import annotations

import json
import re
import shutil
import sys

import pytest

from selfinstruct import cli, console

TEXTS = {
    "title": "a\x1b]0;PWN\x07b",
    "colour": "a\x1b[31mb",
    "eight bits": "a\x9b31mb",
    "closing": "a[/nope]b",
    "opening": "a[bold red]b",
    "line": "a\r\nb",
    "direction": "a\u202eb",
    "half": "a\ud800b",
}
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]")


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A pool of evolved tasks: its files have more fields that hold a text than any other."""
    folder = tmp_path_factory.mktemp("grown")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in (
            ("generate", "p", "--teacher", "mock", "--target", "12", "--seed", "1"),
            ("evolve", "p", "q", "--teacher", "mock", "--rounds", "1", "--difficulty", "--yes"),
        ):
            patch.setattr(sys, "argv", ["selfinstruct", *command, "--quiet"])
            with pytest.raises(SystemExit) as ended:
                cli.run()
            assert not ended.value.code, command
    return folder


def _strings(value, path=()):
    """The places of all strings in ``value``, and of all keys of what is counted by name."""
    if isinstance(value, str):
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, (*path, key))
    if isinstance(value, list):
        for key, inner in enumerate(value):
            yield from _strings(inner, (*path, key))


def _put(value, path, text):
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = text


MANIFEST = ("recipe", "language", "tokenizer", "fingerprint", "api", "seeds")
LEDGER = ("time", "event", "teacher", "model", "rejected", "steps", "unapplied")


def _copy(grown, tmp_path, name):
    shutil.copytree(grown / name, tmp_path / "p")
    return tmp_path / "p"


def _looked_at(inside, *arguments):
    done = inside(*arguments)
    assert done.returncode in {0, 2}, done.stderr
    for stream in (done.stdout, done.stderr):
        assert not OBEYED.search(stream), stream
        assert "Traceback" not in stream
    return done


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_of_a_manifest_is_obeyed(inside, grown, tmp_path, text):
    folder = _copy(grown, tmp_path, "p")
    path = folder / "manifest.json"
    whole = path.read_text(encoding="utf-8")
    for field in MANIFEST:
        row = json.loads(whole)
        assert isinstance(row[field], str)
        row[field] = text
        path.write_text(json.dumps(row))
        _looked_at(inside, "status", "p")
        _looked_at(inside, "estimate", "p", "--target", 99)
        shown = json.loads(_looked_at(inside, "status", "p", "--json").stdout)
        assert shown.get(field, text) == text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_of_a_ledger_is_obeyed(inside, grown, tmp_path, text):
    folder = _copy(grown, tmp_path, "p")
    path = folder / "ledger.jsonl"
    before = path.read_text(encoding="utf-8").splitlines()
    for field in LEDGER:
        rows = [json.loads(line) for line in before]
        for row in rows:
            if field == "rejected":
                row[field] = {text: 3}
            elif field == "steps":
                row[field] = {text: {"calls": 3, "unreadable": 1}}
            elif field == "unapplied":
                row[field] = [text]
            else:
                row[field] = text
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        for arguments in (("status", "p"), ("status", "p", "--json"), ("validate", "p")):
            _looked_at(inside, *arguments)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", ["tasks.jsonl", "rejects.jsonl"])
def test_no_text_of_a_task_or_a_refusal_is_obeyed(inside, grown, tmp_path, name, text):
    folder = _copy(grown, tmp_path, "q")
    path = folder / name
    first, *others = path.read_text(encoding="utf-8").splitlines()
    places = list(_strings(json.loads(first)))
    assert places
    for place in places:
        row = json.loads(first)
        _put(row, place, text)
        lines = [json.dumps(row), *others]
        path.write_text("".join(line + "\n" for line in lines))
        _looked_at(inside, "status", "p")
        _looked_at(inside, "validate", "p", "--json")
    _looked_at(inside, "validate", "p")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_table_obeys_what_it_shows(capsys, text):
    """Each table with the text in every place that holds one."""
    figures = {"likely": 1, "low": 1, "high": 1}
    step = {"calls": figures, "prompt_tokens": figures, "completion_tokens": figures}
    console.show_estimate(
        {"steps": {text: step}, **step, "cost_usd": None, "basis": "prompts", "assumptions": [text]}
    )
    console.show_rows({text: text})
    console.show_languages(
        [
            dict.fromkeys(("code", "name", "state", "tokenizer"), text)
            | {"threshold": 0.5, "seeds": 1, "mock": False}
        ]
    )
    kind = {"count": 1, "mean": 0.1, "at_threshold": 0.1, "at_pack_threshold": 0.1}
    console.show_calibration(
        {
            "tasks": 1,
            "tokenizer": text,
            "nearest": {text: 0.1},
            "threshold": None,
            "reached": 0.1,
            "reference_share": 0.1,
            "pack_threshold": 0.1,
            "language": text,
            "pack_tokenizer": text,
            "refused": {text: kind},
        }
    )
    for said in capsys.readouterr():
        assert not OBEYED.search(said), said
