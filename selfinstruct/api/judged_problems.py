"""What ``validate`` finds with a judging in hand: what was judged bad, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from selfinstruct.api.pools import open_pool
from selfinstruct.api.told import conditions, told_by
from selfinstruct.errors import SettingsError
from selfinstruct.formats.checking import Problem
from selfinstruct.formats.selecting import Selection
from selfinstruct.judging.items import subjects
from selfinstruct.judging.job import FILE, Status
from selfinstruct.judging.reading import judging_folder, rows

_LONGEST = 200  # characters of a reason


def judged_problems(pool: Path, names: Sequence[str], where: Sequence[str]) -> Iterator[Problem]:
    """The instances that meet ``where``, and as warnings judgements that say nothing any more.

    Args:
        pool: The pool.
        names: Its judgings.
        where: Conditions on what they say, such as ``output=no``; without any nothing is a problem.

    Raises:
        UsageError: There is no such judging, or a condition is none.
    """
    of_tasks, judged = conditions(where, told_by(pool, names))
    if where and not judged:
        raise SettingsError("--where: none of it is about what was judged; see --judgements.")
    view = open_pool(pool)
    language, met = view.manifest.language, Selection(judged=judged)
    digests: dict[str, str] = {}
    bad: set[str] = set()
    for task in view.tasks():
        own = list(subjects(task))
        digests |= {one.id: one.digest for one in own}
        if where and all(one.holds(task, language) for one in of_tasks):
            bad |= {own[place].id for place in met.instances(task)}
    for name in names:
        path = judging_folder(pool, name) / FILE
        for number, row in enumerate(rows(path.parent), 1):
            if row["control"]:
                continue
            item, place = row["item"], f"{path}:{number}"
            if item.startswith("reject_"):
                continue
            if digests.get(item) != row["digest"]:
                what = "has changed" if item in digests else "is no longer there"
                text = f"{item} {what} since it was judged; judge again"
                yield Problem(place, "stale-judgement", text, is_warning=True)
            elif row["status"] != Status.READ:
                said = row["status"].replace("_", " ")
                text = f"the judgement of {item} is {said}"
                yield Problem(place, "no-judgement", text, is_warning=True)
            elif item in bad:
                reason = row["reason"][:_LONGEST]
                yield Problem(place, "judged", f"{item}: {', '.join(where)}. {reason}".strip())
