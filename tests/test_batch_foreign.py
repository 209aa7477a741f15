"""Batches against a server that others have written: llmock, from the package index."""

from __future__ import annotations

import json

import pytest
from batching import steps
from serving import foreign

import selfinstruct as si
from selfinstruct.teachers.openai_batches import OpenAIBatches

pytestmark = pytest.mark.long
COUNT = 30


@pytest.fixture(scope="module")
def address():
    """Where it serves."""
    with foreign() as server:
        yield f"{server}/v1"


def asked(address, tmp_path, wait=0.0):
    prompts = tmp_path / "prompts.jsonl"
    rows = [{"instruction": f"Say {n}.", "output": ""} for n in range(COUNT)]
    prompts.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return si.answer(
        prompts,
        tmp_path / "answers",
        teacher=si.Teacher("openai", model="gpt-4o", base_url=address, key="k"),
        limits=si.Limits(batch=si.Batch(least=0, size=12, wait=wait)),
    )


def test_answers_by_its_batches_are_all_there_and_ordered_once(address, tmp_path):
    assert asked(address, tmp_path).stopped == "waiting"
    result = asked(address, tmp_path, wait=1.0)
    assert (result.stopped, result.answers) == ("target", COUNT)
    assert steps(tmp_path / "answers").count("created") == 3


def test_an_order_whose_answer_is_lost_is_found_on_its_list(address, tmp_path, monkeypatch):
    create = OpenAIBatches.create

    async def cut_off(self, parcel, file):
        await create(self, parcel, file)
        raise KeyboardInterrupt

    monkeypatch.setattr(OpenAIBatches, "create", cut_off)
    with pytest.raises(KeyboardInterrupt):
        asked(address, tmp_path)
    monkeypatch.setattr(OpenAIBatches, "create", create)
    assert steps(tmp_path / "answers")[-1] == "creating"
    result = asked(address, tmp_path, wait=1.0)
    assert (result.stopped, result.answers) == ("target", COUNT)
    assert steps(tmp_path / "answers").count("creating") == 3
