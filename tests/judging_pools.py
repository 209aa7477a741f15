"""Pools that are judged, and judges that say what a test wants."""

from __future__ import annotations

import shutil

import pytest
from conftest import JitteryMock

import selfinstruct as si
from selfinstruct.teachers import Reply

SETTINGS = si.JudgeSettings


@pytest.fixture(scope="session")
def grown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judged") / "p"
    si.generate(folder, target=400, teacher=si.Teacher("mock"))
    return folder


@pytest.fixture
def pool(grown, tmp_path):
    return shutil.copytree(grown, tmp_path / "p")


def judged(pool, teacher=None, *, concurrency=8, **given):
    limits = si.Limits(concurrency=concurrency, **given.pop("limits", {}))
    rubric = given.pop("rubric", None)
    teacher = teacher or JitteryMock()
    return si.judge(pool, rubric, teacher=teacher, settings=SETTINGS(**given), limits=limits)


def content(result):
    return (result.folder / "judgements.jsonl").read_bytes()


def stamps(pool):
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in pool.iterdir()
        if path.is_file()
    }


def tasks_of(pool):
    return list(si.open_pool(pool).tasks())


class Failing(JitteryMock):
    """Fails for good about one item, until ``healed``."""

    healed = False

    async def complete(self, prompt):
        if not self.healed and prompt.text.count(self.hated):
            from selfinstruct.errors import RequestError

            raise RequestError("It says no.")
        return await super().complete(prompt)


class Saying(JitteryMock):
    """Says one thing to everything."""

    def __init__(self, text, finish="stop"):
        super().__init__()
        self.text, self.finish = text, finish

    async def complete(self, prompt):
        self.calls.append(prompt)
        return Reply(self.text, self.finish, None)


YES = '{"reason": "fine", "instruction": "yes", "input": "yes", "output": "yes"}'


def sorted_by(prompts, found, items):
    def of(row):
        one = items[row["item"]]
        return next(p for p in prompts if one.instruction in p.text and one.output in p.text)

    return [of(row) for row in found]
