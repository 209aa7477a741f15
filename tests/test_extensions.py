"""A recipe and a teacher that other packages bring: one file, and every verb knows them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from conftest import rows
from pydantic import BaseModel, ConfigDict, Field

import selfinstruct as si
from selfinstruct import recipes
from selfinstruct.bootstrap import Ask, Developed, Draft, Foreseen, Outlook, View
from selfinstruct.errors import SettingsError
from selfinstruct.extensions import Registry
from selfinstruct.formats import registry, trainers
from selfinstruct.formats.base import joined, made, text
from selfinstruct.formats.kind import Format
from selfinstruct.formats.trainers import Trainer
from selfinstruct.prompts import OwnStep
from selfinstruct.recipes import Kind, Making
from selfinstruct.recipes.lag import growing_lag
from selfinstruct.tasks import Candidate, Instance, Reject, Task
from selfinstruct.teachers import Decoding, Prompt, Reply, presets
from selfinstruct.teachers.presets import Preset, Switches

CHAT = """\
{% for demonstration in demonstrations %}- {{ demonstration.instruction }}
{% endfor %}
Write {{ count }} questions about {{ subject }} as a list, and answer each behind " = ".
"""
QUIZ = OwnStep(
    "quiz",
    needed=frozenset({"subject", "count"}),
    known=frozenset(),
    texts={"chat": CHAT, "completions": CHAT},
)


class Settings(BaseModel):
    """What the recipe can be told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str = "rivers"
    per_request: int = Field(default=4, ge=1)


class Decodings(BaseModel):
    """How its step is decoded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quiz: Decoding = Decoding(temperature=1, top_p=1, max_tokens=200)


class Quiz:
    """Questions about a subject with short answers, many in one reply."""

    name = "quiz"
    end: int | None = None
    retries_from: int | None = 0

    def __init__(self, making: Making[Settings, Decodings]) -> None:
        self._making = making

    def visible(self, number: int) -> int:
        return growing_lag(number)

    def known(self, seed: Task) -> list[str]:
        return [seed.instruction]

    def draft(self, number: int, rng: random.Random, view: View) -> Draft:
        making = self._making
        shown = rng.sample(list(view.seeds), 3)
        text = making.prompts.render(
            "quiz",
            subject=making.settings.subject,
            count=making.settings.per_request,
            demonstrations=shown,
        )
        prompt = Prompt(text, making.decodings.quiz, "quiz", number)
        ids = tuple(seed.id for seed in shown)
        return Draft(prompt, ids, tuple(seed.instruction for seed in shown))

    def read(self, reply: Reply, draft: Draft) -> list[Candidate | Reject]:
        del draft
        pairs = (line.partition(" = ") for line in reply.text.splitlines())
        found = [(question.strip(), said) for question, equals, said in pairs if equals]
        return [
            Candidate(question, place, (Instance(input="", output=said),))
            for place, (question, said) in enumerate(found)
        ]

    def copied(self, candidate: Candidate, draft: Draft) -> None:
        del candidate, draft

    def refuse(self, candidate: Candidate) -> None:
        del candidate

    def understands(self, step: str, reply: Reply, draft: Draft) -> bool:
        del step
        return bool(self.read(reply, draft))

    def foresee(self, number: int, rng: random.Random, view: View) -> Outlook:
        prompt = self.draft(number, rng, view).prompt
        count = self._making.settings.per_request
        return Outlook(count, (Foreseen(prompt, "What is it? = It.\n" * count, per_request=1),))

    async def develop(self, candidate: Candidate, draft: Draft, number: int, ask: Ask) -> Developed:
        del draft, number, ask
        return Developed(is_classification=False, instances=candidate.instances, rejects=())


KIND = Kind("quiz", (QUIZ,), "quiz", Settings, Decodings, Quiz, whole_tasks=True)


class Quizmaster:
    """Answers the recipe's prompts."""

    name, model = "own", "quizmaster"

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt) -> str:
        self.prompts.append(prompt)
        rng = random.Random(len(self.prompts))
        words = ["".join(rng.choices("abcdefgh", k=7)) for _ in range(24)]
        asked = [" ".join(words[n : n + 6]) for n in range(0, 24, 6)]
        return "\n".join(f"Why {words}? = Because of {words[:6]}." for words in asked)


@pytest.fixture(autouse=True)
def _with_the_recipe(monkeypatch):
    fresh: Registry[Kind] = Registry("selfinstruct.recipes", Kind, tuple(recipes.shipped()))
    monkeypatch.setattr(recipes, "_RECIPES", fresh)
    si.register_recipe(KIND)


def settings(**options: Any) -> si.PoolSettings:
    return si.PoolSettings(recipe="quiz", options=options)


def test_a_recipe_of_ones_own_works_in_every_verb(tmp_path, inside):
    pool, master = tmp_path / "p", Quizmaster()
    chosen = settings(subject="lakes", per_request=3)
    told = si.estimate(pool, target=12, settings=chosen)
    assert list(told.costs.steps) == ["quiz"]
    done = si.generate(pool, target=12, teacher=master, settings=chosen)
    assert (done.stopped, done.tasks) == (si.Stopped.TARGET, 12)
    assert "Write 3 questions about lakes" in master.prompts[0].text
    before = (pool / "tasks.jsonl").read_bytes()
    # It goes on with the pool's own settings, and its manifest knows them.
    asked = len(master.prompts)
    more = si.generate(pool, target=20, teacher=master)
    assert more.tasks == 20
    assert "about lakes" in master.prompts[asked].text
    assert (pool / "tasks.jsonl").read_bytes().startswith(before)
    again = si.replay(pool, tmp_path / "q")
    assert (again.tasks, again.usage.calls) == (20, 0)
    shown = json.loads(inside("status", "p", "--json", check=0).stdout)
    assert (shown["recipe"], shown["tasks"]) == ("quiz", 20)
    inside("validate", "p", check=0)
    inside("export", "p", "--format", "alpaca", "-o", "o.jsonl", check=0)
    assert len(rows(tmp_path / "o.jsonl")) == 20


def test_the_command_line_sets_what_it_has_no_option_for(inside):
    chosen = ("--recipe", "quiz", "--set", "subject=seas", "--set", "per-request=2")
    done = inside("estimate", "p", "--target", 10, *chosen, "--json", check=0)
    assert list(json.loads(done.stdout)["steps"]) == ["quiz"]
    wrong = inside("estimate", "p", "--target", 10, "--recipe", "quiz", "--set", "depth=2")
    assert wrong.returncode == 2
    assert "--depth is no setting of the recipe quiz" in wrong.stderr
    wrong = inside("estimate", "p", "--target", 10, "--recipe", "quiz", "--set", "per_request=0")
    assert wrong.returncode == 2
    assert "per_request" in wrong.stderr
    wrong = inside("estimate", "p", "--target", 10, "--set", "human")
    assert "write NAME=VALUE" in wrong.stderr
    set_ = inside("estimate", "p", "--target", 10, "--set", "human=4", "--json", check=0)
    flag = inside("estimate", "p", "--target", 10, "--human", 4, "--json", check=0)
    assert set_.stdout == flag.stdout


def test_a_step_of_ones_own_may_be_replaced_by_a_file(tmp_path):
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "quiz.chat.jinja").write_text("{{ count }} riddles about {{ subject }}, please.")
    master = Quizmaster()
    chosen = si.PoolSettings(recipe="quiz", prompts=folder)
    si.generate(tmp_path / "p", target=2, teacher=master, settings=chosen)
    assert master.prompts[0].text == "4 riddles about rivers, please."


def test_a_shipped_recipe_keeps_its_name():
    kind = Kind("alpaca", (QUIZ,), "quiz", Settings, Decodings, Quiz)
    with pytest.raises(SettingsError, match="'alpaca' is shipped"):
        si.register_recipe(kind)


class Point:
    """An entry point of another package."""

    def __init__(self, name: str, thing: object) -> None:
        self.name = name
        self._thing = thing

    def load(self) -> object:
        if isinstance(self._thing, Exception):
            raise self._thing
        return self._thing


def offered(monkeypatch, points: Sequence[Point]) -> None:
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: points)


def test_other_packages_offer_recipes_as_entry_points(tmp_path, monkeypatch):
    fresh: Registry[Kind] = Registry("selfinstruct.recipes", Kind, tuple(recipes.shipped()))
    monkeypatch.setattr(recipes, "_RECIPES", fresh)
    offered(monkeypatch, [Point("quiz", KIND), Point("alpaca", object())])
    assert recipes.find("quiz") is KIND
    assert recipes.find("alpaca") is not None
    with pytest.raises(SettingsError, match="use self-instruct, alpaca, targeted, evolve, quiz"):
        recipes.find("nothing")
    done = si.generate(tmp_path / "p", target=3, teacher=Quizmaster(), settings=settings())
    assert done.tasks == 3


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (object(), "must be a Kind of that name"),
        (ImportError("no such module"), "cannot be loaded"),
    ],
)
def test_an_entry_point_that_is_no_recipe_is_named(monkeypatch, thing, said):
    fresh: Registry[Kind] = Registry("selfinstruct.recipes", Kind, ())
    monkeypatch.setattr(recipes, "_RECIPES", fresh)
    offered(monkeypatch, [Point("odd", thing)])
    with pytest.raises(SettingsError, match=f"'odd' of selfinstruct.recipes .*{said}"):
        recipes.find("odd")


def test_a_preset_of_ones_own_is_a_teacher(tmp_path, inside, server, monkeypatch):
    fresh = Registry("selfinstruct.teachers", Preset, (presets.preset("openai"),))
    monkeypatch.setattr(presets, "_PRESETS", fresh)
    address = server("--key", "sk-house")
    si.register_teacher(
        Preset(
            name="house",
            base_url=address,
            key_variable="HOUSE_KEY",
            key_needed=True,
            switches=Switches(),
            hint="Ask the people in the cellar.",
        )
    )
    line = ("generate", "p", "--teacher", "house", "--model", "mock", "--target", 5, "--json")
    missing = inside(*line)
    assert missing.returncode == 2
    assert "set HOUSE_KEY" in missing.stderr
    done = inside(*line, env={"HOUSE_KEY": "sk-house"}, check=0)
    assert json.loads(done.stdout)["tasks"] == 5
    assert rows(tmp_path / "p" / "tasks.jsonl")[0]["provenance"]["teacher"] == "house"


class Lines:
    """Rows of a question and its answer, in fields of their own."""

    name = "lines"

    def reads(self, row):
        return row.keys() == {"q", "a"}

    def tasks(self, row, how):
        del how
        return [made(text(row, "q"), [Instance(input="", output=text(row, "a"))])]

    def row(self, task, number):
        case = task.instances[number]
        return {"q": joined(task.instruction, case.input), "a": case.output}


@pytest.fixture
def _with_the_format(monkeypatch):
    fresh = Registry("selfinstruct.formats", Format, tuple(registry._FORMATS.shipped()))
    monkeypatch.setattr(registry, "_FORMATS", fresh)
    si.register_format(Format("lines", lambda _: Lines(), readers=(Lines(),)))


@pytest.mark.usefixtures("_with_the_format")
def test_a_format_of_ones_own_goes_out_and_comes_in(tmp_path, inside):
    si.generate(tmp_path / "p", target=12, teacher=si.Teacher("mock"))
    inside("export", "p", "--format", "lines", "-o", "o.jsonl", "--split", "train=0.5,test=0.5")
    out = [row for name in ("train", "test") for row in rows(tmp_path / f"o.{name}.jsonl")]
    assert out
    assert all(row.keys() == {"q", "a"} for row in out)
    done = inside("validate", "o.train.jsonl", "--json", check=0)
    assert json.loads(done.stdout)["checked"][0]["kind"] == "lines"
    said = json.loads(inside("import", "o.train.jsonl", "--into", "q", "--json", check=0).stdout)
    assert said["formats"] == {"o.train.jsonl": "lines"}
    again = ("import", "o.test.jsonl", "--format", "lines", "--into", "q")
    inside(*again, check=0)
    inside("evolve", "o.train.jsonl", "e", "--teacher", "mock", "--rounds", 1, check=0)
    wrong = inside("export", "p", "--format", "lines", "--system", "Hi.", "-o", "x.jsonl")
    assert wrong.returncode == 2
    assert "--system says nothing to the format lines" in wrong.stderr
    wrong = inside("export", "p", "--format", "nothing", "-o", "x.jsonl")
    assert "parquet, hf, superni, lines" in wrong.stderr


@pytest.mark.usefixtures("_with_the_format")
def test_a_trainer_of_ones_own_is_told_where_an_export_lies(tmp_path, inside, monkeypatch):
    fresh = Registry("selfinstruct.trainers", Trainer, tuple(trainers._TRAINERS.shipped()))
    monkeypatch.setattr(trainers, "_TRAINERS", fresh)
    write = lambda kind, files, field: f"{kind} {sorted(files.values())}{field}\n"  # noqa: E731
    si.register_trainer(Trainer("gym", "gym.conf", ("lines", "alpaca"), write))
    si.generate(tmp_path / "p", target=12, teacher=si.Teacher("mock"))
    line = ("export", "p", "-o", "o.jsonl", "--config-for")
    inside(*line, "gym", "--format", "lines", check=0)
    assert (tmp_path / "gym.conf").read_text() == "lines ['o.jsonl']\n"
    wrong = inside(*line, "gym", "--format", "chat", "--force")
    assert "reads no chat; export as lines, alpaca" in wrong.stderr
    wrong = inside(*line, "pool", "--format", "lines", "--force")
    assert "use llama-factory, axolotl, trl, gym" in wrong.stderr
