"""The folder of a comparison read back: of each prompt its answers and how they were ranked.

Texts stand in ``items.jsonl`` and verdicts in ``judgements.jsonl``; memory holds their
places alone.
"""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from selfinstruct.comparing.job import FILE, ITEMS
from selfinstruct.comparing.manifest import Manifest
from selfinstruct.comparing.orders import ranks_of_list
from selfinstruct.errors import PoolError
from selfinstruct.journal import manifests
from selfinstruct.journal.lines import lines_of, read_line
from selfinstruct.judging.job import Status

KIND = "compare"
"""What the manifest of a comparison calls its kind."""

_Row = TypeVar("_Row", bound=BaseModel)


class _Text(BaseModel):
    contestant: str = Field(alias="as")
    text: str


class _Item(BaseModel):
    item: str
    instruction: str
    input: str = ""
    answers: tuple[_Text, ...]


class _Named(BaseModel):
    contestant: str = Field(alias="as")
    cut_off: bool = False


class _Judgement(BaseModel):
    item: str
    status: str
    answers: tuple[_Named, ...] = ()
    verdicts: tuple[str, ...] | None = None
    ranks: tuple[float, ...] | None = None
    scores: tuple[tuple[float, ...], ...] | None = None
    consistent: bool | None = None
    control: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a prompt.

    Attributes:
        contestant: Whose it is; within one set the number of the sample.
        text: It.
        cut_off: Whether a token limit had cut it off.
    """

    contestant: str
    text: str
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """A prompt with its answers, and how they were ranked.

    Attributes:
        item: The prompt's id.
        instruction: What was to be done.
        input: What it was applied to, or "".
        answers: The answers.
        ranks: Of each answer its rank, 1 the best; those that are equal share the mean of theirs.
            () where no verdict could be read.
        scores: In each order the score of each answer; None where two were judged without scores.
        is_settled: Whether the orders in which two answers were shown came to one verdict; a list
            is always settled: where its orders disagree, its answers are equal.
    """

    item: str
    instruction: str
    input: str
    answers: Sequence[Answer]
    ranks: Sequence[float]
    scores: Sequence[Sequence[float]] | None
    is_settled: bool

    def is_better(self, one: int, other: int) -> bool:
        """Whether the answer at place ``one`` is better than that at ``other``, and no tie.

        Ties of a list are not transitive: of three, the first may be near the second and that
        near the third. So two ranks may differ though the two answers tie.
        """
        ahead = self.ranks[one] < self.ranks[other]
        if ahead and self.scores:
            mine, theirs = ranks_of_list([(row[one], row[other]) for row in self.scores])
            return mine < theirs
        return ahead

    def margin(self, one: int, other: int) -> float:
        """By how much ``one`` is better than ``other``: in mean scores, else in ranks."""
        if self.scores:
            return statistics.fmean(row[one] - row[other] for row in self.scores)
        return self.ranks[other] - self.ranks[one]


def kind_of(folder: Path) -> str | None:
    """What the manifest of ``folder`` calls its kind; "" where it says none, None without one."""
    try:
        row = json.loads((folder / manifests.NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    kind = row.get("kind", "") if isinstance(row, dict) else None
    return kind if isinstance(kind, str) else None


def read_comparison(folder: Path) -> Manifest:
    """The manifest of the comparison in ``folder``.

    Raises:
        PoolError: There is none, or it is damaged, or of a later format.
    """
    found = Manifest.read(folder)
    if found is None:
        raise PoolError(f"{folder}: is no comparison. Name the folder that compare made.")
    return found


def rankings(folder: Path, shuffle: int | None = None) -> Iterator[Ranking]:
    """The prompts of the comparison in ``folder``, controls left out, in the order of its rows.

    Where a prompt was judged again, the last row counts.

    Args:
        folder: The folder.
        shuffle: Where a random order of prompts starts; None for the order of the rows.

    Raises:
        PoolError: A line is damaged, or the two files do not agree; file and line are named.
    """
    items, judgements = folder / ITEMS, folder / FILE
    texts = _places(items)
    places = list(_places(judgements).items())
    if shuffle is not None:
        random.Random(shuffle).shuffle(places)
    with _opened(items) as said, _opened(judgements) as judged:
        for item, place in places:
            verdict = _at(judged, judgements, place, _Judgement)
            if verdict.control is not None:
                continue
            if item not in texts:
                raise PoolError(f"{items}: lacks {item}, which was judged. Compare again.")
            yield _ranking(_at(said, items, texts[item], _Item), verdict, judgements)


def _places(path: Path) -> Mapping[str, tuple[int, int]]:
    """Of each item the number and the offset of its last line, in the order of the first."""
    found: dict[str, tuple[int, int]] = {}
    for number, (offset, line) in enumerate(lines_of(path), 1):
        item = read_line(path, number, line).get("item")
        if not isinstance(item, str):
            raise PoolError(f"{path}:{number}: there is no text 'item'. Compare again.")
        found[item] = (number, offset)
    return found


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise PoolError(f"{path}: cannot be read: {error.strerror}.") from error


def _at(file: IO[bytes], path: Path, place: tuple[int, int], kind: type[_Row]) -> _Row:
    number, offset = place
    file.seek(offset)
    try:
        return kind.model_validate(read_line(path, number, file.readline()))
    except ValidationError as error:
        key = ".".join(map(str, error.errors()[0]["loc"]))
        raise PoolError(f"{path}:{number}: {key} is missing or damaged. Compare again.") from error


def _ranking(item: _Item, verdict: _Judgement, path: Path) -> Ranking:
    answers = tuple(Answer(one.contestant, one.text) for one in item.answers)
    ranks: tuple[float, ...] = ()
    if verdict.status == Status.READ:
        ranks = verdict.ranks or ()
        lists = [ranks, verdict.answers, *(verdict.scores or ())]
        judged = [one.contestant for one in verdict.answers]
        if {len(one) for one in lists} != {len(answers)} or judged != [
            one.contestant for one in answers
        ]:
            raise PoolError(f"{path}: {item.item} was judged with other answers. Compare again.")
        answers = tuple(
            replace(one, cut_off=said.cut_off)
            for one, said in zip(answers, verdict.answers, strict=True)
        )
    return Ranking(
        item=item.item,
        instruction=item.instruction,
        input=item.input,
        answers=answers,
        ranks=ranks,
        scores=verdict.scores or None,
        is_settled=bool(verdict.scores) or verdict.consistent is not False,
    )
