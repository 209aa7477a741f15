"""Templates from somewhere else, rendered by a process of their own that can be ended."""

from __future__ import annotations

import atexit
import itertools
import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from selfinstruct.errors import PromptError
from selfinstruct.templates.engine import Read
from selfinstruct.templates.wire import receive, send
from selfinstruct.templates.worker import LONGEST, SECONDS

# The child sees modules where this process does, and nothing of the current folder besides.
_START = (
    "import sys; sys.path[:] = sys.argv[1:]; from selfinstruct.templates.worker import main; main()"
)


class _Child:
    """The process; one for all templates of this one, started when the first is read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._reads: list[tuple[Any, ...]] = []  # read again when another process is needed

    def ask(self, method: str, path: str, *arguments: Any) -> Any:
        """What the child's engine answers.

        Raises:
            PromptError: The template cannot be used, or passed a bound.
        """
        with self._lock:
            process = self._running()
            answer = _exchange(process, (method, path, arguments))
            if answer is None:
                self._end()
                raise PromptError(
                    f"{path}: takes more than {SECONDS} seconds ({LONGEST:.0f} on a busy machine) "
                    "or more memory than a template may. Does it loop, or multiply a text?"
                )
            if "flaw" in answer:
                raise PromptError(str(answer["flaw"]))
            if method == "read":
                self._reads.append((method, path, arguments))
        return answer["done"]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner == os.getpid():
            if self._process.poll() is None:
                return self._process
            self._end()
        self._owner = os.getpid()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this Python, and modules of ours
                [sys.executable, "-I", "-c", _START, *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for this process, which ends in order
            )
        except OSError as error:
            raise PromptError(
                f"Templates of your own are rendered by a second process, and none can be started: "
                f"{error.strerror}."
            ) from error
        for message in self._reads:
            _exchange(self._process, message)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.communicate()

    def close(self) -> None:
        """End the process, if there is one of ours."""
        if self._owner == os.getpid():
            self._end()


def _exchange(process: subprocess.Popen[bytes], message: Any) -> dict[str, Any] | None:
    """The answer to ``message``; None where the process has ended instead."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        send(process.stdin, pickle.dumps(message))
        answer = receive(process.stdout)
    except (BrokenPipeError, ConnectionResetError):
        return None
    return None if answer is None else json.loads(answer)


_child = _Child()
atexit.register(_child.close)
_numbers = itertools.count()


class Bounded:
    """A :class:`selfinstruct.templates.engine.Renderer` whose templates may say what they like."""

    def __init__(self) -> None:
        self._paths: dict[str, tuple[str, str]] = {}

    def read(self, name: str, path: str, source: str, values: Mapping[str, Any]) -> Read:
        """See :meth:`selfinstruct.templates.engine.Renderer.read`."""
        key = f"{next(_numbers)}"  # the child keeps templates of several such objects
        self._paths[name] = key, path
        used, frame = _child.ask("read", path, key, path, source, dict(values))
        return Read(frozenset(used), tuple(frame))

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """See :meth:`selfinstruct.templates.engine.Renderer.render`."""
        key, path = self._paths[name]
        return str(_child.ask("render", path, key, dict(values)))
