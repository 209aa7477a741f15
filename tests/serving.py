"""The mock server in this process: requests to it, and what it answers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time

from aiohttp.test_utils import TestClient, TestServer

from selfinstruct.mock.server import application

LLMOCK = [sys.executable, "-m", "llmock.cli"]
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


@contextlib.contextmanager
def foreign(*options):
    """A server that is not ours: llmock in a process of its own; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = [*LLMOCK, "serve", "--port", str(port), *options]
    with subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while server.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            assert server.poll() is None, "it does not serve"
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
