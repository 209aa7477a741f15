"""The mock's answers: a deterministic function of the prompt."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass

from selfinstruct.mock import evolving, judging, released, whole
from selfinstruct.mock.grammar import Grammar
from selfinstruct.mock.instructions import instruction
from selfinstruct.mock.reply_flaws import (
    INSTANCE_FAULTS,
    LIST_FAULTS,
    LIST_SHAPES,
    UNCLEAR_RATE,
    pick,
)

_ITEM = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
_BULLET = re.compile(r"^- (.+)$", re.MULTILINE)
_CONTINUE = re.compile(r"\n(\d+)\.\s*$")
_LONGEST_MARKER = 60
_MOST_CONTINUED = 12  # a completion model writes on until a stop sequence or its limit


@dataclass(frozen=True, slots=True)
class Answer:
    """A text, and whether it ends in the middle."""

    text: str
    cut_off: bool = False


def answer(text: str, grammar: Grammar, choice: int = 0, again: int = 0) -> Answer:
    """What the mock says to ``text``.

    Args:
        text: The whole prompt.
        grammar: The language's grammar.
        choice: Which of several replies to the same request this is.
        again: How often the same was asked before; only plain answers differ then, as samples do.
    """
    digest = hashlib.sha256(f"{choice}\n{text}".encode("utf-8", "replace")).digest()
    rng = random.Random(digest)
    grammar = released.taken_up(text, grammar)
    cues = grammar.cues
    if asked := judging.wanted(text, grammar):
        return Answer(judging.judgement(asked, grammar, rng))
    if said := _whole(text, grammar, rng) or evolving.judged(text, grammar, rng):
        return Answer(*said)
    # A prompt for a chat may end with an open number too: it says how many tasks are wanted.
    if wanted := re.search(cues.wanted, text):
        one, other = (int(number) for number in wanted.groups() if number)
        counted = wanted.groupdict().get("count")
        first, last = (other, other + one - 1) if counted else (one, other)
        return _instructions(text, grammar, rng, first, last, chat=True)
    if continued := _CONTINUE.search(text):
        first = int(continued.group(1))
        return _instructions(text, grammar, rng, first, first + _MOST_CONTINUED - 1, chat=False)
    task = _last_task(text, cues.task)
    if task is None:
        return Answer(evolving.answered(text, grammar, rng, again))
    if text.rstrip().endswith(cues.classify):
        if rng.random() < UNCLEAR_RATE:
            return Answer(f" {cues.unclear}")
        labels = grammar.kind(task)[1]
        return Answer(f" {cues.yes if labels else cues.no}")
    continues = text.rstrip().endswith((f"{cues.label}:", f"{cues.example} 1"))
    if f"\n{cues.label}:" in text:
        return _output_first(task, grammar, rng, continues=continues)
    bare = released.leaves_inputs_out(text, grammar)
    return _input_first(task, grammar, rng, continues=continues, bare=bare)


def _whole(text: str, grammar: Grammar, rng: random.Random) -> tuple[str, bool] | None:
    """Whole tasks or examples, where ``text`` asks for such."""
    cues = grammar.whole
    if wanted := re.search(cues.tasks_wanted, text):
        first, last = int(wanted.group(1)), int(wanted.group(2))
        return whole.tasks(text, grammar, rng, first, last, continues=False)
    if wanted := re.search(cues.examples_wanted, text):
        return whole.examples(text, grammar, rng, 1, int(wanted.group(1)), continues=False)
    end = text.rstrip()[-_LONGEST_MARKER:]
    if found := re.search(rf"(\d+)\. {re.escape(cues.instruction)}:$", end):
        first = int(found.group(1))
        last = first + _MOST_CONTINUED - 1
        return whole.tasks(text, grammar, rng, first, last, continues=True)
    if found := re.search(rf"(\d+)\. {re.escape(grammar.cues.input)}:$", end):
        return whole.examples(
            text, grammar, rng, int(found.group(1)), _MOST_CONTINUED, continues=True
        )
    return None


def _last_task(text: str, marker: str) -> str | None:
    found = re.findall(rf"^{re.escape(marker)}: (.+)$", text, re.MULTILINE)
    return found[-1] if found else None


def _instructions(
    text: str, grammar: Grammar, rng: random.Random, first: int, last: int, *, chat: bool
) -> Answer:
    cues = grammar.cues
    shown = [item for _, item in _ITEM.findall(text)] or _bullets(text)
    only_classification = cues.only_classification in text
    fault = pick(LIST_FAULTS, rng)
    if fault == "empty":
        return Answer("")
    if fault == "refused":
        return Answer(cues.refusal)
    if fault == "chatter":
        return Answer(cues.chatter)
    items = [
        instruction(grammar, shown, rng, only_classification=only_classification)
        for _ in range(first, last + 1)
    ]
    if fault == "cut_off":
        items[-1] = items[-1][: len(items[-1]) // 2]
    shape = pick(LIST_SHAPES, rng) if chat else None
    return Answer(_listed(items, first, shape, grammar, chat=chat), fault == "cut_off")


def _bullets(text: str) -> list[str]:
    """The entries of the last list with bullets."""
    blocks = (_BULLET.findall(block) for block in reversed(text.split("\n\n")))
    return next((entries for entries in blocks if entries), [])


def _listed(
    items: list[str], first: int, shape: str | None, grammar: Grammar, *, chat: bool
) -> str:
    cues = grammar.cues
    start = 1 if shape == "restart" else first
    if shape == "bullets":
        lines = [f"- {item}" for item in items]
    elif shape == "bold":
        lines = [f"**{n}.** {item}\n" for n, item in enumerate(items, start)]
    elif shape == "task_heading":
        lines = [f"**{cues.task} {n}:** {item}\n" for n, item in enumerate(items, start)]
    else:
        lines = [f"{n}. {item}" for n, item in enumerate(items, start)]
    text = "\n".join(lines)
    if not chat:
        return text.removeprefix(f"{first}.")
    if shape == "fenced":
        return f"```\n{text}\n```"
    if shape == "preamble":
        return cues.preamble.format(count=len(items)) + "\n\n" + text
    return f"{text}\n\n{cues.closing}" if shape == "closing" else text


def _input_first(
    task: str, grammar: Grammar, rng: random.Random, *, continues: bool, bare: bool
) -> Answer:
    """Examples with input and output; where ``bare``, what has no input has no line for it."""
    cues = grammar.cues
    fault = pick(INSTANCE_FAULTS, rng)
    if fault in {"refused", "chatter"}:
        return Answer(cues.refusal if fault == "refused" else cues.chatter)
    alone = grammar.kind(task)[0] == "open"
    count = 7 if fault == "many" and not alone else 1 if alone else rng.randint(1, 3)
    pairs = [
        (
            cues.no_input if alone else grammar.passage(grammar.input_sentences, 2, rng),
            grammar.passage(grammar.output_sentences, rng.randint(1, 3), rng),
        )
        for _ in range(count)
    ]
    pairs = _spoiled(pairs, fault, cues.stop, rng)
    texts = [f"{cues.input}: {given}\n{cues.output}: {out}".rstrip() for given, out in pairs]
    if bare and alone:
        texts = [f"{cues.output}: {out}".rstrip() for _, out in pairs]
    text = "\n".join(f"{cues.example} {n}\n{one}" for n, one in enumerate(texts, 1))
    if bare and alone and len(texts) == 1:
        text = texts[0]
    return _shortened(text.removeprefix(f"{cues.example} 1") if continues else text, fault)


def _output_first(task: str, grammar: Grammar, rng: random.Random, *, continues: bool) -> Answer:
    cues = grammar.cues
    fault = pick(INSTANCE_FAULTS, rng)
    if fault in {"refused", "chatter"}:
        return Answer(cues.refusal if fault == "refused" else cues.chatter)
    labels = grammar.kind(task)[1] or (cues.yes, cues.no)
    if fault == "many":
        labels = labels * 4
    pairs = [(grammar.passage(grammar.label_inputs, 1, rng), label) for label in labels]
    pairs = _spoiled(pairs, fault, cues.stop, rng)
    text = "\n".join(f"{cues.label}: {label}\n{cues.input}: {given}" for given, label in pairs)
    return _shortened(text.removeprefix(f"{cues.label}:") if continues else text, fault)


def _spoiled(
    pairs: list[tuple[str, str]], fault: str | None, stop: str, rng: random.Random
) -> list[tuple[str, str]]:
    place = rng.randrange(len(pairs))
    given, out = pairs[place]
    if fault == "empty_output":
        pairs[place] = (given, "")
    elif fault == "same":
        pairs[place] = (given, given)
    elif fault == "colon":
        pairs[place] = (given, out.rstrip(stop) + ":")
    elif fault == "contradiction":
        pairs.append((given, out + " " + out))
    elif fault == "duplicate":
        pairs.append((given, out))
    return pairs


def _shortened(text: str, fault: str | None) -> Answer:
    if fault != "cut_off":
        return Answer(text)
    return Answer(text[: max(1, len(text) * 4 // 5)], cut_off=True)
