"""Made-up instructions for measuring: a word chain over the project's own texts.

The chain is trained on the seed tasks, the fixed demonstrations of the prompts, and the prompts
themselves: which word follows which. Lengths are drawn from those of the seed instructions.

Its limits: the vocabulary is a few thousand words (real pools of a million instructions have many
times that, with rarer words, which makes ruling out easier), sentences make no sense, and there are
fewer near-duplicates than a teacher writes. Figures on it are therefore comparable with one
another, in one run, and not a promise about any one pool.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator

from selfinstruct import jsonl
from selfinstruct.languages import load


def sources() -> list[str]:
    """The project's own texts, a sentence or line each."""
    pack = load("en")
    rows = [row for _, row in jsonl.read(pack.seeds)]
    for path in sorted(pack.templates.glob("*.jsonl")):
        rows += [row for _, row in jsonl.read(path)]
    texts = [row["instruction"] for row in rows if "instruction" in row]
    for row in rows:
        for case in row.get("instances", ()):
            texts += [case["input"], case["output"]]
    texts += [path.read_text(encoding="utf-8") for path in sorted(pack.templates.glob("*.jinja"))]
    return [line for text in texts for line in text.splitlines() if len(line.split()) > 1]


def instructions(seed: int) -> Iterator[str]:
    """Endless made-up instructions, the same for the same ``seed``."""
    rng = random.Random(seed)
    after: dict[str, list[str]] = {}
    starts: list[str] = []
    for line in sources():
        words = re.findall(r"\S+", line)
        starts.append(words[0])
        for word, following in itertools.pairwise(words):
            after.setdefault(word, []).append(following)
    lengths = [len(row["instruction"].split()) for _, row in jsonl.read(load("en").seeds)]
    choice = rng.choice
    while True:
        word = choice(starts)
        words = [word]
        for _ in range(choice(lengths) - 1):
            following = after.get(word)
            word = choice(following) if following else choice(starts)
            words.append(word)
        yield " ".join(words)
