"""Sets of answers to be compared, and judges with a taste."""

from __future__ import annotations

import json
import random
import re

import pytest
from conftest import JitteryMock

import selfinstruct as si
from selfinstruct.teachers import Reply

SETTINGS = si.CompareSettings


def answers_of(number, words=30):
    rng = random.Random(number)
    sizes = [rng.randrange(5, words) for _ in range(60)]
    return [
        {
            "instruction": f"Describe river {n}.",
            "input": "",
            "output": " ".join(["word"] * size) + f" of {number}.",
        }
        for n, size in enumerate(sizes)
    ]


@pytest.fixture
def sets(tmp_path):
    for name, data in (("base", answers_of(1)), ("tuned", answers_of(2)), ("other", answers_of(3))):
        (tmp_path / f"{name}.json").write_text(json.dumps(data))
    return tmp_path


def compared(folder, *names, teacher=None, into="c", concurrency=8, **given_):
    given_.setdefault("controls", 0)
    return si.compare(
        [folder / f"{name}.json" for name in names],
        folder / into,
        teacher=teacher or JitteryMock(),
        settings=SETTINGS(**given_),
        limits=si.Limits(concurrency=concurrency),
    )


class Choosing(JitteryMock):
    """Chooses by what a function of the two texts says."""

    def __init__(self, choose):
        super().__init__()
        self.choose = choose

    async def complete(self, prompt):
        self.calls.append(prompt)
        parts = re.findall(r"\[[0-9a-f]{8} \d Output\]\n(.*?)(?=\n\[)", prompt.text, re.DOTALL)
        return Reply(json.dumps({"reason": "so", "better": self.choose(*parts)}), "stop", None)


def by_name(result):
    return {one.name: one for one in result.summary.ranking.standings}
