"""What ``languages`` does: list the packs, or copy one whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from selfinstruct import console
from selfinstruct.errors import DiskError, SettingsError
from selfinstruct.languages import available, load
from selfinstruct.seeds import load_seeds
from selfinstruct.teachers.mock.grammar import FOLDER, spoken


def rows() -> list[dict[str, Any]]:
    """The packs that are shipped, as plain values."""
    found = []
    for code in available():
        pack = load(code)
        found.append(
            {
                "code": code,
                "name": pack.name,
                "state": "starter" if pack.starter else "complete",
                "tokenizer": pack.tokenizer,
                "threshold": pack.threshold,
                "seeds": len(load_seeds(pack.seeds)),
                "mock": code in spoken(),
            }
        )
    return found


def copy(code: str | None, folder: Path | None) -> None:
    """Copy a pack to ``folder``, with its seed tasks and the mock teacher's grammar.

    Raises:
        SettingsError: There is no such pack, or the folder is there already.
        DiskError: It cannot be written.
    """
    if code not in available() or folder is None:
        raise SettingsError(
            f"Write selfinstruct languages --copy CODE FOLDER with one of {', '.join(available())}."
        )
    if folder.exists():
        raise SettingsError(f"{folder}: is there already. Name another folder.")
    pack = load(code)
    try:
        shutil.copytree(pack.folder, folder)
        shutil.copyfile(pack.seeds, folder / "seeds.jsonl")
        shutil.copyfile(FOLDER / f"{code}.json", folder / "grammar.json")
    except OSError as error:
        raise DiskError(f"{folder}: cannot be written: {error.strerror}.") from error
    console.say(f"{folder} is a copy of {code}: use it with --language {folder}")
