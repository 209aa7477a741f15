"""What recipes read in replies alike: whole items, refusals, a yes or no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from selfinstruct import requests
from selfinstruct.bootstrap import Ask, Draft, Recipe
from selfinstruct.languages import LanguagePack
from selfinstruct.parsing import Item, Items, answer, excerpt, whole_items, yes_or_no
from selfinstruct.parsing.refusing import Refusals
from selfinstruct.tasks import Candidate, Reason, Reject
from selfinstruct.teachers import Prompt, Reply

MOST_ITEMS = 200  # of one reply; a list that runs on for ever is not read to its end


Read = TypeVar("Read")


async def verdict(
    ask: Ask, prompt: Prompt, read: Callable[[str], Read | None], edition: int
) -> requests.Verdict[Read]:
    """:func:`selfinstruct.requests.verdict`; the first edition asked once, whatever came."""
    again = replace(prompt, sample=prompt.sample + 1) if edition > 1 else None
    return await requests.verdict(ask, prompt, read, again)


class Replies:
    """Replies of a language: those that hold nothing of use, and those that hold whole items.

    Args:
        pack: The language.
    """

    def __init__(self, pack: LanguagePack) -> None:
        self._refusals = Refusals(pack.refusals, pack.refusal_phrases)
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
        refused = self.declines(said) or self._refusals.says(said)
        return Reason.REFUSED if refused else Reason.MALFORMED

    def declines_instead(self, text: str) -> bool:
        """Whether ``text``, which should be an instruction, declines: one may begin likewise.

        Where a language names phrases of refusals, one of these must be there too.
        """
        return self._refusals.begins_and_says(text)

    def says_yes(self, text: str) -> bool | None:
        """Whether an answer says yes or no; None where it says neither."""
        labels = self._labels
        return yes_or_no(text, labels.yes, labels.no, labels.either_or)

    def declines(self, text: str) -> bool:
        """Whether ``text`` begins as replies do in which the teacher declines."""
        return self._refusals.begins(text)


def own_items(recipe: Recipe, reply: Reply, draft: Draft) -> bool:
    """Whether ``reply`` holds an item that is not made of its prompt."""
    items = recipe.read(reply, draft)
    return any(isinstance(one, Candidate) and not recipe.copied(one, draft) for one in items)
