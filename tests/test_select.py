"""``select`` as a user calls it, on pools that a mock judged, and ``export --only``."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import made_with

import selfinstruct as si
from selfinstruct import jsonl
from selfinstruct.errors import SettingsError, UsageError

GOLDEN = Path(__file__).parent / "data" / "selection.json"
MOCK = si.Teacher("mock")
RUBRICS = ("complexity", "quality", "rating", "score", "tags")
ROWS = ("alpaca", "chat", "sharegpt", "completion", "flan")


def judged(folder, *names, **more):
    for name in names:
        si.judge(folder, name, teacher=MOCK, settings=si.JudgeSettings(sample=None, **more))


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    folder = tmp_path_factory.mktemp("selected") / "pool"
    si.generate(folder, target=60, teacher=MOCK, settings=si.PoolSettings(seed=1))
    judged(folder, *RUBRICS)
    return folder


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def rows(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def ids(path):
    return [row["id"] for row in rows(path)]


def answers(pool, name, key):
    """Of each task the mean of what was said of its instances."""
    found = {}
    for row in rows(pool / "judgements" / f"{name}-mock-en" / "judgements.jsonl"):
        value = row["answers"].get(key, "na")
        if row["status"] == "read" and not row["control"] and value != "na":
            found.setdefault(row["item"].partition("#")[0], []).append(value)
    return {task: sum(values) / len(values) for task, values in found.items()}


def test_the_best_come_first_and_all_others_stand_beside_with_their_reasons(pool):
    result = si.select(pool, by="deita", size=12)
    chosen, passed = rows("selection.jsonl"), rows("selection.passed.jsonl")
    assert [row["rank"] for row in chosen] == list(range(1, 13))
    assert sorted([row["id"] for row in [*chosen, *passed]]) == sorted(ids(pool / "tasks.jsonl"))
    complexity = answers(pool, "complexity", "complexity")
    quality = answers(pool, "quality", "quality")
    for row in chosen:
        parts = {"complexity": complexity[row["id"]], "quality": quality[row["id"]]}
        assert row["parts"] == pytest.approx(parts)
        assert row["score"] == pytest.approx(parts["complexity"] * parts["quality"])
    scores = {name: complexity[name] * quality[name] for name in complexity.keys() & quality.keys()}
    best = sorted(scores.values(), reverse=True)[:12]
    assert [row["score"] for row in chosen] == pytest.approx(best)
    assert result.passed_over == {"no_output": 0, "no_score": 60 - len(scores), "below": 0,
                                  "near": 0, "full": len(scores) - 12}  # fmt: skip
    for row in passed:
        assert row["reason"] in ("no_score", "full")
        assert (row["id"] in scores) == (row["reason"] == "full")
        assert row.get("missing", []) == [
            key for key, of in (("complexity", complexity), ("quality", quality))
            if row["id"] not in of
        ]  # fmt: skip


def test_a_grown_pool_gives_the_same_choice_of_the_same_judgements(pool, tmp_path):
    shutil.copytree(pool, "p")
    si.select("p", by="deita", size=12)
    si.select("p", "tags.jsonl", by="tags", size=12, apart=0.5)
    before = {name: Path(name).read_bytes() for name in ("selection.jsonl", "tags.jsonl")}
    si.generate("p", target=80, teacher=MOCK)
    again = si.select("p", by="deita", size=12, force=True)
    si.select("p", "tags.jsonl", by="tags", size=12, apart=0.5, force=True)
    assert {name: Path(name).read_bytes() for name in before} == before
    assert again.tasks == 80
    assert again.passed_over["no_score"] >= 20
    for name in ("complexity-mock-en", "quality-mock-en"):  # which derive from what was replied
        (tmp_path / "p" / "judgements" / name / "judgements.jsonl").unlink()
    with pytest.raises(UsageError, match=r"nothing could be chosen: 80 no_score\."):
        si.select("p", by="deita", size=12, force=True)
    assert Path("selection.jsonl").read_bytes() == before["selection.jsonl"]


def test_a_text_that_changed_since_it_was_judged_has_no_score(pool):
    shutil.copytree(pool, "p")
    first = rows("p/tasks.jsonl")
    first[0]["instances"] = [{"input": "", "output": "Something else."}]
    Path("p/tasks.jsonl").write_text(jsonl.lines(first), encoding="utf-8")
    si.select("p", by="rating", judgements="rating-mock-en", size=60)
    (row,) = [row for row in rows("selection.passed.jsonl") if row["id"] == first[0]["id"]]
    assert (row["reason"], row["missing"]) == ("no_score", ["rating"])


def test_a_size_larger_than_the_pool_takes_what_there_is(pool, inside):
    done = inside("select", pool, "--by", "longest", "--size", 5000, "--apart", 1, check=0)
    assert "60 of 60 tasks, 5,000 wanted" in done.stderr
    assert rows("selection.passed.jsonl") == []
    lengths = [row["score"] for row in rows("selection.jsonl")]
    assert lengths == sorted(lengths, reverse=True)


def test_what_must_be_reached_is_told_by_key(pool):
    result = si.select(pool, by="rating", judgements="score-mock-en", at_least="accuracy=4")
    accuracy = answers(pool, "score", "accuracy")
    good = {name for name, value in accuracy.items() if value >= 4}
    assert set(ids("selection.jsonl")) | _near("selection.passed.jsonl") == good
    below = [row for row in rows("selection.passed.jsonl") if row["reason"] == "below"]
    assert {(row["key"], row["least"]) for row in below} == {("accuracy", 4.0)}
    assert all(row["value"] < 4 for row in below)
    assert result.passed_over["below"] == len(accuracy) - len(good)
    # Letters, the score itself, and one judging's answers by its name.
    for said in ("rating=B", "rating>=b", "score=3", "rating-mock-en:rating=B"):
        si.select(pool, "b.jsonl", by="rating", judgements="rating-mock-en", at_least=said,
                  force=True)  # fmt: skip
        assert all(row["score"] >= 3 for row in rows("b.jsonl"))


def _near(path):
    return {row["id"] for row in rows(path) if row["reason"] == "near"}


def test_what_nobody_was_asked_is_said_with_the_next_step(pool, tmp_path, inside):
    bare = tmp_path / "bare"
    shutil.copytree(pool, bare, ignore=shutil.ignore_patterns("judgements"))
    for way, said in (
        ("deita", "no judging answers 'complexity'. Ask: selfinstruct judge"),
        ("tags", "no judging answers 'tags'. Ask: selfinstruct judge"),
        ("rating", "no judging gives grades. Ask: selfinstruct judge"),
    ):
        assert said in inside("select", bare, "--by", way, check=2).stderr
    for given, said in (
        (["rating"], "several judgings give grades (complexity-mock-en, quality-mock-en, rating-"),
        (["deita", "--min", "taste=3"], "no judging answers 'taste'; what is answered: complexity"),
        (["deita", "--min", "taste"], "is no condition: write KEY=VALUE"),
        (["deita", "--min", "rating=E"], "'E' is no answer to rating (A, B, C, D)"),
        (["deita", "--min", "tags=a"], "'a' is no answer to tags"),
        (["deita", "--min", "score=high"], "score takes a number"),
        (["random", "--min", "score=1"], "a random order has no score"),
        (["random", "--apart", "1"], "Everything would be taken"),
        (["random", "--apart", "0"], "--apart must be above 0"),
        (["deita", "--judgements", "nobody"], "there is no judging 'nobody'"),
        (["deita", "--min", "score=37"], "nothing could be chosen: "),
        (["tags", "--tag-count", "900"], "Lower --tag-count"),
        (["file:none.jsonl"], "none.jsonl: no such file."),
    ):
        assert said in inside("select", pool, "--by", *given, check=2).stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bare"]  # nothing was written


def test_judgings_of_one_question_are_told_apart(pool, tmp_path):
    shutil.copytree(pool, "p")
    judged(tmp_path / "p", "rating", name="second")
    for given in (None, ["second", "rating-mock-en"]):
        with pytest.raises(SettingsError, match=r"rating-mock-en|second"):
            si.select("p", by="rating", size=3, judgements=given)
    assert si.select("p", by="rating", size=3, judgements="second").selected == 3


def test_what_is_there_is_not_replaced_and_nothing_goes_into_a_pool(pool, inside, tmp_path):
    (tmp_path / "a.passed.jsonl").write_text("mine")
    assert "--force" in inside("select", pool, "--by", "random", "-o", "a.jsonl", check=2).stderr
    assert not (tmp_path / "a.jsonl").exists()
    inside("select", pool, "--by", "random", "-o", "a.jsonl", "--force", "--quiet", check=0)
    assert "lies in the pool" in inside(
        "select", pool, "--by", "random", "-o", pool / "a.jsonl", check=2
    ).stderr  # fmt: skip
    scores = tmp_path / "s.jsonl"
    scores.write_text(jsonl.lines([{"id": ids(pool / "tasks.jsonl")[0], "score": 1}]))
    done = inside("select", pool, "--by", f"file:{scores}", "-o", scores, "--force", check=2)
    assert "is both read and written" in done.stderr
    done = inside("select", pool, "--by", "random", "--size", 2, "-o", "-", check=0)
    assert len(done.stdout.splitlines()) == 2
    assert "standard output" in inside(
        "select", pool, "--by", "random", "-o", "-", "--json", check=2
    ).stderr  # fmt: skip


def test_scores_of_ones_own_rank(pool, inside):
    names = ids(pool / "tasks.jsonl")
    scores = [{"id": f"{name}#0", "score": place} for place, name in enumerate(names[:9])]
    Path("s.jsonl").write_text(jsonl.lines([*scores, {"id": "task_gone", "score": 99}]))
    done = inside("select", pool, "--by", "file:s.jsonl", "--size", 3, "--apart", 1, check=0)
    assert ids("selection.jsonl") == names[8:5:-1]
    assert "1 ids of s.jsonl are of no task here" in done.stderr
    assert "without a score" in done.stderr


def test_a_set_that_is_no_pool_is_chosen_from_by_the_ids_that_judge_gives(pool, tmp_path):
    data = tmp_path / "set.jsonl"
    texts = ["Name a river.", "Add 3 and 4.", "Write a poem about rain.", "Name a river now."]
    data.write_text(jsonl.lines({"instruction": one, "output": one * 2} for one in texts))
    si.judge(data, "rating", teacher=MOCK,
             settings=si.JudgeSettings(sample=None, into=tmp_path / "judged"))  # fmt: skip
    result = si.select(data, by="rating", judgements=str(tmp_path / "judged"), apart=0.8)
    names = {row["id"] for row in [*rows("selection.jsonl"), *rows("selection.passed.jsonl")]}
    assert names == {f"source_{n}" for n in range(4)}
    assert result.passed_over["near"] == 1
    with pytest.raises(UsageError, match="holds none of the 3 tasks that selection"):
        si.export(pool, "x.jsonl", format="alpaca", only="selection.jsonl")


@pytest.mark.parametrize("form", ROWS)
def test_an_export_keeps_the_order_of_the_choice_and_the_splits_of_the_pool(pool, form):
    si.select(pool, by="deita", size=20)
    si.export(pool, "all.jsonl", format=form, split="a=0.6,b=0.4")
    result = si.export(pool, "x.jsonl", format=form, only="selection.jsonl", split="a=0.6,b=0.4")
    assert result.tasks == 20
    assert result.left_out["not_selected"] == 40
    order = {one: place for place, one in enumerate(instructions(pool, "selection.jsonl"))}
    for split in "ab":
        whole = [json.dumps(row) for row in rows(f"all.{split}.jsonl")]
        texts = [json.dumps(row, ensure_ascii=False) for row in rows(f"x.{split}.jsonl")]
        if form not in {"completion", "flan"}:  # whose templates are drawn by place
            assert {json.dumps(json.loads(one)) for one in texts} <= set(whole)
        found = [min((place for one, place in order.items() if json.dumps(one, ensure_ascii=False)
                      [1:-1] in text), default=None) for text in texts]  # fmt: skip
        known = [place for place in found if place is not None]
        assert known == sorted(known)
        assert form == "flan" or len(known) == len(texts) > 0  # which inverts some tasks


def instructions(pool, path):
    texts = {row["id"]: row["instruction"] for row in rows(pool / "tasks.jsonl")}
    return [texts[name] for name in ids(path)]


@pytest.mark.parametrize("form", ["parquet", "hf", "superni"])
def test_so_do_tables_and_task_files(pool, form):
    si.select(pool, by="longest", size=15)
    if form == "superni":
        si.export(pool, "out", format=form, only="selection.jsonl")
        names = Path("out/splits/default/train_tasks.txt").read_text(encoding="utf-8").split()
        files = [json.loads(Path(f"out/tasks/{name}.json").read_text()) for name in names]
        found = [one["Definition"][0] for one in files]
    else:
        parquet = pytest.importorskip("pyarrow.parquet")
        goal = "out.parquet" if form == "parquet" else "out"
        si.export(pool, goal, format=form, only="selection.jsonl")
        path = goal if form == "parquet" else "out/data/train-00000-of-00001.parquet"
        found = list(dict.fromkeys(parquet.read_table(path)["instruction"].to_pylist()))
    assert found == instructions(pool, "selection.jsonl")


def test_an_export_of_a_choice_takes_other_options_too(pool, inside):
    si.select(pool, by="longest", size=10)
    plain = si.export(pool, "a.jsonl", format="alpaca", only="selection.jsonl")
    mixed = si.export(pool, "b.jsonl", format="alpaca", only="selection.jsonl", shuffle=3)
    assert rows("a.jsonl") != rows("b.jsonl")
    assert sorted(map(str, rows("a.jsonl"))) == sorted(map(str, rows("b.jsonl")))
    assert plain.rows == mixed.rows
    seeds = si.export(pool, "c.jsonl", format="alpaca", only="selection.jsonl", include_seeds=True)
    assert rows("c.jsonl")[-plain.rows :] == rows("a.jsonl")
    assert seeds.tasks == 10 + len(rows(pool / "seeds.jsonl"))
    assert "--only selection.jsonl" in Path("c.jsonl.README.md").read_text(encoding="utf-8")
    Path("list.jsonl").write_text(jsonl.lines([{"id": ids("selection.jsonl")[4]}, {"id": "gone"}]))
    few = si.export(pool, "d.jsonl", format="alpaca", only="list.jsonl")
    assert (few.tasks, few.left_out["not_in_the_pool"]) == (1, 1)
    for text, said in (("", "names no tasks"), ('{"x": 1}\n', "has no id"), ("no", "not a JSON")):
        Path("bad.jsonl").write_text(text)
        done = inside("export", pool, "--only", "bad.jsonl", "--format", "chat", "-o", "e.jsonl",
                      check=2)  # fmt: skip
        assert said in done.stderr
    assert not Path("e.jsonl").exists()


def test_the_json_is_what_it_was(tmp_path, inside):
    # UPDATE_DOCS=1 writes it down anew.
    pool = tmp_path / "pool"
    shutil.copytree(Path(__file__).parent / "data" / "pools" / "0.1" / "self-instruct", pool)
    judged(pool, "complexity", "quality", "tags")
    done = inside("select", pool.name, "--by", "deita", "--size", 8, "--json", check=0)
    told = json.loads(done.stdout)
    assert told.pop("seconds") >= 0
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("UPDATE_DOCS"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_the_effect_is_what_a_report_says_of_the_chosen_ones(pool):
    result = si.select(pool, by="deita", size=20, apart=0.6)
    chosen = {row["id"]: row for row in rows(pool / "tasks.jsonl")}
    chosen = [chosen[name] for name in ids("selection.jsonl")]
    Path("chosen.jsonl").write_text(jsonl.lines(chosen), encoding="utf-8")
    told = si.report("chosen.jsonl", "page.html").facts
    whole = si.report(pool, "whole.html").facts
    one = result.effect.sets["selected"]
    assert one.tasks == told["counts"]["tasks"] == 20
    assert one.mean_output == told["counts"]["mean_output"]
    assert one.mean_instruction == told["counts"]["mean_instruction"]
    assert one.classification == round(told["counts"]["classification"] / 20, 4)
    assert one.nearest == told["nearest_other"]["mean"]
    assert one.distinct_2 == told["distinct"]["distinct_2"]
    assert one.verb_coverage == round(
        told["verbs"]["distinct_verbs"] / whole["verbs"]["distinct_verbs"], 4
    )
    scores = result.effect.scores
    assert sum(scores["bars"]["selected"]) == 20
    assert sum(scores["bars"]["all"]) == scores["n"] == 60 - result.passed_over["no_score"]
    longest = result.effect.sets["longest"]
    assert longest.mean_output >= max(
        one.mean_output for name, one in result.effect.sets.items() if name != "longest"
    )
    assert result.effect.sets["all"].nearest is None


def test_a_choice_of_length_and_a_judge_of_few_words_are_warned_of(pool):
    names = ids(pool / "tasks.jsonl")
    words = {row["id"]: min(len(one["output"].split()) for one in row["instances"])
             for row in rows(pool / "tasks.jsonl")}  # fmt: skip
    Path("s.jsonl").write_text(jsonl.lines({"id": name, "score": words[name]} for name in names))
    (said,) = si.select(pool, by="file:s.jsonl", size=5).warnings
    assert "times as long as all of them: the choice may be one of length" in said
    assert si.select(pool, "r.jsonl", by="random", size=30).warnings == ()


def test_a_judge_of_two_grades_is_warned_of(grow, tmp_path):
    folder, _, _ = grow("pool", 10, data=made_with(seed=1))
    judged(folder, "complexity")
    path = folder / "judgements" / "complexity-mock-en" / "judgements.jsonl"
    found = rows(path)
    for place, row in enumerate(found):
        row["answers"] = {"complexity": 3 + place % 2} if row["answers"] else {}
    path.write_text(jsonl.lines(found), encoding="utf-8")
    one = [row for row in found if not row["control"]]
    assert {row["answers"].get("complexity") for row in one} >= {3, 4}
    result = si.select(folder, tmp_path / "x.jsonl", by="rating", size=3)
    assert result.warnings[-1].startswith("complexity-mock-en gave 2 values of complexity only")
    assert "Try judge --group" in result.warnings[-1]
