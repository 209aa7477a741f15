"""A journal: named files, numbered streams, one ledger; and jobs that ride on a pool."""

from __future__ import annotations

import json

import pytest
from conftest import TIME, JitteryMock, rows

from selfinstruct.errors import DiskError, PoolBusyError, PoolError
from selfinstruct.journal import AppendFile, Journal
from selfinstruct.pool import Archive, Pool, disagreements, look
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.teachers import Api, Decoding, Prompt, Reply, Usage

NAME = "judgements/toy"
FILES = ("annotations.jsonl", "notes.jsonl")
COUNT = 12


def opened(folder):
    return Journal.open(folder, lambda: TIME)


def reopened(folder):
    """The pool in ``folder``, opened for writing."""
    manifest = read_manifest(folder)
    return Pool(folder, manifest, manifest, "", lambda: TIME)


def ask(stream, number):
    """The reply to request ``number``: stored, or kept now; returns whether it was bought."""
    prompt = Prompt(f"item {number}", Decoding(temperature=0, top_p=0, max_tokens=9), "toy", number)
    key = prompt.key("m", Api.CHAT)
    if stream.replies.find(key) is not None:
        return False
    reply = Reply(f"yes {number}", "stop", Usage(3, 4))
    stream.replies.keep(key, prompt, reply, None, teacher="t", model="m")
    return True


def work(stream, until=COUNT):
    """Do the job from where the stream is; returns how many replies were bought."""
    bought = 0
    for number in range(stream.at.request, until):
        bought += ask(stream, number)
        made = {"annotations.jsonl": [{"item": number, "value": number % 3}]}
        if number % 2:
            made["notes.jsonl"] = [{"item": number, "text": "é" * number}] * 2
        stream.commit(made, number + 1, event="toy", teacher="t", model="m")
    return bought


def contents(folder):
    return [(folder / NAME / name).read_bytes() for name in FILES]


def calls(lines):
    return sum(step["calls"] for line in lines for step in line.get("steps", {}).values())


def test_a_stream_goes_on_where_it_was_and_its_ledger_says_all(tmp_path):
    with opened(tmp_path / "j") as journal:
        assert work(journal.stream(NAME, FILES), 5) == 5
    with opened(tmp_path / "j") as journal:
        stream = journal.stream(NAME, FILES)
        assert (stream.at.request, stream.notes, journal.notes) == (5, [], [])
        assert work(stream) == COUNT - 5
    assert [row["item"] for row in rows(tmp_path / "j" / NAME / FILES[0])] == [*range(COUNT)]
    lines = rows(tmp_path / "j" / "ledger.jsonl")
    assert [line["stream"]["request"] for line in lines] == [*range(1, COUNT + 1)]
    assert calls(lines) == COUNT
    at = lines[-1]["stream"]["files"]
    assert at["annotations.jsonl"]["rows"] == COUNT
    assert at["notes.jsonl"]["bytes"] == len(contents(tmp_path / "j")[1])


@pytest.mark.parametrize("name", [*(f"{NAME}/{one}" for one in FILES), "ledger.jsonl"])
def test_files_may_be_cut_anywhere_and_nothing_is_bought_again(tmp_path, name):
    folder = tmp_path / "j"
    with opened(folder) as journal:
        work(journal.stream(NAME, FILES))
    expected = contents(folder)
    whole = {path: path.read_bytes() for path in folder.rglob("*.jsonl")}
    size = (folder / name).stat().st_size
    for cut in {*range(0, size, 1 if size < 500 else 41), size - 1}:
        for path, data in whole.items():
            path.write_bytes(data)
        with (folder / name).open("r+b") as file:
            file.truncate(cut)
        with opened(folder) as journal:
            stream = journal.stream(NAME, FILES)
            assert work(stream) == 0, cut
        assert contents(folder) == expected, cut
        assert calls(rows(folder / "ledger.jsonl")) == COUNT, cut
        for copy in (folder / NAME).glob("*.lost-*"):
            copy.unlink()


def test_two_streams_are_recovered_each_for_itself(tmp_path):
    folder = tmp_path / "j"
    with opened(folder) as journal:
        one, two = journal.stream("one", FILES), journal.stream("two", FILES)
        work(one, 6)
        work(two, 8)
        work(one, COUNT)
    (folder / "one" / FILES[0]).write_bytes(b"")
    before = (folder / "two" / FILES[0]).read_bytes()
    with opened(folder) as journal:
        one, two = journal.stream("one", FILES), journal.stream("two", FILES)
        assert (one.at.request, two.at.request) == (0, 8)
        assert work(one) == 0
    assert (folder / "two" / FILES[0]).read_bytes() == before
    with opened(folder) as journal:
        assert journal.stream("one", FILES).at.request == COUNT


def test_a_file_that_a_later_version_of_a_job_adds_begins_empty(tmp_path):
    with opened(tmp_path / "j") as journal:
        stream = journal.stream(NAME, FILES[:1])
        stream.commit({FILES[0]: [{"item": 0}]}, 1, event="toy")
    with opened(tmp_path / "j") as journal:
        stream = journal.stream(NAME, FILES)
        assert stream.at.request == 1
        stream.commit({FILES[1]: [{"item": 1}]}, 2, event="toy")
    with opened(tmp_path / "j") as journal:
        assert journal.stream(NAME, FILES).at.files[FILES[1]].rows == 1


def test_damage_in_the_middle_is_named_by_file_and_line_also_before_lines_taken_back(tmp_path):
    folder = tmp_path / "j"
    with opened(folder) as journal:
        work(journal.stream(NAME, FILES))
    path = folder / NAME / FILES[0]
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:9]))
    with opened(folder) as journal:
        stream = journal.stream(NAME, FILES)
        assert stream.at.request == 9
        work(stream)
    path.write_bytes(path.read_bytes().replace(b'"item": 4', b'"item": 7'))
    with opened(folder) as journal, pytest.raises(PoolError, match=rf"{FILES[0]}:5: lines 5 to 5 "):
        journal.stream(NAME, FILES)


def test_lines_that_were_taken_back_are_no_measure_for_those_in_their_place(tmp_path):
    folder = tmp_path / "j"
    with opened(folder) as journal:
        work(journal.stream(NAME, FILES))
    path = folder / NAME / FILES[0]
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:9]))
    with opened(folder) as journal:
        stream = journal.stream(NAME, FILES)
        for number in (9, 10, 11):
            stream.commit({FILES[0]: [{"item": number, "value": "other"}]}, number + 1, event="toy")
    path.write_bytes(path.read_bytes().replace(b'"item": 10', b'"item": 70'))
    with opened(folder) as journal, pytest.raises(PoolError, match=rf"{FILES[0]}:11: lines 11 to "):
        journal.stream(NAME, FILES)


def test_a_commit_that_fails_leaves_every_file_as_it_was(tmp_path, monkeypatch):
    folder = tmp_path / "j"
    append = AppendFile.append

    def full(self, text):
        if self.path.name == "ledger.jsonl":
            raise DiskError(f"{self.path}: cannot be written: No space left on device.")
        append(self, text)

    with opened(folder) as journal:
        stream = journal.stream(NAME, FILES)
        work(stream, 4)
        before = contents(folder)
        monkeypatch.setattr(AppendFile, "append", full)
        with pytest.raises(DiskError, match="No space left"):
            work(stream)
        monkeypatch.undo()
        assert journal.broken
        assert contents(folder) == before


def test_one_run_at_a_time_and_names_that_leave_the_folder_are_refused(tmp_path):
    with opened(tmp_path / "j") as journal:
        with pytest.raises(PoolBusyError):
            opened(tmp_path / "j")
        for name in ("../up", "/etc", "a//b", "Big", "a/../b", ".lock"):
            with pytest.raises(PoolError, match="no name for a folder"):
                journal.stream(name, FILES)
    opened(tmp_path / "j").close()


def test_a_job_that_rides_on_a_pool_changes_nothing_of_what_grows(grow):
    whole, _, _ = grow("whole", 40)
    folder, _, _ = grow("pool", 15)
    lines = len(rows(folder / "ledger.jsonl"))
    with reopened(folder) as pool:
        at = pool.position
        assert work(pool.stream(NAME, FILES), 7) == 7
        pool.sync()
    told = rows(folder / "ledger.jsonl")[lines:]
    # A version that knows no streams reads where the pool is on the last line.
    assert [line["position"] for line in told] == [at.model_dump()] * 7
    assert all("accepted" not in line and "rejected" not in line for line in told)
    grow("pool", 30)
    with reopened(folder) as pool:
        stream = pool.stream(NAME, FILES)
        assert stream.at.request == 7
        work(stream)
    teacher = JitteryMock()
    grow("pool", 40, teacher=teacher)
    for name in ("tasks.jsonl", "rejects.jsonl"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()
    stored = [row["key"] for row in rows(folder / "replies.jsonl")]
    assert len(stored) == len(set(stored))
    snapshot = look(folder)
    assert snapshot.steps["toy"].calls == COUNT
    assert snapshot.models == look(whole).models  # who judged has made nothing


def test_what_a_pool_has_lost_takes_nothing_from_a_job_on_it_nor_the_other_way(grow):
    folder, _, _ = grow("pool", 15)
    with reopened(folder) as pool:
        work(pool.stream(NAME, FILES))
    expected = contents(folder)
    grown = (folder / "tasks.jsonl").read_bytes()
    (folder / "tasks.jsonl").write_bytes(grown[:2000])
    teacher = JitteryMock()
    grow("pool", 15, teacher=teacher)
    assert teacher.calls == []
    assert (folder / "tasks.jsonl").read_bytes() == grown
    (folder / NAME / FILES[0]).write_bytes(expected[0][:100])
    with reopened(folder) as pool:
        assert pool.position.tasks == 15
        assert pool.notes == []
        assert work(pool.stream(NAME, FILES)) == 0
    assert contents(folder) == expected


def test_an_event_of_a_job_is_no_edit_of_the_pool_whatever_it_is_called(grow):
    folder, _, _ = grow("pool", 15)
    whole = (folder / "tasks.jsonl").read_bytes()
    with reopened(folder) as pool:
        stream = pool.stream(NAME, FILES)
        ask(stream, 0)
        stream.commit({FILES[0]: [{"item": 0}]}, 1, event="import", teacher="t", model="m")
    assert look(folder).edited is None
    (folder / "tasks.jsonl").write_bytes(whole[:2000])
    (found,) = disagreements(folder, look(folder).position, look(folder).edited)
    assert found.remedy.startswith("Run the same command again")
    grow("pool", 15)
    assert (folder / "tasks.jsonl").read_bytes() == whole


def test_a_line_that_a_run_is_just_writing_is_no_reply_yet(grow):
    folder, _, _ = grow("pool", 15)
    replies = len(Archive(folder))
    with (folder / "replies.jsonl").open("ab") as file:
        file.write(b'{"key": "half of a l')
    assert len(Archive(folder)) == replies


def test_the_ledger_of_a_pool_alone_knows_nothing_of_streams(grow):
    folder, _, _ = grow("pool", 15)
    for line in (folder / "ledger.jsonl").read_text().splitlines():
        assert "stream" not in json.loads(line)
    with reopened(folder) as pool, pytest.raises(PoolError, match="needs a name"):
        pool.stream("", FILES)
