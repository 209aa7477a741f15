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
    """

    text: str
    decoding: Decoding
    step: str
    request: int
    repeat: int = 0
    schema: Schema | None = None
    sample: int = 0

    def key(self, model: str, api: Api) -> str:
        """The digest of all that decides the reply: 32 hexadecimal digits of SHA-256.

        Concurrency, timeouts, prices and targets are not part of it.
        """
        whole = [model, api.value, self.text, self.decoding.model_dump(mode="json"), self.repeat]
        return _digest([*whole, *([self.schema.text] if self.schema else []), *self._sample()])

    def digest(self) -> str:
        """The digest of what is asked alone, whoever answers and however it is decoded."""
        return _digest([self.text, self.repeat, *self._sample()])

    def _sample(self) -> list[int]:
        return [self.sample] if self.sample else []


def _digest(whole: list[Any]) -> str:
    return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, as the server counted them."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        text: The text, without lone surrogates; "" when the model gave none.
        finish: Why it ended: ``stop``, ``length``, ``content_filter`` or what the server said.
        usage: Token counts, or None where the server gave none; never a guess.
        attempts: How often the call was made until this reply came; 1 without retries, 0 where
            it was taken over from another pool and nothing was asked.
        lost: How many of the attempts before may have been billed without a reply.
        quota: What the server said about its rate limits, if anything; it is not stored.
        teacher: The preset that answered, where that is known from the store.
        model: Its model, likewise.
    """

    text: str
    finish: str
    usage: Usage | None
    attempts: int = 1
    lost: int = field(default=0, compare=False)
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
    """

    name: str
    model: str
    api: Api

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
