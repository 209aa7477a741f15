"""Files that a verb writes: never inside a pool, never over what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from selfinstruct.errors import SettingsError


def refuse_inside_pools(targets: Iterable[Path]) -> None:
    """Refuse targets that are pools or lie in one.

    Raises:
        SettingsError: One does.
    """
    for target in targets:
        place = target.resolve()
        for folder in (place, *place.parents):
            if (folder / "manifest.json").is_file() and (folder / "seeds.jsonl").is_file():
                raise SettingsError(f"{target}: lies in the pool {folder}. Name another place.")


def refuse_inputs(target: Path, inputs: Sequence[str]) -> None:
    """Refuse a target that is read too.

    Raises:
        SettingsError: It is.
    """
    if any(name != "-" and Path(name).resolve() == target.resolve() for name in inputs):
        raise SettingsError(f"{target}: is both read and written; name another output.")
