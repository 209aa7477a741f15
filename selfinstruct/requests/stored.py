"""Asking the store alone: what rows come of the replies that there are."""

from __future__ import annotations

from selfinstruct.errors import NotStoredError, RequestError, StarvedError
from selfinstruct.journal import ReplyStore
from selfinstruct.requests.asking import Ask
from selfinstruct.requests.items import MOST_TRIES
from selfinstruct.teachers import Prompt, Reply, Teacher


def stored_only(store: ReplyStore, teacher: Teacher, *, tries: int = MOST_TRIES) -> Ask:
    """Asks the store, and nobody else.

    Args:
        store: The stored replies.
        teacher: Whose they are.
        tries: In how many runs a request must have failed to count as failed.

    Returns:
        What answers a prompt from the store. It raises :class:`RequestError` for a request that
        has failed as often, and :class:`NotStoredError` for one that is still to be asked.
    """

    async def ask(prompt: Prompt) -> Reply:
        key = prompt.key(teacher.model, teacher.api, teacher.more)
        reply = store.find(key)
        if reply is not None and not reply.undecided and not (reply.starved and not reply.hopeless):
            if reply.starved:
                raise StarvedError(
                    "The reply ran out of tokens before its answer began.", step=prompt.step
                )
            return reply
        failed, why = store.failures(key)
        if failed and failed >= tries:
            raise RequestError(why)
        raise NotStoredError("It was not asked yet.")

    return ask
