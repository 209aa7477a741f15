"""The mock's judgements: right at stated rates, in every shape that judges give their answers.

It knows two faults by itself: an output of another kind (a label where sentences are wanted, or the
other way round), and one that was cut. It does not know which sentences answer which instruction:
its own never do. Whether anything else is good it draws by what is judged, at the rates below, so
that every share that is printed of mock pools has a known truth.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from selfinstruct.mock.grammar import Grammar
from selfinstruct.mock.reply_flaws import pick

GOOD: Mapping[str, float] = {"instruction": 0.93, "input": 0.88, "output": 0.78, "correct": 0.7}
"""By question, how often an item without the two faults is called good; else :data:`OTHERS`."""
OTHERS = 0.8

CAUGHT = 0.95
"""How often it sees one of the two faults, and that what people wrote has none."""

UNREADABLE: Mapping[str, float] = {"unclear": 0.012, "silent": 0.004, "off_scale": 0.004}
"""Of 100 judgements, so many cannot be read: 2 in all."""

MERIT = 0.9
"""How often it chooses the better of two outputs: the one of more merit, which it draws by the text
and the instruction alone. Else it chooses the first place, or the longer, or calls it a tie."""

NEAR = 0.06  # two merits that differ by less are a tie to it

SHAPES: Mapping[str, float] = {
    "fenced": 0.08,
    "preamble": 0.05,
    "lines": 0.05,
    "bold": 0.04,
    "twice": 0.03,  # a first object, and a second that corrects it
    "spelled": 0.05,  # 4 as "4/5", "4.0", "[[4]]"
}

_LEAST_WHOLE = 10  # characters of an output that should end as sentences do

_END = r"\[(?P<mark>[0-9a-f]{8,64}) [^\]\n]+\]"
_ANSWERS = (
    r'(?P<tags>\["…", "…"\])'
    r'|(?P<low>-?[\d.]+) … (?P<high>-?[\d.]+)(?: \((?P<step>[\d.]+)\))?(?: \| "na")?'
    r'|(?P<words>"[^"\n]*"(?: \| "[^"\n]*")+)'
)
_QUESTION = re.compile(rf"^- (?P<key>[a-z][a-z0-9_]*): .*?(?:{_ANSWERS})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, as the prompt puts it."""

    key: str
    values: tuple[str | float, ...] = ()  # words, or numbers from low to high; none for tags
    numbers: bool = False


@dataclass(frozen=True, slots=True)
class Judging:
    """What a prompt asks to be judged.

    Attributes:
        questions: What is asked.
        parts: By number of the item and name of the part, what it says.
        reasoned: Whether a reason is wanted.
        lines: Whether answers are wanted line by line.
        names: The names of instructions and outputs in this language.
    """

    questions: tuple[Asked, ...]
    parts: Mapping[tuple[str, str], str]
    reasoned: bool
    lines: bool
    names: tuple[str, str] = field(default=("", ""))

    def part(self, number: str, which: int) -> str:
        """The instruction (0) or the output (1) of an item."""
        return self.parts.get((number, self.names[which]), "")


def wanted(text: str, grammar: Grammar) -> Judging | None:
    """What ``text`` asks to be judged; None where it asks for something else."""
    marks = list(re.finditer(_END, text))
    if len(marks) < 2 or marks[-1]["mark"] != marks[0]["mark"]:
        return None
    mark = marks[0]["mark"]
    lines = re.compile(rf"^\[{mark}(?: (\d+))? ([^\]\n]+)\]$", re.MULTILINE)
    found = list(lines.finditer(text))
    if len(found) < 2:
        return None
    questions = tuple(_question(one) for one in _QUESTION.finditer(text[: found[0].start()]))
    if not questions:
        return None
    parts = {
        (one[1] or "", one[2]): text[one.end() : after.start()].strip("\n")
        for one, after in itertools.pairwise(found)
    }
    tail = text[found[-1].end() :].rstrip()
    names = (grammar.whole.instruction, grammar.cues.output)
    return Judging(questions, parts, "reason" in tail, not tail.endswith("}"), names)


def judgement(asked: Judging, grammar: Grammar, rng: random.Random) -> str:
    """The judgement, in one of the shapes that models give it."""
    answers = {one.key: _answer(one, asked, grammar) for one in asked.questions}
    odd = pick(UNREADABLE, rng)
    if odd == "silent":
        return ""
    if odd == "unclear":
        return grammar.cues.unclear
    if odd == "off_scale":
        answers = {one.key: _off(one) for one in asked.questions}
    reason = grammar.fill(rng.choice(grammar.output_sentences), rng)
    return _said(answers, reason if asked.reasoned else "", asked, grammar, rng)


def _said(
    answers: Mapping[str, object],
    reason: str,
    asked: Judging,
    grammar: Grammar,
    rng: random.Random,
) -> str:
    if asked.lines:  # the prompt ends with the first key
        rows = [f"{key}: {_plain(value)}" for key, value in answers.items()]
        return f" {reason}\n" + "\n".join(rows) if reason else "\n".join(rows).split(":", 1)[1]
    shape = pick(SHAPES, rng)
    first: dict[str, object] = {"reason": reason} if reason else {}
    if shape in {"lines", "bold"}:
        form = "**{}**: **{}**" if shape == "bold" else "{}: {}"
        return "\n".join(
            form.format(key, _plain(value)) for key, value in ({**first, **answers}).items()
        )
    if shape == "spelled":
        answers = {
            one.key: _spelled(one, answers[one.key], rng) if one.numbers else answers[one.key]
            for one in asked.questions
        }
    said = json.dumps({**first, **answers}, ensure_ascii=False)
    if shape == "fenced":
        return f"```json\n{said}\n```"
    if shape == "preamble":
        return f"{grammar.cues.output}:\n\n{said}"
    if shape == "twice":
        before = {one.key: _other(one, answers[one.key]) for one in asked.questions}
        return f"{json.dumps(first | before, ensure_ascii=False)}\n\n{said}"
    return said


def _question(found: re.Match[str]) -> Asked:
    if found["tags"]:
        return Asked(found["key"])
    if found["words"]:
        return Asked(found["key"], tuple(json.loads(f"[{found['words'].replace(' | ', ',')}]")))
    low, high, step = (float(found[name] or 1) for name in ("low", "high", "step"))
    count = round((high - low) / step)
    return Asked(
        found["key"], tuple(low + step * place for place in range(count + 1)), numbers=True
    )


def _answer(one: Asked, asked: Judging, grammar: Grammar) -> object:
    """The answer; it depends on what is judged alone, and not on how it is asked."""
    if set(one.values) == {"first", "second", "tie"}:
        return _better(asked, grammar)
    if found := re.fullmatch(r"answer_(\d+)", one.key):
        merit = _merit(asked.part("", 0), asked.part(found[1], 1), grammar)
        return _number(one.values[min(len(one.values) - 1, int(merit * len(one.values)))])
    found = re.fullmatch(r"item_(\d+)", one.key)
    number = found[1] if found else ""
    instruction, output = asked.part(number, 0), asked.part(number, 1)
    rng = random.Random(f"{one.key if not found else ''}\n{instruction}\n{output}")
    if not one.values:
        return rng.sample([skill.casefold() for skill in grammar.whole.skills], rng.randint(2, 4))
    good = rng.random() < (GOOD.get(one.key, OTHERS) if _is_own(output, grammar) else CAUGHT)
    if one.key != "instruction" and _is_spoilt(instruction, output, grammar):
        good = good and rng.random() >= CAUGHT
    best, rest = _halves(one)
    return _number(rng.choice(best if good else rest))


def _better(asked: Judging, grammar: Grammar) -> str:
    """Which of two outputs is better: by merit mostly, else by place or by length."""
    instruction = asked.part("", 0)
    texts = asked.part("1", 1), asked.part("2", 1)
    merits = [_merit(instruction, text, grammar) for text in texts]
    rng = random.Random("\n".join((instruction, *texts)))
    if texts[0] == texts[1] or abs(merits[0] - merits[1]) < NEAR:
        return "tie"
    if rng.random() < MERIT:
        return "first" if merits[0] > merits[1] else "second"
    swayed = ("first", "first", "first" if len(texts[0]) > len(texts[1]) else "second", "tie")
    return rng.choice(swayed)


def _merit(instruction: str, output: str, grammar: Grammar) -> float:
    """How good an output is to the mock, from 0 to 1: half as good where it was cut."""
    drawn = random.Random(f"merit\n{instruction}\n{output}").random()
    return drawn / 2 if _is_spoilt(instruction, output, grammar) else drawn


def _halves(one: Asked) -> tuple[Sequence[str | float], Sequence[str | float]]:
    """The answers that call something good, and the others; "na" is neither."""
    values = [value for value in one.values if value != "na"]
    if one.numbers:
        middle = -(-len(values) * 3 // 5)
        return values[middle:], values[:middle]
    middle = (len(values) + 1) // 2
    return values[:middle], values[middle:]


def _is_spoilt(instruction: str, output: str, grammar: Grammar) -> bool:
    """Whether ``output`` is of another kind than ``instruction`` wants, or was cut."""
    wanted_ = grammar.kind(instruction)[1]
    if not output or output in wanted_:
        return False
    if output in _labels(grammar):
        return not wanted_ and output not in (grammar.cues.yes, grammar.cues.no)
    ends = (grammar.cues.stop, "!", "?", '"', "”", "」", "？", "！", ")")
    cut = len(output) >= _LEAST_WHOLE and not output.rstrip().endswith(ends)
    return cut or (bool(wanted_) and grammar.answered(output))


def _is_own(output: str, grammar: Grammar) -> bool:
    """Whether the mock itself may have written ``output``; nobody wrote none."""
    return not output or output in _labels(grammar) or grammar.answered(output)


def _labels(grammar: Grammar) -> set[str]:
    return {label for form in grammar.classification for label in form.labels}


def _off(one: Asked) -> object:
    top = one.values[-1] if one.values else ""
    return _number(top + 7) if isinstance(top, float) else "?"


def _other(one: Asked, value: object) -> object:
    others = [_number(other) for other in one.values if _number(other) != value]
    return others[0] if others else value


def _spelled(one: Asked, value: object, rng: random.Random) -> str:
    top = _number(one.values[-1])
    return rng.choice((f"{value}/{top}", f"[[{value}]]", f"{value} out of {top}"))


def _number(value: str | float) -> str | float:
    return int(value) if isinstance(value, float) and value == int(value) else value


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
