"""The mock teacher as an OpenAI-compatible server on loopback."""

from __future__ import annotations

import asyncio
import hmac
import json
import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from selfinstruct.errors import SettingsError
from selfinstruct.mock import kinds
from selfinstruct.mock.batches import Shelf
from selfinstruct.mock.behaviour import Behaviour
from selfinstruct.mock.billing import Bill
from selfinstruct.mock.grammar import spoken
from selfinstruct.mock.http_errors import RefusedError, refused
from selfinstruct.mock.http_faults import Allowance, Trouble, garbage
from selfinstruct.mock.reading import Asked, asked, checked
from selfinstruct.mock.replying import FLEX, Replies
from selfinstruct.mock.teacher import tokens
from selfinstruct.teachers.base import Api

MODELS = ("mock", *(f"mock-{language}" for language in spoken()))
_LARGEST_BODY = 256 << 20  # of a file of requests
_LAST = 1.0  # seconds that calls have to end when the server does

Answer = Callable[[web.Request], Awaitable[object]]
"""Answers with a JSON value, or with the bytes of a file."""


def application(behaviour: Behaviour) -> web.Application:
    """The server as an aiohttp application."""
    server = _Server(behaviour)
    app = web.Application(client_max_size=_LARGEST_BODY)
    app.router.add_get("/v1/models", server.models)
    app.router.add_get("/v1/usage", server.usage)
    app.router.add_post("/v1/chat/completions", server.chat)
    app.router.add_post("/v1/completions", server.completions)
    app.router.add_get("/health", server.health)
    shelf = server.shelf
    app.router.add_post("/v1/files", server.guarded(shelf.upload))
    app.router.add_get("/v1/files/{file}/content", server.guarded(shelf.content))
    app.router.add_delete("/v1/files/{file}", server.guarded(shelf.delete))
    app.router.add_post("/v1/batches", server.guarded(shelf.create))
    app.router.add_get("/v1/batches", server.guarded(shelf.listed))
    app.router.add_get("/v1/batches/{batch}", server.guarded(shelf.look))
    app.router.add_post("/v1/batches/{batch}/cancel", server.guarded(shelf.cancel))
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
    # Whoever ends the server waits for no call that is never answered.
    runner = web.AppRunner(application(behaviour), access_log=None, shutdown_timeout=_LAST)
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
        self._latencies = random.Random(0)
        self._trouble = Trouble(behaviour.faults, behaviour.fault_seed)
        self._allowance = Allowance(behaviour.rpm) if behaviour.rpm else None
        self._bill = Bill()
        self._replies = Replies(behaviour, self._bill)
        self.shelf = Shelf(behaviour, self._bill, self._completed)

    async def models(self, request: web.Request) -> web.Response:
        """``GET /v1/models``."""
        size = self._behaviour.kind.context
        meta = {"meta": {"n_ctx_train": size, "n_ctx": size}} if size else {}
        rows = [{"id": name, "object": "model", "owned_by": "selfinstruct"} for name in MODELS]
        return self._shown(request, {"object": "list", "data": [row | meta for row in rows]})

    async def usage(self, request: web.Request) -> web.Response:
        """``GET /v1/usage``: the server's own bill."""
        return self._shown(request, self._bill.as_json())

    async def health(self, request: web.Request) -> web.Response:
        """``GET /health``, which routers ask."""
        del request
        return web.Response()

    def guarded(self, answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
        """What ``answer`` answers, to who has the key; refusals as this server says them."""

        async def handler(request: web.Request) -> web.Response:
            try:
                self._check_key(request)
                body = await answer(request)
            except RefusedError as error:
                return _error(error)
            return web.Response(body=body) if isinstance(body, bytes) else web.json_response(body)

        return handler

    def _completed(self, body: object, api: Api) -> Mapping[str, Any]:
        """The completion of one request of a batch.

        Raises:
            RefusedError: This kind of server refuses it.
        """
        whole, wanted = self._wanted(body, api)
        return self._replies.completion(whole, wanted, api, None)

    def _wanted(self, body: object, api: Api) -> tuple[Mapping[str, Any], Asked]:
        whole = checked(body, MODELS)
        kinds.check_fields(whole, self._behaviour.kind)
        wanted = asked(whole, api)
        limit = kinds.room(self._behaviour.kind, tokens(wanted.text), wanted.limit)
        return whole, replace(wanted, limit=limit)

    async def chat(self, request: web.Request) -> web.Response:
        """``POST /v1/chat/completions``."""
        return await self._billed(request, Api.CHAT)

    async def completions(self, request: web.Request) -> web.Response:
        """``POST /v1/completions``."""
        return await self._billed(request, Api.COMPLETIONS)

    def _shown(self, request: web.Request, body: Mapping[str, Any]) -> web.Response:
        try:
            self._check_key(request)
        except RefusedError as error:
            return _error(error)
        return web.json_response(body)

    async def _billed(self, request: web.Request, api: Api) -> web.Response:
        self._bill.calls += 1
        response = await self._answered(request, api)
        self._bill.ended(response.status)
        return response

    async def _answered(self, request: web.Request, api: Api) -> web.Response:
        try:
            self._check_key(request)
            headers = self._taken_from_quota()
            body, wanted = self._wanted(await _json(request), api)
            fault, rng = self._trouble.draw(wanted.text)
            await self._suffer(fault, rng, request, wanted.tier)
        except RefusedError as error:
            return _error(error)
        await asyncio.sleep(self._latency())
        if fault == "garbage":
            text, content_type = garbage(rng)
            return web.Response(text=text, content_type=content_type, headers=headers)
        cut = rng if fault == "truncate" else None
        return web.json_response(
            self._replies.completion(body, wanted, api, cut),
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
            raise refused(429, message, "rate_limit_exceeded", headers=headers)
        return headers

    async def _suffer(
        self, fault: str | None, rng: random.Random, request: web.Request, tier: str | None
    ) -> None:
        if fault == "429":
            headers = {"Retry-After": "1"} if rng.random() < 0.5 else {}
            message = "Rate limit reached; try again soon."
            raise refused(429, message, "rate_limit_exceeded", headers=headers)
        if fault == "500":
            raise refused(500, "The server had an error.", "server_error")
        if fault == "flex" and tier == FLEX:
            message = "Resource unavailable: flex capacity is exhausted."
            raise refused(429, message, "resource_unavailable")
        if fault == "timeout":
            await asyncio.sleep(self._behaviour.hang)
        if fault in {"timeout", "disconnect"} and request.transport is not None:
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
            raise refused(401, "Incorrect API key provided.", "invalid_api_key")


async def _json(request: web.Request) -> object:
    try:
        return await request.json()
    except (ValueError, RecursionError) as error:
        raise refused(400, "The body is no JSON.") from error


def _error(error: RefusedError) -> web.Response:
    return web.json_response(error.body, status=error.status, headers=error.headers)
