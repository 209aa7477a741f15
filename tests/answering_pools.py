"""Pools whose prompts are answered, and models that say what a test wants."""

from __future__ import annotations

import shutil

import pytest
from conftest import JitteryMock

import selfinstruct as si
from selfinstruct.teachers import Reply

SETTINGS = si.AnswerSettings
KEYS = ["item", "sample", "instruction", "input", "output", "finish", "model", "as"]


@pytest.fixture(scope="session")
def grown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("answered") / "p"
    si.generate(folder, target=120, teacher=si.Teacher("mock"))
    return folder


@pytest.fixture
def pool(grown, tmp_path):
    return shutil.copytree(grown, tmp_path / "p")


@pytest.fixture
def ask(tmp_path):
    """Answer a source; returns what came of it."""

    def run(source, teacher=None, *, into="a", concurrency=8, limits=None, confirm=None, **given):
        return si.answer(
            source,
            tmp_path / into,
            teacher=teacher or JitteryMock(),
            settings=SETTINGS(**given),
            limits=si.Limits(concurrency=concurrency, **(limits or {})),
            confirm=confirm,
        )

    return run


def content(result):
    return (result.folder / "answers.jsonl").read_bytes()


class Saying(JitteryMock):
    """Says one thing to everything."""

    def __init__(self, text, finish="stop", thoughts=""):
        super().__init__()
        self.text, self.finish, self.thoughts = text, finish, thoughts
        self.prompts = []

    async def complete(self, prompt):
        self.prompts.append(prompt)
        return Reply(self.text, self.finish, None, thoughts=self.thoughts)
