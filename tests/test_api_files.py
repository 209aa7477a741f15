"""The verbs that read and write files, as functions."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, environment, rows
from pools import pool_of, task

import selfinstruct as si
from selfinstruct.errors import (
    IdleError,
    InterruptionError,
    PoolError,
    SeedError,
    SettingsError,
    UsageError,
)

MOCK = si.Teacher("mock")
FAQ = [
    ("Which planet has the most moons?", "Saturn."),
    ("Who wrote Faust in two long parts?", "Goethe."),
    ("What do bees make from the nectar of flowers?", "Honey."),
    ("Why is the sky red in the evening?", "The light comes a longer way."),
]


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grown") / "p"
    si.generate(folder, target=30, teacher=MOCK, settings=si.PoolSettings(seed=3))
    return folder


@pytest.fixture
def pool(grown, tmp_path):
    return shutil.copytree(grown, tmp_path / "p")


@pytest.fixture
def faq(tmp_path):
    path = tmp_path / "faq.csv"
    lines = [f'"{question}","{answer}"\n' for question, answer in FAQ]
    path.write_text("Question,Answer\n" + "".join(lines), encoding="utf-8")
    return path


COLUMNS = {"instruction": "Question", "output": "Answer"}


def untimed(row):
    return {key: value for key, value in row.items() if key != "seconds"}


CALLS = {
    "export p --format alpaca -o x.jsonl --split a=0.7,b=0.3 --where language=en --license mit": (
        lambda: si.export(
            "p", "x.jsonl", format="alpaca", split="a=0.7,b=0.3", where="language=en", license="mit"
        )
    ),
    "export p --format superni -o tasks": lambda: si.export("p", "tasks", format="superni"),
    "import faq.csv --into q --map instruction=Question,output=Answer --dedupe": (
        lambda: si.import_("faq.csv", "q", columns=COLUMNS, dedupe=True)
    ),
    "filter p faq.csv -o x.jsonl --field Question --on-error skip --rejects no.jsonl": (
        lambda: si.filter(
            ["p", "faq.csv"], "x.jsonl", field="Question", on_error="skip", rejects="no.jsonl"
        )
    ),
    "decontaminate p --against p --report hits.jsonl": (
        lambda: si.decontaminate("p", against="p", report="hits.jsonl")
    ),
    "validate p faq.csv": lambda: si.validate(["p", "faq.csv"]),
    "calibrate p --tokenizer unicode": lambda: si.calibrate("p", tokenizer="unicode"),
    "languages": si.languages,
}


@pytest.mark.parametrize("line", CALLS)
def test_the_functions_do_what_the_commands_do(
    line, pool, faq, inside, tmp_path, monkeypatch, capsys
):
    del pool, faq
    other = shutil.copytree(tmp_path, tmp_path.with_name(f"{tmp_path.name}-other"))
    said = json.loads(inside(*line.split(), "--json").stdout)
    monkeypatch.chdir(other)
    row = json.loads(json.dumps(CALLS[line]().row()))
    assert list(row) == list(said)  # the order too
    assert untimed(row) == untimed(said)
    files = [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    same = [path for path in files if not path.name.endswith(("README.md", "ledger.jsonl"))]
    assert same
    for path in same:  # each but for the card's command, and times of day
        assert (tmp_path / path).read_bytes() == (other / path).read_bytes(), path
    assert capsys.readouterr() == ("", "")


def test_a_card_says_the_call_that_makes_it_again(pool, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    si.export(pool, "x.jsonl", format="alpaca", where=["language=en"], shuffle=0, force=True)
    card = (tmp_path / "x.jsonl.README.md").read_text()
    call = card.split("```python\n")[-1].split("```")[0]
    assert f"export({str(pool)!r}, 'x.jsonl', format='alpaca', where=['language=en'], sh" in call
    before = (tmp_path / "x.jsonl").read_bytes()
    (tmp_path / "x.jsonl").unlink()
    exec(call, {})  # noqa: S102 - what was just written
    assert (tmp_path / "x.jsonl").read_bytes() == before
    assert (tmp_path / "x.jsonl.README.md").read_text() == card


def test_rows_may_go_to_standard_output_where_that_is_wanted(pool, capfdbinary, tmp_path):
    done = si.export(pool, "-", format="alpaca")
    lines = capfdbinary.readouterr().out.splitlines()
    assert (done.is_stream, done.card, len(lines)) == (True, None, done.rows)
    with pytest.raises(SettingsError, match="no room for"):
        si.export(pool, "-", format="chat", config_for="trl")
    assert list(tmp_path.iterdir()) == [pool]


@pytest.mark.parametrize(
    ("call", "kind", "said"),
    [
        (lambda: si.export("p", "x", format="nope"), SettingsError, "no format 'nope'"),
        (lambda: si.export("p", "x", format="chat", reasoning="all"), SettingsError, "none or"),
        (lambda: si.export("p", "x", format="alpaca", system="s"), IdleError, "says nothing"),
        (lambda: si.export("p", "x", format="chat", max_instances=0), SettingsError, "at least 1"),
        (lambda: si.export("p", "x", format="chat", min_agreement=2), SettingsError, "between"),
        (lambda: si.export("p", "x", format="chat", where="a"), SettingsError, "no condition"),
        (lambda: si.export("p", "faq.csv", format="chat"), SettingsError, "json"),
        (lambda: si.import_("faq.csv", "q", columns={"output": "A"}), SettingsError, "instruction"),
        (lambda: si.import_("faq.csv", "q", turns="some"), SettingsError, "first or all"),
        (lambda: si.import_([], "q"), SettingsError, "Nothing was named"),
        (lambda: si.import_("p", "p"), SettingsError, "both read and written"),
        (lambda: si.filter("faq.csv", "faq.csv"), SettingsError, "both read and written"),
        (lambda: si.filter("p", "x", threshold=0), SettingsError, "above 0"),
        (lambda: si.filter("p", "x", on_error="wait"), SettingsError, "skip or stop"),
        (lambda: si.filter("p", "x", language="xx"), UsageError, "xx"),
        (lambda: si.decontaminate("p", against="p", ngram=1), SettingsError, "at least 2"),
        (lambda: si.decontaminate("q", against="p"), PoolError, "is no pool"),
        (lambda: si.validate("nothing"), UsageError, "nothing"),
        (lambda: si.calibrate("faq.csv", edits="p"), UsageError, "holds no edits.toml"),
        (lambda: si.copy_language("xx", "mine"), SettingsError, "one of en"),
        (lambda: si.copy_language("ko", "p"), SettingsError, "is there already"),
        (lambda: si.open_pool("q"), PoolError, "is no pool"),
        (lambda: si.open_pool("p").tasks("a=b"), SettingsError, "no condition"),
    ],
)
def test_what_is_wrong_is_raised_and_nothing_is_written(
    call, kind, said, pool, faq, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    before = {path: path.stat().st_size for path in tmp_path.rglob("*")}
    with pytest.raises(kind, match=said):
        call()
    assert {path: path.stat().st_size for path in tmp_path.rglob("*")} == before
    assert pool.exists()
    assert faq.exists()


class Counting(si.Observer):
    """Hears how far a verb is, and may stop it there."""

    def __init__(self, at=10**9, stop=None):
        self.heard, self.at, self.stop = [], at, stop

    def counting(self):
        def show(news):
            self.heard.append(news())
            if len(self.heard) == self.at:
                self.stop.set()

        return contextlib.nullcontext(show)


def test_an_observer_hears_how_far_each_verb_is(pool, faq, tmp_path):
    heard = Counting()
    si.export(pool, tmp_path / "x.jsonl", format="alpaca", observer=heard)
    assert heard.heard[-1].startswith("30 tasks written (100%)")
    si.import_(faq, tmp_path / "q", columns=COLUMNS, observer=heard)
    assert heard.heard[-1] == "4 of 4 tasks judged"
    si.filter(tmp_path / "x.jsonl", tmp_path / "y.jsonl", observer=heard)
    assert heard.heard[-1].endswith("kept (100%)")
    si.decontaminate(pool, against=faq, columns=COLUMNS, observer=heard)
    assert heard.heard[-1] == "30 tasks looked at, 0 with hits"
    si.validate(faq, format="questions", observer=heard)
    assert heard.heard[-1].startswith("4 rows")


def test_an_import_that_is_stopped_keeps_what_it_has_and_goes_on(faq, tmp_path):
    stop = si.Stop()
    watching = Counting(at=len(FAQ) + 2, stop=stop)  # once for each row, then for each task
    first = si.import_(faq, tmp_path / "q", columns=COLUMNS, observer=watching, stop=stop)
    assert (first.interrupted, first.tasks) == (True, 2)
    again = si.import_(faq, tmp_path / "q", columns=COLUMNS)
    assert (again.interrupted, again.present, again.tasks) == (False, 2, 4)
    assert si.validate(tmp_path / "q").is_valid


def test_tasks_are_taken_out_unless_it_is_stopped_before(faq, tmp_path):
    si.import_(faq, tmp_path / "q", columns=COLUMNS)
    bench = tmp_path / "bench.jsonl"
    bench.write_text(json.dumps({"instruction": FAQ[1][0], "output": "x"}) + "\n")
    stop = si.Stop()
    with pytest.raises(InterruptionError, match="as it was before"):
        si.decontaminate(
            tmp_path / "q", against=bench, remove=True, observer=Counting(2, stop), stop=stop
        )
    found = si.decontaminate(tmp_path / "q", against=bench)
    assert (found.contaminated, found.removed) == (1, 0)
    first = found.found[0]
    assert (first.by, first.task_text, first.item) == ("equal", FAQ[1][0], f"{bench}:1")
    assert si.decontaminate(tmp_path / "q", against=[bench], remove=True).removed == 1
    assert [one.instruction for one in si.open_pool(tmp_path / "q").tasks()] == [
        question for number, (question, _) in enumerate(FAQ) if number != 1
    ]


def test_problems_and_warnings_are_values(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(
        '{"instruction": "Summarise the following text.", "input": "", "output": "A text."}\n'
        '{"instruction": "", "output": "A."}\n'
    )
    found = si.validate([path, tmp_path / "nothing"])
    assert not found.is_valid
    assert [(one.where, one.rule) for one in found.problems] == [
        (f"{path}:2", "empty-instruction"),
        (str(tmp_path / "nothing"), "unreadable"),
    ]
    assert [one.rule for one in found.warnings] == ["input-missing"]
    assert [one.rows for one in found.checked] == [2, 0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.checked = ()


def test_a_pool_is_looked_into_as_it_stood(pool):
    view = si.open_pool(pool)
    si.generate(pool, target=40, teacher=MOCK)
    tasks = list(view.tasks())
    assert len(view) == len(tasks) == 30
    assert [one.id for one in tasks] == [one["id"] for one in rows(pool / "tasks.jsonl")][:30]
    kinds = list(view.tasks(["classification=yes", "language=en"]))
    assert [one.id for one in kinds] == [one.id for one in tasks if one.is_classification]
    assert 0 < len(kinds) < 30
    assert len(si.open_pool(pool)) == 40
    rejects = list(view.rejects())
    assert [one.row() for one in rejects] == [
        {key: one[key] for key in ("text", "reason", "detail", "request")}
        for one in rows(pool / "rejects.jsonl")[: len(rejects)]
    ]
    assert rejects
    assert {one.reason for one in rejects} <= set(si.Reason)
    assert len(view.seeds()) == 175
    assert (view.manifest.seed, view.manifest.recipe) == (3, "self-instruct")


def test_tasks_are_read_one_at_a_time_and_nothing_is_locked(pool):
    found = si.open_pool(pool).tasks()
    first = next(found)
    lines = (pool / "tasks.jsonl").read_text().splitlines(keepends=True)
    (pool / "tasks.jsonl").write_text("".join(lines[:25]) + "nothing\n" * 5)
    assert first.id == json.loads(lines[0])["id"]
    with pytest.raises(PoolError, match=r"tasks\.jsonl:26: a line is no task"):
        list(found)
    (pool / "rejects.jsonl").write_text('{"text": 1}\n')
    with pytest.raises(PoolError, match=r"rejects\.jsonl:1: this line is damaged"):
        list(si.open_pool(pool).rejects())
    (pool / "seeds.jsonl").write_text("")
    with pytest.raises(SeedError, match="no seed tasks"):
        si.open_pool(pool).seeds()


def test_code_that_only_a_file_names_does_not_run(tmp_path, faq):
    mine = pool_of(tmp_path / "mine", [task(question, ("", answer)) for question, answer in FAQ])
    shutil.copyfile(mine / "tasks.jsonl", mine / "seeds.jsonl")
    manifest = json.loads((mine / "manifest.json").read_text())
    own = "shlex:split"  # some function that makes words
    (mine / "manifest.json").write_text(json.dumps(manifest | {"tokenizer": own}))
    with pytest.raises(SettingsError, match="is code, and only a file names it"):
        si.decontaminate(mine, against=faq, columns=COLUMNS)
    assert si.decontaminate(mine, against=faq, columns=COLUMNS, code=[own]).contaminated == 4
    kept = si.filter(faq, tmp_path / "x.jsonl", field="Question", tokenizer=own)
    assert kept.read == len(FAQ)
    with pytest.raises(SettingsError, match="is code"):
        si.filter(faq, tmp_path / "y.jsonl", field="Question", tokenizer=own, code=())


def test_languages_are_listed_and_copied(tmp_path):
    assert [one.code for one in si.languages()][:2] == ["en", "ja"]
    assert len(si.languages()) == 4
    mine = si.copy_language("ko", tmp_path / "mine")
    assert si.validate(mine).is_valid
    done = si.generate(
        tmp_path / "p", target=3, teacher=MOCK, settings=si.PoolSettings(language=str(mine))
    )
    assert done.tasks == 3


@pytest.mark.parametrize("first", ["import selfinstruct.languages", "si.languages()", "pass"])
def test_the_verb_languages_is_no_room_whatever_was_loaded_first(first):
    code = f"""
import selfinstruct as si
{first}
import selfinstruct.languages
from selfinstruct.languages import load
assert len(si.languages()) == 4 and load("en").code == "en"
import sys; assert sys.modules["selfinstruct.languages"].load is load
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment({"PYTHONPATH": str(ROOT)}), check=False
    )
    assert done.returncode == 0
