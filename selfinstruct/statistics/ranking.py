"""Who is better, and how surely: contestants in order of strength, from votes about prompts.

Votes about one prompt are not independent (the same prompt, the same answers, both orders), so
intervals come from drawing whole prompts anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selfinstruct.statistics.bradley_terry import connected, strengths, with_prior
from selfinstruct.statistics.newton import sigmoid
from selfinstruct.statistics.resampling import ROUNDS, SEED, estimate, resampled
from selfinstruct.statistics.values import CONFIDENCE, Estimate, Floats
from selfinstruct.statistics.verdicts import Verdict, settled


@dataclass(frozen=True, slots=True)
class Vote:
    """One verdict about the answers of two contestants to one prompt.

    Attributes:
        prompt: The id of the prompt.
        first: The name of one contestant.
        second: The name of the other.
        verdict: Which was better; ``inconsistent`` counts as a tie.
    """

    prompt: str
    first: str
    second: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """One contestant that is ranked.

    Attributes:
        name: Who it is.
        wins: Votes for it.
        ties: Votes for neither.
        losses: Votes against it.
        win_rate: (wins + ties/2)/votes, in [0, 1], against whomever it met.
        strength: Its Bradley–Terry strength in logits, the mean of the ranked being 0.
        against_baseline: The probability, in [0, 1], that it beats the baseline.
    """

    name: str
    wins: int
    ties: int
    losses: int
    win_rate: Estimate
    strength: Estimate
    against_baseline: Estimate


@dataclass(frozen=True, slots=True)
class Ranking:
    """Contestants in the order of their strengths.

    Attributes:
        baseline: Whom the others are measured against.
        prompts: How many prompts the ranking rests on.
        standings: The strongest first.
        unconnected: Who was never compared with these, not even through others.
    """

    baseline: str
    prompts: int
    standings: tuple[Standing, ...]
    unconnected: tuple[str, ...]


def rank(
    votes: Sequence[Vote],
    baseline: str,
    *,
    rounds: int = ROUNDS,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Ranking:
    """The contestants of ``votes`` that are connected with ``baseline``, strongest first.

    Strengths have a prior of half a draw for each pair that met
    (:data:`~selfinstruct.statistics.bradley_terry.PRIOR`), in each sample that is drawn too.
    Intervals need two prompts; with one they are None, with the reason. Equally strong contestants
    stand by name.

    Args:
        votes: In an order that does not depend on timing: prompts are drawn in the order in which
            they first occur.
        baseline: The contestant against whom win probabilities are given.
        rounds: How many samples of prompts are drawn.
        seed: What the draws begin with.
        confidence: The share of samples inside of the intervals.

    Raises:
        ValueError: Nobody voted about ``baseline``, or a contestant meets itself.
    """
    names = sorted({name for vote in votes for name in (vote.first, vote.second)})
    if baseline not in names:
        raise ValueError(f"no vote is about the baseline {baseline!r}")
    wins, ties = _tables(votes, names)
    scores = wins + ties / 2
    at = names.index(baseline)
    group = next(group for group in connected(scores.sum(axis=0)) if at in group)
    inside = np.ix_(scores[:, group].sum(axis=(1, 2)) > 0, group, group)
    wins, ties, scores = wins[inside], ties[inside], scores[inside]
    total = scores.sum(axis=0)
    prompts, many = len(scores), len(group)
    drawn = resampled(scores.reshape(prompts, -1), rounds=rounds, seed=seed)
    # The data themselves are the first of the tables, so that one call fits all.
    tables = np.concatenate((total[None], drawn.reshape(-1, many, many)))
    theta = strengths(with_prior(tables, total))
    chance = sigmoid(theta - theta[:, group.index(at), None])
    figures = (_win_rates(tables), theta, chance)
    for_it, against, even = wins.sum(axis=(0, 2)), wins.sum(axis=(0, 1)), ties.sum(axis=(0, 2))
    standings = [
        Standing(
            names[one],
            int(for_it[i]),
            int(even[i]),
            int(against[i]),
            *(estimate(float(rows[0, i]), rows[1:, i], prompts, confidence) for rows in figures),
        )
        for i, one in enumerate(group)
    ]
    order = np.argsort(-theta[0], kind="stable")
    return Ranking(
        baseline,
        prompts,
        tuple(standings[i] for i in order),
        tuple(name for one, name in enumerate(names) if one not in group),
    )


def _tables(votes: Sequence[Vote], names: Sequence[str]) -> tuple[Floats, Floats]:
    """Wins of i over j, and ties of i with j, by prompt: both (prompts, names, names)."""
    places = {name: place for place, name in enumerate(names)}
    prompts = {prompt: at for at, prompt in enumerate(dict.fromkeys(v.prompt for v in votes))}
    wins = np.zeros((len(prompts), len(names), len(names)))
    ties = np.zeros_like(wins)
    for vote in votes:
        at, i, j = prompts[vote.prompt], places[vote.first], places[vote.second]
        if i == j:
            raise ValueError(f"{vote.first!r} cannot be compared with itself")
        match settled(vote.verdict):
            case "first":
                wins[at, i, j] += 1
            case "second":
                wins[at, j, i] += 1
            case _:
                ties[at, i, j] += 1
                ties[at, j, i] += 1
    return wins, ties


def _win_rates(tables: Floats) -> Floats:
    """The share of its games that each contestant won; not a number where it had none."""
    won, lost = tables.sum(axis=-1), tables.sum(axis=-2)
    games = won + lost
    return np.asarray(won / np.where(games > 0, games, np.nan))
