"""What the store must know of each line of a batch, kept beside the file that is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from selfinstruct import jsonl
from selfinstruct.batching.desk import Wanted
from selfinstruct.batching.slicing import Ready
from selfinstruct.errors import PoolError
from selfinstruct.jsonl import whole_file
from selfinstruct.teachers.base import Decoding, Prompt, Schema
from selfinstruct.teachers.batch_rows import text_of
from selfinstruct.teachers.batching import ENDPOINTS, Parcel

_APIS = {endpoint: api for api, endpoint in ENDPOINTS.items()}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it was sent.

    Attributes:
        prompt: What was asked, numbered by the last who wants it: so long the store keeps it.
        body: The body of its request.
    """

    prompt: Prompt
    body: Mapping[str, Any]


def write(parcel: Parcel, part: Sequence[Ready]) -> None:
    """Write the file that is sent and the one beside it, both durable.

    Raises:
        DiskError: One cannot be written.
    """
    parcel.folder.mkdir(parents=True, exist_ok=True)
    with whole_file(parcel.prompts) as file:
        for one in part:
            file.write((jsonl.dumps(_row(one.wanted)) + "\n").encode("utf-8", "replace"))
    with whole_file(parcel.requests) as file:
        for one in part:
            file.write(one.line)


def requests_in(parcel: Parcel) -> dict[str, int]:
    """By digest, the request that each line was noted for last.

    Raises:
        PoolError: The file is gone or damaged.
    """
    return {key: int(row["request"]) for key, row in _rows(parcel.prompts)}


class Prompts:
    """The requests of a batch, found by their digests; texts stay on disk until they are wanted.

    Args:
        parcel: Whose they are.

    Raises:
        PoolError: One of its files is gone or damaged.
    """

    def __init__(self, parcel: Parcel) -> None:
        self._api = _APIS[parcel.endpoint]
        self._rows = dict(_rows(parcel.prompts))
        self._offsets: dict[str, int] = {}
        try:
            self._file: IO[bytes] = parcel.requests.open("rb")
        except OSError as error:
            raise _gone(parcel.requests) from error
        at = 0
        for key, line in zip(self._rows, self._file, strict=False):
            self._offsets[key] = at
            at += len(line)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def sent(self, key: str) -> Sent:
        """The request with this digest."""
        self._file.seek(self._offsets[key])
        body = json.loads(self._file.readline())["body"]
        row = self._rows[key]
        schema = row.get("schema")
        prompt = Prompt(
            text_of(body, self._api),
            Decoding.model_validate(row["decoding"]),
            row["step"],
            int(row["request"]),
            repeat=row.get("repeat", 0),
            schema=Schema(*schema) if schema else None,
            sample=row.get("sample", 0),
            room=row.get("room", 0),
            top=row.get("top", 0),
        )
        return Sent(prompt, body)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _row(wanted: Wanted) -> dict[str, Any]:
    prompt = wanted.prompt
    more = {name: getattr(prompt, name) for name in ("repeat", "sample", "room", "top")}
    return {
        "key": wanted.key,
        "request": wanted.last,
        "step": str(prompt.step),
        "decoding": prompt.decoding.model_dump(mode="json", exclude_defaults=True),
        **({"schema": [prompt.schema.name, prompt.schema.text]} if prompt.schema else {}),
        **{name: value for name, value in more.items() if value},
    }


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            for line in file:
                row = json.loads(line)
                yield row["key"], row
    except (OSError, ValueError, KeyError) as error:
        raise _gone(path) from error


def _gone(path: Path) -> PoolError:
    return PoolError(
        f"{path}: is gone or damaged, and belongs to a batch that is outstanding. Restore it from "
        f"a copy, or forget the batch: selfinstruct batches {path.parents[1]} --forget "
        f"{path.name[:4]}. What it was to bring is asked and paid for again then."
    )
