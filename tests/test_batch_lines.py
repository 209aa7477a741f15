"""The lines of batches, as servers write them; and cutting a wave into batches."""

from __future__ import annotations

import json

import pytest
from batching import client, rows
from conftest import ROOT

from selfinstruct.batching import prompts, slicing
from selfinstruct.batching.desk import Wanted
from selfinstruct.batching.lines import others_in, replies_in
from selfinstruct.errors import RequestError, SettingsError, TeacherError, TransientError
from selfinstruct.teachers.base import Api, Decoding, Prompt, Reply, Schema
from selfinstruct.teachers.batch_files import FileBatches
from selfinstruct.teachers.batch_lines import BatchLines
from selfinstruct.teachers.batching import ENDPOINTS, Parcel

DECODING = Decoding(temperature=0.7, top_p=0.5, presence_penalty=2, max_tokens=64, stop=("\n\n",))
SHAPES = rows(ROOT / "tests" / "data" / "batches" / "lines.jsonl")


def prompt(text="Say hello.", request=0, **more):
    return Prompt(text, DECODING, "instructions", request, **more)


def becomes(found):
    if isinstance(found, Reply):
        return "reply"
    for kind, name in ((RequestError, "refused"), (TransientError, "again")):
        if isinstance(found, kind):
            return name
    return "fatal"


@pytest.mark.parametrize("shape", SHAPES, ids=[one["from"] for one in SHAPES])
def test_a_line_of_each_server_is_read_for_what_it_holds(shape):
    lines = BatchLines(client())
    asked = prompt()
    sent = lines.line("K", asked)["body"]
    try:
        found = lines.read(shape["line"], asked, sent)
    except TeacherError as error:
        found = error
    assert becomes(found) == shape["becomes"], found
    if isinstance(found, Reply):
        assert (found.text, found.usage.completion_tokens) == ("Hello.", 2)


@pytest.fixture
def parcel(tmp_path):
    return Parcel(tmp_path, "0001", "p:0001:x", ENDPOINTS[Api.CHAT], 3)


def ready_for(lines, *asked):
    wanted = [Wanted(one.key("mock-en", Api.CHAT), one, one.request + 5) for one in asked]
    return [slicing.ready(one, lines.line(one.key, one.prompt)) for one in wanted]


def test_a_prompt_that_was_sent_is_read_back_as_it_was(parcel):
    lines = BatchLines(client())
    schema = Schema("tasks", '{"type": "object"}')
    asked = prompt("Žluťoučký\x85 kůň\u2028", 3, repeat=1, sample=2, schema=schema, room=7)
    prompts.write(parcel, ready_for(lines, asked))
    assert len(parcel.requests.read_text(encoding="utf-8").splitlines()) == 1
    found = prompts.Prompts(parcel)
    (key,) = found
    sent = found.sent(key)
    found.close()
    clean = prompt("Žluťoučký\x85 kůň\u2028", 8, repeat=1, sample=2, schema=schema, room=7)
    assert sent.prompt == clean
    assert sent.body["messages"][-1]["content"] == clean.text
    assert prompts.requests_in(parcel) == {key: 8}


def test_the_first_good_line_counts_in_whatever_file_and_order(parcel):
    lines = BatchLines(client())
    part = ready_for(lines, *(prompt(f"Say {n}.", n) for n in range(4)))
    prompts.write(parcel, part)
    keys = [one.wanted.key for one in part]

    def line(key, text):
        choice = {"message": {"content": text}, "finish_reason": "stop"}
        return {"custom_id": key, "response": {"status_code": 200, "body": {"choices": [choice]}}}

    bad = {"custom_id": keys[0], "response": {"status_code": 500, "body": {}}}
    refused = {"custom_id": keys[1], "response": {"status_code": 422, "body": {"error": "No!"}}}
    stranger = line("f" * 32, "Who?")
    out = [bad, stranger, line(keys[2], "two"), line(keys[2], "again"), refused]
    texts = [json.dumps(one) for one in out]
    parcel.output.write_text("\n".join([*texts, "", "{torn"]), encoding="utf-8")
    parcel.errors.write_text(json.dumps(line(keys[0], "zero")) + "\n", encoding="utf-8")
    found, done = prompts.Prompts(parcel), set()
    paths = [parcel.output, parcel.errors]
    said = {key: reply.text for key, _, reply in replies_in(paths, found, lines, done)}
    assert said == {keys[2]: "two", keys[0]: "zero"}
    brought = others_in(paths, found, lines, done)
    found.close()
    assert list(brought.refused) == [keys[1]]
    assert brought.again == [keys[3]]
    assert brought.unknown == 2
    assert brought.fatal is None


@pytest.mark.parametrize("status", [401, 404, 422])
def test_what_most_lines_say_is_said_of_the_teacher_and_marks_nothing(parcel, status):
    lines = BatchLines(client())
    part = ready_for(lines, *(prompt(f"Say {n}.", n) for n in range(12)))
    prompts.write(parcel, part)
    bodies = {"error": {"message": "Not you."}}
    texts = [
        json.dumps(
            {"custom_id": one.wanted.key, "response": {"status_code": status, "body": bodies}}
        )
        for one in part
    ]
    parcel.errors.write_text("\n".join(texts) + "\n", encoding="utf-8")
    found = prompts.Prompts(parcel)
    brought = others_in([parcel.errors], found, lines, set())
    found.close()
    assert "Not you." in str(brought.fatal)
    assert brought.refused == {}
    assert len(brought.again) == 12


def test_waves_are_cut_by_lines_and_by_bytes():
    one = slicing.Ready(Wanted("k", prompt(), 0), b"x" * 100)
    assert [len(part) for part in slicing.slices([one] * 7, 3)] == [3, 3, 1]
    assert [len(part) for part in slicing.slices([one] * 7, 50, 300)] == [3, 3, 1]
    assert [len(part) for part in slicing.slices([one] * 7, 50, 299)] == [2, 2, 2, 1]
    assert list(slicing.slices([], 3)) == []


def test_a_line_that_no_file_can_hold_is_named(monkeypatch):
    monkeypatch.setattr(slicing, "MOST_BYTES", 100)
    with pytest.raises(SettingsError, match=r"Request 17 .*instructions"):
        slicing.ready(Wanted("k", prompt("x" * 100, 17), 17), {"text": "x" * 100})


async def status(parcel):
    return await FileBatches().look(parcel, "0001")


def test_a_folder_has_answered_when_there_is_a_line_for_each_or_nobody_writes_any_more(parcel):
    import asyncio
    import os

    def ended():
        return asyncio.run(status(parcel)).ended

    assert not ended()
    first, second = (parcel.folder / f"0001.out-{n}.jsonl" for n in "12")
    first.write_bytes(b"{}\n{}\n")
    assert not ended()
    second.write_bytes(b'{"a"')
    assert not ended()
    second.write_bytes(b'{"a": 1}')
    assert not ended()
    second.write_bytes(b'{"a": 1}\n')
    assert ended()
    second.unlink()
    assert not ended()
    os.utime(first, (1, 1))
    assert ended()
