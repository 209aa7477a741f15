"""What goes out in a format comes in again the same, as far as the format can carry it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pools import MANIFEST, pool_of, task

from selfinstruct.formats.base import Reading, joined, separated
from selfinstruct.formats.exporting import layout, write
from selfinstruct.formats.gathering import grouped
from selfinstruct.formats.importing import found_in
from selfinstruct.formats.kind import Wanted
from selfinstruct.formats.layout import staged
from selfinstruct.formats.registry import written_names
from selfinstruct.formats.superni import KEYS
from selfinstruct.formats.wording import load
from selfinstruct.languages.pack import PACKS
from selfinstruct.outputs import named


@pytest.fixture
def program(inside):
    return inside


TEMPLATES = PACKS / "en" / "training.toml"


FORMATS = written_names()


NAMES = {"alpaca": "x.json", "superni": "x", "hf": "x", "parquet": "x.parquet"}


anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


pieces = st.lists(
    st.sampled_from(
        ["줄\n바꿈", '"', "\\", "👩‍👩‍👧", "가", "é", "\u202eאב", "\t", "{input}", "a: b", "\r\n"]
    ),
    max_size=6,
).map("".join)


texts = anything | pieces


full = texts.filter(str.strip)


lines = full.map(lambda text: " ".join(text.split()))


def tasks_with(instructions):
    case = st.tuples(texts, full)
    one = st.builds(
        lambda text, cases, kind: task(text, *cases, kind=kind),
        instructions,
        st.lists(case, min_size=1, max_size=4),
        st.booleans(),
    )
    return st.lists(one, min_size=10, max_size=14, unique_by=lambda made: made.instruction)


def export(folder, name, tasks, **more):
    wanted = Wanted(name, templates=TEMPLATES, **more)
    goal = folder / "out" / NAMES.get(name, "x.jsonl")
    place = layout(named(goal, is_folder=True), wanted)
    pool = pool_of(folder / "pool", tasks)
    with staged(place) as stage:
        write(pool, MANIFEST, wanted, place, stage)
    return goal


def back(path, **how):
    found = list(grouped(found_in(str(path), None, Reading(**how))))
    assert not [one.flaw for one in found if one.flaw]
    return [one.task for one in found]


def said(tasks, *, kind=False):
    return [(one.instruction, one.is_classification if kind else None, cases(one)) for one in tasks]


def cases(one):
    return [(case.input, case.output) for case in one.instances]


quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@quick
@given(tasks_with(full))
def test_alpaca_comes_back_the_same(tasks):
    with tempfile.TemporaryDirectory() as folder:
        assert said(back(export(Path(folder), "alpaca", tasks))) == said(tasks)


@pytest.mark.parametrize("name", ["superni", "parquet", "hf"])
def test_formats_that_carry_the_kind_bring_back_the_same_ids(name, tmp_path):
    @quick
    @given(tasks_with(full))
    def law(tasks):
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            found = back(export(Path(folder), name, tasks))
            assert said(found, kind=True) == said(tasks, kind=True)
            assert [one.id for one in found] == [one.id for one in tasks]

    law()


@pytest.mark.parametrize("name", ["chat", "sharegpt"])
def test_dialogues_come_back_the_same_where_instructions_are_of_one_line(name, tmp_path):
    @quick
    @given(tasks_with(lines))
    def law(tasks):
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            goal = export(Path(folder), name, tasks)
            assert said(back(goal, split_input=True)) == said(tasks)

    law()


@pytest.mark.parametrize("name", ["chat", "sharegpt"])
def test_dialogues_carry_every_text_whole(name, tmp_path):
    @quick
    @given(tasks_with(full))
    def law(tasks):
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            goal = export(Path(folder), name, tasks)
            pairs = [
                (joined(one.instruction, case.input), case.output)
                for one in tasks
                for case in one.instances
            ]
            found = [(one.task.instruction, cases(one.task)[0][1]) for one in found_in(str(goal))]
            assert found == pairs

    law()


@pytest.mark.parametrize("name", ["completion", "flan"])
def test_worded_formats_hold_every_text_of_a_task(name, tmp_path):
    @quick
    @given(tasks_with(full))
    def law(tasks):
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            goal = export(Path(folder), name, tasks)
            rows = [json.loads(line) for line in goal.read_bytes().splitlines()]
            for one in tasks:
                held = [row for row in rows if one.instruction in "".join(row.values())]
                assert held, one.instruction

    law()


def test_the_table_keeps_difficulty_skill_agreement_and_what_else_a_task_says(tmp_path):
    from selfinstruct.tasks import Instance

    case = Instance(input="", output="b", agreement=0.75, context="passage")
    given_ = task("Say b.", case, difficulty=7, skill="Spelling", most_similar={"x": 0.5})
    found = back(export(tmp_path, "parquet", [given_]))[0]
    assert found.difficulty == 7
    assert found.skill == "Spelling"
    assert found.most_similar == {"x": 0.5}
    assert found.instances == (case,)
    assert found.made == {"recipe": "self-instruct", "teacher": "mock", "model": "m"}


@given(lines, texts)
def test_what_was_joined_is_separated_again(instruction, given_):
    assert separated(joined(instruction, given_)) == (instruction, given_)


def test_a_lone_surrogate_is_refused_with_a_reason(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"instruction": "a \\ud800 b", "input": "", "output": "c"}\n')
    (found,) = found_in(str(path))
    assert found.task is None
    assert "x.jsonl:1: a text holds half a surrogate pair" in found.flaw


READERS = """
import json, sys
import datasets
import pandas
folder = sys.argv[1]
counts = {}
for name in ("alpaca.json", "alpaca.jsonl", "chat.jsonl"):
    counts[name] = len(datasets.load_dataset("json", data_files=f"{folder}/{name}")["train"])
counts["parquet"] = len(datasets.load_dataset("parquet", data_files=f"{folder}/x.parquet")["train"])
hub = datasets.load_dataset(f"{folder}/hf")
counts |= {split: len(rows) for split, rows in hub.items()}
counts["pandas"] = len(pandas.read_json(f"{folder}/alpaca.jsonl", lines=True))
counts["pandas parquet"] = len(pandas.read_parquet(f"{folder}/x.parquet"))
chat = datasets.load_dataset("json", data_files=f"{folder}/chat.jsonl")["train"][0]["messages"]
counts["first"] = [turn["role"] for turn in chat]
counts["columns"] = sorted(hub["train"].column_names)[:3]
print(json.dumps(counts))
"""


@pytest.mark.slow
def test_datasets_and_pandas_read_what_is_written(tmp_path, grow, program):
    pool, _, _ = grow("pool", 60)
    for name, path in (
        ("alpaca", "alpaca.json"),
        ("alpaca", "alpaca.jsonl"),
        ("chat", "chat.jsonl"),
        ("parquet", "x.parquet"),
    ):
        program("export", pool, "--format", name, "-o", path, check=0)
    program("export", pool, "--format", "hf", "-o", "hf", "--split", "train=0.8,test=0.2", check=0)
    quiet = {"HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", READERS, str(tmp_path)],
        env={**os.environ, **quiet},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout.splitlines()[-1])
    lines_ = (pool / "tasks.jsonl").read_bytes().splitlines()
    rows = sum(len(json.loads(line)["instances"]) for line in lines_)
    whole = ["alpaca.json", "alpaca.jsonl", "chat.jsonl", "parquet", "pandas", "pandas parquet"]
    assert {name: counts[name] for name in whole} == dict.fromkeys(whole, rows)
    assert counts["train"] + counts["test"] == rows
    assert counts["test"] > 0
    assert counts["first"] == ["user", "assistant"]


def tk_instruct(content):
    """What the loader of Tk-Instruct takes from a task file, and the rules it relies on."""
    assert set(KEYS) <= set(content)
    assert all(isinstance(content[key], list) for key in KEYS)
    assert len(content["Definition"]) == 1
    ids = [case["id"] for case in content["Instances"]]
    assert len(set(ids)) == len(ids) > 0
    for key in ("Positive Examples", "Negative Examples"):
        for case in content[key]:
            assert set(case) == {"input", "output", "explanation"}
            assert isinstance(case["output"], str)
    shown = {(case["input"], case["output"]) for case in content["Positive Examples"]}
    trained = [(case["input"], one) for case in content["Instances"] for one in case["output"]]
    assert not shown & set(trained), "an example of the prompt is trained on too"


def test_task_files_keep_the_rules_of_super_naturalinstructions(tmp_path):
    tasks = [
        task("Say it.", ("", "a")),
        task("예, 아니요로 답하세요.", ("가", "예"), ("나", "아니요"), ("다", "예"), kind=True),
        task("Add.", *[(str(n), str(n + 1)) for n in range(5)]),
    ]
    rejects = [
        {"text": "Add.", "reason": "input_equals_output", "detail": {"input": "5", "output": "5"}},
        {"text": "Add.", "reason": "too_similar", "detail": {"nearest": "x", "score": 1.0}},
    ]
    pool = pool_of(tmp_path / "pool", tasks, rejects)
    wanted = Wanted("superni", language="Korean", licence="cc-by-4.0")
    place = layout(named(tmp_path / "out", is_folder=True), wanted)
    with staged(place) as stage:
        write(pool, MANIFEST, wanted, place, stage)
    files = sorted((tmp_path / "out" / "tasks").iterdir())
    assert [file.name for file in files] == [
        "task001_selfinstruct_text_generation.json",
        "task002_selfinstruct_text_categorization.json",
        "task003_selfinstruct_text_generation.json",
    ]
    contents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    for content in contents:
        tk_instruct(content)
    assert contents[1]["Labels"] == ["아니요", "예"]
    assert "아니요" in files[1].read_text(encoding="utf-8")
    assert contents[2]["Negative Examples"] == [
        {"input": "5", "output": "5", "explanation": "The output only repeats the input."}
    ]
    shown = [len(content["Positive Examples"]) for content in contents]
    assert shown == [0, 2, 2]  # two at most, and one instance at least is left to train on
    assert [len(content["Instances"]) for content in contents] == [1, 1, 3]
    assert contents[0]["Input_language"] == ["Korean"]
    assert contents[0]["Instance License"] == ["cc-by-4.0"]
    listed = (tmp_path / "out/splits/default/train_tasks.txt").read_text().split()
    assert listed == [file.stem for file in files]


def test_there_are_as_many_templates_as_the_papers_have():
    for path in sorted(PACKS.glob("*/training.toml")):
        wording = load(path)
        assert len(wording.completion.with_input) >= 7
        assert len(wording.completion.without_input) >= 6
        for kind in ("open", "with_input", "classification"):
            pairs = getattr(wording.flan, kind)
            assert len({(pair.inputs, pair.targets) for pair in pairs}) == 10
            assert any(pair.inverted for pair in pairs)


def test_every_format_is_documented():
    text = (Path(__file__).parents[1] / "docs" / "formats.md").read_text(encoding="utf-8")
    for name in FORMATS:
        assert f"| `{name}` |" in text
