"""The manifest of a folder: what its files were made with, one JSON object, written as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from selfinstruct import jsonl
from selfinstruct.errors import PoolError

NAME = "manifest.json"

Manifest = TypeVar("Manifest", bound=BaseModel)


def read(folder: Path, kind: type[Manifest], known: int, damaged: str) -> Manifest | None:
    """The manifest in ``folder``; None where there is none.

    Args:
        folder: The folder.
        kind: What its manifest holds.
        known: The format that this version knows.
        damaged: What to say of one that holds something else.

    Raises:
        PoolError: It is damaged, or of a later format.
    """
    path = folder / NAME
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(row, dict) and row.get("format") != known:
            raise PoolError(
                f"{path}: format {row.get('format')!r} is not known to this version (it knows "
                f"{known}). Upgrade selfinstruct."
            )
        return kind.model_validate(row)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PoolError(f"{path}: cannot be read: {error.strerror}.") from error
    except (ValueError, ValidationError) as error:
        raise PoolError(f"{path}: {damaged}") from error


def write(folder: Path, manifest: BaseModel) -> None:
    """Write the manifest of ``folder`` as a whole.

    Raises:
        DiskError: It could not be written.
    """
    text = json.dumps(manifest.model_dump(), ensure_ascii=False, indent=2) + "\n"
    jsonl.write_whole(folder / NAME, text)
