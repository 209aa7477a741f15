"""The one real teacher: any server that speaks the OpenAI API.

The client is built with its own retries off (retrying is a wrapper of ours) and on the aiohttp
transport: the default one collapses beyond about 100 requests in flight. Bodies are read from
the raw response with a minimal model, because servers differ and may send anything.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx2
import openai

from selfinstruct.errors import RequestError, TeacherError, TransientError, UnreachableError
from selfinstruct.jsonl import clean
from selfinstruct.teachers.base import Api, Prompt, Reply, Usage
from selfinstruct.teachers.presets import Schema as SchemaSwitch
from selfinstruct.teachers.presets import Switches
from selfinstruct.teachers.quota import quota, retry_after

_PATHS = {Api.CHAT: "/chat/completions", Api.COMPLETIONS: "/completions"}
_MASK = "[key]"
_THROTTLED = {429, 503, 529}  # too many requests, and two ways of saying "overloaded"
_LONGEST_QUOTE = 500  # characters of what a server said
_LONGEST_REPLY = 400_000  # characters; what is longer is no answer to any prompt of ours
_MOST_TOKENS = 1 << 53  # no server counts further, and no sum overflows


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
        timeout: Seconds after which one call is given up.
        hint: What to do when the address cannot be reached.
        key_variable: Where the key comes from, for the message when it is refused.
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
        timeout: float = 180.0,
        hint: str = "",
        key_variable: str = "the environment",
    ) -> None:
        self.name = name
        self.model = model
        self.api = api
        self._switches = switches
        basic = _basic(base_url)
        self._secrets = [secret for secret in (key, basic, urlsplit(base_url).password) if secret]
        self._address = without_password(base_url)
        self._hint = hint
        self._answered = False  # later, a 403 speaks of one request: some flag prompts with it
        self._key_variable = key_variable
        self._client = openai.AsyncOpenAI(
            api_key=key or "none",
            base_url=_without_credentials(base_url),
            default_headers={"Authorization": f"Basic {basic}"} if basic else None,
            timeout=timeout,
            max_retries=0,
            http_client=openai.DefaultAioHttpClient(),
        )

    def __repr__(self) -> str:
        """The teacher without its key."""
        return f"OpenAITeacher({self.name!r}, {self.model!r}, {self._address!r})"

    async def complete(self, prompt: Prompt) -> Reply:
        """See :meth:`selfinstruct.teachers.base.Teacher.complete`."""
        try:
            # The typed methods walk through every body once more, a quarter of the work of a call.
            response = await self._client.post(
                _PATHS[self.api], cast_to=httpx2.Response, body=self._body(prompt)
            )
            content = response.content
        except openai.OpenAIError as error:
            raise self._translated(error) from self._safe_cause(error)
        try:
            # The standard parser, because it takes the half surrogates that models may send.
            parsed = json.loads(content.decode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            message = f"{self._address} sent a body that is no JSON ({len(content)} bytes)."
            raise TransientError(message, maybe_billed=True) from error
        reply = read_body(parsed)
        if reply is None:
            said = self._redacted(json.dumps(parsed))
            message = f"{self._address} sent a body that is no completion: {said}"
            raise TransientError(message, maybe_billed=True)
        self._answered = True
        return dataclasses.replace(reply, quota=quota(response.headers))

    async def models(self) -> list[str]:
        """The ids of the models the server offers.

        Raises:
            TeacherError: As for :meth:`complete`.
        """
        try:
            return [model.id async for model in self._client.models.list()]
        except openai.OpenAIError as error:
            raise self._translated(error) from self._safe_cause(error)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        decoding = prompt.decoding
        # The old name is the only one that the completions endpoint knows.
        chat = self.api is Api.CHAT
        limit = self._switches.token_limit_field.value if chat else "max_tokens"
        body: dict[str, Any] = {"model": self.model, limit: decoding.max_tokens}
        if chat:
            body["messages"] = [{"role": "user", "content": prompt.text}]
        else:
            body["prompt"] = prompt.text
        if self._switches.sampling:
            body["temperature"] = decoding.temperature
            if decoding.temperature > 0:
                body["top_p"] = decoding.top_p
            for penalty in ("presence_penalty", "frequency_penalty"):
                if value := getattr(decoding, penalty):
                    body[penalty] = value
        if chat and prompt.schema and self._switches.json_schema is not SchemaSwitch.NONE:
            schema = json.loads(prompt.schema.text)
            named = {"name": prompt.schema.name, "schema": schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        if self._switches.stop and decoding.stop:
            body["stop"] = list(decoding.stop)
        return body

    def _translated(self, error: openai.OpenAIError) -> TeacherError:
        """The one place that knows which errors are worth another attempt."""
        # The aiohttp transport reports a refused connection as a timeout of connecting.
        unmade = type(error.__cause__).__name__ in {"ConnectTimeout", "ConnectError"}
        if isinstance(error, openai.APITimeoutError) and not unmade:
            message = f"{self._address} did not answer in time."
            return TransientError(message, maybe_billed=True)
        if isinstance(error, openai.APIConnectionError):
            why = self._redacted(str(error.__cause__ or error))
            message = f"{self._address} cannot be reached: {why} {self._hint}".rstrip()
            return UnreachableError(message, maybe_billed=not unmade)
        if not isinstance(error, openai.APIStatusError):
            return TransientError(self._redacted(str(error)))
        status, said = error.status_code, self._redacted(_message(error))
        code = str(error.code or "")
        if status == 401 or (status == 403 and not self._answered):
            where = f"Check the key in {self._key_variable}."
            return TeacherError(f"The key was refused ({status}): {said} {where}")
        if status == 404:
            return TeacherError(
                f"Model {self.model!r} or {self._address} was not found: {said} "
                "Check --model and --base-url."
            )
        if code in {"insufficient_quota", "billing_hard_limit_reached"}:
            return TeacherError(f"The account's quota is used up: {said}")
        if status == 402:
            return TeacherError(f"The account cannot pay for more calls: {said}")
        if status in {408, 409, 429} or status >= 500:
            return TransientError(
                f"{self._address} answered {status}: {said}",
                retry_after=retry_after(error.response.headers),
                throttled=status in _THROTTLED,
            )
        hint = " Try --text." if "response_format" in said or "json_schema" in said else ""
        return RequestError(f"The request was refused ({status}): {said}{hint}")

    def _redacted(self, text: str) -> str:
        # First the key, then the length: a cut must not leave half a key that nothing matches.
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        quoted = clean(" ".join(text.split()))[:_LONGEST_QUOTE]
        return quoted if quoted.endswith((".", "!", "?")) else f"{quoted}."

    def _safe_cause(self, error: openai.OpenAIError) -> openai.OpenAIError | None:
        # An error that quotes the key must not stand in a traceback either.
        shown = f"{error!r}{error}"
        return None if any(secret in shown for secret in self._secrets) else error


def read_body(body: object) -> Reply | None:
    """The reply in the JSON body of a completion; None when it holds no choice.

    Servers differ, and what was paid for is not thrown away for a detail: content may come in
    parts, the finish reason may be anything, and usage that makes no sense counts as missing.
    """
    choices = body.get("choices") if isinstance(body, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(body, dict) or not isinstance(choice, dict):
        return None
    message = choice.get("message")
    message = message if isinstance(message, dict) else {"content": choice.get("text")}
    refusal = message.get("refusal")
    refused = isinstance(refusal, str) and bool(refusal)
    text = str(refusal) if refused else _text(message.get("content"))
    finish = "refusal" if refused else str(choice.get("finish_reason") or "stop")
    if len(text) > _LONGEST_REPLY:
        text, finish = text[:_LONGEST_REPLY], "length"
    return Reply(clean(text), clean(finish)[:40], _usage(body.get("usage")))


def _text(content: object) -> str:
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _usage(usage: object) -> Usage | None:
    counts = (
        [usage.get("prompt_tokens"), usage.get("completion_tokens")]
        if isinstance(usage, dict)
        else []
    )
    whole = [n for n in counts if type(n) is int and 0 <= n < _MOST_TOKENS]
    return Usage(*whole) if len(whole) == 2 else None


def _message(error: openai.APIStatusError) -> str:
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return error.message


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
