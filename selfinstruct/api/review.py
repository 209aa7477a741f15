"""``review``: people answer a rubric, in the browser or elsewhere, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from selfinstruct.api.clock import now
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.results import Result, hidden
from selfinstruct.api.reviewed_pairs import judge_of
from selfinstruct.api.reviewing import Matter, matter
from selfinstruct.api.reviews import own_rows, votes_in
from selfinstruct.api.running import blocking
from selfinstruct.api.settings import ReviewSettings
from selfinstruct.api.stop import Stop
from selfinstruct.counts import counted
from selfinstruct.errors import SettingsError
from selfinstruct.judging.corrected import CorrectedShare, corrected
from selfinstruct.judging.manifest import RUBRIC, Manifest
from selfinstruct.judging.reading import (
    annotated,
    is_read,
    judging_folder,
    judgings,
    rows,
    rubric_of,
)
from selfinstruct.languages import LanguagePack
from selfinstruct.reviewing import opinions
from selfinstruct.reviewing.agreement import Agreement, Rater, agreements
from selfinstruct.reviewing.published import PUBLISHED, Published
from selfinstruct.reviewing.session import Session
from selfinstruct.reviewing.summary import Review, review_of
from selfinstruct.reviewing.votes import VoteFile
from selfinstruct.rubrics import Rubric

_USUAL = ReviewSettings()


@dataclass(frozen=True, slots=True)
class ReviewResult(Result):
    """What people said.

    Attributes:
        source: What they were asked about.
        folder: Where their votes are.
        rubric: By which rubric.
        by: The rubric itself.
        reviews: Of each person.
        left: Items that the person who was asked now has still to answer; None where nobody was.
        names: Of pairs, what the two are called.
    """

    source: str
    folder: Path
    rubric: str
    reviews: tuple[Review, ...] = field(metadata=hidden())
    by: Rubric = field(metadata=hidden())
    left: int | None = None
    names: tuple[str, str] | None = None

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`."""
        return Result.row(self) | {"reviews": [one.row() for one in self.reviews]}


@dataclass(frozen=True, slots=True)
class AgreementResult(Result):
    """How far people agree, with each other and with judges.

    Attributes:
        source: What they were asked about.
        rubric: By which rubric.
        people: Whose answers there are.
        judges: The judgings by the same rubric.
        questions: Agreement by question.
        corrected: Of each judging, its shares as people would have found them.
        published: Figures of publications.
    """

    source: str
    rubric: str
    people: tuple[str, ...]
    judges: tuple[str, ...]
    questions: tuple[Agreement, ...] = field(metadata=hidden())
    corrected: dict[str, tuple[CorrectedShare, ...]] = field(metadata=hidden())
    published: tuple[Published, ...] = field(metadata=hidden())

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`."""
        return Result.row(self) | {
            "questions": [one.row() for one in self.questions],
            "corrected": {
                name: {one.key: one.row() for one in shares}
                for name, shares in self.corrected.items()
            },
            "published": [
                {"measure": one.measure, "value": one.value, "who": one.who}
                for one in self.published
            ],
        }


@dataclass(frozen=True, slots=True)
class Asking:
    """A person who is being asked.

    Attributes:
        session: What is asked, and what answers do.
        rubric: By which rubric.
        pack: The language.
        reviewer: Who.
    """

    session: Session
    rubric: Rubric
    pack: LanguagePack
    reviewer: str


@contextmanager
def asking(source: str | Path, *, settings: ReviewSettings = _USUAL) -> Iterator[Asking]:
    """Ask a person; nobody else can write votes under that name meanwhile.

    Raises:
        UsageError: Something given makes no sense, or nothing is to be asked.
        PoolBusyError: Another process asks that reviewer.
        DiskError: The votes cannot be written.
    """
    found = matter(str(source), settings)
    with _session(found) as session:
        yield Asking(session, found.rubric, found.pack, found.reviewer)


def review(
    source: str | Path = "",
    *,
    settings: ReviewSettings = _USUAL,
    port: int = 0,
    ready: Callable[[str], None] = print,
    observer: Observer = SILENT,
    stop: Stop | None = None,
) -> ReviewResult:
    """Serve the page on this machine until it is finished there, or stopped.

    Nothing of a pool is locked or changed but its folder ``reviews``.

    Args:
        source: A pool, or a data set; may be left out where the settings name pairs.
        settings: What is asked, of whom, and where votes are.
        port: Where to listen; 0 takes a free port.
        ready: Called with the address, which works once.
        observer: Who hears what is worth knowing.
        stop: What ends it in order from another thread.

    Raises:
        UsageError: Something given makes no sense, or nothing is to be asked.
        PoolBusyError: Another process asks that reviewer.
        DiskError: The votes cannot be written.
    """
    from selfinstruct.reviewing.server import serve

    ends = stop or Stop()
    found = matter(str(source), settings)
    if found.pairs is not None:
        for count, said in (
            (found.pairs.same, "both answers are the same"),
            (found.pairs.alone, "only one of the two answers them"),
        ):
            if count:
                observer.said(f"{counted(count, 'prompt is', 'prompts are')} left out: {said}.")
    with _session(found) as session:
        page = partial(serve, session, found.pack, found.reviewer, port)
        blocking(lambda: page(ready, observer.warned, ends.ending), ends.set)
        state = session.now()
    only = replace(settings, reviewer=found.reviewer)
    return replace(_summary(found, only), left=state.of - state.done)


def review_summary(source: str | Path = "", *, settings: ReviewSettings = _USUAL) -> ReviewResult:
    """What people said: shares with their intervals, and whether somebody grew tired.

    Args:
        source: A pool, or a data set.
        settings: By which rubric; with a reviewer only that one's votes.

    Raises:
        UsageError: Something given makes no sense, or a file is damaged.
    """
    return _summary(matter(str(source), settings), settings)


def review_agreement(
    source: str | Path = "", *, settings: ReviewSettings = _USUAL
) -> AgreementResult:
    """How far people agree with each other, and with the judgings by the same rubric.

    What they said after a judge's reason was shown does not count.

    Raises:
        UsageError: Something given makes no sense, a file is damaged, or nobody said anything.
    """
    found = matter(str(source), settings)
    votes, current = votes_in(found.folder), found.current()
    named = found.pairs.named if found.pairs else None
    own = {
        name: [row for row in said if named is None or row["item"] in named]
        for name, said in own_rows(votes, found.rubric, current).items()
    }
    own = {name: said for name, said in own.items() if said}
    if not own:
        raise SettingsError(f"{found.folder}: nobody has answered {found.rubric.name} yet.")
    raters = [
        Rater.of(name, opinions.annotated(said, found.rubric, name), found.rubric, is_person=True)
        for name, said in own.items()
    ]
    judges = list(judge_of(found.pairs, found.rubric, found.pack)) if found.pairs else []
    corrections: dict[str, tuple[CorrectedShare, ...]] = {}
    for name in judgings(found.pool) if found.pool and current else []:
        folder = judging_folder(found.pool or Path(), name)
        manifest = Manifest.read(folder)
        if manifest is None or not (folder / RUBRIC).exists():
            continue
        if rubric_of(folder).digest != found.rubric.digest or manifest.rejects != bool(
            settings.rejects
        ):
            continue
        digests = current.digests if current else {}
        judged = [
            row
            for row in rows(folder)
            if is_read(row) and digests.get(row["item"]) == row["digest"]
        ]
        said = (one for row in judged for one in annotated(row, manifest))
        judges.append(Rater.of(name, said, found.rubric, is_person=False))
        if shares := corrected(judged, found.rubric, list(own.values())):
            corrections[name] = shares
    return AgreementResult(
        source=str(source),
        rubric=found.rubric.name,
        people=tuple(own),
        judges=tuple(one.name for one in judges),
        questions=agreements([*judges, *raters], found.rubric),
        corrected=corrections,
        published=PUBLISHED.get(found.rubric.name, ()),
    )


@contextmanager
def _session(found: Matter) -> Iterator[Session]:
    cards = found.cards()
    words = found.words(cards)
    with VoteFile(found.folder, found.reviewer) as file:
        yield Session(cards, found.rubric, file, now, words, found.settings.only or "")


def _summary(found: Matter, settings: ReviewSettings) -> ReviewResult:
    current = found.current()
    wanted = found.reviewer if settings.reviewer is not None else None
    named = found.pairs.named if found.pairs else None
    reviews = [
        review_of(name, said, found.rubric, current, named)
        for name, said in votes_in(found.folder, wanted).items()
    ]
    return ReviewResult(
        source=found.source,
        folder=found.folder,
        rubric=found.rubric.name,
        reviews=tuple(one for one in reviews if one.items or one.begun or one.gone),
        by=found.rubric,
        names=found.pairs.names if found.pairs else None,
    )
