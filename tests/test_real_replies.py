"""Replies of real, weak models, as the second edition reads and judges them.

A case is a file in `replies/judged`: the reply, a line of dashes, and as JSON what it was asked and
what must come of it. All but those called "made" were written by Qwen2.5-Coder-0.5B-Instruct and
SmolLM2-135M-Instruct (Apache-2.0) for this project's prompts.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from selfinstruct.bootstrap import Draft
from selfinstruct.languages import load
from selfinstruct.prompts import Prompts, Step
from selfinstruct.recipes import Making, find
from selfinstruct.recipes.evolve import source_text
from selfinstruct.seeds import load_seeds
from selfinstruct.tasks import Candidate, Instance, Reason, Task
from selfinstruct.teachers import Api, Decoding, Prompt, Reply

JUDGED = Path(__file__).parent / "replies" / "judged"
ASKED = 1  # the edition of the templates that these replies were written to
UNUSED = Decoding(temperature=0, top_p=0, max_tokens=1)


def recipe_of(name, asked, sources=None, edition=2):
    pack = load(asked["language"]).in_edition(edition)
    kind = find(name)
    prompts = Prompts(pack, asked["api"], None, kind.steps, ASKED)
    seeds = sources or load_seeds(pack.seeds)
    return kind.make(
        Making(
            pack,
            prompts,
            Api(asked["api"]),
            kind.settings(),
            kind.decodings(),
            seeds,
            edition=edition,
        )
    )


def judged_by(recipe, reply, draft):
    items = recipe.read(reply, draft)
    return [(isinstance(one, Candidate) and recipe.copied(one, draft)) or one for one in items]


def instance(row):
    return Instance(input=row.get("input", ""), output=row.get("output", ""))


def listed(reply, asked):
    """What a list of instructions, or of whole tasks, comes to."""
    alpaca = asked["step"] == Step.ALPACA
    recipe = recipe_of("alpaca" if alpaca else "self-instruct", asked)
    shown = tuple(row["instruction"] for row in asked["shown"])
    details = {"cases": [instance(row) for row in asked["shown"]]} if alpaca else {}
    draft = Draft(Prompt("", UNUSED, asked["step"], 0), (), shown, details)
    return judged_by(recipe, reply, draft)


def worked(reply, asked):
    """What the instances of one task come to."""
    recipe = recipe_of("self-instruct", asked)
    labels = load(asked["language"]).labels
    kind = labels.yes[0] if asked["step"] == Step.OUTPUT_FIRST else labels.no[0]

    async def ask(prompt):
        return Reply(kind, "stop", None) if prompt.step == Step.CLASSIFY else reply

    draft = Draft(Prompt("", UNUSED, asked["step"], 0), (), ())
    candidate = Candidate(asked["instruction"], 0)
    developed = asyncio.run(recipe.develop(candidate, draft, 0, ask))
    rejects = [row for row in developed.rejects if row.reason is not Reason.NO_VALID_INSTANCE]
    return [*developed.instances, *rejects]


def evolved(reply, asked):
    """What an evolution of one task comes to."""
    case = Instance(input=asked["data"], output="?")
    source = Task(
        id="s", instruction=asked["instruction"], is_classification=False, instances=(case,)
    )
    recipe = recipe_of("evolve", asked, [source])
    parent = source_text(source)
    values = {"method": asked["method"]} if asked["method"] else {}
    pack = load(asked["language"])
    prompts = Prompts(pack, asked["api"], None, find("evolve").steps, ASKED)
    text = prompts.render(Step(asked["step"]), instruction=parent, **values)
    kind = "breadth" if asked["step"] == Step.EVOLVE_BREADTH else "deepen"
    details = {"operation": kind, "round": 1, "evolved_from": "s"}
    asking = Prompt(text, UNUSED, asked["step"], 0)
    draft = Draft(asking, ("s",), (parent,), {"data": asked["data"]}, details)
    return judged_by(recipe, reply, draft)


def judged(text, asked):
    reply = Reply(text, asked.get("finish", "stop"), None)
    if asked["step"] in {Step.INPUT_FIRST, Step.OUTPUT_FIRST}:
        items = worked(reply, asked)
    elif asked["step"].startswith("evolve"):
        items = evolved(reply, asked)
    else:
        items = listed(reply, asked)
    kept, refused = [], Counter()
    for item in items:
        if isinstance(item, Instance):
            kept.append([item.input, item.output])
        elif isinstance(item, Candidate):
            kept.append(item.instruction)
        else:
            refused[item.reason.value] += 1
    return {"read": kept, "refused": dict(sorted(refused.items()))}


@pytest.mark.parametrize("path", sorted(JUDGED.glob("*.txt")), ids=lambda path: path.stem)
def test_a_real_reply_is_judged_as_a_person_would(path):
    text, _, expected = path.read_text(encoding="utf-8").partition("\n--------\n")
    asked = json.loads(expected)
    assert judged(text, asked) == {"read": asked["read"], "refused": asked["refused"]}


def test_the_bench_reads_a_folder_of_replies_by_each_edition(tmp_path):
    prompts = Prompts(load("en"), "chat")
    shown = ["Name three rivers in Peru and their lengths.", "Explain tides to a child of six."]
    asked = prompts.render(Step.INSTRUCTIONS, demonstrations=shown, first=3, last=4, count=2)
    text = f"3. {shown[0]}\n   - Answer: None.\n4. Say in one word what moss is."
    row = {"prompt": asked, "text": text, "api": "chat", "finish": "stop"}
    answered = prompts.render(Step.INPUT_FIRST, instruction="Name a river.", most=5)
    other = {"prompt": answered, "text": "The Mantaro.", "api": "chat", "finish": "stop"}
    (tmp_path / "m.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps(other)}\n")
    labelled = [
        {"text": f"{shown[0]} - Answer: None.", "good": False},
        {"text": " => The Mantaro.", "good": True},
    ]
    (tmp_path / "labelled.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in labelled))
    bench = Path(__file__).parents[1] / "bench" / "replies.py"
    done = subprocess.run(
        [sys.executable, bench, tmp_path], capture_output=True, text=True, check=True
    )
    said = " ".join(done.stdout.split())
    assert "input_first en chat 1 replies edition 1: 0 read; refused: malformed 1" in said
    assert "edition 2: 1 read; refused:" in said
    assert "instructions en chat 1 replies edition 1: 2 read" in said
    assert "edition 2: 1 read; refused: repeated_demonstration 1" in said
    assert "edition 1: garbage accepted 1, good ones lost 1" in said
    assert "edition 2: garbage accepted 0, good ones lost 0" in said
