"""What a run tells whoever called it as a library: sentences to the logger ``selfinstruct``."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from conftest import JitteryMock, environment, rows

from selfinstruct.bootstrap import Stopped
from selfinstruct.errors import RequestError
from selfinstruct.teachers.budget import Budgeted, Caps
from selfinstruct.teachers.learning import Learner


@pytest.fixture
def told(caplog):
    """The lines of the log so far, at a level and above."""

    def lines(level):
        return [record.getMessage() for record in caplog.records if record.levelno >= level]

    caplog.set_level(logging.DEBUG, logger="selfinstruct")
    return lines


def test_a_run_tells_how_it_begins_and_ends_and_each_commit(grow, told):
    folder, _, growth = grow("p", 12)
    assert told(logging.INFO)[0] == f"{folder}: 0 tasks, growing to 12"
    calls = growth.tally.total.calls
    end = f"{folder}: stopped: target; 12 tasks, 12 of them new, {calls} calls"
    assert told(logging.INFO)[-1] == end
    assert told(logging.WARNING) == []
    assert told(logging.DEBUG)[-2].endswith("; 12 tasks in all")


def test_failures_and_an_early_end_are_warnings_and_no_text_of_a_task_is_told(grow, told):
    class Moody(JitteryMock):
        def __init__(self):
            super().__init__()
            self.inner = Budgeted(JitteryMock(), Caps(calls=9), None)

        async def complete(self, prompt):
            if prompt.step == "classify" and prompt.request == 0:
                raise RequestError("It was refused (400):\x1b[2J\nno.")
            return await self.inner.complete(prompt)

    folder, outcome, _ = grow("p", 40, teacher=Moody())
    assert outcome.stopped is Stopped.BUDGET
    assert r"A request failed: It was refused (400):\x1b[2J\nno." in told(logging.WARNING)
    assert "The next call could pass the cap of 9 calls; 9 calls" in told(logging.WARNING)[-1]
    said = "\n".join(told(logging.DEBUG))
    for row in [*rows(folder / "tasks.jsonl"), *rows(folder / "rejects.jsonl")]:
        if text := row.get("instruction") or row.get("text"):
            assert text not in said


def test_mended_files_and_what_is_learned_are_told(grow, told):
    folder, _, _ = grow("p", 8)
    assert told(logging.WARNING) == []
    with (folder / "tasks.jsonl").open("ab") as file:
        file.write(b'{"torn')
    grow("p", 9)
    assert any("held 6 bytes behind the last whole commit" in one for one in told(logging.WARNING))
    Learner().more_room(0)
    assert told(logging.INFO)[-1].startswith("The teacher needs more tokens for its thoughts")


def test_nothing_is_shown_where_nobody_asked_for_it():
    script = "from selfinstruct.log import LOG; LOG.error('hello')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")
