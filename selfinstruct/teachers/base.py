"""The seam between this project and whoever answers: prompt in, reply out.

Everything external passes through :meth:`Teacher.complete`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.teachers.quota import Quota

PROBE = "probe"
"""The step of a call that only finds out whether a teacher's replies begin with thoughts."""


class Api(StrEnum):
    """The kind of endpoint, and the second part of a prompt template's file name."""

    CHAT = "chat"
    COMPLETIONS = "completions"


class Decoding(BaseModel):
    """How a reply is drawn from the model; the names are those of the OpenAI API.

    Attributes:
        temperature: 0 for the likeliest continuation; up to 2.
        top_p: Share of probability mass sampled from, in [0, 1]. Not sent at temperature 0, where
            it means nothing: the published settings name 0 there, which some servers refuse.
        presence_penalty: In [-2, 2].
        frequency_penalty: In [-2, 2].
        max_tokens: The most tokens of one reply.
        stop: At most 4 texts that end a reply.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float = Field(ge=0, le=2)
    top_p: float = Field(ge=0, le=1)
    presence_penalty: float = Field(default=0, ge=-2, le=2)
    frequency_penalty: float = Field(default=0, ge=-2, le=2)
    max_tokens: int = Field(ge=1)
    stop: tuple[str, ...] = Field(default=(), max_length=4)


@dataclass(frozen=True, slots=True)
class Schema:
    """The shape that a reply is held to, where the teacher can be.

    Attributes:
        name: What the API calls it.
        text: The JSON schema, as JSON; strict servers want every field required and no others.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to a teacher.

    Attributes:
        text: The whole prompt; with chat endpoints, the user's message.
        decoding: How to draw the reply.
        step: What is asked for; counted apart in the ledger.
        request: The number of the request of the run that this call belongs to. Lower numbers
            go first when calls wait for room.
        repeat: Which asking of the same text this is, so that asking again on purpose is
            another request and not a stored answer.
        schema: The shape that the reply is held to, or None.
        sample: Which of several answers to the same request this is.
        room: Tokens beyond the limit of ``decoding``, for thoughts before the answer. They are no
            part of what is asked.
        top: Of how many tokens at each place of the reply the likelihood is wanted; 0 for none.
    """

    text: str
    decoding: Decoding
    step: str
    request: int
    repeat: int = 0
    schema: Schema | None = None
    sample: int = 0
    room: int = 0
    top: int = 0

    @property
    def most_tokens(self) -> int:
        """The most tokens that the reply may have, thoughts included."""
        return self.decoding.max_tokens + self.room

    def key(self, model: str, api: Api, more: str = "") -> str:
        """The digest of all that decides the reply as it is meant: 32 hexadecimal digits.

        Concurrency, timeouts, prices, targets and room for thoughts are not part of it, nor what a
        server turns out not to take. Stored replies are found by it, so it never changes: what
        came after the first release is hashed only where it was given.

        Args:
            model: The model's name.
            api: The kind of endpoint.
            more: What else is sent with each prompt: see :attr:`Teacher.more`.
        """
        decoding = self.decoding.model_dump(mode="json", include=_FIRST_FIELDS)
        decoding |= self.decoding.model_dump(
            mode="json", exclude=_FIRST_FIELDS, exclude_defaults=True
        )
        whole = [model, api.value, self.text, decoding, self.repeat]
        schema = [self.schema.text] if self.schema else []
        top = [{"top": self.top}] if self.top else []
        more_ = [{"more": more}] if more else []
        return _digest([*whole, *schema, *self._sample(), *top, *more_])

    def digest(self) -> str:
        """The digest of what is asked alone, whoever answers and however it is decoded."""
        return _digest([self.text, self.repeat, *self._sample()])

    def _sample(self) -> list[int]:
        return [self.sample] if self.sample else []


# The fields of :class:`Decoding` that the first release hashed whether they were given or not.
_FIRST_FIELDS = {
    "temperature",
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "max_tokens",
    "stop",
}


def _digest(whole: list[Any]) -> str:
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, as the server counted them.

    Attributes:
        prompt_tokens: All of the prompt.
        completion_tokens: All of the reply, thoughts included.
        cached_tokens: Those of the prompt that were read from the server's cache.
        written_tokens: Those of the prompt that were written into it.
        reasoning_tokens: Those of the reply that were thoughts, as far as the server says.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    written_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """One token of a reply, and what might have stood there.

    Attributes:
        token: The token that was written.
        likely: Tokens with their probabilities, in [0, 1], the likeliest first.
    """

    token: str
    likely: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        text: The answer, without lone surrogates; "" when the model gave none.
        finish: Why it ended: ``stop``, ``length``, ``content_filter`` or what the server said.
        usage: Token counts, or None where the server gave none; never a guess.
        thoughts: What the model wrote before its answer; "" where it did not think, or did not say.
        starved: Whether tokens ran out before the answer had the room it was meant to have: the
            reply was paid for, and is none.
        hopeless: Whether a starved reply had all the room that may be given.
        undecided: Whether ``text`` may begin with thoughts that nothing marks as such.
        thought_in: Where the server left the thoughts, in words; it is not stored.
        attempts: How often the call was made until this reply came; 1 without retries, 0 where
            it was taken over from another pool and nothing was asked.
        lost: How many of the attempts before may have been billed without a reply.
        places: Its tokens with their likelihoods, where they were asked for and given.
        quota: What the server said about its rate limits, if anything; it is not stored.
        teacher: The preset that answered, where that is known from the store.
        model: Its model, likewise.
    """

    text: str
    finish: str
    usage: Usage | None
    attempts: int = 1
    thoughts: str = ""
    starved: bool = False
    hopeless: bool = False
    undecided: bool = field(default=False, compare=False)
    thought_in: str = field(default="", compare=False)
    lost: int = field(default=0, compare=False)
    places: tuple[Place, ...] = field(default=(), compare=False)
    quota: Quota | None = field(default=None, compare=False)
    teacher: str = field(default="", compare=False)
    model: str = field(default="", compare=False)

    @property
    def cut_off(self) -> bool:
        """Whether the token limit ended the reply."""
        return self.finish == "length"

    @property
    def refused(self) -> bool:
        """Whether the model or a content filter declined, by the server's own word."""
        return self.finish in {"content_filter", "refusal"}


class Teacher(Protocol):
    """Whoever answers prompts.

    Attributes:
        name: The preset, as provenance tells it: ``mock``, ``openai`` …
        model: The model's name, as the teacher is asked for it.
        api: The kind of endpoint.
        more: What else is sent with each prompt and decides the reply, as canonical JSON; "" for
            nothing.
    """

    name: str
    model: str
    api: Api
    more: str

    async def complete(self, prompt: Prompt) -> Reply:
        """The reply to ``prompt``.

        Raises:
            TransientError: The call failed and may succeed later.
            RequestError: This prompt cannot be answered.
            TeacherError: No prompt can be answered: key, model, quota or address.
        """
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
