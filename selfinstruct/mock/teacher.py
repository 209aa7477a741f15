"""The mock teacher, and the one place where a mock reply meets token limits and stops."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence

from selfinstruct.mock.answers import answer
from selfinstruct.mock.grammar import Grammar, grammar
from selfinstruct.mock.likelihoods import places
from selfinstruct.teachers.base import Api, Prompt, Reply, Usage

CHARACTERS_PER_TOKEN = 4


class MockTeacher:
    """A teacher that answers at once from a grammar.

    Args:
        language: Whose grammar is used.
        api: Which shape of reply to give.
    """

    def __init__(self, language: str = "en", api: Api = Api.CHAT) -> None:
        self.name = "mock"
        self.model = f"mock-{language}"
        self.api, self.more = api, ""
        self._grammar = grammar(language)

    async def complete(self, prompt: Prompt) -> Reply:
        """The grammar's answer; it depends on the prompt alone."""
        await asyncio.sleep(0)  # as every teacher does, let others run
        decoding = prompt.decoding
        # Samples of an answer differ; elsewhere the text itself does where it is asked again.
        again = prompt.sample
        limit, stop = prompt.most_tokens, decoding.stop
        said = reply(prompt.text, self._grammar, limit, stop, again=again)
        if not prompt.top:
            return said
        return dataclasses.replace(said, places=places(prompt.text, said.text, self._grammar))

    async def close(self) -> None:
        """Nothing to release."""


def reply(
    text: str,
    words: Grammar,
    max_tokens: int,
    stop: Sequence[str],
    *,
    choice: int = 0,
    again: int = 0,
) -> Reply:
    """The mock's reply to ``text``, ended by ``stop`` or after ``max_tokens``.

    ``choice`` and ``again`` are those of :func:`answer`. A token is taken for four characters, in
    the usage as in the limit.
    """
    said = answer(text, words, choice, again)
    cut, finish = said.text, "length" if said.cut_off else "stop"
    ends = [place for mark in stop if (place := cut.find(mark)) >= 0]
    if ends:
        cut, finish = cut[: min(ends)], "stop"
    if len(cut) > max_tokens * CHARACTERS_PER_TOKEN:
        cut, finish = cut[: max_tokens * CHARACTERS_PER_TOKEN], "length"
    return Reply(cut, finish, Usage(tokens(text), tokens(cut)))


def tokens(text: str) -> int:
    """How many tokens the mock takes ``text`` for."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)
