"""Reviews in sheets and for Label Studio: out blind, back in with answers alone."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET

import pytest
from reviewing import SETTINGS, answer_all, plain_tasks, task_file, votes

import selfinstruct as si
from selfinstruct.errors import SettingsError, UsageError

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "'=quoted",
    "plain",
    'a "quoted", one\nof two lines',
]


@pytest.fixture
def source(tmp_path):
    tasks = [(f"Say it {n}. {text}", text, text) for n, text in enumerate(FORMULAS)]
    return task_file(tmp_path / "by-gpt-4.jsonl", tasks)


def given(tmp_path, folder="v", **more):
    return SETTINGS(**{"rubric": "rating", "into": tmp_path / folder, "reviewer": "ann", **more})


def summary(source, settings):
    found = si.review_summary(source, settings=settings).reviews[0].row()
    return {name: found[name] for name in ("items", "shares", "good", "means")}


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


CASES = {
    "validity": lambda place, key: "yes" if (place + len(key)) % 3 else "no",
    "rating": lambda place, _: "ABCD"[place % 4],
    "criteria": lambda place, key: "na" if key == "reasoning" and place % 2 else 1 + place % 5,
    "score": lambda place, _: place / 2,
    "tags": lambda place, _: ("a river", f"list {place}"),
}


@pytest.mark.parametrize("form", ["sheet", "label-studio"])
@pytest.mark.parametrize("rubric", CASES)
def test_there_and_back_is_the_same_summary(source, tmp_path, form, rubric):
    ours, theirs = given(tmp_path, rubric=rubric), given(tmp_path, "w", rubric=rubric)
    answer_all(source, CASES[rubric], rubric=rubric, into=tmp_path / "v", reviewer="ann")
    path = tmp_path / ("out.csv" if form == "sheet" else "out.json")
    written = si.write_review(source, path, settings=ours, form=form)
    assert written.items == 8
    text = path.read_text(encoding="utf-8")
    assert "gpt" not in text
    taken = si.read_review(source, path, settings=theirs, form=form)
    assert taken.votes == len(votes(tmp_path / "v"))
    assert summary(source, theirs) == summary(source, ours)
    assert si.read_review(source, path, settings=theirs, form=form).votes == 0  # all is there


@pytest.mark.parametrize("form", ["sheet", "label-studio"])
def test_pairs_there_and_back_keep_their_sides(tmp_path, form):
    one = task_file(tmp_path / "a.jsonl", plain_tasks(12))
    other = task_file(tmp_path / "b.jsonl", plain_tasks(12, " It is long."))
    more = {"rubric": None, "pairs": (str(one), str(other))}
    path = tmp_path / ("out.csv" if form == "sheet" else "out.json")
    si.write_review("", path, settings=given(tmp_path, **more), form=form)
    if form == "sheet":  # somebody fills it in: the longer one is better
        rows = table(path)
        for row in rows:
            row["answer"] = "second" if len(row["response_2"]) > len(row["response_1"]) else "First"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    else:
        tasks = json.loads(path.read_text(encoding="utf-8"))
        for task in tasks:
            left = len(task["data"]["text1"]) > len(task["data"]["text2"])
            value = {"selected": "left" if left else "right"}
            result = {"from_name": "better", "type": "pairwise", "value": value}
            task["annotations"] = [
                {"result": [result]},
                {"result": [], "was_cancelled": True},
            ]
        path.write_text(json.dumps(tasks), encoding="utf-8")
    assert si.read_review("", path, settings=given(tmp_path, **more), form=form).votes == 12
    assert {row["answer"] for row in votes(tmp_path / "v")} == {"second"}
    (found,) = si.review_summary("", settings=given(tmp_path, **more)).reviews
    assert (found.sides.second.share, found.sides.left.k) == (1.0, 6)


def test_no_cell_is_a_formula_and_notes_come_back_as_they_were(source, tmp_path):
    from selfinstruct.api.review import asking

    notes = [*FORMULAS[:4], "''=x", "'=y", "'z", "plain"]
    with asking(source, settings=given(tmp_path)) as asked:
        while (now := asked.session.now()).question is not None:
            asked.session.vote(now.turn, "A", notes[now.place])
    path = tmp_path / "out.csv"
    si.write_review(source, path, settings=given(tmp_path))
    cells = [cell for row in table(path) for cell in row.values()]
    assert not [cell for cell in cells if re.match(r"[=+\-@\t\r]", cell)]
    assert "'=1+1" in cells
    assert "''=quoted" in cells
    si.read_review(source, path, settings=given(tmp_path, "w"))
    kept = {row["item"]: row.get("note") for row in votes(tmp_path / "v")}
    assert {row["item"]: row.get("note") for row in votes(tmp_path / "w")} == kept
    assert sorted(kept.values()) == sorted(notes)


def test_a_sheet_with_a_flaw_changes_nothing(source, tmp_path):
    path = tmp_path / "out.csv"
    si.write_review(source, path, settings=given(tmp_path))
    rows = table(path)
    rows[0]["answer"] = "a"
    flaws = {
        "E": ("answer", r"out\.csv:\d+: 'E' is no answer to 'rating': A, B, C, D"),
        "0" * 16: ("id", r"the id '0{16}' is none of this review"),
        "taste": ("question", "rating asks no 'taste'"),
    }
    for value, (column, said) in flaws.items():
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows([*rows[:3], {**rows[3], "answer": "B", column: value}])
        with pytest.raises(UsageError, match=said):
            si.read_review(source, path, settings=given(tmp_path))
    assert votes(tmp_path / "v") == []
    path.write_text("id,question\na,b\n")
    with pytest.raises(UsageError, match="no column 'answer'"):
        si.read_review(source, path, settings=given(tmp_path))
    (tmp_path / "other.json").write_text('[{"text": "x"}]')
    with pytest.raises(UsageError, match="no task of a Label Studio export"):
        si.read_review(
            source, tmp_path / "other.json", settings=given(tmp_path), form="label-studio"
        )
    with pytest.raises(SettingsError, match="--for is"):
        si.read_review(source, path, settings=given(tmp_path), form="argilla")
    with pytest.raises(UsageError, match="--force"):
        si.write_review(source, path, settings=given(tmp_path))


def test_the_labelling_page_names_what_the_tasks_hold(source, tmp_path):
    for rubric, kind in (("criteria", "Choices"), ("tags", "TextArea")):
        path = tmp_path / f"{rubric}.json"
        written = si.write_review(
            source, path, settings=given(tmp_path, rubric=rubric), form="label-studio"
        )
        page = ET.parse(written.files[1]).getroot()  # noqa: S314 - our own file
        data = json.loads(path.read_text(encoding="utf-8"))[0]["data"]
        shown = {one.get("value") for one in page.iter("Text")}
        assert shown == {f"${name}" for name in data if name != "item"}
        names = {one.get("name") for one in page.iter("Text")}
        controls = list(page.iter(kind))
        assert controls
        assert {one.get("toName") for one in controls} <= names
        aliases = [one.get("alias") for one in page.iter("Choice")]
        assert ("na" in aliases) == (rubric == "criteria")
