"""Where an export may go, and what its card is called there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.formats import card as cards
from selfinstruct.formats.layout import OWN, Layout
from selfinstruct.outputs import refuse_inside_pools, refuse_taken

CARD = "README.md"


def card_name(place: Layout) -> str:
    """``README.md`` in a folder of its own; beside a file, a name that is no project's."""
    return CARD if place.is_folder else f"{place.goal.name}.{CARD}"


def refuse_goal(output: str, place: Layout, beside: Sequence[str], *, force: bool) -> None:
    """Refuse what may not be written.

    Args:
        output: What the goal was called.
        place: Which files it consists of.
        beside: The names of what is written beside them.
        force: Whether an earlier export may be replaced.

    Raises:
        UsageError: Something stands there, or lies in a pool, or would be written twice.
    """
    if set(beside) & set(place.files.values()):
        raise SettingsError(f"-o {output}: has the name of a file that is written beside it.")
    refuse_inside_pools([place.goal])
    goal = place.goal
    if place.is_folder:
        if goal.exists() and not goal.is_dir():
            raise UsageError(f"{goal}: is a file, but this format is a folder.")
        if goal.exists() and (found := sorted(path.name for path in goal.iterdir())):
            _refuse_folder(goal, found, force=force)
        return
    if goal.is_dir():
        raise UsageError(f"{goal}: is a folder; name a file.")
    names = [*place.files.values(), *(name for name in beside if not name.endswith(CARD))]
    refuse_taken([place.parent / name for name in names], force=force)


def _refuse_folder(goal: Path, found: Sequence[str], *, force: bool) -> None:
    """Refuse to replace a folder that is no export, or holds more than an export does."""
    card = goal / CARD
    is_ours = card.is_file() and cards.MARK in card.read_text(encoding="utf-8", errors="replace")
    if not is_ours:
        raise UsageError(f"{goal}: is no export, so it is not replaced. Name another folder.")
    if others := sorted(set(found) - OWN):
        raise UsageError(
            f"{goal}: holds {others[0]} too, so it is not replaced. Name another folder."
        )
    if not force:
        raise UsageError(
            f"{goal}: is there already. Replace it with --force, or name another folder."
        )
