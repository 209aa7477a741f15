"""What waits on disk and not in memory, and what is forgotten."""

from __future__ import annotations

import json
import tracemalloc

from selfinstruct.formats.base import Reading
from selfinstruct.formats.gathering import gathered
from selfinstruct.formats.importing import found_in, meter_of
from selfinstruct.mock.counting import Counts


def test_rows_wait_on_disk_until_their_tasks_are_whole(tmp_path):
    path = tmp_path / "big.jsonl"
    size = 3000
    with path.open("w") as file:
        for n in range(size):
            row = {"instruction": f"Say {n % 2000}.", "input": str(n), "output": "x" * 5000}
            file.write(json.dumps(row) + "\n")
    tracemalloc.start()
    try:
        with gathered(found_in(str(path), None, Reading())) as tasks:
            held, _ = tracemalloc.get_traced_memory()
            count = len(tasks)
            inputs = [[case.input for case in one.task.instances] for one in tasks]
    finally:
        tracemalloc.stop()
    assert held < size * 500  # of 15 MB
    assert count == 2000
    assert inputs[0] == ["0", "2000"]
    assert inputs[999] == ["999", "2999"]
    assert inputs[1999] == ["1999"]


def test_counts_forget_what_did_not_come_for_longest():
    counts = Counts(most=3)
    for text in (b"a", b"b", b"a", b"c", b"d"):
        counts.add(text)
    assert [counts.of(text) for text in (b"a", b"b", b"c", b"d")] == [2, 0, 1, 1]
    assert counts.add(b"a") == 3


def test_a_meter_tells_the_share_of_what_is_read(tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        text = json.dumps({"instruction": "Sing.", "output": "La."}) + "\n"
        (tmp_path / name).write_text(text * 100)
    paths = [str(tmp_path / name) for name in ("a.jsonl", "b.jsonl")]
    meter = meter_of(paths)
    assert meter.said() == " (0%)"
    list(found_in(paths[0], None, None, meter))
    assert meter.said() == " (50%)"
    list(found_in(paths[1], None, None, meter))
    assert meter.said() == " (100%)"
    assert meter_of(["-"]).said() == ""
