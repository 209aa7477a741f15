"""Putting a review together: what people are asked, by which rubric, and where their votes are."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from selfinstruct import rubrics
from selfinstruct.api.inputs import texts_of
from selfinstruct.api.judged import Choice, find_items
from selfinstruct.api.reviewed_pairs import (
    Pairs,
    comparison_in,
    pairs_of_comparison,
    pairs_of_sets,
)
from selfinstruct.api.settings import ReviewSettings
from selfinstruct.api.told import told_by
from selfinstruct.comparing.contests import chosen
from selfinstruct.comparing.manifest import Manifest
from selfinstruct.errors import SettingsError
from selfinstruct.formats.conditions import Judged
from selfinstruct.judging.items import Subject
from selfinstruct.judging.reading import is_read, judging_folder, rows, rubric_of
from selfinstruct.languages import LanguagePack, load
from selfinstruct.pool import manifest as pools
from selfinstruct.recipes import NEWEST
from selfinstruct.reviewing.cards import Card, card_of, pair_cards
from selfinstruct.reviewing.choices import for_people
from selfinstruct.reviewing.opinions import Current
from selfinstruct.reviewing.session import Word
from selfinstruct.reviewing.votes import FOLDER, reviewer_name
from selfinstruct.rubrics import Rubric, Unit

_VALIDITY, _OVERALL = "validity", "overall"


@dataclass(frozen=True, slots=True)
class Matter:
    """What is reviewed.

    Attributes:
        source: What was named; "" where only pairs were.
        pool: The same, where it is a pool.
        folder: Where votes are.
        pack: The language.
        rubric: By which rubric, as people are asked it.
        pairs: What is compared; None where items are reviewed.
        settings: How.
    """

    source: str
    pool: Path | None
    folder: Path
    pack: LanguagePack
    rubric: Rubric
    pairs: Pairs | None
    settings: ReviewSettings

    @property
    def reviewer(self) -> str:
        """Who is asked.

        Raises:
            SettingsError: A file cannot be called so.
        """
        return reviewer_name(self.settings.reviewer)

    def cards(self) -> list[Card]:
        """What is asked about, in order.

        Raises:
            SettingsError: Nothing is, or a condition is none.
        """
        settings = self.settings
        if self.pairs is not None:
            contests = chosen(self.pairs.contests, settings.sample, settings.seed)
            return pair_cards(contests, settings.seed, self.reviewer)
        if self.rubric.unit is not Unit.ITEM:
            raise SettingsError(
                f"--rubric {self.rubric.name}: asks about a {self.rubric.unit.value} of answers, "
                "and not about an item: see --pairs."
            )
        cards = [card_of(one) for one in self._items()]
        if not any(self.rubric.asked_of(card.parts) for card in cards):
            raise SettingsError(
                f"The rubric {self.rubric.name!r} asks nothing about these items that a person can "
                "answer. Name another with --rubric."
            )
        return cards

    def current(self) -> Current | None:
        """What the source holds now; None for pairs.

        Raises:
            UsageError: It cannot be read.
        """
        if self.rubric.unit is Unit.PAIR:
            return None
        rejects = sys.maxsize if self.settings.rejects else None
        wanted = replace(self.settings, sample=None, rejects=rejects)
        return current_of(find_items(self.source, self.pool, self.pack, _choice(wanted)).items)

    def words(self, cards: Sequence[Card]) -> dict[str, Word]:
        """By item, what the judge said that is shown afterwards.

        Raises:
            UsageError: There is no such judging, or it is by another rubric.
        """
        name = self.settings.reveal
        if name is None:
            return {}
        folder = judging_folder(self.pool or Path(), name)
        if rubric_of(folder).digest != self.rubric.digest:
            raise SettingsError(
                f"--reveal {name}: judges by another rubric than {self.rubric.name!r}."
            )
        digests = {card.item: card.digest for card in cards}
        return {
            row["item"]: Word(folder.name, row["answers"], row["reason"])
            for row in rows(folder)
            if is_read(row) and digests.get(row["item"]) == row["digest"]
        }

    def _items(self) -> Sequence[Subject]:
        settings = self.settings
        if settings.only is None:
            return find_items(self.source, self.pool, self.pack, _choice(settings)).items
        name, condition = _only(settings.only)
        told = told_by(self.pool or Path(), [name])
        wanted = Judged.of(condition, told, "--only")
        if wanted is None:
            raise SettingsError(f"--only {settings.only!r}: the condition is about no question.")
        everything = _choice(replace(settings, sample=None))
        found = find_items(self.source, self.pool, self.pack, everything).items
        met = (one for one in found if wanted.told.about(one) is not None and wanted.meets(one))
        taken = list(itertools.islice(met, settings.sample))
        if not taken:
            raise SettingsError(f"--only {settings.only!r}: no item of the judging is so.")
        return taken


def current_of(items: Sequence[Subject]) -> Current:
    """What ``items`` say now."""
    digests = {one.id: one.digest for one in items}
    return Current(digests, {one.id: one.parts for one in items})


def matter(source: str, settings: ReviewSettings) -> Matter:
    """What reviewing ``source`` is made of.

    Args:
        source: A pool, or a data set; "" where only pairs are named.
        settings: How.

    Raises:
        UsageError: Something given makes no sense, or cannot be read.
    """
    place = Path(source)
    is_folder = bool(source) and place.is_dir()
    versus = comparison_in(place) if is_folder and settings.pairs is None else None
    own = pools.read_manifest(place) if is_folder and versus is None else None
    pool = place if own else None
    _refuse_nonsense(source, settings, is_pool=pool is not None, is_pairs=versus is not None)
    made_in = own.language if own else versus.language if versus else "en"
    pack = load(settings.language or made_in).in_edition(NEWEST)
    rubric = for_people(_rubric(settings, pool, pack, versus))
    is_pairs = settings.pairs is not None or versus is not None
    if is_pairs and rubric.unit is not Unit.PAIR:
        raise SettingsError(
            f"--rubric {rubric.name}: asks about one {rubric.unit.value}, and people are asked "
            "about pairs of answers here."
        )
    pairs = None
    if settings.pairs is not None:
        pairs = pairs_of_sets(settings.pairs)
    elif versus is not None:
        pairs = pairs_of_comparison(place)
    if settings.into is None and pool is None and versus is None:
        raise SettingsError("The source is no pool: name a folder for the votes with --into.")
    folder = settings.into or place / FOLDER
    return Matter(source, pool, folder, pack, rubric, pairs, settings)


def _rubric(
    settings: ReviewSettings, pool: Path | None, pack: LanguagePack, versus: Manifest | None
) -> Rubric:
    """The rubric that is named, or that of the judging or comparison that is."""
    if settings.rubric is not None:
        return rubrics.find(settings.rubric, pack)
    if settings.pairs is not None:
        return rubrics.find(_OVERALL, pack)
    if versus is not None:
        return rubrics.find(versus.rubric, pack)
    judging = settings.reveal or (settings.only and _only(settings.only)[0])
    if judging:
        return rubric_of(judging_folder(pool or Path(), judging))
    return rubrics.find(_VALIDITY, pack)


def _choice(settings: ReviewSettings) -> Choice:
    """The same sample as a judge's."""
    return Choice(
        sample=settings.sample,
        where=texts_of(settings.where),
        seed=settings.seed,
        rejects=settings.rejects,
        purpose="reviewed",
    )


def _only(said: str) -> tuple[str, str]:
    name, mark, condition = said.partition(":")
    if not mark or not name or not condition:
        raise SettingsError(f"--only {said!r}: write JUDGING:KEY=VALUE.")
    return name, condition


def _refuse_nonsense(
    source: str, settings: ReviewSettings, *, is_pool: bool, is_pairs: bool
) -> None:
    if not source and settings.pairs is None:
        raise SettingsError("Name what is reviewed: a pool, or a data set.")
    if settings.rejects is not None and not is_pool:
        raise SettingsError(f"--rejects: {source} is no pool, so nothing was refused there.")
    for name, number in (("sample", settings.sample), ("rejects", settings.rejects)):
        if number is not None and number < 1:
            raise SettingsError(f"--{name} must be at least 1, not {number}.")
    is_pairs = is_pairs or settings.pairs is not None
    together = {
        "--pairs": is_pairs,
        "--rejects": settings.rejects is not None,
        "--only": settings.only is not None,
    }
    given = [name for name, is_given in together.items() if is_given]
    if len(given) > 1:
        raise SettingsError(f"{given[0]} and {given[1]} do not go together.")
    if is_pairs and (settings.reveal or settings.where):
        raise SettingsError("Pairs go with neither --reveal nor --where.")
