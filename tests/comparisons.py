"""Comparisons written by hand: prompts with their answers, and how they were judged."""

from __future__ import annotations

import hashlib
import json

MANIFEST = {
    "format": 1,
    "kind": "compare",
    "rubric": "overall",
    "model": "judge-1",
    "teacher": "mock",
    "language": "en",
    "rubric_digest": "",
    "prompts": "",
    "api": "chat",
    "decoding": {},
    "structured": False,
    "contestants": ["base", "tuned"],
}


def item_id(instruction, given=""):
    said = json.dumps([instruction, given]).encode()  # ASCII, whatever the texts hold
    return f"prompt_{hashlib.sha256(said).hexdigest()[:16]}"


def _named(texts):
    names = ["base", "tuned"] if len(texts) == 2 else [str(n) for n in range(len(texts))]
    return list(zip(names, texts, strict=True))


def prompt(instruction, *texts, given="", **judged):
    """An item and its judgement."""
    head = {"item": item_id(instruction, given)}
    answers = [{"as": name, "text": text} for name, text in _named(texts)]
    shown = [{"as": name, "digest": "d", "chars": len(text)} for name, text in _named(texts)]
    orders = [list(range(len(texts))), list(range(len(texts)))[::-1]]
    verdict = {"answers": shown, "orders": orders, "verdicts": None, "ranks": None, "scores": None}
    verdict |= {"consistent": True, "reasons": ["", ""], "status": "read", "control": None}
    item = head | {"instruction": instruction, "input": given, "answers": answers}
    return item, head | verdict | judged


def pair(instruction, worse, better, **more):
    """Two answers, of which the second won in both orders."""
    judged = {"verdicts": ["second", "first"], "ranks": [2.0, 1.0]}
    return prompt(instruction, worse, better, **(judged | more))


TIE = {"verdicts": ["tie", "tie"], "ranks": [1.5, 1.5]}
INCONSISTENT = {"verdicts": ["first", "first"], "ranks": [1.5, 1.5], "consistent": False}
FAILED = {"status": "failed", "verdicts": None, "ranks": None}


def listed(instruction, *texts, ranks, scores, **more):
    """Three answers or more, judged as a list."""
    return prompt(instruction, *texts, ranks=ranks, scores=scores, **more)


def comparison_of(folder, prompts, **manifest):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(MANIFEST | manifest))
    for place, name in enumerate(("items", "judgements")):
        lines = "".join(json.dumps(made[place]) + "\n" for made in prompts)
        (folder / f"{name}.jsonl").write_text(lines)
    return folder
