"""What a choice does to a set: the same figures of all tasks, the chosen, and two plain choices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from selfinstruct.choosing.scoring import Scored, Scoring, mean_output
from selfinstruct.choosing.taking import ranked
from selfinstruct.choosing.ways import Way
from selfinstruct.report import Source
from selfinstruct.report.counts import counts
from selfinstruct.report.duplicates import distinct
from selfinstruct.report.figures import mean, quantile, share
from selfinstruct.report.nearness import nearest_other
from selfinstruct.report.verbs import AUTO, verbs

_COMPARED = 1000  # texts of a set that are compared with all others of it, and looked at for pairs
_BARS = 10
_MUCH_LONGER = 1.5
_FEW_VALUES = 4


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one set of tasks.

    Attributes:
        tasks: How many there are.
        mean_instruction: The mean length of their instructions, in the language's unit.
        mean_output: Likewise of their outputs.
        classification: The share of classification tasks.
        verbs: Distinct verbs that ask for something; None where the language has no rules.
        verb_coverage: Of the whole set's verbs, the share that is there.
        pair_coverage: Likewise of verbs with their objects.
        distinct_2: Of the pairs of tokens in a fixed sample, the share that is new.
        nearest: The mean ROUGE-L to the nearest other one; None for the whole set, whose number
            differs, and with it what is nearest.
        mean_score: Of those that have one.
        with_score: How many have one.
        mean_tags: Tags of a task.
        tag_coverage: Of the whole set's tags, the share that is there.
    """

    tasks: int
    mean_instruction: float | None
    mean_output: float | None
    classification: float
    verbs: int | None
    verb_coverage: float | None
    pair_coverage: float | None
    distinct_2: float
    nearest: float | None
    mean_score: float | None
    with_score: int
    mean_tags: float | None
    tag_coverage: float | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a choice does.

    Attributes:
        sets: ``all``, ``selected``, and of the same size ``random`` and ``longest``.
        scores: How the scores are spread: ``n``, ``distinct``, ``least``, quartiles, ``most``,
            ``mean``; ``lowest_selected``; and ``bars`` from the least to the most, of all and of
            the selected. None where nothing is scored.
        warnings: What should be looked at, in sentences.
    """

    sets: Mapping[str, Figures]
    scores: Mapping[str, Any] | None
    warnings: Sequence[str]

    def row(self) -> dict[str, Any]:
        """As plain values."""
        sets = {name: asdict(one) for name, one in self.sets.items()}
        return {"scores": self.scores, "sets": sets}


def effect(
    source: Source, tasks: Sequence[Scored], taken: Sequence[Scored], how: Scoring, seed: int
) -> Effect:
    """What choosing ``taken`` of ``tasks`` does.

    The two plain choices are made of the same tasks: those with a score and an output.

    Args:
        source: The set.
        tasks: All its tasks, scored.
        taken: Those that were chosen.
        how: How they were scored.
        seed: Where the order of the random choice begins.
    """
    could = [one for one in tasks if one.has_output and not one.missing]
    sized = len(taken)
    longest = [replace(one, score=mean_output(source, one.item)) for one in could]
    whole = {id(one.item): one for one in tasks}
    plain = {
        "random": ranked(could, Way.RANDOM, seed)[:sized],
        "longest": [whole[id(one.item)] for one in ranked(longest, Way.LONGEST)[:sized]],
    }
    measure = _measure(source, tasks, sized)
    sets = {"all": measure(tasks), "selected": measure(taken)}
    sets |= {name: measure(chosen) for name, chosen in plain.items()}
    return Effect(sets, _spread(tasks, taken), [*_longer(sets, how.by.way), *_alike(how)])


def _measure(
    source: Source, tasks: Sequence[Scored], sized: int
) -> Callable[[Sequence[Scored]], Figures]:
    whole = verbs(source, AUTO)
    tags = {tag for one in tasks for tag in one.tags}
    alike = min(_COMPARED, sized)

    def measure(chosen: Sequence[Scored]) -> Figures:
        part = replace(source, items=[one.item for one in chosen], grown=None)
        counted = counts(part)
        found = verbs(part, AUTO) if not isinstance(whole, str) else ""
        scores = [one.score for one in chosen if one.score is not None]
        own = {tag for one in chosen for tag in one.tags}
        tagged = [len(one.tags) for one in chosen if one.tags]
        return Figures(
            tasks=len(chosen),
            mean_instruction=counted["mean_instruction"],
            mean_output=counted["mean_output"],
            classification=share(counted["classification"], len(chosen)),
            verbs=None if isinstance(found, str) else found["distinct_verbs"],
            verb_coverage=_covered(found, whole, "distinct_verbs"),
            pair_coverage=_covered(found, whole, "distinct_pairs"),
            distinct_2=distinct(part, alike)["distinct_2"],
            nearest=_nearest(part) if chosen is not tasks and len(chosen) > 1 else None,
            mean_score=mean(scores),
            with_score=len(scores),
            mean_tags=mean(tagged),
            tag_coverage=share(len(own), len(tags)) if tags else None,
        )

    return measure


def _covered(found: dict[str, Any] | str, whole: dict[str, Any] | str, key: str) -> float | None:
    if isinstance(found, str) or isinstance(whole, str):
        return None
    return share(found[key], whole[key])


def _nearest(part: Source) -> float | None:
    found: float | None = nearest_other(part, _COMPARED, exact=_COMPARED)["mean"]
    return found


def _spread(tasks: Sequence[Scored], taken: Sequence[Scored]) -> dict[str, Any] | None:
    ordered = sorted(one.score for one in tasks if one.score is not None)
    if not ordered:
        return None
    chosen = [one.score for one in taken if one.score is not None]
    return {
        "n": len(ordered),
        "distinct": len(set(ordered)),
        "mean": mean(ordered),
        "least": ordered[0],
        "quarter": quantile(ordered, 0.25),
        "median": quantile(ordered, 0.5),
        "three_quarters": quantile(ordered, 0.75),
        "most": ordered[-1],
        "lowest_selected": min(chosen, default=None),
        "bars": {
            "all": _bars(ordered, ordered[0], ordered[-1]),
            "selected": _bars(chosen, ordered[0], ordered[-1]),
        },
    }


def _bars(scores: Sequence[float], least: float, most: float) -> list[int]:
    """How many scores lie in each tenth of the way from ``least`` to ``most``."""
    bars = [0] * _BARS
    for score in scores:
        place = (score - least) / (most - least) if most > least else 0.0
        bars[min(int(place * _BARS), _BARS - 1)] += 1
    return bars


def _longer(sets: Mapping[str, Figures], way: Way) -> Iterator[str]:
    before, after = sets["all"].mean_output, sets["selected"].mean_output
    if before and after and after > _MUCH_LONGER * before:
        longer = f"The chosen outputs are {after / before:.1f} times as long as all of them"
        doubt = ": the choice may be one of length. Compare with what --by longest makes of it."
        yield longer + (doubt if way is not Way.LONGEST else ".")


def _alike(how: Scoring) -> Iterator[str]:
    for one in how.grades():
        if one.distinct < _FEW_VALUES:
            values = "value" if one.distinct == 1 else "values"
            yield (
                f"{one.judging} gave {one.distinct} {values} of {one.key} only, so much of the "
                "order is chance: the judge hardly tells items apart. Try judge --group."
            )
