"""Novelty, measured side by side in one run: `make bench`, or `python bench/novelty.py 1000 52000`.

Columns: milliseconds for one candidate against a pool of so many instructions

* reference: as the released Self-Instruct script does it, a process pool for each candidate, each
  worker tokenizing and scoring its share with rouge-score;
* rouge-score: the same scores in one process, with the pool's tokens kept (measured on at most
  ROUGE_SAMPLE instructions and scaled: its cost is linear, each pair by itself);
* rapidfuzz: brute force over the whole pool with its longest common subsequence over tokens as
  characters, in its fastest form: RAPIDFUZZ_BATCH candidates at once, on all cores;
* ours: the novelty index;

then the ratios to ours, bytes of index per instruction besides the text, and the share of the pool
that was compared in full. Candidates are new texts of the same generator (see `texts.py`, which
states its limits). Before anything is timed, verdicts and scores of all ways are compared.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import platform
import sys
import time

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import LCSseq
from rouge_score import rouge_scorer
from texts import instructions

from selfinstruct.languages import tokenizer
from selfinstruct.novelty import NoveltyIndex, f1

SIZES = (1_000, 10_000, 52_000, 200_000, 1_000_000)
ROUGE_SAMPLE = 5_000
PAIRS = 1_000_000
THRESHOLD = 0.7
RAPIDFUZZ_BATCH = 64
LOW = 0.4  # so that many of the random pairs are near
ROUGE = tokenizer("rouge")


def reference(candidate: str, pool: list[str]) -> float:
    scorer = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    with multiprocessing.Pool(os.cpu_count()) as workers:
        scores = workers.map(_Score(scorer, candidate), pool)
    return max(scores)


class _Score:
    def __init__(self, scorer, candidate):
        self.scorer, self.candidate = scorer, candidate

    def __call__(self, other):
        return self.scorer.score(self.candidate, other)["rougeL"].fmeasure


def rouge_in_one_process(candidate: list[str], pool: list[list[str]]) -> float:
    score = rouge_scorer._score_lcs  # noqa: SLF001 - what RougeScorer.score calls on tokens
    return max(score(other, candidate).fmeasure for other in pool)


class Characters:
    """Tokens as characters, as brute force with rapidfuzz needs them."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}

    def __call__(self, tokens: list[str]) -> str:
        codes = self.codes
        return "".join(codes.setdefault(token, chr(0x100 + len(codes))) for token in tokens)


def rapidfuzz(candidates: list[str], pool: list[str], lengths: np.ndarray) -> np.ndarray:
    """The highest ROUGE-L F1 of each candidate."""
    lcs = process.cdist(candidates, pool, scorer=LCSseq.similarity, dtype=np.int16, workers=-1)
    own = np.array([len(candidate) for candidate in candidates])[:, None]
    return (2 * lcs / (lengths[None, :] + own)).max(axis=1)


def seconds(function, cases, *, least: float = 1.0) -> float:
    """Seconds for one case, over as many as fit into ``least`` seconds but at least one round."""
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < least:
        for case in cases:
            function(case)
        done += len(cases)
    return (time.perf_counter() - started) / done


def agreement() -> None:
    """A million pairs: the index's verdict, score and nearest against rouge-score's."""
    texts = list(itertools.islice(instructions(3), 1_000))
    tokens = [ROUGE.tokenize(text) for text in texts]
    index = NoveltyIndex(ROUGE, LOW)
    for text in texts:
        index.add(text)
    score = rouge_scorer._score_lcs  # noqa: SLF001 - see above
    different = near = 0
    asked = list(itertools.islice(instructions(4), PAIRS // len(texts)))
    for text in asked:
        wanted = ROUGE.tokenize(text)
        scores = [score(other, wanted).fmeasure for other in tokens]
        best = max(scores)
        near += best >= LOW
        match = index.nearest(text)
        expected = (scores.index(best), best) if best >= LOW else None
        different += (match and (match.row, match.score)) != expected
    print(
        f"agreement: {PAIRS:,} pairs against rouge-score, at a threshold of {LOW}: "
        f"of {len(asked):,} candidates {near:,} have a near text; {different} verdicts, scores or "
        "rows differ\n"
    )
    if different:
        sys.exit(1)


def measure(size: int, texts: list[str], candidates: list[str]) -> list[str]:
    pool = texts[:size]
    tokens = [ROUGE.tokenize(text) for text in pool]
    wanted = [ROUGE.tokenize(text) for text in candidates]
    index = NoveltyIndex(ROUGE, THRESHOLD)
    started = time.perf_counter()
    index.add_many(pool)
    filling = time.perf_counter() - started
    characters = Characters()
    encoded = [characters(one) for one in tokens]
    lengths = np.array([len(one) for one in encoded])
    asked = [characters(one) for one in wanted]
    batch = asked[:RAPIDFUZZ_BATCH]
    for best, text in zip(rapidfuzz(batch, encoded, lengths), candidates, strict=False):
        match = index.nearest(text)
        assert (best >= THRESHOLD - 1e-6) == (match is not None), text
        assert match is None or abs(best - match.score) < 1e-6, text
    sample = tokens[:ROUGE_SAMPLE]
    scale = size / len(sample)
    one = seconds(lambda case: rouge_in_one_process(case, sample), wanted[:3], least=0.5) * scale
    brute = seconds(lambda case: rapidfuzz(case, encoded, lengths), [batch]) / len(batch)
    index.verified = asked_ours = 0

    def ours(text: str) -> None:
        nonlocal asked_ours
        asked_ours += 1
        index.nearest(text)

    mine = seconds(ours, candidates)
    share = index.verified / asked_ours / size
    as_reference = None
    if size <= 52_000:
        started = time.perf_counter()
        reference(candidates[0], pool)
        as_reference = time.perf_counter() - started
    return [
        f"{size:,}",
        "—" if as_reference is None else f"{as_reference * 1e3:,.0f}",
        f"{one * 1e3:,.1f}",
        f"{brute * 1e3:.3f}",
        f"{mine * 1e3:.3f}",
        "—" if as_reference is None else f"{as_reference / mine:,.0f}",
        f"{one / mine:,.0f}",
        f"{brute / mine:,.1f}",
        f"{index.nbytes / size:.0f}",
        f"{share:.6%}",
        f"{filling:.1f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the novelty index against others.")
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    sizes = sorted(parser.parse_args().sizes)
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"numpy {np.__version__}; f1(10, 14, 14) = {f1(10, 14, 14):.4f}"
    )
    agreement()
    texts = list(itertools.islice(instructions(1), sizes[-1]))
    candidates = list(itertools.islice(instructions(2), 300))
    titles = [
        "pool",
        "reference ms",
        "rouge-score ms",
        "rapidfuzz ms",
        "ours ms",
        "× reference",
        "× rouge-score",
        "× rapidfuzz",
        "bytes",
        "verified",
        "filling s",
    ]
    print("| " + " | ".join(titles) + " |")
    print("|" + "---:|" * len(titles))
    for size in sizes:
        print("| " + " | ".join(measure(size, texts, candidates)) + " |", flush=True)


if __name__ == "__main__":
    main()
