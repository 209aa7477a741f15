"""Runs by batches against the mock server: what they bring, cost and say."""

from __future__ import annotations

import json
from functools import partial

import pytest
from batching import (
    WAITS,
    Server,
    answer,
    at_once,
    batched,
    grow_by,
    journal,
    rows,
    steps,
    to_the_end,
)
from conftest import JitteryMock, made_with

import selfinstruct as si
from selfinstruct.batching import waves
from selfinstruct.cli.options.batching import with_minutes
from selfinstruct.errors import PoolError, RequestError, SettingsError, TeacherError
from selfinstruct.recipes.lag import BATCH_LAG

__all__ = ["at_once"]  # a fixture
pytestmark = pytest.mark.usefixtures("at_once")
PRICE = (10.0, 40.0)


def contents(folder):
    return [(folder / name).read_bytes() for name in ("tasks.jsonl", "rejects.jsonl")]


def live(server, folder, target, **options):
    settings = si.PoolSettings(seed=1, options=options)
    return si.generate(folder, target=target, teacher=server.teacher(), settings=settings)


@pytest.mark.parametrize("target", [40, pytest.param(2000, marks=pytest.mark.long)])
def test_batches_bring_what_calls_bring_and_the_bills_agree(tmp_path, target):
    with Server() as server:
        live(server, tmp_path / "live", target, lag=BATCH_LAG)
    with Server() as server:
        batch = si.Batch(least=20)
        results = to_the_end(lambda: grow_by(server, tmp_path / "p", target, batch=batch))
        bill = server.bill()
    assert contents(tmp_path / "p") == contents(tmp_path / "live")
    used = [result.usage for result in results]
    assert sum(one.calls for one in used) == bill["calls"] + bill["batch_lines"]
    assert sum(one.prompt_tokens for one in used) == bill["prompt_tokens"]
    assert bill["batch_repeated"] == 0 < bill["batch_lines"]
    assert bill["calls"] > 0  # small waves, asked directly
    total = si.status(tmp_path / "p").usage
    assert (total.calls, total.prompt_tokens) == (
        bill["calls"] + bill["batch_lines"],
        bill["prompt_tokens"],
    )
    assert all(result.error.exit_code == 7 for result in results[:-1])


def test_a_new_pool_by_batches_has_a_long_lag_and_others_do_not_mention_theirs(tmp_path):
    def lag(name):
        return json.loads((tmp_path / name / "manifest.json").read_text())["settings"].get("lag")

    with Server() as server:
        grow_by(server, tmp_path / "p")
        assert lag("p") == BATCH_LAG
        live(server, tmp_path / "p", 2)
        assert lag("p") == BATCH_LAG
        live(server, tmp_path / "live", 2)
        assert lag("live") is None
        grow_by(server, tmp_path / "live")
        assert lag("live") is None
        live(server, tmp_path / "set", 2, lag=99)
        assert lag("set") == 99


@pytest.mark.parametrize(
    "faults",
    [
        {"expired": 0.2, "missing": 0.05, "zero": 0.05, "refused": 0.05},
        {"all-in-errors": 1.0},
    ],
    ids=["lost", "in the other file"],
)
def test_what_a_server_loses_is_wanted_again_and_nothing_is_bought_twice(tmp_path, faults):
    with Server() as server:
        live(server, tmp_path / "whole", 12, lag=BATCH_LAG)
    with Server(batch_faults=faults) as server:
        to_the_end(lambda: grow_by(server, tmp_path / "p", 12, batch=WAITS))
        bill = server.bill()
    assert contents(tmp_path / "p") == contents(tmp_path / "whole")
    assert bill["batch_repeated"] == 0
    lost = sum(len(row.get("again", ())) for row in journal(tmp_path / "p"))
    assert bool(lost) == ("expired" in faults)


def test_what_no_batch_brings_is_asked_directly_in_the_end(tmp_path):
    with Server(batch_faults={"missing": 1.0}) as server:
        done = to_the_end(
            lambda: grow_by(server, tmp_path / "p", 1, batch=si.Batch(least=1, wait=None))
        )
        assert done[-1].tasks == 1
        assert server.bill()["calls"] > 0
    again = [key for row in journal(tmp_path / "p") for key in row.get("again", ())]
    assert {again.count(key) for key in again} == {3}


def test_a_field_that_a_server_does_not_take_is_learned_from_its_lines(tmp_path):
    from selfinstruct.mock.kinds import Kind, parse_refusals

    kind = Kind(parse_refusals("presence_penalty"))
    with Server(kind=kind) as server:
        done = to_the_end(lambda: grow_by(server, tmp_path / "p", 4, batch=WAITS))
    assert done[-1].tasks == 4
    assert "request_failed" not in si.status(tmp_path / "p").rejected


def test_a_batch_that_is_too_large_for_the_account_is_halved(tmp_path):
    with Server(batch_faults={"token-limit": 4000.0}) as server:
        done = to_the_end(lambda: grow_by(server, tmp_path / "p", 4, batch=WAITS))
    assert done[-1].tasks == 4
    lost = [row for row in journal(tmp_path / "p") if row["step"] == "lost"]
    assert lost
    assert all(row["halve"] for row in lost)


def test_a_batch_that_is_refused_ends_the_run_with_the_servers_words(tmp_path):
    with Server(batch_faults={"failed-validation": 1.0}) as server:
        assert grow_by(server, tmp_path / "p").stopped == "waiting"
        with pytest.raises(TeacherError, match="This batch is not taken"):
            grow_by(server, tmp_path / "p")
    assert steps(tmp_path / "p")[-1] == "lost"


def test_a_wave_is_cut_to_what_a_cap_has_room_for(tmp_path):
    with Server() as server:
        call = partial(grow_by, server, tmp_path / "p", 12)
        assert call(max_calls=3).stopped == "waiting"
        assert server.bill()["batches"] == 1
        (planned,) = (row["planned"] for row in journal(tmp_path / "p") if "planned" in row)
        assert planned["lines"] == 3
        done = call(max_calls=0)
        assert (done.stopped, done.error.exit_code) == ("budget", 3)
        call(batch=WAITS)


def test_a_budget_for_the_whole_life_of_a_pool_is_never_passed(tmp_path):
    cap = 0.3
    folder = tmp_path / "p"
    with Server() as server:
        teacher = server.teacher(price=PRICE)
        stopped = []
        while "budget" not in stopped:
            assert len(stopped) < 40
            batch = si.Batch(least=0, price=(5.0, 20.0))
            done = grow_by(server, folder, 200, teacher=teacher, batch=batch, budget_pool=cap)
            stopped.append(done.stopped)
            status = si.status(folder)
            outstanding = sum(one.most_usd for one in status.batches)
            assert status.usage.cost_usd + outstanding <= cap
            bill = server.bill()
            real = 5 * bill["batch_prompt_tokens"] + 20 * bill["batch_completion_tokens"]
            assert status.usage.cost_usd == pytest.approx(real / 1e6, abs=1e-5)
        assert len(stopped) > 5
        # The same cap for calls one by one, which cost twice as much.
        done = si.generate(folder, target=200, teacher=teacher, limits=si.Limits(budget_pool=cap))
        assert done.stopped == "budget"
        assert si.status(folder).usage.cost_usd <= cap
        with pytest.raises(SettingsError, match="--budget-pool needs --price"):
            grow_by(server, folder, 200, budget_pool=cap)


def test_a_pool_whose_cost_is_not_known_takes_no_cap_over_its_life(tmp_path):
    with Server() as server:
        live(server, tmp_path / "p", 2)
        teacher = server.teacher(price=PRICE)
        with pytest.raises(SettingsError, match="cost is not known"):
            si.generate(
                tmp_path / "p", target=4, teacher=teacher, limits=si.Limits(budget_pool=1.0)
            )


def test_the_price_of_batches_is_named_or_documented_and_never_a_silent_half():
    from selfinstruct.api.buying import batch_price

    said = []
    observer = si.Observer()
    observer.said = said.append
    batch = si.Batch()

    def price(name, batch=batch):
        found = batch_price(si.Teacher(name, price=PRICE), batch, observer)
        return (found.prompt, found.completion)

    assert price("openai") == price("azure") == (5.0, 20.0)
    assert not said
    assert price("groq") == PRICE
    assert "--batch-price" in said[0]
    assert price("groq", si.Batch(price=(1, 2))) == (1.0, 2.0)
    assert batch_price(si.Teacher("openai"), batch, observer) is None


def test_a_run_without_batches_asks_all_but_what_is_outstanding(tmp_path):
    folder = tmp_path / "p"
    with Server(batch_looks=2) as server:
        grow_by(server, folder, 4)
        first = journal(folder)[0]["planned"]["lines"]
        done = live(server, folder, 4)
        assert done.stopped == "waiting"
        assert server.bill()["calls"] == 0
        assert live(server, folder, 4).stopped == "waiting"
        assert live(server, folder, 4).stopped == "target"
        bill = server.bill()
    assert bill["batch_lines"] == first
    assert bill["batch_repeated"] == 0
    keys = [row["key"] for row in rows(folder / "replies.jsonl")]
    assert len(keys) == len(set(keys)) == bill["calls"] + first


def test_a_person_looks_at_batches_ends_them_and_gives_them_up(tmp_path):
    folder = tmp_path / "p"
    with Server(batch_looks=2) as server:
        grow_by(server, folder, 4)
        (shown,) = si.status(folder).batches
        assert (shown.batch, shown.status, shown.folder) == ("0001", "validating", ".")
        look = partial(si.batches, folder, teacher=server.teacher())
        assert look().batches[0].status == "in_progress"
        with pytest.raises(SettingsError, match="--cancel 0009: no such batch"):
            look(cancel=["0009"])
        assert look(cancel=["all"]).batches[0].status == "cancelled"
        grow_by(server, folder, 4)
        assert "collected" in steps(folder)
        assert [one.batch for one in look().batches] == ["0002"]
        assert look(forget=["0002"]).batches == ()
        assert "batches" not in si.status(folder).row()
        to_the_end(lambda: grow_by(server, folder, 4))
    with pytest.raises(PoolError, match="no batch was ever planned"):
        si.batches(tmp_path)


def test_waiting_here_goes_on_as_soon_as_something_came(tmp_path):
    with Server(batch_looks=1) as server:
        done = grow_by(server, tmp_path / "p", 4, batch=WAITS)
        assert (done.stopped, done.tasks) == ("target", 4)


def test_a_teacher_in_this_process_takes_no_batches(tmp_path):
    with pytest.raises(SettingsError, match="--batch needs a teacher with an address"):
        si.generate(
            tmp_path / "p", target=2, teacher=si.Teacher("mock"), limits=si.Limits(batch=si.Batch())
        )


def test_a_judging_by_batches_says_what_a_judging_says(tmp_path):
    with Server() as server:
        pool = tmp_path / "p"
        live(server, pool, 12)
        call = partial(si.judge, pool, teacher=server.teacher())
        settings = si.JudgeSettings(name="live")
        expected = call(settings=settings).rows
        limits = si.Limits(batch=si.Batch(least=0))
        settings = si.JudgeSettings(name="batch")
        first = call(settings=settings, limits=limits)
        assert first.stopped == "waiting"
        (shown,) = si.status(pool).batches
        assert shown.folder == "judgements/batch"
        last = to_the_end(lambda: call(settings=settings, limits=limits))[-1]
        assert last.rows == expected
        assert server.bill()["batch_repeated"] == 0


def test_a_comparison_by_batches_says_what_a_comparison_says(tmp_path):
    for name in ("base", "tuned"):
        told = [{"instruction": f"Say {n}.", "output": f"{name} {n}"} for n in range(6)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in told))
    sets = [tmp_path / "base.jsonl", tmp_path / "tuned.jsonl"]
    with Server() as server:

        def call(into, **more):
            return si.compare(sets, tmp_path / into, teacher=server.teacher(), **more)

        expected = call("live")
        limits = si.Limits(batch=si.Batch(least=0))
        results = to_the_end(lambda: call("batch", limits=limits))
        assert results[0].stopped == "waiting"
        assert results[-1].rows == expected.rows
        assert server.bill()["batch_repeated"] == 0


@pytest.mark.parametrize(
    ("words", "waits"),
    [
        (["--wait"], ["--wait=525600"]),
        (["p", "--wait", "--quiet"], ["p", "--wait=525600", "--quiet"]),
        (["--wait", "mypool"], ["--wait=525600", "mypool"]),
        (["--wait", "2.5", "--wait=3"], ["--wait", "2.5", "--wait=3"]),
    ],
)
def test_waiting_without_a_number_is_waiting_as_long_as_it_takes(words, waits):
    assert with_minutes(words) == waits


def test_a_run_that_waits_as_long_as_it_takes_ends_with_its_target(tmp_path, inside):
    with Server() as server:
        asked = ["--teacher", "vllm", "--model", "mock", "--base-url", server.address, "--quiet"]
        inside(
            "generate", "p", "--target", 8, *asked, "--batch", "--batch-min", 0, "--wait", check=0
        )
        assert server.bill()["batches"] > 2
    assert len(rows(tmp_path / "p" / "tasks.jsonl")) == 8


def test_answers_come_by_a_folder_that_somebody_works_on(tmp_path):
    with Server() as server:
        live(server, tmp_path / "p", 6)
        into = tmp_path / "answers"
        limits = si.Limits(batch=si.Batch(transport="files"))
        call = partial(si.answer, tmp_path / "p", into, teacher=server.teacher(), limits=limits)
        before = server.bill()["calls"]
        first = call()
        assert first.stopped == "waiting"
        assert "0001.out.jsonl" in str(first.error)
        answer(into)
        assert call().stopped == "target"
        assert server.bill()["calls"] == before
        assert (into / "batches" / "0001.out.jsonl").exists()


def test_failures_are_asked_again_behind_all_that_is_outstanding(grow):
    class Refuses(JitteryMock):
        async def complete(self, prompt):
            if prompt.request == 1:
                raise RequestError("no")
            return await super().complete(prompt)

    folder, _, _ = grow("p", 20, teacher=Refuses(), concurrency=1)
    data = made_with(seed=1)
    outcome, _, _ = batched(folder, 20_000, data, outstanding={"f" * 32: 900})
    assert outcome.stopped == "waiting"
    retries = [one for row in rows(folder / "ledger.jsonl") for one in row.get("retries", ())]
    assert retries
    assert all(number > 900 for number, *_ in retries)


def test_a_run_that_waits_is_interrupted_at_once_and_leaves_its_batches(tmp_path, monkeypatch):
    stop = si.Stop()
    monkeypatch.setattr(waves, "_pauses", lambda: iter([stop.set() or 600.0]))
    with Server() as server:
        done = si.generate(
            tmp_path / "p",
            target=4,
            teacher=server.teacher(),
            limits=si.Limits(batch=WAITS),
            stop=stop,
        )
    assert done.stopped == "interrupted"
    assert steps(tmp_path / "p")[-1] == "created"
