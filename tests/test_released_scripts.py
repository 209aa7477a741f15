"""The released scripts against the mock server: their prompts, asked and read by their rules.

The prompts are worded anew; their markers, their ends and what is read of the replies are theirs.
"""

from __future__ import annotations

import asyncio
import random
import re

import openai
import pytest
from aiohttp.test_utils import TestServer
from serving import asking

from selfinstruct.languages import load
from selfinstruct.mock.behaviour import Behaviour
from selfinstruct.mock.grammar import grammar
from selfinstruct.mock.server import application
from selfinstruct.seeds import load_seeds

PATH = "/v1/completions"
SEEDS = load_seeds(load("en").seeds)
SHOWN = [" ".join(one.instruction.split()) for one in SEEDS]


def completed(prompts, **fields):
    """The choices that the real client gets for ``prompts``, all in one call."""

    async def run():
        async with TestServer(application(Behaviour(any_model=True))) as server:
            address = str(server.make_url("/v1"))
            async with openai.AsyncOpenAI(base_url=address, api_key="x", max_retries=0) as client:
                return await client.completions.create(model="davinci", prompt=prompts, **fields)

    found = asyncio.run(run())
    assert found.model == "davinci"
    assert [choice.index for choice in found.choices] == list(range(len(found.choices)))
    return found.choices


def numbered(instructions, head):
    lines = "".join(f"{n}. {text}\n" for n, text in enumerate(instructions, 1))
    return f"{head}\n{lines}{len(instructions) + 1}."


def instructions_in(choice):
    """A reply that was cut off is dropped; the others are split at the numbers of their lines."""
    if choice.finish_reason == "length":
        return []
    texts = (text.strip() for text in re.split(r"\n\d+\s?\. ", choice.text))
    return [text for text in texts if len(text.split()) > 3]


@pytest.mark.parametrize("kind", ["tasks", "classification tasks, with their labels"])
def test_numbered_lists_are_gone_on_with(kind):
    head = "Think up a series of tasks:" if kind == "tasks" else f"Here is a series of {kind}:"
    prompts = [numbered(SHOWN[n : n + 8], head) for n in range(0, 160, 8)]
    choices = completed(
        prompts, max_tokens=1024, stop=["\n\n", "\n16", "16.", "16 ."], logprobs=1, top_p=0.5
    )
    assert len(choices) == len(prompts)
    found = [instructions_in(choice) for choice in choices]
    assert max(map(len, found)) == 7  # numbers 9 to 15
    assert sum(map(len, found)) > 4 * len(prompts)
    words = grammar("en")
    kinds = [words.kind(text)[0] for texts in found for text in texts]
    share = kinds.count("classification") / len(kinds)
    assert share > 0.6 if kind != "tasks" else share < 0.4


@pytest.mark.parametrize("written", [str, str.capitalize])  # the latter as the scripts write it
def test_yes_or_no_is_said_of_each_of_a_list(written):
    words = grammar("en")
    rng = random.Random(0)
    tasks = [words.fill(one.text, rng) for one in words.classification]
    shown = (
        f"May this be taken for classification?\n\nTask: {SHOWN[0]}\nIs it classification? No\n\n"
    )
    asked = [written(text) for text in [*tasks, *SHOWN[:20]]]
    prompts = [f"{shown}Task: {text}\nIs it classification?" for text in asked]
    choices = completed(prompts, max_tokens=3, temperature=0, stop=["\n", "Task"], logprobs=1)
    said = [choice.text.strip() in ("Yes", "yes", "YES") for choice in choices]
    assert len(said) == len(asked)
    assert sum(said[: len(tasks)]) > 0.8 * len(tasks)
    assert not any(said[len(tasks) :])


def pairs_in(choice):
    """Input and output of each example; one pair where there are none; no pair without either."""
    text = choice.text.strip()
    if re.search(r"Example\s?\d*\.?", text):
        parts = [part for part in re.split(r"Example\s?\d*\.?", text) if part.strip()]
    else:
        parts = [text] if re.search(r"Output\s*\d*\s*:", text) else []
    pairs = []
    for part in parts:
        given, mark, output = part.partition("Output:")
        given, output = (given, output) if mark else ("", part)
        pairs.append((re.sub(r"^Input\s*\d*\s*:", "", given.strip()).strip(), output.strip()))
    return pairs[:-1] if choice.finish_reason == "length" else pairs


def test_examples_are_written_input_first():
    shown = f"Some tasks and what they come to.\n\nTask: {SHOWN[0]}\nOutput: So.\n\n"
    words = grammar("en")
    rng = random.Random(1)
    alone = [words.fill(text, rng) for text in words.open[:5]]
    prompts = [f"{shown}Task: {text}\n" for text in [*alone, *SHOWN[:30]]]
    choices = completed(prompts, max_tokens=350, temperature=0, stop=["Example 6", "Task:"])
    found = [pairs_in(choice) for choice in choices]
    whole = [[pair for pair in pairs if pair[1]] for pairs in found]
    assert sum(map(bool, whole)) > 0.7 * len(prompts)
    assert not any(given for pairs in whole[: len(alone)] for given, _ in pairs)
    assert any(given for pairs in whole for given, _ in pairs)


def test_examples_of_classification_are_written_label_first():
    shown = "Labels and texts.\n\nTask: Tell if it is warm.\nClass label: warm\nText: a\n\n"
    words = grammar("en")
    rng = random.Random(2)
    tasks = [words.fill(one.text, rng) for one in words.classification for _ in range(3)]
    choices = completed([f"{shown}Task: {text}\n" for text in tasks], max_tokens=300)
    right = 0
    for text, choice in zip(tasks, choices, strict=True):
        parts = choice.text.split("Class label:")[1:]
        labels = {part.strip().partition("\n")[0].strip() for part in parts}
        right += bool(labels) and labels <= {*words.kind(text)[1], ""}
    assert right > 0.7 * len(tasks)


def test_whole_tasks_are_gone_on_with_as_alpaca_reads_them():
    def prompt(first):
        text = "Write a list of 20 tasks. Where one needs no input, put <noinput> there.\n\n"
        for n, one in enumerate(SEEDS[first : first + 3], 1):
            case = one.instances[0]
            text += f"###\n{n}. Instruction: {' '.join(one.instruction.split())}\n"
            text += f"{n}. Input:\n{case.input or '<noinput>'}\n{n}. Output:\n{case.output}\n"
        return f"{text}###\n4. Instruction:"

    prompts = [prompt(first) for first in range(0, 60, 3)]
    choices = completed(prompts, max_tokens=3072, stop=["\n20", "20."], logit_bias={"50256": -100})
    items = []
    for choice in choices:
        blocks = f"4. Instruction:{choice.text}".split("###")
        blocks = blocks[:-1] if choice.finish_reason == "length" else blocks
        for number, block in enumerate(blocks, 4):
            parts = re.split(rf"{number}\.\s+(Instruction|Input|Output):", block)
            if len(parts) == 7:
                items.append(tuple(text.strip() for text in parts[2::2]))
    assert len(items) > 5 * len(prompts)
    given = [text for _, text, _ in items]
    assert "<noinput>" in given
    assert "<none>" not in given


def test_a_list_is_answered_as_its_prompts_are_alone():
    fields = {"model": "mock", "n": 2, "max_tokens": 40}
    prompts = [numbered(SHOWN[:3], "Tasks:"), numbered(SHOWN[3:6], "Tasks:")]
    (_, both), bill = asking(Behaviour(), {**fields, "prompt": prompts}, path=PATH)
    alone = [asking(Behaviour(), {**fields, "prompt": one}, path=PATH)[0][1] for one in prompts]
    assert [(one["index"], one["text"]) for one in both["choices"]] == list(
        enumerate(one["text"] for answer in alone for one in answer["choices"])
    )
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert both["usage"][name] == sum(answer["usage"][name] for answer in alone)
    assert bill["calls"] == 1


@pytest.mark.parametrize("prompt", [None, [], [1, 2], ["a", 1], [["a"]], 3])
def test_prompts_that_are_no_texts_are_refused(prompt):
    (status, said), _ = asking(Behaviour(), {"model": "mock", "prompt": prompt}, path=PATH)
    assert status == 400
    assert "'prompt' must" in said["error"]["message"]


def test_models_are_known_by_name_unless_any_will_do():
    body = {"prompt": "Say it."}
    for behaviour, model, wanted in (
        (Behaviour(), "davinci", 404),
        (Behaviour(), None, 404),
        (Behaviour(any_model=True), "davinci", 200),
        (Behaviour(any_model=True), "", 404),
        (Behaviour(any_model=True), ["mock"], 404),
    ):
        (status, _), _ = asking(behaviour, body | {"model": model}, path=PATH)
        assert status == wanted, model


def test_old_clients_name_the_model_in_the_path():
    path = "/v1/engines/davinci/completions"
    (status, said), _ = asking(Behaviour(any_model=True), {"prompt": ["a", "b"]}, path=path)
    assert (status, said["model"], len(said["choices"])) == (200, "davinci", 2)
    assert asking(Behaviour(), {"prompt": "a"}, path=path)[0][0] == 404
