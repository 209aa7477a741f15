"""``selfinstruct review`` on the command line: in the terminal, its tables, its exit codes."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys

import pytest
from conftest import PROGRAM, environment
from reviewing import answer_all, plain_tasks, task_file, votes

import selfinstruct as si


@pytest.fixture
def source(tmp_path):
    return task_file(tmp_path / "data.jsonl", plain_tasks(4))


@pytest.fixture
def typed(inside, monkeypatch):
    def run(text, *arguments, **more):
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        return inside("review", *arguments, "--plain", "--reviewer", "ann", **more)

    return run


def test_the_same_questions_in_the_terminal_make_the_same_rows(typed, source, tmp_path):
    lines = ["a", "B", "?", "E", "/ a = note", "u", "3", "s", "d", "", "u", "s", "q"]
    done = typed("\n".join(lines), source, "--rubric", "rating", "--into", "v", check=0)
    assert [(row.get("answer"), row.get("note")) for row in votes(tmp_path / "v")] == [
        ("A", None),
        ("B", None),
        (None, None),
        ("C", "a = note"),
        ("D", None),
        (None, None),
    ]
    assert "'E' is no answer to this." in done.stderr
    assert "Name the river number" in done.stderr
    assert "1 item was put off" in done.stderr
    assert "2 items are left; the same command goes on." in done.stderr
    assert "2 items by ann" in done.stdout
    done = typed("a\na\n", source, "--rubric", "rating", "--into", "v", "--json", check=0)
    assert "All 4 items are answered." in done.stderr
    told = json.loads(done.stdout)
    assert (told["left"], told["reviews"][0]["items"]) == (0, 4)


def test_pairs_and_numbers_in_the_terminal(typed, source, tmp_path):
    other = task_file(tmp_path / "b.jsonl", plain_tasks(4, " Long."))
    done = typed("1\n2\nt\nb\n", "--pairs", source, other, "--into", "v", check=0)
    assert "both_bad" in {row["answer"] for row in votes(tmp_path / "v")}
    assert "b over data: " in done.stdout
    assert "[Output 1]\nRiver " in done.stderr
    typed("4,5\n0\n", source, "--rubric", "score", "--into", "w", check=0)
    assert [row["answer"] for row in votes(tmp_path / "w")] == [4.5, 0]
    typed("one, two\n", source, "--rubric", "tags", "--into", "x", check=0)
    assert votes(tmp_path / "x")[0]["answer"] == ["one", "two"]


def test_what_stands_in_a_text_is_shown_and_never_obeyed(typed, tmp_path):
    lines = "\n".join(f"line {number}" for number in range(50))
    source = task_file(tmp_path / "d.jsonl", [("Do \x1b[31mit\x07.", "", lines)])
    done = typed("f\n", source, "--rubric", "rating", "--into", "v", check=0)
    assert "\x1b" not in done.stderr
    assert "Do \\x1b[31mit\\x07." in done.stderr
    assert "10 more lines" in done.stderr
    assert done.stderr.count("line 3\n") == 2
    assert done.stderr.count("line 49\n") == 1


def test_the_tables_of_what_people_said(inside, grow):
    pool, _, _ = grow("pool", 60)
    judged = si.judge(pool, teacher=si.Teacher("mock"), settings=si.JudgeSettings(name="j"))
    for name, rest in (("ann", 5), ("bob", 3)):
        said = {place: "no" if place % rest == 0 else "yes" for place in range(60)}
        answer_all(pool, lambda place, _, said=said: said[place], reviewer=name)
    done = inside("review", pool, "--summary", check=0)
    assert "60 items by ann" in done.stdout
    assert "60 items by bob" in done.stdout
    assert "80.0%  68.2–88.2  54%" in done.stdout.replace("   ", "  ")
    done = inside("review", pool, "--summary", "--reviewer", "bob", check=0)
    assert "by ann" not in done.stdout
    done = inside("review", pool, "--agreement", check=0)
    for text in (
        "j and ann",
        "ann and bob",
        "alpha of people:",
        "alpha of everybody:",
        "corrected by people",
        "j ↓  ann →",
    ):
        assert text in done.stdout, text
    told = json.loads(inside("review", pool, "--agreement", "--json", check=0).stdout)
    assert told["judges"] == ["j"]
    assert set(told["corrected"]["j"]) == {"instruction", "input", "output", "all"}
    done = inside("judge", pool, "--teacher", "mock", "--name", "j", check=0)
    assert "corrected by people" in done.stderr
    assert judged.judged > 50
    assert "reviewed" in inside("status", pool, check=0).stdout


def test_sheets_and_nonsense_on_the_command_line(inside, source, tmp_path):
    into = ("--into", "v", "--rubric", "rating", "--reviewer", "ann")
    done = inside("review", source, *into, "--out", "s.csv", check=0)
    assert "4 items, as ann sees them, are in s.csv" in done.stderr
    assert "--force" in inside("review", source, *into, "--out", "s.csv", check=2).stderr
    sheet = (tmp_path / "s.csv").read_text(encoding="utf-8")
    (tmp_path / "s.csv").write_text(sheet.replace(",rating,,", ",rating,B,"), encoding="utf-8")
    done = inside("review", source, *into, "--in", "s.csv", "--json", check=0)
    assert json.loads(done.stdout)["votes"] == 4
    done = inside("review", source, *into, "--out", "l.json", "--for", "label-studio", check=0)
    assert "l.json and l.xml" in done.stderr
    for arguments, said in (
        (("--summary", "--agreement"), "--summary and --agreement do not go together"),
        (("--for", "label-studio"), "name a file"),
        (("--out", "x", "--for", "excel"), "--for is sheet or label-studio"),
        (("--out", "-", "--json"), "--json"),
    ):
        assert said in inside("review", source, *into, *arguments, check=2).stderr
    assert "a pool, or a data set" in inside("review", check=2).stderr
    assert (
        "nobody has answered"
        in inside("review", source, "--into", "n", "--agreement", check=2).stderr
    )
    assert (
        "Nobody has answered"
        in inside("review", source, "--into", "n", "--summary", check=0).stderr
    )


@pytest.mark.skipif(os.name == "nt", reason="interrupts as POSIX does")
def test_one_process_for_a_reviewer_and_ctrl_c_ends_it_with_the_summary(inside, source, tmp_path):
    command = [*PROGRAM, "review", str(source), "--into", "v", "--reviewer", "ann", "--no-browser"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), **pipes) as process:
        assert process.stderr.readline().startswith("Listening on http://127.0.0.1:")
        second = inside("review", source, "--into", "v", "--reviewer", "ann", "--plain", check=5)
        assert "another run holds this review by ann" in second.stderr
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "4 items are left" in err
    assert "Traceback" not in err
    assert not out
