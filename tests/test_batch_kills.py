"""A run by batches ends anywhere: nothing is ordered twice, and nothing is bought twice."""

from __future__ import annotations

import json
import random
import subprocess
import time

import pytest
from batching import WAITS, Server, at_once, grow_by, journal, rows, steps, to_the_end
from conftest import PROGRAM, environment

import selfinstruct as si
from selfinstruct.batching.journal import BatchJournal
from selfinstruct.errors import TeacherError
from selfinstruct.journal import ReplyStore
from selfinstruct.recipes.lag import BATCH_LAG
from selfinstruct.teachers.openai_batches import OpenAIBatches

__all__ = ["at_once"]  # a fixture
pytestmark = pytest.mark.usefixtures("at_once")


class Crash(BaseException):
    """What no program catches."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "p"
    with Server() as server:
        to_the_end(lambda: grow_by(server, folder))
    return contents(folder), steps(folder)


def contents(folder):
    return [(folder / name).read_bytes() for name in ("tasks.jsonl", "rejects.jsonl")]


def crash_at(monkeypatch, owner, name, number, *, after):
    """Have call ``number`` of a method end the process, before or after it has worked."""
    original = getattr(owner, name)
    counts = {"calls": 0}

    def begins():
        counts["calls"] += 1
        return counts["calls"] == number

    def method(self, *given, **more):
        last = begins()
        if last and not after:
            raise Crash
        done = original(self, *given, **more)
        if last:
            raise Crash
        return done

    async def slow(self, *given, **more):
        last = begins()
        if last and not after:
            raise Crash
        done = await original(self, *given, **more)
        if last:
            raise Crash
        return done

    is_slow = name in {"create", "upload", "fetch"}
    monkeypatch.setattr(owner, name, slow if is_slow else method)


def crashed(monkeypatch, server, folder, *where, after):
    """Call until the process ends there; whether it ever did."""
    with monkeypatch.context() as patched:
        crash_at(patched, *where, after=after)
        try:
            to_the_end(lambda: grow_by(server, folder, batch=WAITS))
        except Crash:
            return True
    return False


def backdate(folder):
    """All that was written down was written down long ago."""
    path = folder / "batches.jsonl"
    old = [json.dumps(row | {"time": "2000-01-01T00:00:00+00:00"}) for row in rows(path)]
    path.write_text("".join(f"{line}\n" for line in old), encoding="utf-8")


def go_on(server, folder):
    def call():
        if server.bill()["batches"] == 0 and steps(folder)[-1:] == ["creating"]:
            # No batch was ever listed, so nobody knows whether this server lists any.
            backdate(folder)
            with pytest.raises(TeacherError, match="lists no batches at all"):
                grow_by(server, folder, batch=WAITS)
            si.batches(folder, forget=["0001"])
        done = grow_by(server, folder, batch=WAITS)
        if steps(folder)[-1] == "creating":
            backdate(folder)  # ten minutes have passed
        return done

    return to_the_end(call)


def check(server, folder, whole):
    assert contents(folder) == whole[0]
    bill = server.bill()
    assert bill["batches"] == steps(folder).count("created")
    assert bill["batch_repeated"] == 0
    keys = [row["key"] for row in rows(folder / "replies.jsonl")]
    assert len(keys) == len(set(keys)) == bill["batch_lines"]
    assert not list((folder / "batches").iterdir())


@pytest.mark.parametrize("after", [False, True], ids=["before", "behind"])
@pytest.mark.parametrize(
    "numbers", [(2, 4, 6), pytest.param(range(1, 15), marks=pytest.mark.long)], ids=["some", "all"]
)
def test_a_crash_at_each_step_orders_nothing_twice(monkeypatch, tmp_path, whole, numbers, after):
    assert len(whole[1]) >= 14  # two batches or more, seven rows each
    for number in numbers:
        folder = tmp_path / str(number)
        with Server() as server:
            assert crashed(monkeypatch, server, folder, BatchJournal, "_write", number, after=after)
            go_on(server, folder)
            check(server, folder, whole)


@pytest.mark.parametrize("faults", [{}, {"no-metadata": 1.0}], ids=["by mark", "by file"])
def test_a_crash_between_an_order_and_its_answer_finds_it_again(
    monkeypatch, tmp_path, whole, faults
):
    with Server(batch_faults=faults) as server:
        folder = tmp_path / "p"
        assert crashed(monkeypatch, server, folder, OpenAIBatches, "create", 2, after=True)
        assert steps(folder)[-1] == "creating"
        assert server.bill()["batches"] == 2
        go_on(server, folder)
        check(server, folder, whole)


def test_what_may_have_arrived_is_sent_again_only_when_its_server_had_time_to_list_it(
    monkeypatch, tmp_path, whole
):
    with Server() as server:
        folder = tmp_path / "p"
        assert crashed(monkeypatch, server, folder, OpenAIBatches, "create", 2, after=False)
        assert grow_by(server, folder).stopped == "waiting"
        assert grow_by(server, folder).stopped == "waiting"
        assert server.bill()["batches"] == 1
        backdate(folder)
        to_the_end(lambda: grow_by(server, folder, batch=WAITS))
        check(server, folder, whole)


def test_where_a_server_lists_nothing_a_person_is_asked(monkeypatch, tmp_path, whole):
    with Server(batch_faults={"no-list": 1.0}) as server:
        folder = tmp_path / "p"
        assert crashed(monkeypatch, server, folder, OpenAIBatches, "create", 1, after=True)
        with pytest.raises(TeacherError, match=r"--id 0001=ID.*--forget 0001") as found:
            grow_by(server, folder)
        assert found.value.exit_code == 4
        si.batches(folder, teacher=server.teacher(), ids={"0001": "batch_1"})
        to_the_end(lambda: grow_by(server, folder, batch=WAITS))
        check(server, folder, whole)


def test_a_collection_that_is_cut_off_goes_on_where_it_was(monkeypatch, tmp_path, whole):
    for number in (1, 8):
        folder = tmp_path / str(number)
        with Server() as server:
            assert crashed(monkeypatch, server, folder, ReplyStore, "keep", number, after=True)
            go_on(server, folder)
            check(server, folder, whole)


def test_an_order_that_fails_with_500_is_looked_for_and_not_repeated(monkeypatch, tmp_path, whole):
    original = OpenAIBatches.create
    lost = []

    async def create(self, parcel, file):
        seen = await original(self, parcel, file)
        if not lost:
            lost.append(seen)
            raise si.errors.TransientError("answered 500")
        return seen

    monkeypatch.setattr(OpenAIBatches, "create", create)
    with Server() as server:
        folder = tmp_path / "p"
        to_the_end(lambda: grow_by(server, folder, batch=WAITS))
        assert lost
        check(server, folder, whole)


def test_a_torn_end_of_the_journal_is_cut_and_damage_is_named(tmp_path, whole):
    with Server() as server:
        folder = tmp_path / "p"
        grow_by(server, folder)
        path = folder / "batches.jsonl"
        before = path.read_bytes()
        path.write_bytes(before + b'{"batch": "0002", "ti')
        assert si.status(folder).batches[0].batch == "0001"
        to_the_end(lambda: grow_by(server, folder, batch=WAITS))
        check(server, folder, whole)
        path.write_bytes(b"{}\n" + path.read_bytes())
        with pytest.raises(si.errors.PoolError, match=r"batches\.jsonl:1:"):
            grow_by(server, folder, 20)


def test_no_key_stands_in_what_is_written_or_said(tmp_path):
    said = []

    observer = si.Observer()
    observer.said = observer.warned = said.append
    with Server(key="canary-key") as server:
        folder = tmp_path / "p"
        teacher = server.teacher(key="canary-key")
        done = grow_by(server, folder, teacher=teacher, observer=observer)
        said.append(str(done.error))
        wrong = server.teacher(key="canary-other")
        with pytest.raises(TeacherError) as refused:
            grow_by(server, folder, teacher=wrong, observer=observer)
        said.append(str(refused.value))
    texts = [path.read_text() for path in folder.rglob("*.jsonl")] + said
    assert len(journal(folder)) == 4
    assert not any("canary" in text for text in texts)


@pytest.mark.long
def test_a_run_that_is_killed_a_hundred_times_orders_nothing_twice(tmp_path):
    target, kills, rng = 600, 100, random.Random(5)
    with Server() as server:
        settings = si.PoolSettings(seed=1, options={"lag": BATCH_LAG})
        si.generate(tmp_path / "live", target=target, teacher=server.teacher(), settings=settings)
    with Server(batch_faults={"slow-create": 0.2, "expired": 0.3}) as server:
        folder = tmp_path / "p"
        run = ["generate", folder, "--teacher", "vllm", "--model", "mock", "--target", target]
        run += ["--base-url", server.address, "--seed", 1, "--batch", "--batch-min", 0]
        run += ["--batch-size", 40, "--wait", 9, "--quiet"]
        killed = 0
        for _ in range(kills):
            killed += kill(folder, run, tmp_path, rng)
            make_way(server, folder)
        assert killed > 20
        to_the_end(lambda: grow_by(server, folder, target, batch=WAITS))
        bill = server.bill()
    assert contents(folder) == contents(tmp_path / "live")
    assert bill["batches"] == steps(folder).count("created")
    assert bill["batch_repeated"] == 0


def kill(folder, run, cwd, rng):
    """Kill one run, soon after it has written down a step; whether it was still under way."""
    journal = folder / "batches.jsonl"
    before = journal.stat().st_size if journal.exists() else 0
    with subprocess.Popen([*PROGRAM, *map(str, run)], cwd=cwd, env=environment()) as process:
        while process.poll() is None and (not journal.exists() or journal.stat().st_size <= before):
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.3))
        under_way = process.poll() is None
        process.kill()
    return under_way


def make_way(server, folder):
    """Ten minutes pass; and what never arrived at a server that has listed nothing is given up."""
    if steps(folder)[-1:] == ["creating"]:
        backdate(folder)
        if server.bill()["batches"] == 0:
            si.batches(folder, forget=["0001"])
