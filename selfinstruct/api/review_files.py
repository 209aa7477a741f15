"""Reviews for others: a sheet, or a project for Label Studio, out and back in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from selfinstruct.api.clock import now
from selfinstruct.api.results import Result
from selfinstruct.api.reviewing import matter
from selfinstruct.api.reviews import votes_in
from selfinstruct.api.settings import ReviewSettings
from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.formats import records
from selfinstruct.outputs import door, opened
from selfinstruct.reviewing import label_studio, sheet
from selfinstruct.reviewing.entries import rows_of
from selfinstruct.reviewing.opinions import Opinions
from selfinstruct.reviewing.votes import VoteFile

For = Literal["sheet", "label-studio"]
FORMS: tuple[For, ...] = ("sheet", "label-studio")

_USUAL = ReviewSettings()


@dataclass(frozen=True, slots=True)
class WrittenReview(Result):
    """What was written.

    Attributes:
        files: The files.
        items: Items in them.
        reviewer: Whose sides and answers they hold.
    """

    files: tuple[Path, ...]
    items: int
    reviewer: str

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`."""
        return Result.row(self) | {"files": [str(path) for path in self.files]}


@dataclass(frozen=True, slots=True)
class TakenReview(Result):
    """What was taken in.

    Attributes:
        votes: Answers that are new, or are others now.
        file: Where they are.
        reviewer: Whose they are.
    """

    votes: int
    file: Path
    reviewer: str


def write_review(
    source: str | Path,
    output: str | Path,
    *,
    settings: ReviewSettings = _USUAL,
    form: For = "sheet",
    force: bool = False,
) -> WrittenReview:
    """Write what is asked to a file: the same items, as blind as the page, and one's own answers.

    Args:
        source: A pool, or a data set; "" where the settings name pairs.
        output: A CSV file, or a JSON file for Label Studio, whose labelling page is put beside it.
        settings: What is asked, of whom, and where votes are.
        form: For whom it is.
        force: Whether a file that is there is replaced.

    Raises:
        UsageError: Something given makes no sense, or the file is there already.
        DiskError: It cannot be written.
    """
    found = matter(str(source), settings)
    _refuse_form(form)
    cards, rubric, pack = found.cards(), found.rubric, found.pack
    cards = [card for card in cards if rubric.asked_of(card.parts)]
    opinions = Opinions(rubric, votes_in(found.folder, found.reviewer)[found.reviewer])
    inputs = [name for name in (found.source, *(settings.pairs or ())) if name]
    target = door(output, force=force, inputs=inputs)
    if form == "sheet":
        with opened(target) as file:
            for line in sheet.sheet(cards, rubric, pack, opinions):
                file.write(line)
        return WrittenReview((target.path,), len(cards), found.reviewer)
    page = (
        None
        if target.is_stream
        else door(Path(output).with_suffix(".xml"), force=force, inputs=[*inputs, str(output)])
    )
    tasks = label_studio.tasks(cards, rubric, opinions)
    with opened(target) as file:
        text = json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"
        file.write(text.encode("utf-8", "replace"))
    if page is None:
        return WrittenReview((target.path,), len(cards), found.reviewer)
    with opened(page) as file:
        file.write(label_studio.config(rubric, pack).encode("utf-8", "replace"))
    return WrittenReview((target.path, page.path), len(cards), found.reviewer)


def read_review(
    source: str | Path,
    file: str | Path,
    *,
    settings: ReviewSettings = _USUAL,
    form: For = "sheet",
) -> TakenReview:
    """Take the answers in a file that :func:`write_review` wrote and somebody filled in.

    All of them are taken, or none. Answers that are there already are not written again.

    Args:
        source: As for :func:`write_review`, with the same settings.
        file: The file.
        settings: What was asked, of whom, and where votes are.
        form: For whom it was.

    Raises:
        UsageError: A line cannot be read; it is named.
        PoolBusyError: Another process asks that reviewer.
        DiskError: The votes cannot be written.
    """
    found = matter(str(source), settings)
    _refuse_form(form)
    cards = found.cards()
    given = _records(str(file))
    entries = sheet.entries(given) if form == "sheet" else label_studio.entries(given, found.rubric)
    with VoteFile(found.folder, found.reviewer) as votes:
        opinions = Opinions(found.rubric, votes.rows)
        rows = rows_of(entries, cards, found.rubric, found.pack, opinions, now())
        if rows:
            votes.append(rows)
        return TakenReview(len(rows), votes.path, found.reviewer)


def _records(file: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for record in records(file):
        if record.flaw:
            raise UsageError(record.flaw)
        yield record.where, record.row


def _refuse_form(form: str) -> None:
    if form not in FORMS:
        raise SettingsError(f"--for is {' or '.join(FORMS)}, not {form!r}.")
