"""Mapping jobs: the laws of growing hold for jobs that ask about each item for itself."""

from __future__ import annotations

import asyncio
import random
import shutil
from contextlib import contextmanager

import pytest
from conftest import TIME, JitteryMock, rows, sources

from selfinstruct.errors import RequestError
from selfinstruct.journal import Journal
from selfinstruct.pool import Pool, look
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.requests import Item, Mapped, MappingRun, Stopped, Traffic, gather_all, waiting
from selfinstruct.tasks import Task
from selfinstruct.teachers import Decoding, Prompt
from selfinstruct.teachers.budget import Budgeted, Caps
from selfinstruct.teachers.pacing import Pace, Paced, Rates

NAME = "judgements/toy"
FILES = ("annotations.jsonl", "reasons.jsonl")
DECODING = Decoding(temperature=0, top_p=0, max_tokens=200)


class Toy:
    """Asks about a task whether it is clear; where the answer is long, twice more, at once."""

    event = "toy"

    def __init__(self, unread=False):
        self.unread = unread

    async def answer(self, item, ask):
        said = await ask(Prompt(f"Clear?\n{item.content}", DECODING, "clear", 0))
        row = {"item": item.id, "status": "read", "said": said.text}
        made = {"annotations.jsonl": [row]}
        if len(said.text) % 2:
            texts = (f"{word}?\n{item.content}" for word in ("Why", "Since when"))
            replies = await gather_all(ask(Prompt(t, DECODING, "reason", 0)) for t in texts)
            made["reasons.jsonl"] = [{"item": item.id, "said": one.text} for one in replies]
        return Mapped(made, ("clear",) if self.unread else ())

    def failed(self, item, error):
        row = {"item": item.id, "status": "failed", "tries": item.tries + 1, "error": str(error)}
        return Mapped({"annotations.jsonl": [row]})


@pytest.fixture(scope="module")
def tasks():
    """What is asked about: the seed tasks, each under two names."""
    return [Item(f"{task.id}#{n}", task.instruction) for n in (0, 1) for task in sources(75)]


@contextmanager
def in_a_folder_of_its_own(folder):
    with Journal.open(folder, lambda: TIME) as journal:
        yield journal.stream("", FILES)


@contextmanager
def on_the_pool(folder):
    manifest = read_manifest(folder)
    with Pool(folder, manifest, manifest, "", lambda: TIME) as pool:
        yield pool.stream(NAME, FILES)


def work(folder, items, teacher, concurrency=8, opened=in_a_folder_of_its_own, job=None, pace=None):
    """One run over what is left of ``items``; returns its outcome and the run."""
    with opened(folder) as stream:
        left = waiting(items, stream.rows(FILES[0]))
        traffic = Traffic(concurrency=concurrency)
        run = MappingRun(stream, job or Toy(), left, teacher, traffic, pace=pace)
        return asyncio.run(run.run()), run


def contents(folder):
    return [(folder / name).read_bytes() for name in FILES]


def used(folder):
    steps = [line.get("steps", {}) for line in rows(folder / "ledger.jsonl")]
    return sum(step["calls"] for line in steps for step in line.values())


def keys(folder):
    return [row["key"] for row in rows(folder / "replies.jsonl")]


@pytest.fixture
def whole(tmp_path, tasks):
    """What the job makes when nothing goes wrong."""
    work(tmp_path / "whole", tasks, JitteryMock(), concurrency=1)
    return tmp_path / "whole"


@pytest.mark.parametrize("concurrency", [8, 64])
def test_rows_do_not_depend_on_concurrency_or_order_of_arrival(tmp_path, tasks, whole, concurrency):
    teacher = JitteryMock(random.Random(concurrency))
    outcome, run = work(tmp_path / "other", tasks, teacher, concurrency)
    assert outcome.stopped is Stopped.TARGET
    assert contents(tmp_path / "other") == contents(whole)
    assert [row["item"] for row in rows(whole / FILES[0])] == [item.id for item in tasks]
    assert rows(whole / FILES[1])
    assert run.tally.tasks == run.tally.target == len(tasks)
    assert used(whole) == len(teacher.calls) > len({item.content for item in tasks})


class Photographed(JitteryMock):
    """The mock, which keeps what a kill at call number ``at`` would have left of ``folder``."""

    def __init__(self, folder, at):
        super().__init__(random.Random(at))
        self.folder, self.at = folder, at

    async def complete(self, prompt):
        reply = await super().complete(prompt)
        killed = self.folder.with_name("killed")
        if len(self.calls) >= self.at and not killed.exists():
            shutil.copytree(self.folder, killed)
        return reply


@pytest.mark.parametrize("at", [1, 9, 40, 77, 110])
def test_a_killed_run_goes_on_to_the_same_rows_and_buys_nothing_twice(tmp_path, tasks, whole, at):
    work(tmp_path / "p", tasks, Photographed(tmp_path / "p", at))
    killed = tmp_path / "killed"
    stored = len(keys(killed))
    assert stored < len(keys(whole))
    teacher = JitteryMock(random.Random(at))
    work(killed, tasks, teacher)
    assert contents(killed) == contents(whole)
    assert len(teacher.calls) == len(keys(whole)) - stored
    assert sorted(keys(killed)) == sorted(keys(whole))
    assert used(killed) == used(whole)
    again = JitteryMock()
    assert work(killed, tasks, again)[0].stopped is Stopped.TARGET
    assert again.calls == []


def test_a_budget_stops_and_the_next_run_goes_on(tmp_path, tasks, whole):
    calls = []
    for cap in (0, 1, 40, 3, 500):
        teacher = JitteryMock(random.Random(cap))
        pace = Pace(8, Rates())
        capped = Paced(Budgeted(teacher, Caps(calls=cap), None), pace)
        outcome, _ = work(tmp_path / "p", tasks, capped, pace=pace)
        assert (outcome.stopped is Stopped.TARGET) == (cap == 500)
        assert contents(whole)[0].startswith(contents(tmp_path / "p")[0])
        assert len(teacher.calls) <= cap
        calls += teacher.calls
    assert contents(tmp_path / "p") == contents(whole)
    assert len(calls) == len(set(calls)) == len(keys(whole))


def test_items_that_come_in_another_order_the_next_time_are_not_bought_twice(tmp_path, tasks):
    bought = []
    shuffled = [*tasks]
    for cap in (30, 60, 500):
        random.Random(cap).shuffle(shuffled)
        teacher = JitteryMock(random.Random(cap))
        work(tmp_path / "p", shuffled, Budgeted(teacher, Caps(calls=cap), None))
        bought += teacher.calls
    assert len(bought) == len(set(bought))
    made = [row["item"] for row in rows(tmp_path / "p" / FILES[0])]
    assert sorted(made) == sorted(item.id for item in tasks)


def test_an_interrupted_run_keeps_what_it_has(tmp_path, tasks, whole):
    class Ending(JitteryMock):
        async def complete(self, prompt):
            if len(self.calls) == 50:
                self.run.interrupt()
            return await super().complete(prompt)

    teacher = Ending()
    with in_a_folder_of_its_own(tmp_path / "p") as stream:
        run = teacher.run = MappingRun(stream, Toy(), tasks, teacher, Traffic(concurrency=4))
        outcome = asyncio.run(run.run())
    assert outcome.stopped is Stopped.INTERRUPTED
    assert run.tally.ending
    got = contents(tmp_path / "p")
    assert 0 < len(got[0]) < len(contents(whole)[0])
    assert contents(whole)[0].startswith(got[0])
    work(tmp_path / "p", tasks, JitteryMock())
    assert contents(tmp_path / "p") == contents(whole)


class Moody(JitteryMock):
    """The mock, which takes no request about some items."""

    def __init__(self, texts):
        super().__init__(random.Random(1))
        self.texts = texts

    async def complete(self, prompt):
        reply = await super().complete(prompt)
        if any(text in prompt.text for text in self.texts):
            raise RequestError("The request was refused (400): too odd.")
        return reply


def test_what_failed_has_a_row_and_is_asked_again_by_three_runs(tmp_path, tasks):
    items = tasks[:20]
    odd = {items[3].content, items[11].content}
    for run in range(5):
        teacher = Moody(odd)
        outcome, _ = work(tmp_path / "p", items, teacher)
        assert outcome.stopped is Stopped.TARGET
        made = rows(tmp_path / "p" / FILES[0])
        failed = [row for row in made if row["status"] == "failed"]
        assert [row["tries"] for row in failed] == [n for n in range(1, 4) for _ in odd][
            : 2 * (run + 1)
        ]
        assert (len(teacher.calls) == 0) == (run >= 3)
    assert len(made) == 20 + 2 * 2


def test_what_failed_once_and_then_goes_well_is_done(tmp_path, tasks):
    items = tasks[:20]
    work(tmp_path / "p", items, Moody({items[3].content}))
    teacher = JitteryMock()
    work(tmp_path / "p", items, teacher)
    assert teacher.calls
    last = rows(tmp_path / "p" / FILES[0])[-1]
    assert (last["item"], last["status"]) == (items[3].id, "read")
    assert waiting(items, rows(tmp_path / "p" / FILES[0])) == []


def test_a_job_that_can_read_no_reply_ends_early(tmp_path, tasks):
    outcome, run = work(tmp_path / "p", tasks, JitteryMock(), 4, job=Toy(unread=True))
    assert outcome.stopped is Stopped.TEACHER
    assert "The first 20 replies to the step 'clear' cannot be read" in str(outcome.error)
    assert run.tally.total.calls < 70
    steps = [line.get("steps", {}) for line in rows(tmp_path / "p" / "ledger.jsonl")]
    assert sum(step["clear"].get("unreadable", 0) for step in steps if "clear" in step) == 19


def test_a_job_rides_on_a_pool_as_it_works_in_a_folder_of_its_own(grow):
    folder, _, _ = grow("pool", 30)
    before = {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}
    instructions = [Task.model_validate(row) for row in rows(folder / "tasks.jsonl")]
    items = [Item(task.id, task.instruction) for task in instructions]
    teacher = JitteryMock()
    outcome, _ = work(folder, items, teacher, opened=on_the_pool)
    assert outcome.stopped is Stopped.TARGET
    work(folder.with_name("own"), items, JitteryMock())
    assert contents(folder / NAME) == contents(folder.with_name("own"))
    for name in ("tasks.jsonl", "rejects.jsonl", "replies.jsonl"):
        assert (folder / name).read_bytes() == before[name]
    steps = look(folder).steps
    assert steps["clear"].calls + steps["reason"].calls == len(teacher.calls)
    grow("pool", 40)
    whole, _, _ = grow("whole", 40)
    assert (folder / "tasks.jsonl").read_bytes() == (whole / "tasks.jsonl").read_bytes()
    with on_the_pool(folder) as stream:
        assert stream.at.request == 30
