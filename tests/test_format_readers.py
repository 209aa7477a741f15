"""Files of others: how their format is guessed, read, and named where it is broken."""

from __future__ import annotations

import gzip
import json

import pytest
from pools import MANIFEST, pool_of, task

from selfinstruct.errors import SeedError, UsageError
from selfinstruct.formats.base import Reading
from selfinstruct.formats.exporting import layout, write
from selfinstruct.formats.importing import found_in
from selfinstruct.formats.kind import Wanted
from selfinstruct.formats.layout import staged
from selfinstruct.formats.registry import written_names
from selfinstruct.formats.sources import tasks_of
from selfinstruct.languages.pack import PACKS
from selfinstruct.outputs import named

TEMPLATES = PACKS / "en" / "training.toml"


FORMATS = written_names()


NAMES = {"alpaca": "x.json", "superni": "x", "hf": "x", "parquet": "x.parquet"}


def said(tasks, *, kind=False):
    return [(one.instruction, one.is_classification if kind else None, cases(one)) for one in tasks]


def cases(one):
    return [(case.input, case.output) for case in one.instances]


FOREIGN = {
    "alpaca": {"instruction": "Add.", "input": "1 2", "output": "3"},
    "dolly": {
        "instruction": "Add.",
        "context": "1 2",
        "response": "3",
        "category": "classification",
    },
    "completion": {"prompt": "Add.\n\n1 2", "completion": "3"},
    "flan": {"inputs": "Add.\n\n1 2", "targets": "3", "task": "x"},
    "questions": {"question": "Add.", "context": "1 2", "answers": ["3", "three"]},
    "tasks": {
        "id": "s",
        "name": "n",
        "instruction": "Add.",
        "instances": [{"input": "1 2", "output": "3"}],
        "is_classification": False,
    },
    "chat": {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Add.\n\n1 2"}]},
            {"role": "assistant", "content": "3"},
            {"role": "user", "content": "And 4?"},
            {"role": "assistant", "content": "7"},
        ]
    },
    "sharegpt": {
        "id": "x",
        "conversations": [
            {"from": "human", "value": "Add.\n\n1 2"},
            {"from": "gpt", "value": "3"},
            {"from": "human", "value": "And 4?"},
            {"from": "gpt", "value": "7"},
        ],
    },
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("ending", ["jsonl", "json", "jsonl.gz"])
def test_the_format_of_a_file_is_guessed(name, ending, tmp_path):
    path = tmp_path / f"x.{ending}"
    text = json.dumps(FOREIGN[name])
    text = f"[{text},\n{text}]" if ending == "json" else text + "\n"
    data = text.encode()
    path.write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
    found = list(found_in(str(path), None, Reading(split_input=True)))
    assert {one.format for one in found} == {name}
    assert (found[0].task.instruction, cases(found[0].task)) == ("Add.", [("1 2", "3")])


@pytest.mark.parametrize("name", FORMATS)
def test_what_can_be_imported_can_be_evolved_too(name, tmp_path):
    tasks = [
        task("Name a tree.", ("", "oak")),
        task("Is it a fruit?", ("plum", "yes"), ("stone", "no"), kind=True),
        *(task(f"Say {n}.", ("", str(n))) for n in range(10)),
    ]
    goal = named(tmp_path / NAMES.get(name, "x.jsonl"), is_folder=True)
    place = layout(goal, wanted := Wanted(name, templates=TEMPLATES))
    with staged(place) as stage:
        write(pool_of(tmp_path / "pool", tasks), MANIFEST, wanted, place, stage)
    imported = [found.task for found in found_in(str(place.goal))]
    assert all(imported)
    sources = tasks_of(str(place.goal))
    assert len({source.id for source in sources}) == len(sources)
    # Sources are taken as they stand, with the space that a completion begins with.
    assert [case.output.strip() for source in sources for case in source.instances] == [
        case.output for one in imported for case in one.instances
    ]


def test_a_dialogue_without_an_answer_is_named_by_its_line(tmp_path):
    path = tmp_path / "chat.jsonl"
    path.write_text(json.dumps({"messages": [{"role": "assistant", "content": "Hello."}]}))
    with pytest.raises(SeedError, match=r"chat\.jsonl:1: "):
        tasks_of(str(path))
    path.write_text(json.dumps({"nothing": "known"}))
    with pytest.raises(SeedError, match=r"chat\.jsonl:1: the record has no text in a field"):
        tasks_of(str(path))


def test_all_turns_of_a_dialogue_carry_what_was_said_before(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(FOREIGN["chat"]) + "\n")
    found = [one.task for one in found_in(str(path), None, Reading(all_turns=True))]
    assert [one.instruction for one in found] == ["Add.\n\n1 2", "And 4?"]
    assert cases(found[1]) == [("user: Add.\n\n1 2\n\nassistant: 3", "7")]
    assert found[0].system == "Be brief."


def test_a_test_set_in_the_manner_of_wizardlm_is_read(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"idx": 1, "Skill": "Math", "Difficulty": 4, "Instruction": "Add 1 and 2."}\n')
    (found,) = found_in(str(path))
    assert (found.format, found.task.skill, found.task.difficulty) == ("wizardlm", "Math", 4)
    assert cases(found.task) == [("", "")]


def test_fields_of_any_name_in_a_batch_are_inputs_and_cut_off_ends_are_dropped(tmp_path):
    raw = "Example 1\nList: [3, 1]\nOutput: [1, 3]\nExample 2\nList: [9, 8]\nOutput: [8"
    row = {
        "instruction": "Sort the list.",
        "raw_instances": raw,
        "is_classification": False,
        "instance_metadata": {"response": {"choices": [{"finish_reason": "length"}]}},
    }
    (tmp_path / "machine_generated_instances.jsonl").write_text(json.dumps(row) + "\n")
    (found,) = found_in(str(tmp_path))
    assert cases(found.task) == [("List: [3, 1]", "[1, 3]")]


def test_the_batch_folder_of_the_released_scripts_is_read(tmp_path):
    rows = [
        {"instruction": "Add the numbers.", "raw_instances": "\nInput: 1 2\nOutput: 3\n"},
        {"instruction": "Is it spam?", "raw_instances": "Class label: Yes\nMail: Win money\n"},
        {"instruction": "Say something.", "raw_instances": " "},
    ]
    kinds = [{"instruction": "Is it spam?", "is_classification": " Yes"}]
    for name, content in (
        ("machine_generated_instructions.jsonl", rows),
        ("is_clf_or_not_davinci_template_1.jsonl", kinds),
        ("machine_generated_instances.jsonl", rows),
    ):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in content))
    first, second, third = found_in(str(tmp_path))
    assert said([first.task, second.task], kind=True) == [
        ("Add the numbers.", False, [("1 2", "3")]),
        ("Is it spam?", True, [("Mail: Win money", "Yes")]),
    ]
    assert "machine_generated_instances.jsonl:3: no whole instance can be read" in third.flaw


@pytest.mark.parametrize("ending", ["csv", "tsv", "csv.gz", "parquet"])
def test_tables_are_read_by_the_columns_that_are_named(ending, tmp_path):
    pandas = pytest.importorskip("pandas")
    rows = [{"Frage": "Wer, wann\nund wo?", "Antwort": 'Er "heute".', "n": 7}]
    path = tmp_path / f"x.{ending}"
    frame = pandas.DataFrame(rows)
    if ending == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if ending == "tsv" else ",")
    columns = {"instruction": "Frage", "output": "Antwort", "difficulty": "n"}
    (found,) = found_in(str(path), None, Reading(columns=columns))
    assert found.task.instruction == rows[0]["Frage"]
    assert cases(found.task) == [("", rows[0]["Antwort"])]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a,b\n1\n", "x.csv:2: has 1 cells, but 2 columns are named"),
        ("a,b\n1,2\n", "x.csv:2: there is no column 'Q'; the columns are 'a', 'b'"),
        ('Q,b\n1,"2\n', "x.csv:2: no valid table: unexpected end of data"),
        ("", "x.csv: is empty"),
    ],
)
def test_a_broken_table_is_named_by_its_line(text, wanted, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(text)
    how = Reading(columns={"instruction": "Q"})
    try:
        said = "".join(one.flaw for one in found_in(str(path), None, how))
    except UsageError as error:
        said = str(error)
    assert wanted in said
