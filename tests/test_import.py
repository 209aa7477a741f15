"""Importing as a user does, and what a pool does with what it was given."""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections import Counter

import pytest
from conftest import EXAMPLES, PROGRAM, ROOT, JitteryMock, environment, made_with

from selfinstruct import jsonl
from selfinstruct.mock.grammar import grammar
from selfinstruct.pool import look


@pytest.fixture
def program(inside):
    return inside


LINES = [
    ("Name three rivers that cross the old town.", "", "Elbe, Spree, Havel"),
    ("Sort the words below by their length.", "pear fig banana", "fig pear banana"),
    ("Sort the words below by their length.", "kiwi plum apple", "kiwi apple plum"),
    ("Name three rivers which cross the old town.", "", "Elbe, Spree, Havel"),
    ("Describe what the image shows in detail.", "", "A dog."),
    ("Count the vowels in this sentence for me.", "echo", "echo"),
]


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_text(
        jsonl.lines(
            dict(zip(("instruction", "input", "output"), row, strict=True)) for row in LINES
        )
    )
    return path


def test_rows_pass_the_rules_of_the_pool_and_name_their_source(program, data, tmp_path):
    done = program("import", data, "--into", "p", "--json", check=0)
    said = json.loads(done.stdout)
    assert said["formats"] == {str(data): "alpaca"}
    assert (said["read"], said["found"], said["tasks"], said["instances"]) == (6, 5, 2, 3)
    assert said["rejected"] == {
        "too_similar": 1,
        "keyword": 1,
        "input_equals_output": 1,
        "no_valid_instance": 1,
    }
    tasks, rejects = rows(tmp_path / "p/tasks.jsonl"), rows(tmp_path / "p/rejects.jsonl")
    assert [len(one["instances"]) for one in tasks] == [1, 2]
    assert tasks[1]["provenance"] == {
        "recipe": "import",
        "teacher": "",
        "model": "",
        "request": 0,
        "demonstrations": [],
        "candidate": -1,
        "order": 1,
        "source": f"{data}:2",
        "format": "alpaca",
        "filtered": True,
    }
    assert all(one["detail"]["source"].startswith(str(data)) for one in rejects)


def test_without_filters_everything_is_taken(program, data):
    done = program("import", data, "--into", "p", "--no-filter", "--json", check=0)
    assert json.loads(done.stdout)["tasks"] == 5


def test_the_same_file_again_brings_nothing(program, data, tmp_path):
    program("import", data, "--into", "p", check=0)
    before = [(tmp_path / "p" / name).read_bytes() for name in ("tasks.jsonl", "rejects.jsonl")]
    done = program("import", data, "--into", "p", "--json", check=0)
    said = json.loads(done.stdout)
    assert (said["accepted"], said["present"], said["rejected"]["too_similar"]) == (0, 2, 1)
    after = [(tmp_path / "p" / name).read_bytes() for name in ("tasks.jsonl", "rejects.jsonl")]
    assert after == before


def test_a_broken_row_changes_nothing(program, data, tmp_path):
    with data.open("a") as file:
        file.write('{"messages": []}\n')
    done = program("import", data, "--into", "p", check=2)
    assert "data.jsonl:7: is no row of the format alpaca; its fields are 'messages'" in done.stderr
    assert "--on-error skip" in done.stderr
    assert not (tmp_path / "p").exists()
    program("import", data, "--into", "p", "--on-error", "skip", check=0)
    assert "malformed" in {one["reason"] for one in rows(tmp_path / "p/rejects.jsonl")}


def test_a_table_without_the_column_is_refused(program, tmp_path):
    (tmp_path / "x.csv").write_text("Q,A\nWho?,Me\n")
    done = program("import", "x.csv", "--into", "p", "--map", "instruction=Frage", check=2)
    assert "x.csv:2: there is no column 'Frage'; the columns are 'Q', 'A'" in done.stderr
    done = program("import", "x.csv", "--into", "p", check=2)
    assert "no known format has the fields 'Q', 'A'" in done.stderr
    assert "--map instruction=FIELD" in done.stderr
    program(
        "import", "x.csv", "--into", "p", "--map", "instruction=Q,output=A", "--no-filter", check=0
    )


def test_queries_that_stood_earlier_and_other_languages_can_be_dropped(program, tmp_path):
    texts = [
        "Explain to me how the tides of the sea come about.",
        "explain to me, how the TIDES of the sea come about",
        "Explique-moi comment viennent les marées de la mer du Nord en hiver.",
        "다음 문장을 읽고 중심 내용을 한 문장으로 요약해 주세요.",
    ]
    path = tmp_path / "x.jsonl"
    path.write_text(jsonl.lines({"prompt": text, "completion": "ok"} for text in texts))
    options = ["--dedupe", "--drop-other-languages", "--json", "--no-filter"]
    done = program("import", path, "--into", "p", *options, check=0)
    said = json.loads(done.stdout)
    assert said["rejected"] == {"other_language": 2, "duplicate": 1}
    assert said["tasks"] == 1


def test_a_pool_goes_on_growing_from_what_was_imported(program, tmp_path):
    more = tmp_path / "more.jsonl"
    frame = "Write a note about {} for the {} next door."
    words = ["moss", "granite", "opera", "ladders", "yeast", "tunnels", "kites", "amber"]
    more.write_text(
        jsonl.lines(
            {"instruction": frame.format(a, b), "output": "ok"}
            for a, b in zip(words, reversed(words), strict=True)
        )
    )
    program("import", more, "--into", "p", "--no-filter", check=0)
    program("generate", "p", "--teacher", "mock", "--target", 60, "--quiet", check=0)
    tasks = rows(tmp_path / "p/tasks.jsonl")
    imported = {one["id"] for one in tasks if one["provenance"]["recipe"] == "import"}
    shown = {name for one in tasks for name in one["provenance"]["demonstrations"]}
    assert len(tasks) == 60
    assert imported & shown
    assert len(look(tmp_path / "p").yields)


def test_importing_into_a_pool_with_stored_replies_buys_none_again(grow, data, program):
    folder, _, _ = grow("p", 20, teacher=JitteryMock())
    program("import", data, "--into", folder, "--no-filter", check=0)
    before = len(rows(folder / "replies.jsonl"))
    grow("p", 60)
    keys = Counter(row["key"] for row in rows(folder / "replies.jsonl"))
    assert set(keys.values()) == {1}
    assert len(keys) > before
    assert len(rows(folder / "tasks.jsonl")) == 60


def test_interrupted_or_not_a_pool_with_imports_grows_the_same(grow, data, program):
    folders = []
    for name, targets in (("once", [60]), ("steps", [27, 41, 60])):
        folder, _, _ = grow(name, 20)
        program("import", data, "--into", folder, "--no-filter", check=0)
        for target in targets:
            grow(name, target + 0)
        folders.append(folder)
    first, second = ((folder / "tasks.jsonl").read_bytes() for folder in folders)
    assert first == second
    assert (folders[0] / "rejects.jsonl").read_bytes() == (
        folders[1] / "rejects.jsonl"
    ).read_bytes()


def test_a_pool_of_examples_takes_examples_of_its_task_only(grow, program, tmp_path):
    folder, _, _ = grow("p", 10, data=made_with(seed=1, recipe="targeted", seeds=EXAMPLES))
    instruction = rows(EXAMPLES)[0]["instruction"]
    path = tmp_path / "x.jsonl"
    given = [(instruction, "We would be glad to see you on Friday, if that suits you.", "formal")]
    given += [(instruction, "hey u coming or what", "casual"), ("Add.", "1 2", "3")]
    path.write_text(
        jsonl.lines(
            dict(zip(("instruction", "input", "output"), row, strict=True)) for row in given
        )
    )
    done = program("import", path, "--into", folder, "--json", check=0)
    said = json.loads(done.stdout)
    assert said["rejected"] == {"other_task": 1}
    assert said["accepted"] == 2
    assert rows(folder / "tasks.jsonl")[-1]["provenance"]["judged"] == "input"


def test_evolved_pools_are_not_imported_into(grow, data, program):
    from conftest import sources

    evolved = made_with(seed=1, recipe="evolve", sources=sources(6), rounds=2)
    folder, _, _ = grow("p", 5, data=evolved, unbounded=True)
    done = program("import", data, "--into", folder, check=2)
    assert "evolved tasks" in done.stderr


def test_what_is_read_cannot_be_the_pool_itself(program, data):
    program("import", data, "--into", "p", check=0)
    assert "both read and written" in program("import", "p", "--into", "p", check=2).stderr
    assert "holds no rows" in program("import", "/dev/null", "--into", "p", check=2).stderr


def test_the_seed_file_of_the_project_is_a_data_set_too(program):
    seeds = ROOT / "seeds" / "en.jsonl"
    done = program("import", seeds, "--into", "p", "--no-filter", "--json", check=0)
    assert json.loads(done.stdout)["tasks"] == 175


@pytest.mark.slow
def test_an_import_killed_half_way_is_finished_by_running_it_again(tmp_path, program):
    mock, rng = grammar("en"), random.Random(0)
    path = tmp_path / "big.jsonl"
    path.write_text(
        jsonl.lines(
            {"instruction": mock.fill(rng.choice(mock.open), rng), "input": "", "output": "ok"}
            for _ in range(3500)
        )
    )
    program("import", path, "--into", "calm", check=0)
    killed = 0
    tasks = tmp_path / "killed" / "tasks.jsonl"
    for _ in range(3):
        before = tasks.stat().st_size if tasks.exists() else 0
        process = subprocess.Popen(
            [*PROGRAM, "import", path, "--into", "killed", "--quiet"],
            cwd=tmp_path,
            env=environment(),
        )
        while process.poll() is None and not (tasks.exists() and tasks.stat().st_size > before):
            time.sleep(0.005)  # until it has committed something, and has more to do
        process.kill()
        killed += process.wait() != 0
    assert killed
    program("import", path, "--into", "killed", check=0)
    calm, other = (tmp_path / name / "tasks.jsonl" for name in ("calm", "killed"))
    assert calm.read_bytes() == other.read_bytes()
    program("validate", "killed", check=0)


def test_an_import_that_died_in_its_first_commit_is_finished_by_running_it_again(
    tmp_path, program, data
):
    program("import", data, "--into", "calm", check=0)
    program("import", data, "--into", "killed", check=0)
    killed = tmp_path / "killed"
    ledger = (killed / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    (killed / "ledger.jsonl").write_bytes(ledger[0])  # as before the line of the first commit
    (killed / "tasks.jsonl").write_bytes((killed / "tasks.jsonl").read_bytes()[:-9])
    program("import", data, "--into", "killed", check=0)
    for name in ("tasks.jsonl", "rejects.jsonl"):
        assert (killed / name).read_bytes() == (tmp_path / "calm" / name).read_bytes()


def test_a_replay_says_that_imported_tasks_came_of_no_reply(grow, data, program):
    folder, _, _ = grow("p", 20)
    program("import", data, "--into", folder, "--no-filter", check=0)
    done = program("replay", folder, "--into", "q", check=0)
    assert "5 imported tasks came of no reply: import them again" in done.stderr
