"""The lines that came back: which belong to a batch, and what they come to together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct.batching.prompts import Prompts, Sent
from selfinstruct.errors import RequestError, TeacherError, TransientError
from selfinstruct.teachers.base import Reply
from selfinstruct.teachers.batch_rows import is_good
from selfinstruct.teachers.batching import Lines

_ALIKE = 10  # requests; when so many and most of a batch are refused alike, all of them would be


@dataclass(slots=True)
class Brought:
    """What the lines of a batch have brought besides replies.

    Attributes:
        refused: By digest, why the request was refused for good.
        again: The digests of those that are wanted again.
        unknown: Lines that belong to no request of the batch, or are no lines at all.
        fatal: Why no request of this teacher would fare better, where most lines say so.
    """

    refused: dict[str, RequestError] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    unknown: int = 0
    fatal: TeacherError | None = None


def rows_in(paths: Sequence[Path]) -> Iterator[dict[str, Any] | None]:
    """The objects in these files, in order; None for a line that is none."""
    for path in paths:
        with path.open("rb") as file:
            for line in file:
                if not line.strip():
                    continue
                try:
                    row = json.loads(line.decode("utf-8", "replace"))
                except (ValueError, RecursionError):
                    row = None
                yield row if isinstance(row, dict) else None


def replies_in(
    paths: Sequence[Path], prompts: Prompts, reader: Lines, done: set[str]
) -> Iterator[tuple[str, Sent, Reply]]:
    """The replies, each request's first, whatever other lines say of it.

    Args:
        paths: The files that came back.
        prompts: The requests of the batch.
        reader: Reads a line.
        done: The digests of those that are stored already; these that are yielded are added.
    """
    for row in rows_in(paths):
        key = str(row.get("custom_id")) if row else ""
        if row is None or key not in prompts or key in done or not is_good(row):
            continue
        sent = prompts.sent(key)
        reply = reader.read(row, sent.prompt, sent.body)
        done.add(key)
        yield key, sent, reply


def others_in(paths: Sequence[Path], prompts: Prompts, reader: Lines, done: set[str]) -> Brought:
    """What all requests came to that brought no reply.

    Args:
        paths: The files that came back.
        prompts: The requests of the batch.
        reader: Reads a line.
        done: The digests of those that are stored.
    """
    brought = Brought()
    fatal: list[TeacherError] = []
    alike: Counter[str] = Counter()
    for row in rows_in(paths):
        key = str(row.get("custom_id")) if row else ""
        if row is None or key not in prompts:
            brought.unknown += 1
            continue
        if key in done or key in brought.refused:
            continue
        sent = prompts.sent(key)
        try:
            reader.read(row, sent.prompt, sent.body)
        except RequestError as error:
            brought.refused[key] = error
            alike[error.kind] += 1
        except TransientError:
            continue
        except TeacherError as error:
            fatal.append(error)
    most = len(prompts) / 2
    if len(fatal) > most:
        brought.fatal = fatal[0]
    elif alike and len(prompts) >= _ALIKE and (most_alike := alike.most_common(1)[0])[1] > most:
        said = next(one for one in brought.refused.values() if one.kind == most_alike[0])
        brought.fatal = TeacherError(f"Most requests of the batch were refused alike. {said}")
    if brought.fatal is not None:
        brought.refused.clear()  # nothing is marked as failed that another key would answer
    brought.again = [key for key in prompts if key not in done and key not in brought.refused]
    return brought
