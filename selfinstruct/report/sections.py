"""The sections of a report in the order of the page: what they are called, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Section(NamedTuple):
    """A section.

    Attributes:
        key: Its key in ``report.json``.
        short: What a link to it says.
        title: Its heading.
        lead: What it tells, and what it cannot.
        is_wide: Whether it takes the whole width of a page.
    """

    key: str
    short: str
    title: str
    lead: str
    is_wide: bool = False


def _wide(key: str, short: str, title: str, lead: str) -> Section:
    return Section(key, short, title, lead, is_wide=True)


SECTIONS = (
    Section("counts", "Counts", "Counts", "What there is, as in Table 1 of the paper."),
    Section(
        "classification",
        "Labels",
        "Classification and labels",
        "Whether a task's labels are balanced. Asking for inputs first brings one label again and "
        "again.",
    ),
    _wide(
        "lengths",
        "Lengths",
        "Lengths",
        "How long each part is. The last bar holds everything longer; empty inputs are left out.",
    ),
    _wide(
        "verbs",
        "Verbs",
        "What the tasks ask for",
        "The verb of each request and its object: the twenty commonest verbs, and around each its "
        "four commonest objects.",
    ),
    Section(
        "nearest_seed",
        "Seeds",
        "How far from the seeds",
        "ROUGE-L of each task with the seed task it is nearest to. What stands far to the right is "
        "a copy.",
    ),
    Section(
        "nearest_other",
        "Neighbours",
        "How far from each other",
        "ROUGE-L of each task with the nearest other one. The more tasks there are, the nearer is "
        "the nearest: compare only sets of equal size.",
    ),
    Section(
        "bleu",
        "Phrases",
        "Shared phrases",
        "BLEU-4, unsmoothed, of a query with the other one that it shares most with. It too grows "
        "with the size of the set.",
    ),
    Section(
        "duplicates",
        "Repeats",
        "Repeats",
        "Texts that stand there more than once, but for case and spacing; how outputs begin; and "
        "which share of words, and of pairs of words, is new.",
    ),
    _wide(
        "rejects",
        "Refused",
        "What was thrown away",
        "Refused texts by reason, with examples. One reply may bring several.",
    ),
    _wide(
        "yield",
        "Yield",
        "Yield and cost",
        "Kept tasks of 100 candidates, and what a kept task took, over the pool's life. A falling "
        "curve says that the teacher repeats itself.",
    ),
    _wide(
        "evolution",
        "Evolution",
        "Evolution",
        "By round and operation: what was kept, what was eliminated, and how hard a judge found "
        "the result, from 1 to 10.",
    ),
    _wide(
        "seeds_used",
        "Seeds used",
        "Seeds at work",
        "How often seeds were shown to the teacher, and where the most candidates were refused. "
        "Counted over requests that brought a task.",
    ),
    _wide(
        "stages",
        "Calls",
        "Calls by step",
        "Unreadable replies held nothing that was asked for; starved ones ran out of tokens before "
        "their answer.",
    ),
    _wide(
        "judgements",
        "Judged",
        "Judged by a model",
        "Shares with 95% intervals. Controls say how far the judge can be believed.",
    ),
    _wide("reviews", "Reviewed", "Reviewed by people", "Shares with 95% intervals."),
    _wide("sample", "Tasks", "Tasks to browse", "A sample, always the same. Long texts are cut."),
)


def widened(shown: Sequence[Section]) -> list[Section]:
    """The same, where a narrow one that would stand alone in its row is wide."""
    found: list[Section] = []
    is_open = False  # whether a row has room for another narrow one
    for one in shown:
        if one.is_wide and is_open:
            found[-1] = found[-1]._replace(is_wide=True)
        is_open = not one.is_wide and not is_open
        found.append(one)
    if is_open:
        found[-1] = found[-1]._replace(is_wide=True)
    return found
