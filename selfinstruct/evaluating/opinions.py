"""What judges and people said of pairs, read from the folders of comparisons and files of votes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from selfinstruct.comparing.job import SUMMARY
from selfinstruct.comparing.reading import KIND, kind_of, rankings, read_comparison
from selfinstruct.errors import PoolError, UsageError
from selfinstruct.evaluating.liked import Judged, Reviewed, chosen_of
from selfinstruct.journal.manifests import NAME
from selfinstruct.reviewing.votes import FOLDER, read_rows, reviewers


def judged_in(folder: Path) -> Judged:
    """What the judge of the comparison in ``folder`` said.

    Raises:
        UsageError: There is no comparison.
        PoolError: A file of it is damaged or missing.
    """
    if kind_of(folder) != KIND:
        raise UsageError(f"{folder}: is no comparison. Name a folder that compare made.")
    manifest = read_comparison(folder)
    path = folder / SUMMARY
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
        chosen = chosen_of(rankings(folder))
        return Judged(folder.resolve().name, manifest.model, summary, chosen)
    except OSError as error:
        raise PoolError(f"{path}: cannot be read: {error.strerror}. Compare again.") from error
    except ValueError as error:
        raise PoolError(f"{path}: is damaged. Compare again, which asks nothing.") from error


def reviewed_in(path: Path) -> Iterator[Reviewed]:
    """What people said of pairs: a file of votes, a folder of them, or what was reviewed.

    Raises:
        UsageError: It is not there, or holds no vote on a pair.
        PoolError: A line is damaged.
    """
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder.")
    if path.is_dir():
        folder = path / FOLDER if (path / NAME).is_file() else path
        files = [folder / f"{name}.jsonl" for name in reviewers(folder)]
    else:
        files = [path]
    found = False
    for file in files:
        rows = [row for row in read_rows(file) if row.pair is not None or row.revealed]
        if any(row.pair is not None for row in rows):
            found = True
            yield Reviewed(file.name.removesuffix(".jsonl"), rows)
    if not found:
        raise UsageError(f"{path}: holds no vote on a pair. Name what review --pairs wrote.")
