"""What real teachers get wrong, at stated rates."""

from __future__ import annotations

import random
from collections.abc import Mapping

# Of 100 instructions, so many are:
INSTRUCTION_FAULTS: Mapping[str, float] = {
    "repeated": 0.03,  # a demonstration, word for word
    "near": 0.06,  # a demonstration with one word changed
    "keyword": 0.03,
    "short": 0.02,
    "program": 0.02,
    "punctuation": 0.01,
    "foreign": 0.01,
    "long": 0.004,
}

# Of 100 replies with instructions, so many are:
LIST_FAULTS: Mapping[str, float] = {
    "cut_off": 0.03,
    "refused": 0.015,
    "chatter": 0.01,  # no list at all
    "empty": 0.005,
}

# Of 100 chat replies with instructions, so many are dressed as:
LIST_SHAPES: Mapping[str, float] = {
    "preamble": 0.06,
    "bullets": 0.04,
    "bold": 0.04,
    "task_heading": 0.04,
    "fenced": 0.03,
    "restart": 0.04,
    "closing": 0.04,
}

# Of 100 replies with whole tasks or examples, so many are dressed as:
ITEM_SHAPES: Mapping[str, float] = {"preamble": 0.06, "bold": 0.05, "fenced": 0.05}

# Of 100 rewritten instructions, so many are:
REWRITE_FAULTS: Mapping[str, float] = {
    "same": 0.07,  # the given one in other words
    "leaked": 0.04,
    "unchanged": 0.01,
    "refused": 0.01,
    "empty": 0.005,
    "cut_off": 0.01,
}
REWRITE_SHAPES: Mapping[str, float] = {"heading": 0.06, "quoted": 0.04, "fenced": 0.03}

# Of 100 answers, so many:
ANSWER_FAULTS: Mapping[str, float] = {"declined": 0.04, "nothing": 0.02, "empty": 0.005}

# Of 100 replies with instances, so many hold:
INSTANCE_FAULTS: Mapping[str, float] = {
    "empty_output": 0.03,
    "same": 0.02,  # the output repeats the input
    "colon": 0.02,
    "contradiction": 0.02,
    "duplicate": 0.02,
    "many": 0.01,  # more than five instances
    "cut_off": 0.02,
    "refused": 0.01,
    "chatter": 0.01,
}

# Of 100 thoughts, so many hold what a filter of thoughts looks for:
THOUGHT_HABITS: Mapping[str, float] = {
    "marker": 0.25,  # a quote of the answer's frame
    "demonstrations": 0.03,  # talk of the examples in the prompt
}

UNCLEAR_RATE = 0.005  # of the classification answers, neither yes nor no


def pick(rates: Mapping[str, float], rng: random.Random) -> str | None:
    """One name with its rate as probability, or None with what remains."""
    point = rng.random()
    for name, rate in rates.items():
        point -= rate
        if point < 0:
            return name
    return None
