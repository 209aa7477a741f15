"""What a recipe is made of, and the edition of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from selfinstruct.filters import Soundness
from selfinstruct.languages import LanguagePack
from selfinstruct.prompts import Prompts
from selfinstruct.recipes.keeping import NOTHING, Thoughts
from selfinstruct.tasks import Task
from selfinstruct.teachers import Api

# The edition of all recipes' rules. A pool keeps the one that it was made with, so each stays here:
# 1 as first released; 2 asks what cannot be read once more, and knows what models write instead.
NEWEST = 2

SettingsType = TypeVar("SettingsType", bound=BaseModel)
DecodingsType = TypeVar("DecodingsType", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Making(Generic[SettingsType, DecodingsType]):
    """What a recipe is made of.

    Attributes:
        pack: The language.
        prompts: Its templates, for the kind of endpoint asked.
        api: That kind.
        settings: The recipe's own settings.
        decodings: How each step is decoded.
        seeds: The seed tasks, or what is to be evolved.
        passages: Texts that new examples must be answerable from; [] for none.
        rounds: How often each source is evolved.
        thoughts: What is done with the teacher's thoughts.
        edition: By which edition of the recipe's rules replies are read and judged.
        sound: The rules besides the papers', or None where they are not wanted.
    """

    pack: LanguagePack
    prompts: Prompts
    api: Api
    settings: SettingsType
    decodings: DecodingsType
    seeds: Sequence[Task]
    passages: Sequence[str] = ()
    rounds: int = 1
    edition: int = NEWEST
    thoughts: Thoughts = NOTHING
    sound: Soundness | None = None
