"""What a recipe says of itself, so that every verb can use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from selfinstruct.bootstrap import Recipe
from selfinstruct.languages import LanguagePack
from selfinstruct.prompts import OwnStep, Step
from selfinstruct.recipes.making import Making


class SeedsAre(StrEnum):
    """What a recipe begins with."""

    TASKS = "tasks"  # a seed file, by default the language's
    EXAMPLES = "examples"  # examples of one task, in any common form; somebody must give them
    SOURCES = "sources"  # what is to be evolved; it is given with each run


def _nothing(pack: LanguagePack) -> Mapping[str, Any]:
    del pack
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """A recipe before it is made.

    Attributes:
        name: As in ``--recipe``.
        steps: The templates that it needs: those of the languages, or some of its own.
        leading: The step whose decoding the options set.
        settings: Its settings, each with a default. One called ``structured`` holds replies to a
            schema where the teacher can be; one called ``context`` is the digest of passages.
        decodings: How its steps are decoded, each with a default.
        make: Makes the recipe.
        seeds: What it begins with.
        defaults: Settings that depend on the language.
        uses_answers: Whether the language's ``answers.toml`` decides its data.
        refuses_duplicates: Whether texts that differ only in case, articles and punctuation are
            duplicates.
        whole_tasks: Whether one reply holds many tasks with their outputs.
        compares_content: Whether short texts that are near may be about different things.
    """

    name: str
    steps: tuple[Step | OwnStep, ...]
    leading: str
    settings: type[BaseModel]
    decodings: type[BaseModel]
    make: Callable[[Making[Any, Any]], Recipe]
    seeds: SeedsAre = SeedsAre.TASKS
    defaults: Callable[[LanguagePack], Mapping[str, Any]] = _nothing
    uses_answers: bool = True
    refuses_duplicates: bool = False
    whole_tasks: bool = False
    compares_content: bool = False
