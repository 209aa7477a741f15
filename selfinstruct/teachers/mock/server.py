"""The mock teacher as an OpenAI-compatible server on loopback."""

from __future__ import annotations

import asyncio
import hmac
import json
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from selfinstruct.errors import SettingsError
from selfinstruct.teachers.base import Reply, Usage
from selfinstruct.teachers.mock.grammar import grammar, spoken
from selfinstruct.teachers.mock.teacher import reply, tokens
from selfinstruct.teachers.mock.trouble import Allowance, Trouble, garbage

MODELS = ("mock", *(f"mock-{language}" for language in spoken()))
_MOST_CHOICES = 16
_DEFAULT_TOKENS = 4096
_LARGEST_BODY = 64 << 20
_HANG = 3600.0  # seconds of a call that is never answered


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the server behaves.

    Attributes:
        language: Whose grammar it speaks.
        key: The key it wants, or None to take any.
        latency: Mean seconds until a reply.
        latency_sigma: The spread: σ of a log-normal distribution with that mean; 0 for none.
        faults: Rates of what goes wrong: see :data:`selfinstruct.teachers.mock.trouble.FAULTS`.
        fault_seed: Where their random numbers start.
        rpm: A quota of requests in any sixty seconds, or None.
    """

    language: str = "en"
    key: str | None = None
    latency: float = 0.0
    latency_sigma: float = 0.0
    faults: Mapping[str, float] = field(default_factory=dict)
    fault_seed: int = 0
    rpm: int | None = None


class _RefusedError(Exception):
    """An error reply in the shape of the OpenAI API."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or {}


def application(behaviour: Behaviour) -> web.Application:
    """The server as an aiohttp application."""
    server = _Server(behaviour)
    app = web.Application(client_max_size=_LARGEST_BODY)
    app.router.add_get("/v1/models", server.models)
    app.router.add_post("/v1/chat/completions", server.chat)
    app.router.add_post("/v1/completions", server.completions)
    return app


def serve(port: int, behaviour: Behaviour, ready: Callable[[str], None]) -> None:
    """Serve on 127.0.0.1 until interrupted.

    Args:
        port: Where to listen; 0 takes a free port.
        behaviour: How to behave.
        ready: Called with the address once calls are taken.

    Raises:
        SettingsError: The port is taken.
    """
    try:
        asyncio.run(_serve(port, behaviour, ready))
    except KeyboardInterrupt:
        return
    except OSError as error:
        raise SettingsError(f"Port {port} cannot be used: {error.strerror}.") from error


async def _serve(port: int, behaviour: Behaviour, ready: Callable[[str], None]) -> None:
    runner = web.AppRunner(application(behaviour), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
        await site.start()
        ready(f"http://127.0.0.1:{runner.addresses[0][1]}/v1")
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


class _Server:
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._grammar = grammar(behaviour.language)
        self._latencies = random.Random(0)
        self._trouble = Trouble(behaviour.faults, behaviour.fault_seed)
        self._allowance = Allowance(behaviour.rpm) if behaviour.rpm else None
        self._count = 0
        self._asked: Counter[str] = Counter()

    async def models(self, request: web.Request) -> web.Response:
        """``GET /v1/models``."""
        try:
            self._check_key(request)
        except _RefusedError as error:
            return _error(error)
        data = [{"id": name, "object": "model", "owned_by": "selfinstruct"} for name in MODELS]
        return web.json_response({"object": "list", "data": data})

    async def chat(self, request: web.Request) -> web.Response:
        """``POST /v1/chat/completions``."""
        return await self._answer(request, _chat_text, _chat_choice, "chat.completion")

    async def completions(self, request: web.Request) -> web.Response:
        """``POST /v1/completions``."""
        return await self._answer(request, _prompt_text, _text_choice, "text_completion")

    async def _answer(
        self,
        request: web.Request,
        text_of: Callable[[dict[str, Any]], str],
        choice_of: Callable[[Reply], dict[str, Any]],
        kind: str,
    ) -> web.Response:
        try:
            self._check_key(request)
            headers = self._taken_from_quota()
            body = await _body(request)
            text, n, limit, stop = text_of(body), _n(body), _limit(body), _stop(body)
            fault, rng = self._trouble.draw(await request.read())
            await self._suffer(fault, rng, request)
        except _RefusedError as error:
            return _error(error)
        await asyncio.sleep(self._latency())
        if fault == "garbage":
            said, content_type = garbage(rng)
            return web.Response(text=said, content_type=content_type, headers=headers)
        again = self._asked[text]
        self._asked[text] += 1
        replies = [reply(text, self._grammar, limit, stop, choice=k, again=again) for k in range(n)]
        if fault == "truncate":
            replies = [_truncated(one, rng) for one in replies]
        used = [one.usage for one in replies if one.usage]
        prompt_tokens = used[0].prompt_tokens
        completion_tokens = sum(usage.completion_tokens for usage in used)
        self._count += 1
        return web.json_response(
            {
                "id": f"mock-{self._count}",
                "object": kind,
                "created": int(time.time()),
                "model": body["model"],
                "choices": [
                    {"index": k, "finish_reason": one.finish, **choice_of(one)}
                    for k, one in enumerate(replies)
                ],
                "usage": {
                    "prompt_tokens": prompt_tokens,
                    "completion_tokens": completion_tokens,
                    "total_tokens": prompt_tokens + completion_tokens,
                },
            },
            dumps=lambda row: json.dumps(row, ensure_ascii=False),
            headers=headers,
        )

    def _taken_from_quota(self) -> dict[str, str]:
        if self._allowance is None:
            return {}
        now = time.monotonic()
        within = self._allowance.take(now)
        headers = self._allowance.headers(now)
        if not within:
            message = f"Rate limit reached: {self._allowance.rpm} requests a minute."
            raise _RefusedError(429, message, "rate_limit_exceeded", headers)
        return headers

    async def _suffer(self, fault: str | None, rng: random.Random, request: web.Request) -> None:
        if fault == "429":
            headers = {"Retry-After": "1"} if rng.random() < 0.5 else {}
            message = "Rate limit reached; try again soon."
            raise _RefusedError(429, message, "rate_limit_exceeded", headers)
        if fault == "500":
            raise _RefusedError(500, "The server had an error.", "server_error")
        if fault == "timeout":
            await asyncio.sleep(_HANG)
        if fault == "disconnect" and request.transport is not None:
            request.transport.close()

    def _latency(self) -> float:
        behaviour = self._behaviour
        if not behaviour.latency_sigma or not behaviour.latency:
            return behaviour.latency
        sigma = behaviour.latency_sigma
        return self._latencies.lognormvariate(math.log(behaviour.latency) - sigma**2 / 2, sigma)

    def _check_key(self, request: web.Request) -> None:
        wanted = self._behaviour.key
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if wanted and not hmac.compare_digest(wanted.encode(), given.encode()):
            raise _RefusedError(401, "Incorrect API key provided.", "invalid_api_key")


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (ValueError, RecursionError) as error:
        raise _RefusedError(400, "The body is no JSON.") from error
    if not isinstance(body, dict):
        raise _RefusedError(400, "The body is no JSON object.")
    if body.get("model") not in MODELS:
        raise _RefusedError(
            404, f"The model {body.get('model')!r} does not exist.", "model_not_found"
        )
    if body.get("stream"):
        raise _RefusedError(400, "Streaming is not offered by this server.")
    return body


def _chat_text(body: dict[str, Any]) -> str:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise _RefusedError(400, "'messages' must be a list with at least one message.")
    if not all(isinstance(m, dict) and isinstance(m.get("content"), str) for m in messages):
        raise _RefusedError(400, "Each message needs a 'role' and a text as 'content'.")
    return "\n\n".join(message["content"] for message in messages)


def _prompt_text(body: dict[str, Any]) -> str:
    prompt = body.get("prompt")
    if not isinstance(prompt, str):
        raise _RefusedError(400, "'prompt' must be a text.")
    return prompt


def _n(body: dict[str, Any]) -> int:
    n = body.get("n") or 1
    if not isinstance(n, int) or not 1 <= n <= _MOST_CHOICES:
        raise _RefusedError(400, f"'n' must be between 1 and {_MOST_CHOICES}.")
    return n


def _limit(body: dict[str, Any]) -> int:
    limit = body.get("max_completion_tokens") or body.get("max_tokens") or _DEFAULT_TOKENS
    if not isinstance(limit, int) or limit < 1:
        raise _RefusedError(400, "The token limit must be a positive number.")
    return limit


def _stop(body: dict[str, Any]) -> list[str]:
    stop = body.get("stop") or []
    stop = [stop] if isinstance(stop, str) else stop
    if not isinstance(stop, list) or len(stop) > 4 or not all(isinstance(s, str) for s in stop):
        raise _RefusedError(400, "'stop' takes up to 4 texts.")
    return stop


def _chat_choice(one: Reply) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": one.text, "refusal": None}}


def _text_choice(one: Reply) -> dict[str, Any]:
    return {"text": one.text}


def _error(error: _RefusedError) -> web.Response:
    body = {"message": str(error), "type": "invalid_request_error", "code": error.code}
    return web.json_response({"error": body}, status=error.status, headers=error.headers)


def _truncated(one: Reply, rng: random.Random) -> Reply:
    text = one.text[: rng.randrange(len(one.text) + 1)]
    usage = one.usage and Usage(one.usage.prompt_tokens, tokens(text))
    return Reply(text, "length", usage)
