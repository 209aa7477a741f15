"""Answers that a pool bought, prompts of the benchmark, and the verb."""

from __future__ import annotations

import json
import string

import pytest
from answering_pools import Saying, ask, grown, pool
from conftest import JitteryMock, rows

import selfinstruct as si
from selfinstruct.answering.cases import Case
from selfinstruct.answering.encodings import benchmark_prompt
from selfinstruct.errors import UsageError

__all__ = ["ask", "grown", "pool"]  # fixtures


# What a pool bought already.


@pytest.mark.parametrize("recipe", ["self-instruct", "alpaca"])
def test_answers_that_a_pool_bought_cost_nothing(ask, tmp_path, recipe):
    folder = tmp_path / "s"
    settings = si.PoolSettings(recipe=recipe, samples=4, keep="all")
    si.generate(folder, target=30, teacher=si.Teacher("mock"), settings=settings)
    fresh = JitteryMock()
    result = ask(folder, fresh, sample=None, samples=3, pool=folder)
    assert fresh.calls == []
    assert result.taken == result.answers == 3 * result.prompts
    assert result.usage.calls == result.usage.prompt_tokens == 0
    usable = {
        f"{task.id}#{place}": case.model_extra["samples"]
        for task in si.open_pool(folder).tasks()
        for place, case in enumerate(task.instances)
    }
    found = [row for row in result.rows if row["finish"] == "stop"]
    known = sum(row["output"] in usable[row["item"]] for row in found)
    assert known > 0.95 * len(found) > 0  # the rules for instances refuse a few
    more = ask(folder, fresh, sample=None, samples=4, pool=folder)
    assert len(fresh.calls) == more.prompts == more.usage.calls  # the fourth was never asked
    assert more.taken == 0
    bought = ask(folder, sample=None, samples=4, into="bought")
    assert bought.usage.calls > 0


def test_answers_of_another_model_are_not_taken_over(ask, tmp_path):
    folder = tmp_path / "s"
    si.generate(folder, target=10, teacher=si.Teacher("mock"), settings=si.PoolSettings(samples=2))
    other = JitteryMock()
    other.model = "another"
    result = ask(folder, other, samples=2, pool=folder, sample=None)
    assert (result.taken, len(other.calls)) == (0, result.answers)


# The benchmark.


def transcribed(instance, pos):
    """What ``ni_collator.py`` of Tk-Instruct makes of an instance, written down plainly."""
    task_input = "Now complete the following example -\n"
    task_input += f"Input: {instance['Instance']['input'].strip()}"
    if task_input[-1] not in string.punctuation:
        task_input += "."
    task_input += "\n"
    task_input += "Output: "
    definition = "Definition: " + instance["Definition"][0].strip()
    if definition[-1] not in string.punctuation:
        definition += "."
    definition += "\n\n"
    shown = []
    for number, example in enumerate(instance["Positive Examples"][:pos]):
        text = f" Positive Example {number + 1} -\n"
        text += f"Input: {example['input'].strip()}"
        if text[-1] not in string.punctuation:
            text += "."
        text += "\n"
        text += f" Output: {example['output'].strip()}"
        if text[-1] not in string.punctuation:
            text += "."
        text += "\n"
        text += "\n"
        shown.append(text)
    return definition + "".join(shown) + task_input


def task_file(name, instances, examples=3):
    return {
        "Definition": [f"  Say what {name} is"],
        "Categories": ["Question Answering"],
        "Positive Examples": [
            {"input": f"p{n}?", "output": f"o{n}", "explanation": "so"} for n in range(examples)
        ],
        "Negative Examples": [],
        "Instances": [
            {
                "id": f"{name}-{n}",
                "input": f"{name} {n}{'?' * (n % 2)}" * (n > 0),
                "output": [str(n), "x"],
            }
            for n in range(instances)
        ],
    }


@pytest.fixture
def collection(tmp_path):
    """A small collection with its list of tests; returns the content of its files, by name."""
    made = {f"task{n:03d}_made": task_file(f"task {n}", 130 if n == 2 else 3) for n in range(1, 6)}
    made["task004_made"]["Positive Examples"] = []
    (tmp_path / "ni" / "tasks").mkdir(parents=True)
    (tmp_path / "ni" / "splits" / "default").mkdir(parents=True)
    for name, content_ in made.items():
        (tmp_path / "ni" / "tasks" / f"{name}.json").write_text(json.dumps(content_, indent=1))
    listed = "task002_made\ntask005_made\n"
    (tmp_path / "ni" / "splits" / "default" / "test_tasks.txt").write_text(listed)
    return made


@pytest.mark.parametrize(("encoding", "shown"), [("definition", 0), ("definition+2", 2)])
def test_the_benchmark_is_asked_as_its_authors_asked(collection, ask, tmp_path, encoding, shown):
    teacher = Saying("Yes.")
    result = ask(tmp_path / "ni", teacher, encoding=encoding, sample=None, concurrency=1)
    wanted = {
        f"{name}#{place}": transcribed({**content_, "Instance": instance}, shown)
        for name, content_ in collection.items()
        for place, instance in enumerate(content_["Instances"][:100])
    }
    assert len(result.rows) == 100 + 4 * 3
    asked = [prompt.text for prompt in teacher.prompts]
    assert asked == [wanted[row["item"]] for row in result.rows]
    assert {p.decoding.max_tokens for p in teacher.prompts} == {128}
    assert {p.decoding.temperature for p in teacher.prompts} == {0}
    for row in result.rows:
        name, _, place = row["item"].partition("#")
        assert row["input"] == collection[name]["Instances"][int(place)]["input"]


def test_a_definition_that_ends_a_sentence_gets_no_second_full_stop():
    case = Case("x#0", "Say it!", "What?", examples=())
    assert benchmark_prompt(case, 2) == (
        "Definition: Say it!\n\nNow complete the following example -\nInput: What?\nOutput: "
    )


@pytest.mark.usefixtures("collection")
def test_a_list_of_the_collection_names_what_is_asked(ask, tmp_path):
    source = tmp_path / "ni" / "splits" / "default" / "test_tasks.txt"
    result = ask(source, Saying("Yes."), encoding="definition", sample=None)
    assert {row["item"].partition("#")[0] for row in result.rows} == {
        "task002_made",
        "task005_made",
    }
    source.write_text("task009_made\n")
    with pytest.raises(UsageError, match="names task009_made, and there is no"):
        ask(source, Saying("Yes."), encoding="definition", into="b")


def test_task_files_may_be_asked_plainly_too(collection, ask, tmp_path):
    teacher = Saying("Yes.")
    result = ask(tmp_path / "ni", teacher, sample=2, concurrency=1)
    assert [prompt.text.strip() for prompt in teacher.prompts] == [
        "\n\n".join(filter(None, (row["instruction"].strip(), row["input"]))) for row in result.rows
    ]
    assert {prompt.decoding.max_tokens for prompt in teacher.prompts} == {2048}
    assert len({row["item"] for row in result.rows}) == 2
    assert set(collection) > {row["item"].partition("#")[0] for row in result.rows}


# The verb.


def test_the_verb_says_what_it_asks_and_what_came(inside, tmp_path):
    inside("generate", "p", "--teacher", "mock", "--target", 40, "--quiet", check=0)
    arguments = ("answer", "p", "--into", "a", "--teacher", "mock", "--samples", 2)
    done = inside(*arguments, "--sample", 30, "--yes", check=0)
    assert done.stdout == ""
    assert "30 prompts are answered, 2 times each; 60 requests are still to be made." in done.stderr
    assert "a/answers.jsonl" in done.stderr
    again = inside(*arguments, "--sample", 30, "--json", "--as", "me", check=0)
    row = json.loads(again.stdout)
    assert (row["calls"], row["answers"], row["prompts"], row["name"]) == (0, 60, 30, "me")
    assert row["finishes"].keys() == {"stop", "length", "refused", "empty", "failed"}
    done = inside(*arguments, "--all", "--max-calls", 7, "--quiet")
    assert done.returncode == 3
    assert len(rows(tmp_path / "a" / "answers.jsonl")) == 60 + 7


def test_settings_of_the_verb_stand_in_its_table(inside, tmp_path):
    inside("generate", "p", "--teacher", "mock", "--target", 20, "--quiet", check=0)
    (tmp_path / "selfinstruct.toml").write_text(
        'teacher = "mock"\nsamples = 3\n\n[answer]\nsample = 6\nsamples = 2\n'
        "[decoding.answer]\nmax_tokens = 5\n"
    )
    row = json.loads(inside("answer", "p", "--into", "a", "--json", check=0).stdout)
    assert (row["prompts"], row["samples"]) == (6, 2)
    assert row["finishes"]["length"] > 0
