"""The verbs as functions: what Python calls."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import re
import subprocess
import sys
import threading

import pytest
from conftest import ROOT, environment, rows

import selfinstruct as si
from selfinstruct import recipes
from selfinstruct.cli import groups, pool_flags
from selfinstruct.errors import DeclinedError, PoolError, SettingsError
from selfinstruct.teachers import Decoding

MOCK = si.Teacher("mock")


def test_generate_returns_a_value_and_goes_on(tmp_path, capsys):
    first = si.generate(tmp_path / "p", target=15, teacher=MOCK)
    assert (first.stopped, first.tasks, first.began) == (si.Stopped.TARGET, 15, True)
    assert first.usage.calls > 15
    assert sum(first.rejected.values()) == len(rows(tmp_path / "p" / "rejects.jsonl"))
    again = si.generate(tmp_path / "p", target=15, teacher=MOCK)
    assert (again.began, again.tasks, again.usage.calls) == (False, 15, 0)
    more = si.generate(tmp_path / "p", target=20, teacher=MOCK)
    assert (more.accepted, more.tasks) == (5, 20)
    assert capsys.readouterr() == ("", "")  # nothing is ever printed


def test_the_function_makes_the_same_pool_as_the_command(tmp_path, inside):
    inside("generate", "a", "--teacher", "mock", "--target", 25, "--seed", 4, check=0)
    settings = si.PoolSettings(seed=4)
    si.generate(tmp_path / "b", target=25, teacher=MOCK, settings=settings)
    for name in ("tasks.jsonl", "rejects.jsonl", "manifest.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_json_is_the_row_of_the_result(tmp_path, inside):
    done = inside("generate", "a", "--teacher", "mock", "--target", 9, "--json", check=0)
    said = json.loads(done.stdout)
    result = si.generate(tmp_path / "b", target=9, teacher=MOCK)
    row = json.loads(json.dumps(result.row()))
    assert list(row) == list(said)
    same = {key: value for key, value in row.items() if key not in {"pool", "seconds"}}
    assert same.items() <= said.items()
    assert result.usage.cost_usd is None
    shown = json.loads(inside("status", "a", "--json", check=0).stdout)
    assert json.loads(json.dumps(si.status(tmp_path / "a").row() | {"pool": "a"})) == shown


def test_a_budget_ends_a_run_with_a_value_and_no_error(tmp_path):
    done = si.generate(
        tmp_path / "p",
        target=50,
        teacher=dataclasses.replace(MOCK, price=(1.0, 2.0)),
        limits=si.Limits(max_calls=20, budget_usd=10),
    )
    assert done.stopped is si.Stopped.BUDGET
    assert done.usage.calls <= 20
    assert done.usage.cost_usd > 0
    assert "20 calls" in str(done.error)


def test_what_is_wrong_is_raised(tmp_path):
    with pytest.raises(SettingsError, match="No teacher was chosen"):
        si.generate(tmp_path / "p", target=3)
    with pytest.raises(SettingsError, match="at least 1"):
        si.generate(tmp_path / "p", target=0, teacher=MOCK)
    settings = si.PoolSettings(recipe="alpaca", options={"foo": 1})
    with pytest.raises(SettingsError, match="--foo is no setting of the recipe alpaca"):
        si.generate(tmp_path / "p", target=3, teacher=MOCK, settings=settings)
    with pytest.raises(PoolError, match="no pool"):
        si.status(tmp_path / "nothing")
    assert not (tmp_path / "p").exists()


def test_nothing_reads_the_environment_unless_it_is_asked_to(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-nobody")
    with pytest.raises(SettingsError, match="No teacher was chosen"):
        si.generate(tmp_path / "p", target=3)
    with pytest.raises(SettingsError, match="needs a key"):
        si.generate(tmp_path / "p", target=3, teacher=si.Teacher("openai", model="m"))
    chosen = si.Teacher(model="m").from_environment()
    assert (chosen.name, chosen.key) == ("openai", "sk-nobody")
    assert si.Teacher("vllm", model="m").from_environment().key is None
    assert si.Teacher("vllm", key="k").from_environment({"VLLM_API_KEY": "other"}).key == "k"
    assert "sk-nobody" not in repr(chosen)


SAID = (
    "Describe a glacier to somebody who has never seen ice.",
    "Explain how people sent messages before there were telephones.",
    "Write four lines about the harbour at night.",
    "Compare the sounds of an orchestra with those of a thunderstorm.",
)


class Poet:
    """A teacher of somebody's own: no base class, and texts for replies."""

    model = "poet-1"

    def __init__(self):
        self.asked = 0
        self.is_closed = False

    def complete(self, prompt):
        self.asked += 1
        if prompt.step == "instructions":
            return "\n".join(f"{number}. {said}" for number, said in enumerate(SAID, 9))
        if prompt.step == "classify":
            return "No"
        return f"Input: none\nOutput: It is hard to say in a few words, try {self.asked}."

    def close(self):
        self.is_closed = True


class LatePoet(Poet):
    """The same, as a coroutine that answers with a whole reply."""

    name = "late"

    async def complete(self, prompt):
        await asyncio.sleep(0)
        return si.Reply(super().complete(prompt), "stop", None)


@pytest.mark.parametrize("kind", [Poet, LatePoet])
def test_any_object_that_completes_prompts_is_a_teacher(tmp_path, kind):
    poet = kind()
    limits = si.Limits(max_calls=60, concurrency=1)
    done = si.generate(tmp_path / "p", target=3, teacher=poet, limits=limits)
    assert done.tasks == 3
    assert done.usage.unmetered_calls == done.usage.calls == poet.asked
    assert poet.is_closed
    came = rows(tmp_path / "p" / "tasks.jsonl")[0]["provenance"]
    assert (came["teacher"], came["model"]) == (getattr(poet, "name", "Poet"), "poet-1")
    with pytest.raises(SettingsError, match="has a method complete"):
        si.generate(tmp_path / "q", target=3, teacher=object())


def test_a_function_may_be_called_where_a_loop_goes(tmp_path):
    async def notebook():
        first = si.generate(tmp_path / "p", target=5, teacher=MOCK)
        second = await si.generate_async(tmp_path / "p", target=8, teacher=MOCK)
        return first.tasks, second.tasks

    assert asyncio.run(notebook()) == (5, 8)


class StopsSoon(si.Observer):
    """Stops the run from another thread, once it has begun."""

    def __init__(self, stop):
        self.stop = stop

    def watching(self, tally, pace):
        del pace
        self.tally = tally
        threading.Thread(target=self.stop.set).start()
        return super().watching(tally, self)


def test_a_run_is_stopped_from_outside_and_keeps_what_it_has(tmp_path):
    stop = si.Stop()
    done = si.generate(
        tmp_path / "p", target=5000, teacher=MOCK, observer=StopsSoon(stop), stop=stop
    )
    assert done.stopped is si.Stopped.INTERRUPTED
    assert done.tasks < 5000
    assert len(rows(tmp_path / "p" / "tasks.jsonl")) == done.tasks
    before = si.generate(tmp_path / "p", target=done.tasks + 1, teacher=MOCK, stop=stop)
    assert before.stopped is si.Stopped.INTERRUPTED  # it was set before the run began


def test_evolve_asks_before_the_first_call_where_somebody_wants_it(tmp_path):
    seen = []
    with pytest.raises(DeclinedError, match="Nothing was asked"):
        si.evolve(
            ROOT / "examples" / "tones.jsonl",
            tmp_path / "p",
            rounds=2,
            teacher=MOCK,
            confirm=seen.append,
        )
    assert seen[0].left == seen[0].sources * 2
    assert not (tmp_path / "p" / "tasks.jsonl").exists()
    done = si.evolve(
        ROOT / "examples" / "tones.jsonl",
        tmp_path / "p",
        rounds=1,
        teacher=MOCK,
        settings=si.PoolSettings(options={"difficulty": True}),
    )
    assert done.stopped is si.Stopped.TARGET
    assert si.status(tmp_path / "p").evolution["rounds"][1]["kept"] == done.tasks


def test_a_replay_asks_nobody(tmp_path):
    si.generate(tmp_path / "p", target=20, teacher=MOCK)
    settings = si.PoolSettings(threshold=0.4)
    done = si.replay(tmp_path / "p", tmp_path / "q", settings=settings)
    assert (done.stopped, done.usage.calls, done.rebuilt) == (si.Stopped.TARGET, 0, True)
    assert done.replayed == tmp_path / "p"
    assert si.status(tmp_path / "q").threshold == 0.4


def test_an_estimate_is_for_the_whole_line_of_a_run(inside, tmp_path):
    line = ("p", "--teacher", "mock", "--target", 30, "--recipe", "alpaca", "--concurrency", 4)
    said = json.loads(inside("estimate", *line, "--budget", 3, "--json", check=0).stdout)
    assert said["missing"] == 30
    source = str(ROOT / "examples" / "tones.jsonl")
    line = (source, "q", "--teacher", "mock", "--rounds", 3, "--difficulty", "--yes")
    said = json.loads(inside("estimate", *line, "--json", check=0).stdout)
    assert said["left"] == 3 * said["sources"]
    assert "difficulty" in said["steps"]
    wrong = inside("estimate", source, "q", "--target", 4)
    assert wrong.returncode == 2
    assert "estimate SOURCE POOL" in wrong.stderr
    assert not (tmp_path / "p").exists()


def test_the_names_that_are_loaded_are_the_names_that_are_typed():
    text = (ROOT / "selfinstruct" / "__init__.py").read_text(encoding="utf-8")
    typed = set(re.findall(r"^    from .* import \w+ as (\w+)", text, re.MULTILINE))
    assert typed == set(si.__all__) - {"__version__"}
    for name in si.__all__:
        assert getattr(si, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = si.nothing


def test_importing_loads_next_to_nothing():
    code = "import selfinstruct, sys; print(len([m for m in sys.modules if 'selfinstruct.' in m]))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment() | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "0"


def test_each_setting_of_a_recipe_has_one_flag_and_each_flag_one_reader():
    own = {one.name for one in dataclasses.fields(si.PoolSettings)}
    flags = {one.name for one in dataclasses.fields(pool_flags.AnyFlags)}
    settings = {name for kind in recipes.shipped() for name in kind.settings.model_fields}
    decoding = set(Decoding.model_fields)
    # How many requests may be under way is nobody's daily choice: `--set lag=N`, or `--batch`.
    assert settings - {"context", "lag"} <= flags
    assert not settings & own
    assert flags <= own | settings | decoding | {"set_"}
    server = {one.name for one in dataclasses.fields(groups.ServerFlags)}
    files = (ROOT / "selfinstruct" / "cli" / f"{one}_flags.py" for one in ("from", "limit"))
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    for name in server - {"api"}:
        assert f"server.{name}" in text or f'"{name}"' in text, name
    for group, flags_ in (("traffic", groups.TrafficFlags), ("limits", groups.LimitFlags)):
        for one in dataclasses.fields(flags_):
            assert f"{group}.{one.name}" in text, one.name
