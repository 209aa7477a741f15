"""The mock's whole tasks and examples: instruction, input and output in one reply."""

from __future__ import annotations

import json
import random
import re

from selfinstruct.mock.grammar import Grammar
from selfinstruct.mock.instructions import instruction
from selfinstruct.mock.reply_flaws import (
    INSTANCE_FAULTS,
    ITEM_SHAPES,
    LIST_FAULTS,
    pick,
)

_QUOTED = re.compile(r'"""\n(.*?)\n"""', re.DOTALL)
_SPAN = 8  # words of a passage that make an answer

Item = dict[str, str]


def tasks(
    text: str, grammar: Grammar, rng: random.Random, first: int, last: int, *, continues: bool
) -> tuple[str, bool]:
    """Whole tasks ``first`` to ``last``; returns the reply and whether it is cut off."""
    cues = grammar.whole
    shown = re.findall(rf"^\d+\. {re.escape(cues.instruction)}: (.+)$", text, re.MULTILINE)
    shown += re.findall(r'^\{"instruction": "(.+?)", "input"', text, re.MULTILINE)
    items = [_task(grammar, shown, rng) for _ in range(first, last + 1)]
    return _said(text, grammar, rng, items, first, continues=continues)


def examples(
    text: str, grammar: Grammar, rng: random.Random, first: int, count: int, *, continues: bool
) -> tuple[str, bool]:
    """``count`` more examples of the task shown; returns the reply and whether it is cut off."""
    shown = re.findall(rf"^\d+\. {re.escape(grammar.cues.input)}: (.+)$", text, re.MULTILINE)
    shown += re.findall(r'^\{"input": "(.+?)", "output"', text, re.MULTILINE)
    found = _QUOTED.search(text)
    passage = _words(found.group(1), grammar) if found else []
    items = [_example(grammar, shown, passage, rng) for _ in range(count)]
    return _said(text, grammar, rng, items, first, continues=continues)


def _words(passage: str, grammar: Grammar) -> list[str]:
    return passage.split() if grammar.cues.joint else list(passage)


def _task(grammar: Grammar, shown: list[str], rng: random.Random) -> Item:
    said = instruction(grammar, shown, rng, only_classification=False)
    kind, labels = grammar.kind(said)
    item = {
        "instruction": said,
        "input": "" if kind == "open" else grammar.passage(grammar.input_sentences, 2, rng),
        "output": grammar.passage(grammar.output_sentences, rng.randint(1, 3), rng),
    }
    if labels:
        item["input"] = grammar.passage(grammar.label_inputs, 1, rng)
        item["output"] = rng.choice(labels)
    return _spoiled(item, grammar.cues.stop, rng)


def _example(grammar: Grammar, shown: list[str], passage: list[str], rng: random.Random) -> Item:
    given = grammar.passage(grammar.label_inputs, 2, rng)
    point = rng.random()
    if shown and point < 0.04:
        given = rng.choice(shown)
    elif shown and point < 0.08:  # the same but for case and punctuation
        given = rng.choice(shown).upper().rstrip(f".?？{grammar.cues.stop}") + "!"
    output = grammar.fill(rng.choice(grammar.output_sentences), rng)
    if passage and rng.random() < 0.85:
        start = rng.randrange(max(1, len(passage) - _SPAN))
        output = grammar.cues.joint.join(passage[start : start + _SPAN]).strip(",;:")
    return _spoiled({"input": given, "output": output}, grammar.cues.stop, rng)


def _spoiled(item: Item, stop: str, rng: random.Random) -> Item:
    fault = pick(INSTANCE_FAULTS, rng)
    if fault == "empty_output":
        return item | {"output": ""}
    if fault == "same" and item["input"]:
        return item | {"output": item["input"]}
    if fault == "colon":
        return item | {"output": item["output"].rstrip(stop) + ":"}
    if fault == "contradiction":  # stands for a field that is missing
        return {name: text for name, text in item.items() if name != "output"}
    return item


def _said(
    text: str,
    grammar: Grammar,
    rng: random.Random,
    items: list[Item],
    first: int,
    *,
    continues: bool,
) -> tuple[str, bool]:
    fault = pick(LIST_FAULTS, rng)
    shape = pick(ITEM_SHAPES, rng)
    if fault in {"empty", "refused", "chatter"}:
        fixed = {"empty": "", "refused": grammar.cues.refusal, "chatter": grammar.cues.chatter}
        return fixed[fault], False
    if grammar.whole.json_wanted in text:
        said = json.dumps({"items": items}, ensure_ascii=False)
        said = f"```json\n{said}\n```" if shape == "fenced" else said
    else:
        said = _listed(grammar, items, first, shape)
        if continues:
            said = said.split(":", 1)[1]
        elif shape == "preamble":
            said = grammar.cues.preamble.format(count=len(items)) + "\n\n" + said
        elif shape == "fenced":
            said = f"```\n{said}\n```"
    return (said[: len(said) * 7 // 8], True) if fault == "cut_off" else (said, False)


def _listed(grammar: Grammar, items: list[Item], first: int, shape: str | None) -> str:
    names = {
        "instruction": grammar.whole.instruction,
        "input": grammar.cues.input,
        "output": grammar.cues.output,
    }
    blocks = []
    for number, item in enumerate(items, first):
        lines = []
        for key, value in item.items():
            said = value or (grammar.cues.no_input if key == "input" else "")
            marker = f"**{number}. {names[key]}:**" if shape == "bold" else ""
            lines.append(f"{marker or f'{number}. {names[key]}:'} {said}".rstrip())
        blocks.append("\n".join(lines))
    return "\n###\n".join(blocks)
