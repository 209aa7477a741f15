"""The one real teacher: any server that speaks the OpenAI API.

The client is built with its own retries off (retrying is a wrapper of ours) and on the aiohttp
transport: the default one collapses beyond about 100 requests in flight. Bodies are read from
the raw response with a minimal model, because servers differ and may send anything. Each request is
made as it is meant, and sent as the server takes it: see :mod:`selfinstruct.teachers.dialect`.
"""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx2
import openai

from selfinstruct.errors import AdaptedError, TeacherError, TransientError
from selfinstruct.teachers.base import PROBE, Api, Prompt, Reply
from selfinstruct.teachers.bodies import Asks, request_body
from selfinstruct.teachers.extras import Extras
from selfinstruct.teachers.failures import REFUSED, Failures
from selfinstruct.teachers.learning import Learner
from selfinstruct.teachers.presets import Switches
from selfinstruct.teachers.pulse import Pulse
from selfinstruct.teachers.quota import quota
from selfinstruct.teachers.replies import read_body, tokens_of_thoughts, within
from selfinstruct.teachers.timing import Timing

_CONNECTING = 60.0  # seconds for a connection to be made: that takes no thought
_PATHS = {Api.CHAT: "/chat/completions", Api.COMPLETIONS: "/completions"}


class OpenAITeacher:
    """A teacher behind an OpenAI-compatible address.

    Args:
        name: The preset's name, for provenance.
        model: The model to ask for.
        api: Which endpoint to use.
        base_url: The address, ending in ``/v1`` for most servers. A user and password in it are
            sent as HTTP's basic authentication, in place of a key.
        key: The API key, or None for servers that need none. It is never printed.
        switches: What the server accepts.
        hint: What to do when the address cannot be reached.
        key_variable: Where the key comes from, for the message when it is refused.
        extras: What is sent with every request.
        learner: What is known of the teacher.
        timing: How long a call may take.
        sent: Where the body of each request is put, as it was meant; None to keep none.
    """

    def __init__(
        self,
        *,
        name: str,
        model: str,
        api: Api,
        base_url: str,
        key: str | None,
        switches: Switches,
        hint: str = "",
        key_variable: str = "the environment",
        extras: Extras | None = None,
        learner: Learner | None = None,
        timing: Timing | None = None,
        sent: list[Mapping[str, Any]] | None = None,
    ) -> None:
        self.name = name
        self.model = model
        self.api = api
        self._extras = extras or Extras()
        self.more = self._extras.identity
        self._learner = learner or Learner()
        self._timing = timing or Timing(Pulse())
        self._switches = switches
        self._sent = sent
        self._fallen: dict[Prompt, int] = {}  # how many tiers were too full for these
        basic = _basic(base_url)
        secrets = (key, basic, urlsplit(base_url).password, *self._extras.headers.values())
        self._address = without_password(base_url)
        self._failures = Failures(
            model, self._address, hint, key_variable, [one for one in secrets if one]
        )
        self._client = openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=_without_credentials(base_url),
            default_headers={
                **({"Authorization": f"Basic {basic}"} if basic else {}),
                **self._extras.headers,
            },
            timeout=self._timing.any,
            max_retries=0,
            http_client=openai.DefaultAioHttpClient(),
        )

    def __repr__(self) -> str:
        """The teacher without its key."""
        return f"OpenAITeacher({self.name!r}, {self.model!r}, {self._address!r})"

    async def complete(self, prompt: Prompt) -> Reply:
        """See :meth:`selfinstruct.teachers.base.Teacher.complete`."""
        body = self.body(prompt)
        if self._sent is not None:
            self._sent.append(body)
        async with self._learner.turn(body) as fitted:
            with self._timing.call(prompt) as answered:
                response = await self._posted(prompt, body, fitted)
                reply = self._read(response.content, prompt)
                answered(reply.usage)
            self._learner.took(fitted)
        self._failures.answered = True
        self._fallen.pop(prompt, None)
        return dataclasses.replace(reply, quota=quota(response.headers))

    async def _posted(
        self, prompt: Prompt, body: dict[str, Any], fitted: dict[str, Any]
    ) -> httpx2.Response:
        most = self._timing.most(prompt)
        limits = httpx2.Timeout(most, connect=min(most, _CONNECTING))
        try:
            # The client's own limit is one of silence: a server that sends a blank now and then
            # would hold a call for ever.
            async with asyncio.timeout(most):
                # The typed methods walk through every body once more: a quarter of a call's work.
                return await self._client.post(
                    _PATHS[self.api],
                    cast_to=httpx2.Response,
                    body=fitted,
                    options={"timeout": limits},
                )
        except TimeoutError as error:
            raise self._failures.late(most, self._timing.option) from error
        except openai.OpenAIError as error:
            if self._failures.is_late(error):
                raise self._failures.late(most, self._timing.option) from error
            raise self._failed(error, prompt, body, fitted) from self._failures.cause(error)

    @property
    def learner(self) -> Learner:
        """What is known of the teacher."""
        return self._learner

    @property
    def failures(self) -> Failures:
        """What its failures mean."""
        return self._failures

    @property
    def address(self) -> str:
        """Where it is, as it may be shown."""
        return self._address

    @property
    def client(self) -> openai.AsyncOpenAI:
        """What sends and receives."""
        return self._client

    def _read(self, content: bytes, prompt: Prompt) -> Reply:
        try:
            # The standard parser, because it takes the half surrogates that models may send.
            parsed = json.loads(content.decode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            message = f"{self._address} sent a body that is no JSON ({len(content)} bytes)."
            raise TransientError(message, maybe_billed=True) from error
        return self.understood(parsed, prompt)

    def understood(self, parsed: object, prompt: Prompt) -> Reply:
        """The reply to ``prompt`` in a parsed body.

        Raises:
            TransientError: It is no completion.
        """
        dialect = self._learner.dialect
        reply = read_body(parsed, thinks=bool(dialect.unopened) or prompt.step == PROBE)
        if reply is None:
            said = self._failures.redacted(json.dumps(parsed))
            message = f"{self._address} sent a body that is no completion: {said}"
            raise TransientError(message, maybe_billed=True)
        if prompt.step == PROBE:
            self._learner.heard_unopened(unopened=bool(reply.thoughts))
            self._learner.heard(reply)
            return reply
        # A reply that the limit ended may be nothing but thoughts, while nobody knows the teacher.
        cut = dialect.thinks is None and reply.finish == "length" and not reply.thoughts
        undecided = dialect.unopened is None and (reply.undecided or (cut and bool(reply.text)))
        # Thoughts that took more than their room took it from the answer.
        crowded = reply.finish == "length" and tokens_of_thoughts(reply) > prompt.room
        starved = reply.starved or crowded
        reply = dataclasses.replace(reply, undecided=undecided, starved=starved)
        self._learner.heard(reply)
        return self._ended(within(reply, prompt.decoding.max_tokens), prompt)

    def _ended(self, reply: Reply, prompt: Prompt) -> Reply:
        """``reply`` up to the first stop sequence, where the server was not given them."""
        if self._sends_stops():
            return reply
        ends = [at for stop in prompt.decoding.stop if (at := reply.text.find(stop)) >= 0]
        if not ends:
            return reply
        text = reply.text[: min(ends)]
        return dataclasses.replace(reply, text=text, finish="stop", starved=False)

    async def models(self) -> dict[str, int | None]:
        """The models that the server offers, each with the size of its context where it says so.

        Raises:
            TeacherError: As for :meth:`complete`.
        """
        try:
            return {one.id: _context(one) async for one in self._client.models.list()}
        except openai.OpenAIError as error:
            raise self._failures.translated(error) from self._failures.cause(error)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def body(self, prompt: Prompt, *, tiered: bool = True) -> dict[str, Any]:
        """The request as it is meant; without a tier where it goes by a batch, which is one."""
        tiers = self._extras.tiers if tiered else ()
        tier = tiers[min(self._fallen.get(prompt, 0), len(tiers) - 1)] if tiers else ""
        asks = Asks(self.model, self.api, self._switches, self._extras, stops=self._sends_stops())
        return request_body(prompt, asks, tier)

    def _failed(
        self,
        error: openai.OpenAIError,
        prompt: Prompt,
        body: dict[str, Any],
        fitted: dict[str, Any],
    ) -> TeacherError:
        """What a failed call means: sent otherwise, tried elsewhere, or given up."""
        refusal = self._failures.refusal(error)
        if refusal is not None and refusal.status in REFUSED:
            if self._learner.refused(body, fitted, refusal):
                return AdaptedError(self._failures.said(refusal))
            return self._failures.of_request(refusal, fitted, self._extras.body)
        if refusal is not None and self._extras.tiers and refusal.of_tier:
            tried = self._fallen.get(prompt, 0)
            if tried + 1 < len(self._extras.tiers):
                self._fallen[prompt] = tried + 1
                return TransientError(self._failures.said(refusal), retry_after=0.0, scarce=True)
            return TransientError(self._failures.said(refusal), scarce=True)
        return self._failures.translated(error)

    def _sends_stops(self) -> bool:
        """Whether the server is given stop sequences: not where they may fire inside thoughts."""
        dialect = self._learner.dialect
        return self._switches.stop and not dialect.thinks and "stop" not in dialect.left_out


def _context(model: openai.types.Model) -> int | None:
    """The tokens that a prompt and its reply may have together, as servers tell it."""
    told = model.model_extra or {}
    meta = told.get("meta")
    places = (told, meta if isinstance(meta, dict) else {})
    names = ("n_ctx", "max_model_len", "context_length", "context_window", "max_context_length")
    found = (place.get(name) for place in places for name in names)
    return next((size for size in found if type(size) is int and size > 0), None)


def _basic(url: str) -> str | None:
    """What HTTP's basic authentication sends for the user and password in ``url``, if any."""
    parts = urlsplit(url)
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return base64.b64encode(pair.encode()).decode()


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def without_password(url: str) -> str:
    """``url`` as it may be shown: without user, password and query."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    where = f"{host}:{parts.port}" if parts.port else host
    return urlunsplit((parts.scheme, where, parts.path.rstrip("/"), "", ""))
