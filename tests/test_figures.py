"""Limits, seeds and counts of a run: a change of any of them is noticed."""

from __future__ import annotations

import asyncio

import pytest
from conftest import TIME, made_with, rows
from test_recovery import PROMPT, Moody, Paid

from selfinstruct.api.plan import plan as make_plan
from selfinstruct.bootstrap import Stopped
from selfinstruct.bootstrap.saturation import AcceptanceRate
from selfinstruct.errors import TransientError
from selfinstruct.pool import Pool, look
from selfinstruct.teachers.budget import Budgeted, BudgetEndedError, Caps


def test_a_run_that_dies_right_behind_its_recovery_counts_no_call_again(grow):
    folder, _, growth = grow("pool", 30)
    with (folder / "tasks.jsonl").open("r+b") as file:
        file.truncate(2000)
    plan = make_plan(folder, made_with(seed=1))
    with Pool(folder, plan.manifest, plan.existing, "", lambda: TIME, plan.files):
        pass
    grow("pool", 30)
    events = [row["event"] for row in rows(folder / "ledger.jsonl")]
    assert events.count("recovered") == 1
    snapshot = look(folder)
    assert sum(step.calls for step in snapshot.steps.values()) == growth.tally.total.calls


@pytest.mark.parametrize("billed", [True, False])
def test_a_call_that_was_perhaps_billed_counts_at_its_worst(billed):
    inner = Paid(error=TransientError("It broke off.", maybe_billed=billed))
    budgeted = Budgeted(inner, Caps(tokens=3 * (100 + 64 + 50)), None)

    async def body():
        return [
            (await asyncio.gather(budgeted.complete(PROMPT), return_exceptions=True))[0]
            for _ in range(5)
        ]

    kinds = [type(error) for error in asyncio.run(body())]
    paid = 3 if billed else 5  # a refusal costs nothing
    assert kinds == [TransientError] * paid + [BudgetEndedError] * (5 - paid)


@pytest.mark.parametrize(("answers", "most"), [(0, 3), (20, 8)])
def test_so_many_failures_in_a_row_end_a_run(grow, answers, most):
    def mood(_, number):
        if number >= answers:
            raise TransientError("It answered 500.")

    _, outcome, growth = grow("pool", 60, teacher=Moody(mood), concurrency=1)
    assert outcome.stopped is Stopped.TEACHER
    assert f"The last {most} requests all failed" in str(outcome.error)
    assert growth.tally.failures == most


def test_a_request_that_is_committed_in_two_halves_is_one_request_of_the_yield():
    whole, halves = AcceptanceRate(2, 0.5, {}), AcceptanceRate(2, 0.5, {})
    whole.add(0, 4, 8)
    halves.add(0, 3, 4)
    halves.add(0, 1, 4)
    assert halves.tasks_a_request == whole.tasks_a_request == 4
    for yields in (whole, halves):
        assert not yields.saturated  # two requests are looked at, and one is there
        yields.add(1, 4, 6)
        assert not yields.saturated  # 8 of 14
        yields.add(2, 0, 1)
        assert not yields.saturated  # 4 of 7
        yields.add(3, 0, 1)
        assert yields.saturated


def test_two_seeds_show_a_teacher_other_demonstrations(grow):
    shown = []
    for name, seed in (("a", 1), ("b", 2), ("c", 1)):
        folder, _, _ = grow(name, 8, data=made_with(seed=seed))
        shown.append([row["provenance"]["demonstrations"] for row in rows(folder / "tasks.jsonl")])
    assert shown[0] == shown[2]
    assert shown[0][0] != shown[1][0]
