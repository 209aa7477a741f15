"""The mock server in this process: requests to it, and what it answers."""

from __future__ import annotations

import asyncio

from aiohttp.test_utils import TestClient, TestServer

from selfinstruct.mock.server import application

PROMPT = "Name three rivers and say where they flow.\nTake your time over it."


def chat(text=PROMPT, **fields):
    return {"model": "mock", "messages": [{"role": "user", "content": text}], **fields}


def asking(behaviour, *bodies, path="/v1/chat/completions"):
    """The statuses and bodies of the answers, and last the server's bill."""

    async def run():
        async with TestClient(TestServer(application(behaviour))) as client:
            found = []
            for body in bodies:
                answer = await client.post(path, json=body)
                found.append((answer.status, await answer.json()))
            return [*found, await (await client.get("/v1/usage")).json()]

    return asyncio.run(run())


def one(behaviour, body, path="/v1/chat/completions"):
    """The first choice and the usage of a call that must be answered."""
    (status, answer), _ = asking(behaviour, body, path=path)
    assert status == 200, answer
    return answer["choices"][0], answer["usage"]
