"""What recipes share: what they are made of, the lag, stop sequences, schemas, odd replies."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from selfinstruct import requests
from selfinstruct.bootstrap import Ask
from selfinstruct.filters import Soundness
from selfinstruct.languages import LanguagePack
from selfinstruct.parsing import Item, Items, answer, excerpt, whole_items, yes_or_no
from selfinstruct.prompts import Prompts
from selfinstruct.recipes.keeping import NOTHING, Thoughts
from selfinstruct.tasks import Candidate, Reason, Reject, Task
from selfinstruct.teachers import Api, Decoding, Prompt, Reply
from selfinstruct.teachers.base import Schema

# The edition of all recipes' rules. A pool keeps the one that it was made with, so each stays here:
# 1 as first released; 2 asks what cannot be read once more, and knows what models write instead.
NEWEST = 2

_TOKENS_AN_ITEM = 180  # with its labels, or its JSON
_TOKENS_MORE = 300
MOST_ITEMS = 200  # of one reply; a list that runs on for ever is not read to its end


Read = TypeVar("Read")


async def verdict(
    ask: Ask, prompt: Prompt, read: Callable[[str], Read | None], edition: int
) -> requests.Verdict[Read]:
    """:func:`selfinstruct.requests.verdict`; the first edition asked once, whatever came."""
    again = replace(prompt, sample=prompt.sample + 1) if edition > 1 else None
    return await requests.verdict(ask, prompt, read, again)


def with_stops(decoding: Decoding, *stops: str) -> Decoding:
    """``decoding`` with stop sequences; what the user set goes first, servers take at most four."""
    return decoding.model_copy(update={"stop": (*decoding.stop, *stops)[:4]})


class Replies:
    """Replies of a language: those that hold nothing of use, and those that hold whole items.

    Args:
        pack: The language.
    """

    def __init__(self, pack: LanguagePack) -> None:
        self._refusals = tuple(refusal.casefold() for refusal in pack.refusals)
        self._phrases = tuple(phrase.casefold() for phrase in pack.refusal_phrases)
        self._labels = pack.labels

    def items(
        self, reply: Reply, *, with_instruction: bool, continues: bool
    ) -> tuple[Sequence[Item], list[Candidate | Reject]]:
        """The items of a reply, and rejects for what of it is none.

        These are pieces that lack a field, the cut-off end, a surplus, or the reply as a whole.

        Args:
            reply: What came back.
            with_instruction: Whether each item has an instruction, or just input and output.
            continues: Whether the prompt ended with the first marker.
        """
        found = whole_items(
            answer(reply.text),
            self._labels,
            with_instruction=with_instruction,
            cut_off=reply.cut_off,
            continues=continues,
        )
        if reason := self.unreadable(reply, found=found != Items()):
            return (), [Reject(excerpt(reply.text), reason, {"finish": reply.finish})]
        rejects: list[Candidate | Reject] = [
            Reject(excerpt(text), Reason.MALFORMED) for text in found.unreadable
        ]
        if len(found.items) > MOST_ITEMS:
            detail = {"items": len(found.items), "read": MOST_ITEMS}
            surplus = found.items[MOST_ITEMS]
            text = surplus.instruction or surplus.case.input
            rejects.append(Reject(excerpt(text), Reason.TOO_MANY_ITEMS, detail))
        if found.cut is not None:
            rejects.append(Reject(excerpt(found.cut), Reason.CUT_OFF))
        return found.items[:MOST_ITEMS], rejects

    def unreadable(self, reply: Reply, *, found: bool) -> Reason | None:
        """Why nothing can be read from ``reply`` as a whole; None when something can.

        Args:
            reply: What came back.
            found: Whether the parser found anything.
        """
        if reply.refused:
            return Reason.REFUSED
        if found:
            return None
        said = answer(reply.text).strip()
        if not said:
            return Reason.EMPTY_REPLY
        low = said.casefold()
        refused = self.declines(said) or any(phrase in low for phrase in self._phrases)
        return Reason.REFUSED if refused else Reason.MALFORMED

    def declines_instead(self, text: str) -> bool:
        """Whether ``text``, which should be an instruction, declines: one may begin likewise.

        Where a language names phrases of refusals, one of these must be there too.
        """
        low = text.casefold()
        said = not self._phrases or any(phrase in low for phrase in self._phrases)
        return said and self.declines(text)

    def says_yes(self, text: str) -> bool | None:
        """Whether an answer says yes or no; None where it says neither."""
        labels = self._labels
        return yes_or_no(text, labels.yes, labels.no, labels.either_or)

    def declines(self, text: str) -> bool:
        """Whether ``text`` begins as replies do in which the teacher declines."""
        return text.casefold().replace("’", "'").startswith(self._refusals)


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


@cache
def schema(edition: int, count: int, *names: str) -> Schema:
    """A list of items with these fields, all of them texts.

    Args:
        edition: The first edition left the number of items open: asked for seven, models that are
            held to a grammar wrote one, three, or went on until their tokens ran out.
        count: How many items are asked for.
        names: The fields of each.
    """
    item = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
        "required": list(names),
        "additionalProperties": False,
    }
    items: dict[str, Any] = {"type": "array", "items": item}
    if edition > 1:
        items |= {"minItems": count, "maxItems": count}
    whole = {
        "type": "object",
        "properties": {"items": items},
        "required": ["items"],
        "additionalProperties": False,
    }
    return Schema("items", json.dumps(whole))


def fitted(decoding: Decoding, published: Decoding, count: int, edition: int) -> Decoding:
    """``decoding`` with a token limit that fits so many items, where it is the published one.

    A reply that runs on costs its whole limit, and as much time; so few items are not given the
    room of many. One of them may well be longer than its share.
    """
    if edition == 1 or decoding.max_tokens != published.max_tokens:
        return decoding
    enough = _TOKENS_AN_ITEM * count + _TOKENS_MORE
    return decoding.model_copy(update={"max_tokens": min(published.max_tokens, enough)})
