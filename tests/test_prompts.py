"""Prompt templates: shipped ones, replaced ones, and what is said of broken ones."""

from __future__ import annotations

import json

import pytest

from selfinstruct.errors import PromptError, SettingsError
from selfinstruct.languages import available, load
from selfinstruct.parsing import input_first, output_first
from selfinstruct.prompts import Prompts, Step
from selfinstruct.recipes.making import NEWEST

PACK = load("en")
VALUES = {
    Step.INSTRUCTIONS: {
        "demonstrations": ("One.", "Two {{ x }}."),
        "first": 3,
        "last": 10,
        "count": 8,
    },
    Step.CLASSIFICATION_INSTRUCTIONS: {
        "demonstrations": ("One.",),
        "first": 2,
        "last": 9,
        "count": 8,
    },
    Step.CLASSIFY: {"instruction": "Name a river."},
    Step.INPUT_FIRST: {"instruction": "Name a river.", "most": 5},
    Step.OUTPUT_FIRST: {"instruction": "Name a river.", "most": 5},
    Step.ALPACA: {
        "demonstrations": ({"instruction": "Name a lake.", "input": "", "output": "Two {{ x }}."},),
        "first": 2,
        "last": 9,
        "count": 8,
        "structured": False,
    },
    Step.TARGETED: {
        "demonstrations": ({"input": "A lake.", "output": "Yes."},),
        "instruction": "Name a river.",
        "passage": "A passage.",
        "count": 8,
        "structured": False,
    },
    Step.ANSWER: {"instruction": "Name a river.", "input": "In France."},
    Step.EVOLVE: {"instruction": "Name a river.", "method": "deepen it."},
    Step.EVOLVE_INPUT: {"instruction": "Name a river."},
    Step.EVOLVE_BREADTH: {"instruction": "Name a river."},
    Step.EQUAL: {"instruction": "Name a river.", "evolved": "Name two rivers."},
    Step.DIFFICULTY: {"instruction": "Name a river."},
    Step.SKILL: {"instruction": "Name a river."},
    Step.JUDGE: {
        "role": "You judge.",
        "questions": (
            {"key": "plain", "ask": "Is it?", "answers": '"A"', "levels": (), "na": True},
            {
                "key": "good",
                "ask": "Is it good?",
                "answers": '"B"',
                "levels": ({"value": "B", "text": "It is."},),
                "na": False,
            },
        ),
        "parts": ({"kind": "instruction", "name": "I", "number": 0, "text": "Two {{ x }}."},),
        "mark": "0a1b2c3d",
        "reason": True,
        "form": "The end.",
        "opening": "The end.",
    },
}


@pytest.mark.parametrize("edition", range(1, NEWEST + 1))
@pytest.mark.parametrize("language", available())
@pytest.mark.parametrize("api", ["chat", "completions"])
@pytest.mark.parametrize("step", list(Step))
def test_every_template_renders_what_it_is_given(language, api, step, edition):
    prompts = Prompts(load(language), api, steps=[step], edition=edition)
    text = prompts.render(step, **VALUES[step])
    for value in VALUES[step].values():
        assert not isinstance(value, str) or value in text
    assert "Two {{ x }}." in text or step not in {
        Step.INSTRUCTIONS,
        Step.JUDGE,
    }  # values are never templates
    assert "Name a river." in text or "instruction" not in VALUES[step]
    assert text == text.strip()


@pytest.mark.parametrize("edition", range(1, NEWEST + 1))
@pytest.mark.parametrize("step", [Step.ALPACA, Step.TARGETED])
def test_a_structured_prompt_shows_and_asks_for_json(step, edition):
    prompts = Prompts(PACK, "chat", steps=[step], edition=edition)
    text = prompts.render(step, **VALUES[step] | {"structured": True})
    shown = next(line for line in text.splitlines() if line.startswith("{"))
    row = json.loads(shown)
    assert {"input", "output"} <= row.keys()
    assert "JSON object" in text
    assert "###" not in text


@pytest.mark.parametrize("language", available())
@pytest.mark.parametrize("step", [Step.INSTRUCTIONS, Step.CLASSIFICATION_INSTRUCTIONS])
def test_a_chat_reads_the_rules_first_and_the_opening_last(language, step):
    text = Prompts(load(language), "chat", steps=[step]).render(step, **VALUES[step])
    rules, _, rest = text.partition("\n- One.")
    assert rules.count("\n- ") == 3
    announced, opening = rest.splitlines()[-2:]
    assert str(VALUES[step]["count"]) in announced
    assert opening == f"{VALUES[step]['first']}."


@pytest.mark.parametrize("language", available())
def test_of_the_fixed_classifications_as_many_say_yes_as_no(language):
    prompts = Prompts(load(language), "chat")
    kinds = [task["is_classification"] for task in prompts.demonstrations(Step.CLASSIFY)]
    assert kinds.count(True) == kinds.count(False)
    # Neither word runs on so long that it is expected to.
    assert all(len(set(kinds[place : place + 4])) == 2 for place in range(len(kinds) - 3))


def test_the_fixed_demonstrations_of_the_first_edition_have_the_papers_numbers():
    prompts = Prompts(PACK, "chat", edition=1)
    kinds = [task["is_classification"] for task in prompts.demonstrations(Step.CLASSIFY)]
    assert (kinds.count(True), kinds.count(False)) == (12, 19)
    inputs = [
        case["input"]
        for task in prompts.demonstrations(Step.INPUT_FIRST)
        for case in task["instances"]
    ]
    assert "" in inputs
    assert any(inputs)


@pytest.mark.parametrize("edition", range(1, NEWEST + 1))
@pytest.mark.parametrize(
    ("step", "read"), [(Step.INPUT_FIRST, input_first), (Step.OUTPUT_FIRST, output_first)]
)
def test_the_form_shown_in_demonstrations_is_the_form_that_is_read(step, read, edition):
    prompts = Prompts(PACK, "chat", edition=edition)
    text = prompts.render(step, instruction="x", most=5)
    for task in prompts.demonstrations(step):
        shown = text.split(f"Task: {task['instruction']}\n")[1].split("\n\nTask: ")[0]
        shown = shown.split("\n\nNow ")[0]
        found = read(shown, PACK.labels)
        assert [case.model_dump() for case in found.cases] == task["instances"]


def replaced(tmp_path, text, name="classify.chat.jinja"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return Prompts(PACK, "chat", tmp_path)


def test_a_replaced_template_is_used_and_changes_the_fingerprint(tmp_path):
    prompts = replaced(tmp_path, "Is it? {{ instruction }}")
    assert prompts.render(Step.CLASSIFY, instruction="Name a river.") == "Is it? Name a river."
    assert prompts.fingerprint != Prompts(PACK, "chat").fingerprint


def test_replaced_demonstrations_are_used(tmp_path):
    row = {"instruction": "Mine.", "is_classification": True}
    (tmp_path / "classify.jsonl").write_text(json.dumps(row))
    text = Prompts(PACK, "chat", tmp_path).render(Step.CLASSIFY, instruction="x")
    assert "Task: Mine.\nClassification: Yes" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing", "the variable 'instruction' is missing"),
        ("{{ instruction }} {{ instuction }}", "there is no variable 'instuction'"),
        ("{{ instruction }} {% for %}", "classify.chat.jinja:1: "),
        ("{{ instruction.a.b }}", "has no attribute"),
    ],
)
def test_a_broken_template_is_refused_with_its_file_and_the_variable(tmp_path, text, message):
    with pytest.raises(PromptError) as caught:
        replaced(tmp_path, text).render(Step.CLASSIFY, instruction="x")
    assert message in str(caught.value)
    assert "classify.chat.jinja" in str(caught.value)


def test_a_missing_folder_of_templates_is_named(tmp_path):
    with pytest.raises(PromptError, match="no such folder"):
        Prompts(PACK, "chat", tmp_path / "nothing")


def test_an_unknown_language_lists_those_there_are():
    with pytest.raises(SettingsError, match="use one of en"):
        load("tlh")


def test_a_broken_pack_is_refused_with_its_key(tmp_path):
    source = (PACK.folder / "pack.toml").read_text(encoding="utf-8")
    (tmp_path / "pack.toml").write_text(source.replace("least = 4", 'least = "four"'))
    with pytest.raises(PromptError, match=r"length\.least"):
        load(str(tmp_path))
    (tmp_path / "pack.toml").write_text(source + "\nsurprise = 1")
    with pytest.raises(PromptError, match="surprise"):
        load(str(tmp_path))
