"""Each broken rule is named with its line."""

from __future__ import annotations

import json
import shutil

import pytest


@pytest.fixture
def program(inside):
    return inside


GOOD = {
    "id": "a",
    "instruction": "Say it.",
    "is_classification": False,
    "instances": [{"input": "", "output": "x"}],
}
TURN = {"role": "user", "content": "a"}
ANSWER = {"role": "assistant", "content": "b"}
DEFINED = {
    "Definition": ["Say."],
    "Instances": [{"id": "i", "input": "", "output": ["x"]}],
}


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (GOOD | {"instruction": " "}, "empty-instruction"),
        (GOOD | {"instances": []}, "no-instances"),
        (GOOD | {"instances": [{"input": "", "output": ""}]}, "empty-output"),
        (GOOD | {"instances": [{"input": 1, "output": "x"}]}, "wrong-type"),
        (GOOD, "duplicate-id"),
        (GOOD | {"id": "b", "instruction": "a \ud800"}, "surrogate"),
        ({"instruction": "a", "output": "b"}, "other-format"),
        ([1], "not-json"),
    ],
)
def test_seed_files(row, rule, program, tmp_path):
    path = tmp_path / "seeds.jsonl"
    path.write_text(json.dumps(GOOD) + "\n" + json.dumps(row) + "\n")
    done = program("validate", path, check=2)
    assert done.stdout.startswith(f"{path}:2: {rule}: ")


@pytest.mark.parametrize(
    ("turns", "rule"),
    [
        ([TURN], "last-message"),
        ([{"role": "robot", "content": "a"}, ANSWER], "unknown-role"),
        ([TURN, {"role": "assistant", "content": " "}], "empty-content"),
        ([TURN, {"role": "assistant"}], "wrong-type"),
        ([], "missing-key"),
    ],
)
def test_dialogues(turns, rule, program, tmp_path):
    path = tmp_path / "chat.jsonl"
    good = json.dumps({"messages": [TURN, ANSWER]}) + "\n"
    path.write_text(good * 11 + json.dumps({"messages": turns}) + "\n")
    done = program("validate", path, check=2)
    assert f"{path}:12: {rule}: " in done.stdout
    path.write_text(good * 9)
    assert f"{path}: few-rows: " in program("validate", path, check=2).stdout
    path.write_text(good * 10)
    assert "nothing wrong" in program("validate", path, check=0).stderr


def test_task_files(program, tmp_path):
    path = tmp_path / "task.json"
    path.write_text(json.dumps(DEFINED, indent=4))
    done = program("validate", path, "--json", check=0)  # an import reads it
    found = json.loads(done.stdout)
    assert {one["rule"] for one in found["warnings"]} == {"missing-key"}
    assert any("Instance License" in one["text"] for one in found["warnings"])
    assert found["checked"] == [
        {"path": str(path), "kind": "superni", "rows": 1, "problems": 0, "warnings": 12}
    ]
    path.write_text(json.dumps(DEFINED | {"Instances": [{"input": "x"}]}))
    assert ": wrong-type: " in program("validate", path, check=2).stdout
    path.write_text(json.dumps(DEFINED | {"Instances": []}))
    assert ": no-instances: " in program("validate", path, check=2).stdout


def test_what_a_file_lacks_and_an_import_reads_is_a_warning_said_once(program, tmp_path):
    path = tmp_path / "tasks.jsonl"
    rows = [{key: GOOD[key] for key in ("instruction", "instances")} | {"id": n} for n in "abc"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = program("validate", path, check=0).stdout.splitlines()
    assert [line.split(": ")[:3] for line in said] == [[f"{path}:1", "warning", "missing-key"]]
    program("import", path, "--into", "p", "--no-filter", check=0)


def test_exports_and_pools_are_valid(grow, program):
    pool, _, _ = grow("pool", 30)
    for form in ("alpaca", "chat", "sharegpt", "completion", "flan"):
        program("export", pool, "--format", form, "-o", f"{form}.jsonl", check=0)
    for form in ("superni", "hf"):
        program("export", pool, "--format", form, "-o", form, check=0)
    names = ["alpaca", "chat", "sharegpt", "completion", "flan"]
    done = program("validate", pool, "superni", "hf", *(f"{name}.jsonl" for name in names))
    assert done.stdout == ""
    assert done.returncode == 0


def test_a_pool_that_was_edited(grow, program, tmp_path):
    pool, _, _ = grow("pool", 20)
    edited = tmp_path / "edited"
    shutil.copytree(pool, edited)
    lines = (edited / "tasks.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    lines[4] = lines[4].replace('"output": "', '"output": "X', 1)
    (edited / "tasks.jsonl").write_text("".join(lines), encoding="utf-8")
    done = program("validate", edited, check=2)
    assert "tasks.jsonl:5: changed: the id is not the digest of the content" in done.stdout
    assert ": damaged: " in done.stdout


def test_what_cannot_be_read_is_said_in_one_sentence(program):
    done = program("validate", "nothing.jsonl", check=2)
    assert done.stderr == "selfinstruct: nothing.jsonl: no such file.\n"


def test_one_file_that_cannot_be_read_does_not_hide_the_others(program, tmp_path):
    (tmp_path / "broken.json").write_text('[\n{"instruction": "a", "output": "b"},\n{"x": ')
    (tmp_path / "bad.jsonl").write_text('{"messages": []}\n')
    done = program("validate", "broken.json", "bad.jsonl", check=2)
    assert "broken.json: unreadable: broken.json:3: the array breaks off" in done.stdout
    assert "bad.jsonl:1: missing-key" in done.stdout
