"""The recipes: how prompts are made and replies are read. None has a loop of its own.

A recipe is one file: a class with the methods of :class:`selfinstruct.bootstrap.Recipe`, its
settings, and a :class:`Kind` that says what it needs. Other packages offer theirs under the entry
point ``selfinstruct.recipes``, each of them a :class:`Kind`; :func:`register_recipe` adds one by
hand.
"""

from __future__ import annotations

from collections.abc import Iterable

from selfinstruct.errors import SettingsError
from selfinstruct.extensions import Registry
from selfinstruct.recipes import alpaca, evolve, self_instruct, targeted
from selfinstruct.recipes.kind import Kind, SeedsAre
from selfinstruct.recipes.making import NEWEST, Making

__all__ = ["NEWEST", "Kind", "Making", "SeedsAre", "find", "known", "register_recipe", "shipped"]

_RECIPES: Registry[Kind] = Registry(
    "selfinstruct.recipes", Kind, (self_instruct.KIND, alpaca.KIND, targeted.KIND, evolve.KIND)
)


def shipped() -> Iterable[Kind]:
    """Those of this package."""
    return _RECIPES.shipped()


def register_recipe(kind: Kind) -> None:
    """Make a recipe known under its name."""
    _RECIPES.add(kind)


def known(name: str) -> Kind | None:
    """The recipe called ``name``, or None: a pool may be of one that is not installed here."""
    return _RECIPES.get(name)


def find(name: str) -> Kind:
    """The recipe called ``name``.

    Raises:
        SettingsError: There is none.
    """
    if (kind := _RECIPES.get(name)) is None:
        raise SettingsError(f"There is no recipe {name!r}: use {', '.join(_RECIPES.names())}.")
    return kind
