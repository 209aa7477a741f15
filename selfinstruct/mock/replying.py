"""The body of a completion: thoughts, answers and usage, as this server tells them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from selfinstruct.mock import likelihoods, thinking
from selfinstruct.mock.behaviour import Behaviour
from selfinstruct.mock.billing import Bill
from selfinstruct.mock.caching import Cache
from selfinstruct.mock.counting import Counts
from selfinstruct.mock.grammar import grammar
from selfinstruct.mock.likelihoods import places
from selfinstruct.mock.musing import thoughts
from selfinstruct.mock.reading import Asked
from selfinstruct.mock.teacher import reply, tokens
from selfinstruct.mock.thinking import Said
from selfinstruct.teachers.base import Api, Reply, Usage

FLEX = "flex"  # the cheap tier, as requests and replies call it
_OBJECTS = {Api.CHAT: "chat.completion", Api.COMPLETIONS: "text_completion"}


class Replies:
    """Makes completions and charges them.

    Args:
        behaviour: How the server behaves.
        bill: Where tokens are counted.
    """

    def __init__(self, behaviour: Behaviour, bill: Bill) -> None:
        self._behaviour = behaviour
        self._bill = bill
        self._grammar = grammar(behaviour.language)
        self._cache = Cache() if behaviour.cache else None
        self._asked = Counts()
        self._count = 0

    def completion(
        self, body: Mapping[str, Any], wanted: Asked, api: Api, cut: random.Random | None
    ) -> dict[str, Any]:
        """The completion of a request.

        Args:
            body: The request.
            wanted: What was read from it.
            api: Which endpoint was asked.
            cut: Where answers are to be cut off at random, the random numbers for it.
        """
        musing = thinking.wanted(body, self._behaviour.thinking)
        said = [
            (text, one)
            for text in wanted.texts  # each has its choices, in the order of the prompts
            for one in self._choices(text, wanted, api, musing, cut)
        ]
        self._count += 1
        return {
            "id": f"mock-{self._count}",
            "object": _OBJECTS[api],
            "created": int(time.time()),
            "model": body["model"],
            "choices": [
                {
                    "index": k,
                    "finish_reason": one.finish,
                    **thinking.choice(one, self._behaviour.style, api),
                    **self._likelihoods(body, text, one, api),
                }
                for k, (text, one) in enumerate(said)
            ],
            "usage": self._usage(wanted.texts, [one for _, one in said]),
            **({"service_tier": FLEX} if wanted.tier == FLEX else {}),
        }

    def _likelihoods(
        self, body: Mapping[str, Any], text: str, one: Said, api: Api
    ) -> dict[str, Any]:
        if not body.get("logprobs"):
            return {}
        return {"logprobs": likelihoods.told(places(text, one.text, self._grammar), api)}

    def _choices(
        self, text: str, wanted: Asked, api: Api, musing: int, cut: random.Random | None
    ) -> list[Said]:
        key = text.encode("utf-8", "surrogatepass")
        again = self._asked.of(key)
        around = thinking.around(self._behaviour.style, api)

        def answer(k: int) -> Callable[[int], Reply]:
            def within(limit: int) -> Reply:
                words, stop = self._grammar, wanted.stop
                one = reply(text, words, limit, stop, choice=k, again=again)
                return _truncated(one, cut) if cut else one

            return within

        choices = [
            thinking.said(
                thoughts(text, musing, self._grammar, k),
                wanted.limit,
                wanted.stop,
                around,
                answer(k),
            )
            for k in range(wanted.n)
        ]
        # Thoughts that left no room for the whole answer are no asking: with more room comes the
        # answer that would have come at once.
        if any(_whole(one) for one in choices):
            self._asked.add(key)
        return choices

    def _usage(self, texts: Sequence[str], choices: list[Said]) -> dict[str, Any]:
        prompt = sum(map(tokens, texts))
        reasoning = sum(one.thinking for one in choices)
        completion = reasoning + sum(one.answering for one in choices)
        taken = [self._cache.take(text) for text in texts] if self._cache else []
        read, written = sum(one for one, _ in taken), sum(one for _, one in taken)
        self._bill.charge(
            prompt=prompt, cached=read, written=written, completion=completion, reasoning=reasoning
        )
        usage: dict[str, Any] = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }
        if self._cache:
            usage["prompt_tokens_details"] = {"cached_tokens": read, "cache_write_tokens": written}
        if self._behaviour.thinking and self._behaviour.style in thinking.REPORTED:
            usage["completion_tokens_details"] = {"reasoning_tokens": reasoning}
        return usage


def _whole(one: Said) -> bool:
    return not one.thoughts or (one.answered and one.finish != "length")


def _truncated(one: Reply, rng: random.Random) -> Reply:
    text = one.text[: rng.randrange(len(one.text) + 1)]
    usage = one.usage and Usage(one.usage.prompt_tokens, tokens(text))
    return Reply(text, "length", usage)
