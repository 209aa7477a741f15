"""The mock's rewrites, judgements and plain answers.

Each rewrite in depth adds a clause, and grades grow with the length: so difficulty rises by the
round.
"""

from __future__ import annotations

import random

from selfinstruct.mock.grammar import Grammar
from selfinstruct.mock.reply_flaws import (
    ANSWER_FAULTS,
    REWRITE_FAULTS,
    REWRITE_SHAPES,
    UNCLEAR_RATE,
    pick,
)

_LIKE = 0.8  # as long as the given instruction, at least
_AGREEING = 0.7  # of the samples of an answer


def judged(text: str, grammar: Grammar, rng: random.Random) -> tuple[str, bool] | None:
    """A rewrite or a judgement and whether it is cut off, where ``text`` asks for such."""
    cues, end = grammar.whole, text.rstrip()
    if end.endswith((cues.rewrite, cues.breadth)):
        return _rewritten(text, grammar, rng, breadth=end.endswith(cues.breadth))
    if end.endswith(cues.equal):
        first = _between(text, f"{cues.first}: ", f"\n{cues.second}: ")
        second = _between(text, f"\n{cues.second}: ", f"\n{cues.equal}")
        if rng.random() < UNCLEAR_RATE:
            return grammar.cues.unclear, False
        same = _plain(second, cues.please) == _plain(first, cues.please)
        return grammar.cues.yes if same else grammar.cues.no, False
    if end.endswith(cues.difficulty):
        asked = _between(text, f"{cues.instruction}: ", f"\n{cues.difficulty}")
        return rng.choice(cues.grades).format(n=min(10, 1 + grammar.weight(asked))), False
    if end.endswith(cues.skill):
        asked = _between(text, f"{cues.instruction}: ", f"\n{cues.skill}")
        chosen = random.Random(grammar.words(asked)[0] if asked else "")
        return chosen.choice(cues.skills), False
    return None


def answered(text: str, grammar: Grammar, rng: random.Random, again: int) -> str:
    """A plain answer; asked again, mostly the same."""
    if again and random.Random(f"{again} {text}").random() > _AGREEING:
        rng = random.Random(f"{text} {again}")
    fault = pick(ANSWER_FAULTS, rng)
    if fault == "declined":
        return grammar.cues.refusal
    if fault == "nothing":
        return grammar.whole.nothing
    if fault == "empty":
        return ""
    for line in text.splitlines():
        if labels := grammar.kind(line)[1]:
            return rng.choice(labels)
    return grammar.passage(grammar.output_sentences, rng.randint(2, 4), rng)


def _rewritten(
    text: str, grammar: Grammar, rng: random.Random, *, breadth: bool
) -> tuple[str, bool]:
    cues = grammar.whole
    given = _given(text, grammar)
    fault = pick(REWRITE_FAULTS, rng)
    if fault in {"refused", "empty", "unchanged", "same"}:
        fixed = {"refused": grammar.cues.refusal, "empty": "", "unchanged": given}
        return fixed.get(fault, cues.please.format(text=given)), False
    if breadth:
        said = grammar.fill(rng.choice(grammar.open), rng)
        while (
            grammar.length(said) < grammar.length(given) * _LIKE
        ):  # of similar length and difficulty
            said = _with_clause(said, grammar, rng)
    elif cues.with_data in text:
        said = f"{given}\n{grammar.fill(rng.choice(cues.data), rng)}"
    else:
        head, _, data = given.partition("\n")
        said = _with_clause(head, grammar, rng) + (f"\n{data}" if data else "")
    if fault == "leaked":
        said = f"{said} {cues.leak}"
    if fault == "cut_off":
        return said[: len(said) // 2], True
    shape = pick(REWRITE_SHAPES, rng)
    shaped = {
        "heading": f"#{cues.rewrite.rstrip(':')}#:\n{said}",
        "quoted": f'"{said}"' if '"' not in said else said,
        "fenced": f"```\n{said}\n```",
    }
    return shaped.get(shape or "", said), False


def _with_clause(text: str, grammar: Grammar, rng: random.Random) -> str:
    clause = grammar.fill(rng.choice(grammar.whole.clauses), rng)
    return grammar.whole.clause.format(text=text.rstrip(grammar.cues.stop), clause=clause)


def _given(text: str, grammar: Grammar) -> str:
    cues = grammar.whole
    rest = text[text.rfind(cues.given) + len(cues.given) :]
    ends = [place for end in cues.given_ends if (place := rest.rfind(end)) >= 0]
    return rest[: min(ends)].strip() if ends else rest.strip()


def _between(text: str, start: str, end: str) -> str:
    """The last text between two marks."""
    return text[text.rfind(start) + len(start) : text.rfind(end)].strip()


def _plain(text: str, please: str) -> str:
    before, after = please.split("{text}")
    return text.removeprefix(before).removesuffix(after).strip().casefold()
