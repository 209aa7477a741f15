"""One instruction of the mock, at times with what real teachers get wrong."""

from __future__ import annotations

import random

from selfinstruct.mock.grammar import Grammar
from selfinstruct.mock.reply_flaws import INSTRUCTION_FAULTS, pick


def instruction(
    grammar: Grammar, shown: list[str], rng: random.Random, *, only_classification: bool
) -> str:
    """An instruction filled from a template, or one that the filters should refuse.

    Args:
        grammar: The language's grammar.
        shown: The demonstrations of the prompt.
        rng: Random numbers.
        only_classification: Whether only classification tasks are wanted.
    """
    cues = grammar.cues
    fault = pick(INSTRUCTION_FAULTS, rng)
    if fault == "repeated" and shown:
        return rng.choice(shown)
    if fault == "near" and shown:
        words = grammar.words(rng.choice(shown))
        words[rng.randrange(len(words))] = rng.choice(grammar.slots["object"])
        return cues.joint.join(words)
    if fault == "short":
        return rng.choice(cues.short)
    if fault == "foreign":
        return rng.choice(cues.foreign)
    if fault == "program":
        return grammar.fill(cues.program, rng)
    plain = grammar.fill(_template(grammar, rng, only_classification=only_classification), rng)
    if fault == "keyword":
        words = grammar.words(plain)
        words.insert(rng.randrange(1, len(words)), rng.choice(cues.keyword))
        return cues.joint.join(words)
    if fault == "punctuation":
        return f"- {plain}" if rng.random() < 0.5 else f"({plain})"
    if fault == "long":
        sentences = (grammar.output_sentences * 3)[: cues.long]
        return cues.joint.join([plain, *(grammar.fill(text, rng) for text in sentences)])
    return plain


def _template(grammar: Grammar, rng: random.Random, *, only_classification: bool) -> str:
    point = rng.random()
    if only_classification or point < 0.18:
        return rng.choice(grammar.classification).text
    return rng.choice(grammar.open if point < 0.58 else grammar.open_with_input)
