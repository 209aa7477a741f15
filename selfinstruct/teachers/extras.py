"""What is sent with every request besides the prompt: further fields, a system line, headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# Fields that cannot change a reply: they are no part of its digest.
WITHOUT_EFFECT = frozenset(
    {
        "service_tier",
        "prompt_cache_key",
        "prompt_cache_retention",
        "user",
        "metadata",
        "store",
        "safety_identifier",
    }
)
# Fields that belong to the request itself.
OWN = frozenset({"model", "messages", "prompt", "stream", "n"})


class Effort(StrEnum):
    """How a server is told how much to think."""

    FIELD = "reasoning_effort"
    OBJECT = "reasoning"
    TEMPLATE = "chat_template_kwargs"
    SWITCH = "thinking"
    BUDGET = "budget_tokens"


_BUDGETS = {"minimal": 1024, "low": 1024, "medium": 4096, "high": 16384}


def effort_fields(way: Effort, level: str) -> dict[str, Any]:
    """The fields that ask for the effort ``level``; ``none`` is not to think at all.

    Servers that only know a switch are told to think for any other level.
    """
    off = level == "none"
    if way is Effort.OBJECT:
        return {"reasoning": {"effort": level}}
    if way is Effort.BUDGET and not off:
        return {"thinking": {"type": "enabled", "budget_tokens": _BUDGETS.get(level, 4096)}}
    if way in (Effort.SWITCH, Effort.BUDGET):
        return {"thinking": {"type": "disabled" if off else "enabled"}}
    if way is Effort.TEMPLATE and off:
        return {"chat_template_kwargs": {"enable_thinking": False}}
    return {"reasoning_effort": level}


@dataclass(frozen=True, slots=True)
class Extras:
    """What is sent with every request.

    Attributes:
        body: Further fields, by name; they go before what the recipe says.
        system: The system line of a chat, or "".
        headers: Further headers, whose values are secrets.
        tiers: Service tiers in the order in which they are tried; () for the server's own choice.
        cache_keys: Whether calls of one step are marked as such, so that they share a cache.
    """

    body: Mapping[str, Any] = field(default_factory=dict)
    system: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    tiers: tuple[str, ...] = ()
    cache_keys: bool = False

    @property
    def identity(self) -> str:
        """What of it decides the reply, as canonical JSON; "" for nothing."""
        deciding = {name: one for name, one in self.body.items() if name not in WITHOUT_EFFECT}
        whole: dict[str, Any] = {"body": deciding} if deciding else {}
        whole |= {"system": self.system} if self.system else {}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True) if whole else ""
