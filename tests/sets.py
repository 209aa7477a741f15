"""Sets for reports, made by hand: lean rows, without a file."""

from __future__ import annotations

import random

from selfinstruct.languages import load, tokenizer
from selfinstruct.report import Grown, Item, Source
from selfinstruct.report.items import Case


def item(number, instruction, *cases, **more):
    """A task; its id is its number."""
    cases = tuple(Case(*case) for case in cases or [("", "done")])
    told = {"text": instruction, "is_classification": False} | more
    return Item(id=f"task_{number}", instruction=instruction, cases=cases, **told)


def source_of(texts, language="en", **more):
    """A set of these instructions, or of these items."""
    pack = load(language)
    items = [item(n, text) if isinstance(text, str) else text for n, text in enumerate(texts)]
    told = {"name": "set", "format": "alpaca", "threshold": pack.threshold} | more
    judging = tokenizer(pack.tokenizer)
    return Source(
        items=items, language=pack, tokenizer=judging, tokenizer_name=pack.tokenizer, **told
    )


WORDS = ["write", "a", "short", "story", "about", "the", "sea", "list", "two", "old", "ships"]


def some_texts(count, seed=3):
    """So many made-up instructions that share words, always the same."""
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(3, 12))) for _ in range(count)]


def grown(**more):
    """What only a pool knows; nothing but two seeds, unless ``more`` says otherwise."""
    told = {
        "recipe": "self-instruct",
        "models": ["mock m"],
        "evolves": False,
        "seeds": [item("s1", "Write a poem."), item("s2", "Name a river.")],
        "refused": [],
        "examples": {},
        "yields": [],
        "spent": [],
        "steps": {},
    }
    return Grown(**(told | more))


SUMMARY = {
    "name": "validity-m",
    "rubric": "validity",
    "judged": 200,
    "unreadable": 1,
    "shares": {
        "output": {
            "yes": {"share": 0.71, "n": 199, "low": 0.644, "high": 0.768},
            "no": {"share": 0.29, "n": 199, "low": 0.232, "high": 0.356},
        }
    },
    "controls": {"planted": {"share": 0.95, "n": 40}, "doubt": "It finds fault with all."},
    "means": {"score": {"mean": 3.5, "n": 9, "low": 3.1, "high": 3.9}},
    "worst": [{"item": "task_1#0", "text": "bad", "answers": {"output": "no"}, "reason": "off"}],
}
