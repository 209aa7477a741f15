"""What ``validate`` finds with a judging in hand: what was judged bad, what has changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from selfinstruct.api.pools import open_pool
from selfinstruct.api.told import conditions, told_by
from selfinstruct.errors import SettingsError
from selfinstruct.formats.row_checking import Problem
from selfinstruct.formats.selecting import Selection
from selfinstruct.judging.items import REJECT, subjects
from selfinstruct.judging.job import FILE, Status
from selfinstruct.judging.reading import judging_folder, rows

_LONGEST = 200  # characters of a reason
_JUDGED = "judged"  # the rule


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
            if row["control"] or row["item"].startswith(REJECT):
                continue
            digest = digests.get(row["item"])
            if found := _said(row, digest, is_bad=row["item"] in bad, where=where):
                rule, text = found
                yield Problem(f"{path}:{number}", rule, text, is_warning=rule != _JUDGED)


def _said(
    row: Mapping[str, Any], digest: str | None, *, is_bad: bool, where: Sequence[str]
) -> tuple[str, str] | None:
    """The rule that a judgement breaks, and a sentence about it."""
    item = row["item"]
    if digest != row["digest"]:
        what = "is no longer there" if digest is None else "has changed"
        return "stale-judgement", f"{item} {what} since it was judged; judge again"
    if row["status"] != Status.READ:
        said = row["status"].replace("_", " ")
        return "no-judgement", f"the judgement of {item} is {said}"
    if is_bad:
        reason = row["reason"][:_LONGEST]
        return _JUDGED, f"{item}: {', '.join(where)}. {reason}".strip()
    return None
