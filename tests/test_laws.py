"""The laws: the same data always, nothing lost, nothing bought twice, every refusal on disk."""

from __future__ import annotations

import random
import shutil

import pytest
from conftest import JitteryMock, in_every_setup, made_with, rows
from rouge_score import rouge_scorer

from selfinstruct.bootstrap import Stopped
from selfinstruct.errors import PoolError
from selfinstruct.pool import look
from selfinstruct.tasks import Reason

FILES = ("tasks.jsonl", "rejects.jsonl")


def contents(folder):
    return [(folder / name).read_bytes() for name in FILES]


@in_every_setup
def test_the_data_do_not_depend_on_concurrency_or_order_of_arrival(grow, data):
    expected = contents(grow("one", 110, concurrency=1, data=data)[0])
    for concurrency in (8, 64, 256):
        teacher = JitteryMock(random.Random(concurrency))
        name = f"c{concurrency}"
        folder, outcome, _ = grow(name, 110, teacher=teacher, concurrency=concurrency, data=data)
        assert outcome.stopped is Stopped.TARGET
        assert contents(folder) == expected


@in_every_setup
def test_a_target_topped_up_in_steps_gives_the_same_data_and_buys_nothing_twice(grow, data):
    expected = contents(grow("one", 90, data=data)[0])
    calls = []
    for target in (1, 2, 37, 38, 80, 90):
        teacher = JitteryMock(random.Random(target))
        folder, outcome, _ = grow("steps", target, teacher=teacher, data=data)
        assert outcome.stopped is Stopped.TARGET
        assert len(rows(folder / "tasks.jsonl")) == target
        calls += teacher.calls
    assert contents(folder) == expected
    assert len(calls) == len(set(calls))


def test_a_reached_target_asks_nothing_and_writes_nothing(grow):
    folder, _, _ = grow("pool", 20)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for target in (20, 10):
        teacher = JitteryMock()
        assert grow("pool", target, teacher=teacher)[1].stopped is Stopped.TARGET
        assert teacher.calls == []
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@in_every_setup
def test_the_files_may_be_cut_anywhere(grow, tmp_path, data):
    folder, _, _ = grow("whole", 12, data=data)
    sizes = {p.name: p.stat().st_size for p in folder.glob("*.jsonl")}
    rng = random.Random(5)
    for name in ("ledger.jsonl", "tasks.jsonl", "rejects.jsonl", "replies.jsonl"):
        for cut in {*rng.sample(range(sizes[name]), min(5, sizes[name])), *ends(sizes[name])}:
            check_cut(grow, tmp_path, folder, name, cut, 12, data=data)


@pytest.mark.long
def test_the_files_of_a_small_run_are_cut_at_every_byte(grow, tmp_path):
    folder, _, _ = grow("whole", 2, data=made_with(seed=1, per_request=2), concurrency=1)
    for name in ("ledger.jsonl", "tasks.jsonl", "rejects.jsonl", "replies.jsonl"):
        for cut in range((folder / name).stat().st_size):
            data = made_with(seed=1, per_request=2)
            check_cut(grow, tmp_path, folder, name, cut, 2, data=data, concurrency=1)


def ends(size):
    return {0, size - 1} if size else set()


def check_cut(grow, tmp_path, whole, name, cut, target, **more):
    """Cut one file of a copy of ``whole``, go on, and find the same data, bought once."""
    shutil.rmtree(tmp_path / "cut", ignore_errors=True)
    shutil.copytree(whole, tmp_path / "cut")
    with (tmp_path / "cut" / name).open("r+b") as file:
        file.truncate(cut)
    teacher = JitteryMock()
    folder, outcome, _ = grow("cut", target, teacher=teacher, **more)
    assert outcome.stopped is Stopped.TARGET
    assert contents(folder) == contents(whole), (name, cut)
    if name != "replies.jsonl":
        assert teacher.calls == [], (name, cut)
    snapshot = look(folder)
    assert snapshot.accepted == snapshot.position.tasks == target
    assert sum(snapshot.rejected.values()) == snapshot.position.rejects


@in_every_setup
def test_calls_are_counted_once_whatever_was_cut(grow, data):
    folder, _, growth = grow("pool", 30, data=data)
    used = growth.tally.total
    ledger = (folder / "ledger.jsonl").read_bytes()
    (folder / "ledger.jsonl").write_bytes(ledger[: len(ledger) // 2])
    grow("pool", 30, data=data)
    steps = look(folder).steps.values()
    assert sum(count.calls for count in steps) == used.calls
    assert sum(count.prompt_tokens for count in steps) == used.prompt_tokens


def test_no_accepted_instruction_reaches_the_threshold_against_an_earlier_one(grow):
    folder, _, _ = grow("pool", 150)
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    earlier = [row["instruction"] for row in rows(folder / "seeds.jsonl")]
    for task in rows(folder / "tasks.jsonl"):
        scores = [scorer.score(other, task["instruction"])["rougeL"].fmeasure for other in earlier]
        assert max(scores) < 0.7
        earlier.append(task["instruction"])


def test_a_refusal_for_novelty_names_the_nearest_and_its_score(grow):
    # By later rules, what the mock writes near a demonstration is a copy of it.
    folder, _, _ = grow("pool", 150, data=made_with(seed=1, rules=1))
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    near = [r for r in rows(folder / "rejects.jsonl") if r["reason"] == Reason.TOO_SIMILAR]
    assert near
    for row in near:
        score = scorer.score(row["detail"]["nearest"], row["text"])["rougeL"].fmeasure
        assert row["detail"]["score"] == score >= 0.7


@in_every_setup
def test_every_item_of_every_reply_is_a_task_or_a_reject(grow, data):
    folder, _, growth = grow("pool", 60, data=data)
    seen = {
        (t["provenance"]["request"], t["provenance"]["candidate"]) for t in rows(folder / FILES[0])
    }
    seen |= {(r["request"], r["candidate"]) for r in rows(folder / FILES[1])}
    position = look(folder).position
    by_request = {}
    for request, candidate in seen:
        by_request.setdefault(request, set()).add(candidate)
    for request, candidates in by_request.items():
        assert candidates == set(range(len(candidates))), request
    assert set(range(position.request)) <= set(by_request)
    assert set(growth.tally.rejected) <= {reason.value for reason in Reason}


def test_later_requests_show_two_machine_made_tasks_and_a_small_run_bootstraps_too(grow):
    folder, _, _ = grow("pool", 50)
    tasks = rows(folder / "tasks.jsonl")
    seeds = {row["id"] for row in rows(folder / "seeds.jsonl")}
    made = {task["id"] for task in tasks}
    for task in tasks:
        shown = task["provenance"]["demonstrations"]
        machine = [identity for identity in shown if identity in made]
        assert len(shown) == 8
        assert len(set(shown)) == 8
        assert len(machine) in (0, 2)
        assert set(shown) - set(machine) <= seeds
    assert len([i for i in tasks[-1]["provenance"]["demonstrations"] if i in made]) == 2


def test_a_pool_is_a_valid_seed_file(grow):
    folder, _, _ = grow("pool", 30)
    grown, outcome, _ = grow("second", 10, data=made_with(seeds=folder / "tasks.jsonl", seed=3))
    assert outcome.stopped is Stopped.TARGET
    assert len(rows(grown / "seeds.jsonl")) == 30


def test_classification_only_shows_and_asks_for_classification_tasks(grow):
    data = made_with(classification_only=True)
    folder, _, _ = grow("pool", 30, data=data)
    kinds = {row["id"]: row["is_classification"] for row in rows(folder / "seeds.jsonl")}
    tasks = rows(folder / "tasks.jsonl")
    kinds |= {task["id"]: task["is_classification"] for task in tasks}
    assert sum(task["is_classification"] for task in tasks) > 25
    for task in tasks:
        seeds = [i for i in task["provenance"]["demonstrations"] if i.startswith("seed")]
        assert all(kinds[identity] for identity in seeds)


@pytest.mark.parametrize("name", ["tasks.jsonl", "rejects.jsonl"])
def test_damage_in_the_middle_is_named_by_line_and_left_alone(grow, name):
    folder, _, _ = grow("pool", 30)
    path = folder / name
    lines = path.read_bytes().splitlines(keepends=True)
    for damage in (
        b"x" * (len(lines[9]) - 1) + b"\n",
        lines[9].replace(b'": "', b'": "X', 1)[:-2] + b"\n",
    ):
        path.write_bytes(b"".join([*lines[:9], damage, *lines[10:]]))
        before = path.read_bytes()
        with pytest.raises(PoolError, match=rf"{name}:(10|\d): "):
            grow("pool", 40)
        assert path.read_bytes() == before


def test_on_request_the_references_figures_are_stored_with_each_task(grow):
    data = made_with(seed=1, similar=3)
    expected = contents(grow("one", 40, data=data)[0])
    for target in (7, 40):
        folder, _, _ = grow("steps", target, data=data, teacher=JitteryMock(random.Random(target)))
    assert contents(folder) == expected
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    seeds = [row["instruction"] for row in rows(folder / "seeds.jsonl")]
    tasks = rows(folder / "tasks.jsonl")
    rejects = {
        (row["request"], row["candidate"]): row["text"]
        for row in rows(folder / "rejects.jsonl")
        if row["reason"] in ("no_valid_instance", "unclear_classification")
    }
    accepted = rejects | {
        (t["provenance"]["request"], t["provenance"]["candidate"]): t["instruction"] for t in tasks
    }
    for task in tasks[::8]:
        came = (task["provenance"]["request"], task["provenance"]["candidate"])
        earlier = seeds + [accepted[place] for place in sorted(accepted) if place < came]
        scores = [scorer.score(text, task["instruction"])["rougeL"].fmeasure for text in earlier]
        best = sorted(range(len(scores)), key=lambda row: (-scores[row], row))[:3]
        assert list(task["most_similar"].items()) == [(earlier[row], scores[row]) for row in best]
        assert task["avg_similarity_score"] == pytest.approx(sum(scores) / len(scores), rel=1e-12)
