"""What a pool does when files, disks, teachers or users are not as they should be."""

from __future__ import annotations

import asyncio
import json
import random

import pytest
from conftest import JitteryMock, rows

from selfinstruct.bootstrap import Stopped
from selfinstruct.errors import DiskError, PoolError, RequestError, TransientError
from selfinstruct.journal import AppendFile
from selfinstruct.pool import look
from selfinstruct.tasks import Reason
from selfinstruct.teachers import Api, Decoding, Prompt, Reply, Usage
from selfinstruct.teachers.budget import Budgeted, BudgetEndedError, Caps, Price
from selfinstruct.teachers.pacing import Pace, Rates
from selfinstruct.teachers.retry_policy import Patience
from selfinstruct.teachers.retrying import Retrying

FILES = ("tasks.jsonl", "rejects.jsonl")


def contents(folder):
    return [(folder / name).read_bytes() for name in FILES]


class Moody(JitteryMock):
    """The mock, but ``mood(prompt, number of this call)`` may raise first."""

    def __init__(self, mood):
        super().__init__()
        self.mood = mood

    async def complete(self, prompt):
        self.mood(prompt, len(self.calls))
        return await super().complete(prompt)


@pytest.mark.parametrize("name", [*FILES, "ledger.jsonl", "replies.jsonl"])
def test_a_full_disk_ends_in_a_sentence_and_the_same_command_goes_on(grow, monkeypatch, name):
    expected = contents(grow("whole", 40)[0])
    write, count = AppendFile.append, 0

    def full(self, text):
        nonlocal count
        if self.path.name == name and text:
            count += 1
            if count > 5:
                self._file.write(text.encode()[:7])  # a part got through
                self._file.truncate(self.size)
                raise DiskError(f"{self.path}: cannot be written: No space left on device.")
        write(self, text)

    monkeypatch.setattr(AppendFile, "append", full)
    with pytest.raises(DiskError, match="No space left"):
        grow("pool", 40)
    monkeypatch.undo()
    folder, outcome, _ = grow("pool", 40)
    assert outcome.stopped is Stopped.TARGET
    assert contents(folder) == expected
    snapshot = look(folder)
    assert snapshot.accepted == 40
    assert sum(snapshot.rejected.values()) == snapshot.position.rejects
    stored = rows(folder / "replies.jsonl")
    assert sum(step.calls for step in snapshot.steps.values()) == len(stored)


def test_requests_that_are_refused_for_good_are_outcomes_and_the_run_goes_on(grow):
    def mood(prompt, _):
        if "bake" in prompt.text[-120:] or (
            prompt.request % 5 == 2 and prompt.step == "instructions"
        ):
            raise RequestError("The request was refused (400): half a pair \ud83d.")

    folder, outcome, growth = grow("pool", 60, teacher=Moody(mood))
    assert outcome.stopped is Stopped.TARGET
    failed = [row for row in rows(folder / "rejects.jsonl") if row["reason"] == "request_failed"]
    assert len(failed) == growth.tally.rejected[Reason.REQUEST_FAILED] > 2
    errors = [row for row in rows(folder / "replies.jsonl") if "error" in row]
    assert len(errors) >= len(failed)


def test_a_resumed_run_gets_past_follow_ups_that_are_always_refused(grow):
    grow("pool", 3)

    def mood(prompt, _):
        if prompt.step != "instructions":
            raise RequestError("The request was refused (400): no.")

    _, outcome, _ = grow("pool", 40, teacher=Moody(mood), yield_requests=5)
    assert outcome.stopped is Stopped.SATURATED


def test_a_teacher_that_only_fails_ends_the_run_with_its_own_words(grow):
    def mood(_prompt, _count):
        raise TransientError("It answered 500: oops.")

    folder, outcome, _ = grow("pool", 5, teacher=Moody(mood))
    assert outcome.stopped is Stopped.TEACHER
    assert "oops. The last 3 requests all failed" in str(outcome.error)
    assert rows(folder / "tasks.jsonl") == []


def test_a_half_committed_request_goes_on_with_all_of_another_models_reply(grow):
    folder, _, _ = grow("pool", 3)
    assert look(folder).position.candidate > 0
    other = JitteryMock()
    other.model = "another"
    folder, _, _ = grow("pool", 30, teacher=other)
    numbers = {}
    for row in rows(folder / "tasks.jsonl"):
        came = row["provenance"]
        numbers.setdefault(came["request"], set()).add(came["candidate"])
    for row in rows(folder / "rejects.jsonl"):
        numbers.setdefault(row["request"], set()).add(row["candidate"])
    asked = [row for row in rows(folder / "replies.jsonl") if row["step"] == "instructions"]
    assert [row["request"] for row in asked][:2] == [0, 0]
    for request, places in numbers.items():
        assert places == set(range(len(places))), request
    assert len(numbers[0]) > 9  # what was left of the first reply's eight, and the second's


def test_a_lost_ledger_keeps_copies_and_is_made_again(grow):
    folder, _, _ = grow("pool", 40)
    expected = contents(folder)
    (folder / "ledger.jsonl").unlink()
    grow("pool", 10)
    assert [(folder / f"{name}.lost-1").read_bytes() for name in FILES] == expected
    grow("pool", 40)
    assert contents(folder) == expected


def test_a_lost_ledger_without_replies_is_refused_and_nothing_is_cut(grow):
    folder, _, _ = grow("pool", 20)
    expected = contents(folder)
    for name in ("ledger.jsonl", "replies.jsonl"):
        (folder / name).unlink()
    with pytest.raises(PoolError, match=r"ledger\.jsonl: is missing"):
        grow("pool", 30)
    assert contents(folder) == expected


def test_removed_replies_are_not_taken_for_damage_later(grow):
    folder, _, _ = grow("pool", 20)
    (folder / "replies.jsonl").unlink()
    for target in (21, 22, 40):
        assert grow("pool", target)[1].stopped is Stopped.TARGET
    used = [step.calls for step in look(folder).steps.values()]
    assert sum(used) > len(rows(folder / "replies.jsonl"))  # the removed ones stay counted


@pytest.mark.parametrize("name", [*FILES, "ledger.jsonl", "replies.jsonl"])
def test_zeros_at_the_end_of_a_file_as_a_power_cut_leaves_them_are_cut_back(grow, name):
    folder, _, _ = grow("pool", 20)
    expected = contents(folder)
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:-300] + b"\0" * 300)
    grow("pool", 20 if name == "replies.jsonl" else 21)
    assert contents(folder)[0].startswith(expected[0])


def test_the_sum_over_the_ledger_is_right_after_every_kind_of_loss(grow):
    folder, _, growth = grow("pool", 30)
    calls = growth.tally.total.calls
    with (folder / "tasks.jsonl").open("r+b") as file:
        file.truncate(2000)
    grow("pool", 30)
    snapshot = look(folder)
    assert snapshot.accepted == snapshot.position.tasks == 30
    assert sum(step.calls for step in snapshot.steps.values()) == calls


PROMPT = Prompt("x" * 100, Decoding(temperature=0, top_p=0, max_tokens=50), "classify", 0)


class Paid:
    """Answers with ``usage``, slowly, or raises ``error``."""

    name, model, api, more = "paid", "m", Api.CHAT, ""

    def __init__(self, usage=None, error=None):
        self.usage, self.error, self.calls = usage, error, 0

    async def complete(self, _):
        self.calls += 1
        await asyncio.sleep(0.001)
        if self.error:
            raise self.error
        return Reply("ok", "stop", self.usage)

    async def close(self):
        pass


async def ask_until_ended(teacher, times):
    results = await asyncio.gather(
        *(teacher.complete(PROMPT) for _ in range(times)), return_exceptions=True
    )
    assert any(isinstance(result, BudgetEndedError) for result in results)
    return sum(isinstance(result, Reply) for result in results)


def test_no_call_starts_that_could_pass_a_cap_counting_those_in_flight():
    inner = Paid(Usage(90, 40))
    assert asyncio.run(ask_until_ended(Budgeted(inner, Caps(calls=7), None), 20)) == 7
    inner = Paid(Usage(90, 40))
    answered = asyncio.run(ask_until_ended(Budgeted(inner, Caps(tokens=1000), None), 20))
    assert 130 * answered <= 1000 < 130 * answered + 100 + 64 + 50
    price = Price(prompt=1e4, completion=1e4)
    inner = Paid(Usage(90, 40))
    answered = asyncio.run(ask_until_ended(Budgeted(inner, Caps(dollars=10), price), 20))
    assert 1.3 * answered <= 10 < 1.3 * answered + 2.14


def test_a_reply_without_usage_counts_at_its_worst():
    answered = asyncio.run(ask_until_ended(Budgeted(Paid(), Caps(tokens=1000), None), 20))
    assert answered == 1000 // (100 + 64 + 50)


def test_each_attempt_counts_as_the_call_it_is():
    async def nap(_):
        pass

    inner = Paid(error=TransientError("It answered 500."))
    budgeted = Budgeted(inner, Caps(calls=3), None)
    teacher = Retrying(budgeted, Patience(attempts=8), Pace(8, Rates(), nap=nap), random.Random(1))
    with pytest.raises(BudgetEndedError):
        asyncio.run(teacher.complete(PROMPT))
    assert inner.calls == 3


def test_a_teacher_of_endless_lists_is_read_to_a_limit(grow):
    class Endless(JitteryMock):
        async def complete(self, prompt):
            if prompt.step != "instructions":
                return await super().complete(prompt)
            items = (f"{n}. Name {n} things that begin with the letter {n}" for n in range(9, 1200))
            return Reply("\n".join(items), "stop", None)

    folder, outcome, _ = grow("pool", 5, teacher=Endless())
    assert outcome.stopped is Stopped.SATURATED
    surplus = [r for r in rows(folder / "rejects.jsonl") if r["reason"] == Reason.TOO_MANY_ITEMS]
    assert surplus[0]["detail"] == {"items": 1191, "read": 200}


def test_saturation_is_judged_over_runs_not_within_one(grow):
    def stubborn():
        class Same(JitteryMock):
            async def complete(self, prompt):
                if prompt.step != "instructions":
                    return await super().complete(prompt)
                self.calls.append(prompt)
                return Reply("9. Explain gravity", "stop", None)

        return Same()

    _, outcome, first = grow("pool", 5, teacher=stubborn(), yield_requests=10, concurrency=1)
    assert outcome.stopped is Stopped.SATURATED
    assert first.tally.requests == 10
    _, outcome, again = grow("pool", 5, teacher=stubborn(), yield_requests=10, concurrency=1)
    assert (outcome.stopped, again.tally.requests) == (Stopped.SATURATED, 1)


def test_a_pool_that_lost_its_manifest_is_refused(grow):
    folder, _, _ = grow("pool", 5)
    (folder / "manifest.json").unlink()
    with pytest.raises(PoolError, match=r"no manifest\.json"):
        grow("pool", 6)


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"format": 1}'])
def test_a_damaged_manifest_is_named(grow, text):
    folder, _, _ = grow("pool", 5)
    (folder / "manifest.json").write_text(text)
    with pytest.raises(PoolError, match=r"manifest\.json: is damaged"):
        grow("pool", 6)
    (folder / "manifest.json").write_text(json.dumps({"format": 2}))
    with pytest.raises(PoolError, match="format 2 is not known"):
        grow("pool", 6)
