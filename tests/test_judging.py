"""Judging a pool: what is judged, what is bought, and what stands in the files."""

from __future__ import annotations

import random
import shutil

from conftest import JitteryMock, rows
from judging_pools import Failing, content, grown, judged, pool, stamps, tasks_of

import selfinstruct as si
from selfinstruct.judging.controls import controls
from selfinstruct.judging.items import Control
from selfinstruct.judging.manifest import safe
from selfinstruct.judging.prompting import mark_of
from selfinstruct.judging.sampling import everything, sample
from selfinstruct.languages import load
from selfinstruct.rubrics import find
from selfinstruct.seeds import load_seeds

__all__ = ["grown", "pool"]  # fixtures


# What is judged.


def test_a_larger_sample_holds_the_smaller_one_in_front(pool):
    tasks = tasks_of(pool)
    small, large = sample(tasks, 50, 0), sample(tasks, 100, 0)
    assert large[:50] == small
    assert len({one.id.partition("#")[0] for one in large}) == 100
    assert {one.id for one in sample(tasks, 50, 1)} != {one.id for one in small}
    assert sample(reversed(tasks), 50, 0) == small  # whatever order the pool has


def test_a_sample_of_a_pool_that_grew_keeps_what_is_still_among_the_first(pool):
    tasks = tasks_of(pool)
    before, after = sample(tasks[:200], 50, 0), sample(tasks, 50, 0)
    kept = [one.id for one in before if one in after]
    assert [one.id for one in after if one in before] == kept
    assert 10 < len(kept) < 45  # about half: the pool doubled


def test_all_judges_every_instance_once(pool):
    tasks = tasks_of(pool)
    found = everything(tasks, 0)
    assert len(found) == len({one.id for one in found}) == sum(len(t.instances) for t in tasks)


def test_controls_are_errors_that_one_can_know_of(pool):
    tasks, pack = tasks_of(pool), load("en")
    seeds = load_seeds(pack.seeds)
    items = sample(tasks, 200, 0)
    found = controls(items, seeds, 20, find("validity", pack), 0)
    kinds = [one.control for one in found]
    assert {kind: kinds.count(kind) for kind in Control} == dict.fromkeys(Control, 20)
    by_id = {one.id: one for one in items}
    for one in found:
        origin = by_id.get(one.id.rpartition("!")[0])
        if one.control is Control.SWAPPED:
            assert one.output != origin.output
            assert one.output in {other.output for other in items}
        if one.control is Control.CUT:
            assert origin.output.startswith(one.output)
            assert len(one.output) <= len(origin.output) / 2
        if one.control is Control.SEED:
            assert one.instruction in {task.instruction for task in seeds}
    assert controls(sample(tasks, 400, 0), seeds, 20, find("validity", pack), 0) == found
    assert controls(items, seeds, 20, find("tags", pack), 0) == []


def test_the_mark_around_an_item_stands_in_no_part_of_it():
    texts = ["x"]
    for _ in range(3):  # an output that knows the mark of what it was
        mark = mark_of(texts)
        assert not any(mark in text for text in texts)
        texts = [*texts, f"[{mark} end]"]
    assert len(mark_of(["plain"])) == 8


def test_folders_are_called_by_safe_names():
    assert safe("validity", "openai/GPT-4.1 mini") == "validity-openai-gpt-4-1-mini"
    assert safe("../../etc", "") == "etc"
    assert len(safe("x" * 300)) == 80
    assert safe("¿?") == "unnamed"


# What is bought.


def test_a_second_run_buys_nothing_and_a_larger_sample_just_the_rest(pool):
    before = stamps(pool)
    first = judged(pool, sample=50, controls=5)
    rows_ = rows(first.folder / "judgements.jsonl")
    assert len(rows_) == 50 + 15
    assert [row["control"] for row in rows_[:50]] == [None] * 50
    again = JitteryMock()
    second = judged(pool, again, sample=50, controls=5)
    assert (again.calls, second.usage.calls, second.began) == ([], 0, False)
    assert second.summary == first.summary
    larger = JitteryMock()
    third = judged(pool, larger, sample=100, controls=5)
    assert rows(third.folder / "judgements.jsonl")[:50] == rows_[:50]
    asked_again = third.usage.unreadable_replies
    assert 50 <= len(larger.calls) <= 50 + asked_again
    assert stamps(pool) == before


def test_the_rows_do_not_depend_on_concurrency_or_the_order_of_arrival(pool, tmp_path):
    whole = content(judged(pool, concurrency=1, sample=120))
    for at, concurrency in enumerate((8, 64)):
        other = shutil.copytree(pool, tmp_path / f"other{at}", ignore=lambda *_: ["judgements"])
        assert (
            content(
                judged(other, JitteryMock(random.Random(at)), concurrency=concurrency, sample=120)
            )
            == whole
        )


def test_the_file_is_made_again_from_the_replies(pool):
    first = judged(pool, sample=60)
    whole = content(first)
    (first.folder / "judgements.jsonl").unlink()
    (first.folder / "summary.json").unlink()
    silent = JitteryMock()
    again = judged(pool, silent, sample=60)
    assert silent.calls == []
    assert content(again) == whole
    (first.folder / "judgements.jsonl").write_text("somebody wrote here\n")
    assert content(judged(pool, silent, sample=60)) == whole


def test_a_budget_ends_it_and_the_next_run_goes_on(pool):
    whole = content(judged(pool, sample=60, name="whole"))
    first = judged(pool, sample=60, limits={"max_calls": 37}, concurrency=5)
    assert (first.stopped, first.usage.calls) == (si.Stopped.BUDGET, 37)
    assert 0 < len(rows(first.folder / "judgements.jsonl")) < 60
    rest = JitteryMock()
    second = judged(pool, rest, sample=60)
    assert second.stopped is si.Stopped.TARGET
    assert content(second) == whole
    keys = [row["key"] for row in rows(first.folder / "replies.jsonl")]
    assert len(keys) == len(set(keys)) == 37 + len(rest.calls)


def test_what_failed_is_told_and_asked_again_by_two_further_runs(pool):
    one = sample(tasks_of(pool), 30, 0)[7]
    teacher = Failing()
    teacher.hated = one.instruction
    counts = []
    for _ in range(4):
        result = judged(pool, teacher, sample=30, controls=0)
        row = rows(result.folder / "judgements.jsonl")[7]
        assert (row["status"], row["error"], row["answers"]) == ("failed", "It says no.", {})
        counts.append(result.usage.failed_requests)
    assert counts == [1, 1, 1, 0]


def test_what_failed_once_may_go_well_later(pool):
    one = sample(tasks_of(pool), 30, 0)[7]
    teacher = Failing()
    teacher.hated = one.instruction
    judged(pool, teacher, sample=30, controls=0)
    teacher.healed = True
    result = judged(pool, teacher, sample=30, controls=0)
    assert result.stopped is si.Stopped.TARGET
    assert all(row["status"] != "failed" for row in rows(result.folder / "judgements.jsonl"))
