"""The recipes: how prompts are made and replies are read. None has a loop of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from selfinstruct.bootstrap import Recipe
from selfinstruct.prompts import Step
from selfinstruct.recipes import alpaca, evolve, self_instruct, targeted
from selfinstruct.recipes.common import NEWEST, Making

__all__ = ["NEWEST", "RECIPES", "Kind", "Making"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A recipe before it is made.

    Attributes:
        name: As in ``--recipe``.
        steps: The templates that it needs.
        leading: The step whose decoding the options set.
        settings: Its settings, each with a default.
        decodings: How its steps are decoded, each with a default.
        make: Makes the recipe.
        uses_answers: Whether the language's ``answers.toml`` decides its data.
        refuses_duplicates: Whether texts that differ only in case, articles and punctuation are
            duplicates.
        whole_tasks: Whether one reply holds many tasks with their outputs.
        compares_content: Whether short texts that are near may be about different things.
    """

    name: str
    steps: tuple[Step, ...]
    leading: str
    settings: type[BaseModel]
    decodings: type[BaseModel]
    make: Callable[[Making[Any, Any]], Recipe]
    uses_answers: bool = True
    refuses_duplicates: bool = False
    whole_tasks: bool = False
    compares_content: bool = False


def _kind(module: Any, make: Callable[[Making[Any, Any]], Recipe], **more: bool) -> Kind:
    return Kind(
        module.NAME,
        module.STEPS,
        module.LEADING,
        module.Settings,
        module.Decodings,
        make,
        **more,
    )


RECIPES: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(self_instruct, self_instruct.SelfInstruct, uses_answers=False),
        _kind(alpaca, alpaca.Alpaca, whole_tasks=True),
        _kind(
            targeted,
            targeted.Targeted,
            refuses_duplicates=True,
            whole_tasks=True,
            compares_content=True,
        ),
        _kind(evolve, evolve.Evolve),
    )
}
