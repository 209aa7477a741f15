"""Several answers to each instance: all of them kept, made again by a replay, exported."""

from __future__ import annotations

import json

import pytest
from conftest import JitteryMock, made_with, rows, sources

import selfinstruct as si
from selfinstruct.errors import IdleError, PoolError, SettingsError, UsageError
from selfinstruct.formats.samples import spread
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.recipes.sampling import beside
from selfinstruct.tasks import Instance, Task, answers_of

MOCK = si.Teacher("mock")


def instances(folder):
    return [case for row in rows(folder / "tasks.jsonl") for case in row["instances"]]


def without_samples(folder):
    kept = []
    for row in rows(folder / "tasks.jsonl"):
        for case in row["instances"]:
            case.pop("samples", None), case.pop("kept", None)
        kept.append(row)
    return kept


RECIPES = {
    "self-instruct": made_with(seed=1, samples=3),
    "alpaca": made_with(seed=1, samples=3, recipe="alpaca"),
    "evolve": made_with(
        seed=1, samples=3, keep="all", recipe="evolve", sources=sources(20), rounds=2
    ),
}


@pytest.mark.parametrize("name", ["self-instruct", "alpaca"])
def test_all_answers_stand_beside_the_one_that_was_kept(tmp_path, name):
    best = si.generate(tmp_path / "best", target=30, teacher=MOCK, settings=RECIPES[name])
    settings = si.PoolSettings(keep="all")
    again = si.replay(tmp_path / "best", tmp_path / "again", settings=settings)
    assert (again.usage.calls, again.tasks) == (0, best.tasks)
    cases = instances(tmp_path / "again")
    for case in cases:
        assert 1 <= len(case["samples"]) <= 3
        assert case["samples"][case["kept"]] == case["output"]
    assert sum(len(case["samples"]) == 3 for case in cases) > len(cases) / 2
    assert {case["kept"] for case in cases} > {0}
    # The rest is what it was, to the letter.
    assert without_samples(tmp_path / "again") == rows(tmp_path / "best" / "tasks.jsonl")
    assert (tmp_path / "again" / "rejects.jsonl").read_bytes() == (
        tmp_path / "best" / "rejects.jsonl"
    ).read_bytes()


def test_evolved_tasks_hold_all_answers_too(grow):
    folder, _, _ = grow("e", 10, data=RECIPES["evolve"], unbounded=True)
    cases = instances(folder)
    assert cases
    assert all(case["samples"][case["kept"]] == case["output"] for case in cases)


def test_a_pool_that_keeps_all_is_the_same_at_any_concurrency(grow):
    data = made_with(seed=1, samples=3, keep="all")
    whole = (grow("one", 30, data=data, concurrency=1)[0] / "tasks.jsonl").read_bytes()
    assert (grow("many", 30, data=data, concurrency=64)[0] / "tasks.jsonl").read_bytes() == whole


def test_samples_are_asked_as_ever_whatever_is_kept(grow):
    asked = []
    for keep in (None, "all"):
        teacher = JitteryMock()
        grow(f"p{keep}", 20, data=made_with(seed=1, samples=3, keep=keep), teacher=teacher)
        asked.append(sorted(teacher.calls))
    assert asked[0] == asked[1]


def test_the_setting_stands_in_the_manifest_only_where_it_is_given(tmp_path):
    for keep, wanted in ((None, None), ("best", None), ("all", "all")):
        folder = tmp_path / str(keep)
        si.generate(folder, target=3, teacher=MOCK, settings=si.PoolSettings(samples=2, keep=keep))
        assert read_manifest(folder).settings.get("keep") == wanted
    si.generate(tmp_path / "all", target=6, teacher=MOCK)  # goes on as it was made
    assert all("samples" in case for case in instances(tmp_path / "all"))
    with pytest.raises(PoolError, match="keep is 'all' in the pool and None now"):
        si.generate(tmp_path / "all", target=9, teacher=MOCK, settings=si.PoolSettings(keep="best"))


def test_what_makes_no_sense_is_refused(tmp_path):
    for settings, error, wanted in (
        (si.PoolSettings(keep="all"), IdleError, "--keep all: there is one answer"),
        (si.PoolSettings(samples=2, keep="most"), SettingsError, "--keep is best or all"),
    ):
        with pytest.raises(error, match=wanted):
            si.generate(tmp_path / "p", target=3, teacher=MOCK, settings=settings)


def test_unusable_answers_are_left_out_and_the_kept_one_found():
    assert beside(["a", None, "b", None], 2) == {"samples": ["a", "b"], "kept": 1}
    assert beside([None, "a"], 1) == {"samples": ["a"], "kept": 0}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, ("b",)),
        ({"samples": ["a", "b"], "kept": 1}, ("a", "b")),
        ({"samples": ["a", "b"], "kept": 0}, ("b",)),  # the output was changed since
        ({"samples": ["a", "b"], "kept": 7}, ("b",)),
        ({"samples": ["a", "b"]}, ("b",)),
        ({"samples": "ab", "kept": 1}, ("b",)),
        ({"samples": [1, "b"], "kept": 1}, ("b",)),
    ],
)
def test_samples_that_somebody_changed_are_not_believed(more, wanted):
    assert answers_of(Instance(input="", output="b", **more)) == wanted


def test_each_answer_becomes_an_instance_with_what_belongs_to_it():
    more = {"samples": ["a", "b", "a", " "], "kept": 1, "agreement": 0.5, "reasoning": "hm"}
    task = Task(
        id="t",
        instruction="Say it.",
        is_classification=False,
        instances=(
            Instance(input="x", output="b", context="c", **more),
            Instance(input="y", output="d"),
            Instance(input="z", output="e"),
        ),
    )
    found, places, repeated = spread(task, [0, 2])
    assert (places, repeated) == ([0, 1, 2], 1)
    assert [case.model_dump() for case in found.instances] == [
        {"input": "x", "output": "a", "context": "c"},
        {"input": "x", "output": "b", "context": "c", "agreement": 0.5, "reasoning": "hm"},
        {"input": "z", "output": "e"},
    ]


@pytest.mark.parametrize("format_", ["alpaca", "chat", "sharegpt", "completion", "parquet"])
def test_an_export_holds_the_kept_answers_or_all_that_differ(tmp_path, format_):
    settings = si.PoolSettings(samples=3, keep="all")
    si.generate(tmp_path / "p", target=30, teacher=MOCK, settings=settings)
    cases = instances(tmp_path / "p")
    distinct = sum(len(dict.fromkeys(case["samples"])) for case in cases)
    ending = "parquet" if format_ == "parquet" else "jsonl"
    kept = si.export(tmp_path / "p", tmp_path / f"k.{ending}", format=format_)
    every = si.export(tmp_path / "p", tmp_path / f"a.{ending}", format=format_, answers="all")
    assert kept.rows == len(cases)
    assert every.rows == distinct > kept.rows
    repeated = sum(len(case["samples"]) for case in cases) - distinct
    assert every.left_out == {"repeated_answers": repeated}
    assert every.tasks == kept.tasks
    assert "--answers all" in every.card.read_text()
    assert "--answers all" not in kept.card.read_text()
    if format_ == "alpaca":
        wanted = [text for case in cases for text in dict.fromkeys(case["samples"])]
        assert [row["output"] for row in rows(tmp_path / "a.jsonl")] == wanted


def test_a_split_tears_no_task(tmp_path):
    settings = si.PoolSettings(samples=3, keep="all")
    si.generate(tmp_path / "p", target=30, teacher=MOCK, settings=settings)
    si.export(
        tmp_path / "p", tmp_path / "s.jsonl", format="alpaca", answers="all", split="a=0.5,b=0.5"
    )
    one, other = (
        {row["instruction"] for row in rows(tmp_path / f"s.{name}.jsonl")} for name in "ab"
    )
    assert one
    assert other
    assert not one & other


def test_what_says_nothing_to_all_answers_is_refused(inside, tmp_path):
    inside(
        "generate", "p", "--teacher", "mock", "--target", 10, "--samples", 2, "--keep", "all",
        "--quiet", check=0,
    )  # fmt: skip
    inside("judge", "p", "--teacher", "mock", "--name", "v", "--quiet", check=0)
    done = inside("export", "p", "--format", "superni", "-o", "x", "--answers", "all", check=2)
    assert "superni has no row for each answer" in done.stderr
    done = inside(
        "export", "p", "--format", "chat", "-o", "x.jsonl", "--answers", "all",
        "--judgements", "v", "--where", "output=yes", check=2,
    )  # fmt: skip
    assert "only the answer that was kept was judged" in done.stderr
    with pytest.raises(UsageError, match="--answers is kept or all"):
        si.export(tmp_path / "p", tmp_path / "x.jsonl", format="chat", answers="some")
    done = inside(
        "export", "p", "--format", "alpaca", "-o", "x.jsonl", "--answers", "all", "--json", check=0
    )
    assert json.loads(done.stdout)["rows"] > 10
