"""Batches by a folder, answered as a cluster would answer them: partly, twice, in any order."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import urllib.request

import pytest
from aiohttp import web
from conftest import TIME, JitteryMock, made_with

import selfinstruct as si
from selfinstruct.api.plan import plan as make_plan
from selfinstruct.batching import waves
from selfinstruct.batching.desk import Desk
from selfinstruct.batching.job import Job
from selfinstruct.batching.journal import BatchJournal
from selfinstruct.batching.ordering import Ordering
from selfinstruct.batching.settings import Batch
from selfinstruct.batching.waves import Batches
from selfinstruct.bootstrap import Growth, Limits
from selfinstruct.mock.behaviour import Behaviour
from selfinstruct.mock.grammar import grammar
from selfinstruct.mock.server import application
from selfinstruct.mock.teacher import reply
from selfinstruct.pool import Pool
from selfinstruct.seeds import file_text
from selfinstruct.teachers import Api
from selfinstruct.teachers.batch_files import FileBatches
from selfinstruct.teachers.batch_lines import BatchLines
from selfinstruct.teachers.openai import OpenAITeacher
from selfinstruct.teachers.presets import Switches

NOWHERE = "http://127.0.0.1:9/v1"


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def client(api=Api.CHAT, language="en"):
    """Makes and reads lines; nobody is ever asked by it."""
    return OpenAITeacher(
        name="mock",
        model=f"mock-{language}",
        api=api,
        base_url=NOWHERE,
        key=None,
        switches=Switches(),
    )


def completion(body, language="en", sample=0):
    """The body of the mock's answer to the body of a request."""
    chat = "messages" in body
    text = body["messages"][-1]["content"] if chat else body["prompt"]
    limit = body.get("max_completion_tokens") or body["max_tokens"]
    said = reply(text, grammar(language), limit, body.get("stop", ()), again=sample)
    choice = {"message": {"content": said.text}} if chat else {"text": said.text}
    usage = {
        "prompt_tokens": said.usage.prompt_tokens,
        "completion_tokens": said.usage.completion_tokens,
    }
    return {"choices": [{**choice, "finish_reason": said.finish}], "usage": usage}


def line(key, status, body=None, error=None):
    response = None if status is None else {"status_code": status, "body": body or {}}
    return {"id": "x", "custom_id": key, "response": response, "error": error}


def lost(key, rng):
    """A line that brings nothing, in one of the ways that servers have, or none at all."""
    return rng.choice(
        [
            None,
            line(key, 0),
            line(key, None, error={"code": "batch_expired", "message": "expired"}),
            line(key, 500, {"error": {"message": "oops"}}),
            line(key, 429),
        ]
    )


def answer(folder, rng=None, share=0.0, language="en"):
    """Answer all files of requests in the pool; returns the digests that were bought."""
    bought = []
    for path in sorted((folder / "batches").glob("*.in.jsonl")):
        out = path.with_name(path.name.replace(".in.", ".out."))
        samples = {
            row["key"]: row.get("sample", 0)
            for row in rows(path.with_name(path.name.replace(".in.", ".map.")))
        }
        found = []
        for row in rows(path):
            key = row["custom_id"]
            if rng and rng.random() < share:
                found.append(lost(key, rng))
                continue
            bought.append(key)
            found.append(line(key, 200, completion(row["body"], language, samples[key])))
        found = [one for one in found if one is not None]
        if rng:
            found += rng.sample(found, len(found) // 10)
            found += [line("f" * 32, 200, {"choices": [{"text": "?"}]})]
            rng.shuffle(found)
        text = "".join(json.dumps(one) + "\n" for one in found)
        out.write_text(text + ("not a line\n" if rng else ""), encoding="utf-8")
        done_long_ago(out)
    return bought


def done_long_ago(path):
    """A file that nobody writes any more."""
    os.utime(path, (1, 1))


def job_of(folder, store, lines, **more):
    transports = more.pop("transports", {"files": FileBatches()})
    given = {"price": None, "budget": None, "tell": print, "warn": print} | more
    journal = BatchJournal(folder, lambda: TIME)
    return Job(journal, store, Desk(), lines, transports, **given)


def batched(
    folder, target, data=None, *, batch=None, unbounded=False, teacher=None, outstanding=None
):
    """One call of a run by batches; returns its outcome, the growth, and the waves."""
    data = data or made_with(seed=1)
    plan = make_plan(folder, data)
    api, language = Api(data.api or "chat"), data.language or "en"
    lines = BatchLines(client(api, language))
    batch = batch or Batch(transport="files")
    teacher = teacher or JitteryMock(api=api, language=language)
    seeds = file_text(plan.seeds)
    with Pool(folder, plan.manifest, plan.existing, seeds, lambda: TIME, plan.files) as pool:
        job = job_of(folder, pool.replies, lines)
        ordering = Ordering(job, batch, lines, job.transports["files"])
        brings = Batches(job, batch, ordering)
        job.desk.submit(outstanding or {})
        limits = Limits(concurrency=8)
        growth = Growth(pool, plan.seeds, plan.recipe, teacher, plan.novelty, limits, waves=brings)

        async def run():
            brings.heard_by(growth.tally)
            await brings.collect()
            return await growth.run(target, unbounded=unbounded)

        outcome = asyncio.run(run())
        brings.close()
    return outcome, growth, brings


class Server:
    """The mock server in a thread of this process."""

    def __init__(self, **behaviour):
        self.behaviour = Behaviour(**behaviour)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self):
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    async def _serve(self):
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        self.app = application(self.behaviour)
        runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        self._ready.set()
        await self._ended.wait()
        await runner.cleanup()

    def bill(self):
        with urllib.request.urlopen(f"{self.address}/usage") as answer:  # noqa: S310 - our own server, by http
            return json.load(answer)

    def teacher(self, **more):
        given = {"model": "mock", "base_url": self.address} | more
        return si.Teacher("vllm", **given)


def grow_by(server, folder, target=4, *, batch=None, teacher=None, observer=None, **more):
    """One call of ``generate`` by batches."""
    return si.generate(
        folder,
        target=target,
        teacher=teacher or server.teacher(),
        settings=si.PoolSettings(seed=1),
        limits=si.Limits(batch=batch or si.Batch(least=0), **more),
        observer=observer or si.Observer(),
    )


def to_the_end(call, most=60):
    """Call until nothing is waited for; the results."""
    results = [call()]
    while results[-1].stopped == "waiting":
        assert len(results) < most, "it never ends"
        results.append(call())
    return results


@pytest.fixture
def at_once(monkeypatch):
    """Batches that are waited for are looked at without a pause, a number of times."""
    monkeypatch.setattr(waves, "_pauses", lambda: iter([0.0] * 40))


WAITS = si.Batch(least=0, wait=None)
"""One call from the beginning to the end, if nothing keeps it."""


def journal(folder):
    return rows(folder / "batches.jsonl")


def steps(folder):
    if not (folder / "batches.jsonl").exists():
        return []
    return [row["step"] for row in journal(folder)]
