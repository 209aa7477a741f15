"""``teachers.json``: what a pool's runs have learned of its teachers, so that none learns it again.

By address (without user and password), model and kind of endpoint; no key and no header. It decides
how requests are sent, never what is made of the replies: a lost file costs a few refused calls.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from selfinstruct import jsonl
from selfinstruct.errors import PoolError
from selfinstruct.teachers.dialect import Dialect

NAME = "teachers.json"
_DIALECTS = TypeAdapter(dict[str, Dialect])


def read_dialects(folder: Path) -> dict[str, Dialect]:
    """What is known, by teacher; {} where the file is not there.

    Raises:
        PoolError: The file cannot be used.
    """
    path = folder / NAME
    try:
        return _DIALECTS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        raise PoolError(
            f"{path}: cannot be read. Remove it: what it says is learned again by a few calls."
        ) from error


def write_dialect(folder: Path, teacher: str, dialect: Dialect) -> None:
    """Write down what is known of ``teacher``; the others stay as they are.

    Raises:
        PoolError: The file cannot be used.
        DiskError: It could not be written.
    """
    known = read_dialects(folder) | {teacher: dialect}
    rows = {name: _row(one) for name, one in sorted(known.items())}
    text = json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    jsonl.write_whole(folder / NAME, text)


def _row(dialect: Dialect) -> dict[str, object]:
    row: dict[str, object] = dialect.model_dump(mode="json", exclude_defaults=True)
    row |= {"taken": sorted(sorted(fields) for fields in dialect.taken)}
    return row
