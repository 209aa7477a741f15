"""What many tests share: small pools grown in the process, and the program as a process."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from hypothesis import settings

from selfinstruct import cli, jsonl
from selfinstruct.api.plan import plan as make_plan
from selfinstruct.api.settings import PoolSettings
from selfinstruct.bootstrap import Growth, Limits
from selfinstruct.mock import MockTeacher
from selfinstruct.pool import Pool
from selfinstruct.seeds import file_text
from selfinstruct.tasks import Task
from selfinstruct.teachers import Api

# Of each law so many examples; `make long` looks at ten times as many. A machine that others use
# is slow at times, which says nothing about the law.
settings.register_profile("short", max_examples=50, deadline=None)
settings.register_profile("long", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("EXAMPLES", "short"))

TIME = "2000-01-01T00:00:00+00:00"
ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples" / "tones.jsonl"
PASSAGES = ROOT / "examples" / "passages.jsonl"


_OF_POOLS = {one.name for one in fields(PoolSettings)}


def made_with(**given):
    """Settings of a pool; what is none of every pool is one of the recipe."""
    own = {name: value for name, value in given.items() if name in _OF_POOLS}
    return PoolSettings(**own, options={k: v for k, v in given.items() if k not in _OF_POOLS})


def sources(count, language="en"):
    """Seed tasks to be evolved."""
    rows = jsonl.read(ROOT / "seeds" / f"{language}.jsonl")
    return [Task.model_validate(row) for _, row in rows][:count]


def setups():
    """Of each recipe what a run is made of; every law is tested with all of them."""
    evolved = {"recipe": "evolve", "sources": sources(60), "rounds": 5}
    return {
        "self-instruct": made_with(seed=1),
        "self-instruct-completions": made_with(seed=1, api="completions"),
        "alpaca": made_with(seed=1, recipe="alpaca"),
        "alpaca-structured": made_with(seed=1, recipe="alpaca", structured=True),
        "alpaca-completions": made_with(seed=1, recipe="alpaca", api="completions"),
        "targeted": made_with(seed=1, recipe="targeted", seeds=EXAMPLES, grow=True),
        "targeted-context": made_with(
            seed=1, recipe="targeted", seeds=EXAMPLES, passages=PASSAGES, structured=True
        ),
        "targeted-completions": made_with(
            seed=1, recipe="targeted", seeds=EXAMPLES, api="completions"
        ),
        "evolve": made_with(seed=1, difficulty=True, skills=True, **evolved),
        "evolve-completions": made_with(seed=1, api="completions", **evolved),
        "samples": made_with(seed=1, samples=3),
        "korean": made_with(seed=1, language="ko"),
        "korean-evolve": made_with(
            seed=1,
            language="ko",
            recipe="evolve",
            sources=sources(40, "ko"),
            rounds=4,
            difficulty=True,
        ),
    }


def in_every_setup(test):
    return pytest.mark.parametrize("data", [pytest.param(d, id=n) for n, d in setups().items()])(
        test
    )


PROGRAM = [sys.executable, "-m", "selfinstruct"]


class JitteryMock(MockTeacher):
    """The mock with replies that arrive in an order drawn from ``rng``, and a count of calls."""

    def __init__(self, rng=None, api=Api.CHAT, language="en"):
        super().__init__(language, api)
        self.rng = rng
        self.calls = []

    def speak(self, language):
        super().__init__(language, self.api)

    async def complete(self, prompt):
        self.calls.append(prompt.key(self.model, self.api))
        if self.rng is not None:
            for _ in range(self.rng.randrange(12)):
                await asyncio.sleep(0)
        return await super().complete(prompt)


@pytest.fixture
def grow(tmp_path):
    """Grow a pool in this process; returns its folder, the outcome and the growth."""

    def run(name, target, *, teacher=None, concurrency=8, data=None, unbounded=False, **limits):
        folder = tmp_path / name
        data = data or made_with(seed=1)
        plan = make_plan(folder, data)
        teacher = teacher or JitteryMock()
        teacher.api = Api(data.api or "chat")
        if data.language is not None:
            teacher.speak(data.language)
        seeds = file_text(plan.seeds)
        with Pool(folder, plan.manifest, plan.existing, seeds, lambda: TIME, plan.files) as pool:
            growth = Growth(
                pool,
                plan.seeds,
                plan.recipe,
                teacher,
                plan.novelty,
                Limits(concurrency=concurrency, **limits),
            )
            outcome = asyncio.run(growth.run(target, unbounded=unbounded))
        return folder, outcome, growth

    return run


@pytest.fixture
def program(tmp_path):
    """Run the program in ``tmp_path``, without the caller's variables; returns the process."""

    def run(*arguments, env=None, check=None, cwd=None):
        done = subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            cwd=cwd or tmp_path,
            env=environment(env),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        if check is not None:
            assert done.returncode == check, done.stderr
        return done

    return run


@dataclass
class Done:
    """What a process would have left, for verbs that are run in this one."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """Run the program as ``program`` does, but in this process, which is many times faster."""

    def run(*arguments, env=None, check=None, cwd=None):
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2)]
        code = 0
        with monkeypatch.context() as patch:
            patch.chdir(cwd or tmp_path)
            for name in set(os.environ) - set(environment()):
                patch.delenv(name)
            for name, value in environment(env).items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["selfinstruct", *map(str, arguments)])
            # `python -m pytest` is no package's program, whoever asks for its name.
            patch.setattr(sys.modules["__main__"], "__package__", None)
            patch.setattr(sys, "stdout", streams[0])
            patch.setattr(sys, "stderr", streams[1])
            try:
                cli.run()
            except SystemExit as ended:
                code = ended.code or 0
            for stream in streams:
                stream.flush()
        texts = [stream.buffer.getvalue().decode() for stream in streams]
        done = Done(code, *texts)
        if check is not None:
            assert done.returncode == check, done.stderr
        return done

    return run


def environment(extra=None):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SELFINSTRUCT_", "OPENAI_"))}
    return {**clean, "PYTHONUTF8": "1", "COLUMNS": "100", **(extra or {})}


@pytest.fixture
def server(tmp_path):
    """Start ``serve-mock`` in its own process; returns its address."""
    started = []

    def start(*arguments):
        log = (tmp_path / f"server-{len(started)}.log").open("w+")
        process = subprocess.Popen(
            [*PROGRAM, "serve-mock", "--port", "0", *map(str, arguments)],
            stderr=log,
            env=environment(),
        )
        started.append((process, log))
        for _ in range(1200):  # a busy machine may take its time to start it
            log.seek(0)
            if "Listening on " in (text := log.read()):
                return text.split("Listening on ")[1].split()[0]
            assert process.poll() is None, text
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    yield start
    for process, log in started:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        log.close()


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
