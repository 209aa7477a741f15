"""What a person named as an output: never replaced unasked, never in a pool, streams straight."""

from __future__ import annotations

import json
import os
import stat
import threading

import pytest
from conftest import rows
from pools import pool_of, task

from selfinstruct.parts import clear_parts, part_file, part_folder


@pytest.fixture
def program(inside):
    return inside


@pytest.fixture(autouse=True)
def pool(tmp_path):
    tasks = [task(f"Name {n} rivers in Peru.", ("", f"river {n}")) for n in range(12)]
    folder = pool_of(tmp_path / "p", tasks)
    (folder / "seeds.jsonl").write_text((folder / "tasks.jsonl").read_text())
    (tmp_path / "in.jsonl").write_text(
        "".join(json.dumps({"instruction": f"Name {n} lakes."}) + "\n" for n in range(3))
    )
    return folder


WRITING = {
    "filter": ("filter", "in.jsonl", "--no-heuristics", "--threshold", "1", "-o"),
    "rejects": ("filter", "in.jsonl", "-o", "kept.jsonl", "--rejects"),
    "report": ("decontaminate", "p", "--against", "in.jsonl", "--report"),
    "export": ("export", "p", "--format", "alpaca", "-o"),
}
in_every_door = pytest.mark.parametrize("verb", WRITING)


def files_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@in_every_door
def test_what_is_there_is_replaced_only_with_force(program, tmp_path, verb):
    target = tmp_path / "x.jsonl"
    target.write_text("mine")
    done = program(*WRITING[verb], "x.jsonl", check=2)
    assert "x.jsonl: is there already. Replace it with --force, or name another." in done.stderr
    assert target.read_text() == "mine"
    assert not (tmp_path / "kept.jsonl").exists()
    program(*WRITING[verb], "x.jsonl", "--force", check=0)
    assert target.read_text() != "mine"


@in_every_door
def test_nothing_goes_into_a_pool(pool, program, tmp_path, verb):
    before = files_of(pool)
    (tmp_path / "link").symlink_to(pool / "tasks.jsonl")
    for name in ("p/tasks.jsonl", "p/new.jsonl", "p/sub/new.jsonl", "link"):
        done = program(*WRITING[verb], name, "--force", check=2)
        assert f"lies in the pool {pool}" in done.stderr
    assert files_of(pool) == before


@in_every_door
def test_links_are_written_through_and_folders_made(program, tmp_path, verb):
    (tmp_path / "far").mkdir()
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "far" / "x.jsonl")
    program(*WRITING[verb], "link.jsonl", check=0)
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "far" / "x.jsonl").is_file()
    done = program(*WRITING[verb], "link.jsonl", check=2)
    assert "is there already" in done.stderr
    program(*WRITING[verb], "new/folders/x.jsonl", "--force", check=0)
    assert (tmp_path / "new" / "folders" / "x.jsonl").is_file()


@in_every_door
def test_a_folder_is_no_file(program, tmp_path, verb):
    (tmp_path / "there").mkdir()
    for name in ("there", "newdir/"):
        done = program(*WRITING[verb], name, "--force", check=2)
        assert f"{name}: is a folder; name a file." in done.stderr
    assert not (tmp_path / "newdir").exists()


def read_in_background(path):
    found = []
    thread = threading.Thread(target=lambda: found.append(path.read_bytes()))
    thread.start()
    return thread, found


@in_every_door
def test_a_fifo_is_written_straight_and_stays_one(program, tmp_path, verb):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    (tmp_path / "link").symlink_to(fifo)
    program(*WRITING[verb], "plain.jsonl", check=0)
    for name in ("fifo", "link"):
        thread, found = read_in_background(fifo)
        program(*WRITING[verb], name, "--force", check=0)
        thread.join()
        assert found == [(tmp_path / "plain.jsonl").read_bytes()]
        assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert (tmp_path / "link").is_symlink()
    assert not list(tmp_path.glob(".*.part"))


@in_every_door
def test_a_device_stays_one(program, tmp_path, verb):
    device = tmp_path / "null"
    try:
        os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        device.write_bytes(b"x")
    except OSError:
        pytest.skip("devices can neither be made nor opened here")
    program(*WRITING[verb], "null", check=0)
    assert stat.S_ISCHR(device.stat().st_mode)
    names = {path.name for path in tmp_path.iterdir()}
    assert names <= {"null", "p", "in.jsonl", "kept.jsonl"}


@in_every_door
def test_open_descriptors_are_written_and_not_replaced(program, tmp_path, verb):
    program(*WRITING[verb], "plain.jsonl", check=0)
    with (tmp_path / "held").open("wb") as held:
        held.write(b"before\n")
        held.flush()
        program(*WRITING[verb], f"/dev/fd/{held.fileno()}", "--force", check=0)
    assert (tmp_path / "held").read_bytes() == b"before\n" + (tmp_path / "plain.jsonl").read_bytes()
    done = program(*WRITING[verb], "/dev/stdout", "--force", "--quiet", check=0)
    assert done.stdout == (tmp_path / "plain.jsonl").read_text()


def test_what_a_reader_may_not_read_is_not_said_of_the_output(program, tmp_path, monkeypatch):
    source = tmp_path / "in.jsonl"
    source.write_text('{"instruction": "Name three rivers in Peru."}\n')

    def refused(*_):
        raise PermissionError(13, "Permission denied", str(source))

    monkeypatch.setattr("selfinstruct.formats.reading.Metered", refused)
    done = program("filter", "in.jsonl", "-o", "o.jsonl", check=2)
    assert done.stderr == f"selfinstruct: {source.name}: cannot be read: Permission denied.\n"
    assert not (tmp_path / "o.jsonl").exists()


def test_what_a_killed_run_left_is_cleared_and_what_is_being_written_stays(tmp_path, program):
    goal = tmp_path / "x.jsonl"
    dead, left = part_file(goal)
    os.close(dead)
    with part_folder(goal) as folder:
        (folder / "half.json").write_text("[")
        stale = tmp_path / ".x.jsonl.abcdefgh.part"
        folder.rename(stale)
    living, busy = part_file(goal)
    with part_folder(goal) as written:
        program("export", "p", "--format", "alpaca", "-o", "x.jsonl", check=0)
        assert set(tmp_path.glob(".*.part")) == {busy, written}
    os.close(living)
    clear_parts(goal)
    assert not list(tmp_path.glob(".*.part"))
    assert not left.exists()
    assert len(rows(goal)) == 12
