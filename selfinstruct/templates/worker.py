"""The process that strange templates run in: it reads requests until its standard input ends.

Bounds by what a template may say do not hold: text multiplies by ``*``, ``%``, filters, methods,
lists that hold each other. Here the operating system holds them, for whatever a template says: the
memory of this process, its time, and the text that leaves it.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import pickle
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from selfinstruct.errors import PromptError
from selfinstruct.templates.engine import Engine
from selfinstruct.templates.wire import receive, send

MEMORY = 256 << 20  # bytes of this process
SECONDS = 2  # of the processor, for one request
LONGEST = 60.0  # seconds, however busy the machine is
TEXT = 4 << 20  # characters of one prompt

try:
    import resource
    import signal
except ImportError:  # Windows
    LIMITS = False
else:
    LIMITS = hasattr(signal, "setitimer")


def main() -> None:
    """Answer requests, each ``(method, arguments)``, with ``{"done": …}`` or ``{"flaw": …}``."""
    if LIMITS:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    engine = Engine()
    while (message := receive(sys.stdin.buffer)) is not None:
        method, path, arguments = pickle.loads(message)  # noqa: S301 - from the process above
        with _in_time():
            answer = _answered(engine, method, path, arguments)
        send(sys.stdout.buffer, answer)


def _answered(engine: Engine, method: str, path: str, arguments: tuple[Any, ...]) -> bytes:
    try:
        if method == "read":
            read = engine.read(*arguments)
            done: Any = [sorted(read.used), read.frame]
        else:
            done = engine.render(*arguments)
            if len(done) > TEXT:
                return _flaw(
                    f"{path}: makes a prompt of more than {TEXT >> 20} million characters."
                )
        return json.dumps({"done": done}).encode()
    except PromptError as error:
        return _flaw(str(error)[:2000])
    except MemoryError:
        return _flaw(f"{path}: needs more memory than a template may ({MEMORY >> 20} MB).")


def _flaw(said: str) -> bytes:
    return json.dumps({"flaw": said}).encode()


@contextlib.contextmanager
def _in_time() -> Iterator[None]:
    """End this process where the body takes too long."""
    if not LIMITS:
        ending = threading.Timer(LONGEST, os._exit, (1,))
        ending.start()
        yield
        ending.cancel()
        return
    used = math.ceil(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + SECONDS, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
