"""How answers are drawn from a model, where nobody says otherwise."""

from __future__ import annotations

from selfinstruct.languages import LanguagePack
from selfinstruct.teachers import Api

LONGEST = 2048  # tokens of one answer
WARM = 0.7  # the temperature where several answers to one prompt are wanted


def stops(api: Api, pack: LanguagePack) -> tuple[str, ...]:
    """What ends an answer to the language's own prompt: a base model writes on."""
    return () if api is Api.CHAT else (f"\n{pack.labels.instruction}:",)
