"""Several processes of this machine compute; what is shared goes through files.

Processes are spawned, never forked: a fork of a process with threads (of libraries, too) may hang.
Each holds the end of a line to this process: when it breaks, because this process is done, was
interrupted, or was killed, the worker is gone at once. So none is ever left behind.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, Self

from selfinstruct.engines.base import Call, Found, Value
from selfinstruct.engines.fetching import lately
from selfinstruct.engines.windows import AHEAD, in_order
from selfinstruct.errors import DiskError, WorkerError
from selfinstruct.log import LOG

_TRIES = 4
"""So often a call is made that loses its worker each time, or that of a call beside it."""

_INTERRUPT = {signal.SIGINT}


class _File(Generic[Value]):
    """A value in a file, which goes when nobody here holds this any more."""

    def __init__(self, path: str) -> None:
        self._path = path
        weakref.finalize(self, _remove, path)

    def __reduce__(self) -> tuple[type[_Copy[Value]], tuple[str]]:
        return _Copy, (self._path,)

    def fetch(self) -> Value:
        """The value, read anew."""
        here: _Copy[Value] = _Copy(self._path)
        return here.fetch()


@dataclass(frozen=True, slots=True)
class _Copy(Generic[Value]):
    """The same in a worker, to whom the file does not belong."""

    path: str

    def fetch(self) -> Value:
        """The value: read, or one of those that were read last."""
        return lately(self.path, self._read)

    def _read(self) -> Value:
        with Path(self.path).open("rb") as file:
            value: Value = pickle.load(file)  # noqa: S301 - this run wrote it, in a folder of its own
        return value


def _remove(path: str) -> None:
    Path(path).unlink(missing_ok=True)


@dataclass(slots=True)
class _Sent(Generic[Call, Found]):
    """A call on its way, and which pool it went to."""

    function: Callable[[Call], Found]
    call: Call
    pool: _Pool
    future: Future[Found]
    tries: int = 1


@dataclass(frozen=True, slots=True)
class _Pool:
    """Processes, and this end of the line to them."""

    executor: ProcessPoolExecutor
    line: Connection

    @classmethod
    def of(cls, workers: int) -> Self:
        spawn = multiprocessing.get_context("spawn")
        theirs, ours = spawn.Pipe(duplex=False)
        executor = ProcessPoolExecutor(workers, spawn, initializer=_begin, initargs=(theirs,))
        return cls(executor, ours)

    def end(self) -> None:
        """End the processes, whatever they are doing, and wait until they are gone."""
        self.line.close()
        self.executor.shutdown(wait=True, cancel_futures=True)


@dataclass(slots=True)
class Processes:
    """An engine of several processes of this machine; a context manager.

    Attributes:
        workers: How many.
    """

    workers: int
    _folder: tempfile.TemporaryDirectory[str] | None = None
    _pool: _Pool | None = None
    _count: int = field(default=0)

    def __enter__(self) -> Self:
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="selfinstruct-")
        except OSError as error:
            raise _no_room(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.end()
        if self._folder is not None:
            self._folder.cleanup()

    def share(self, value: Value) -> _File[Value]:
        """Write the value to a file.

        Raises:
            DiskError: There is no room for it.
        """
        folder = tempfile.gettempdir() if self._folder is None else self._folder.name
        self._count += 1
        path = Path(folder) / str(self._count)
        try:
            with path.open("wb") as file:
                pickle.dump(value, file, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            raise _no_room(error) from error
        return _File(str(path))

    def map(self, function: Callable[[Call], Found], calls: Iterable[Call]) -> Iterator[Found]:
        """See :class:`selfinstruct.engines.Engine`."""

        def send(call: Call) -> _Sent[Call, Found]:
            pool, future = self._sent(function, call)
            return _Sent(function, call, pool, future)

        return in_order(send, self._taken, calls, AHEAD * self.workers)

    def _taken(self, sent: _Sent[Call, Found]) -> Found:
        while True:
            try:
                return sent.future.result()
            except (BrokenProcessPool, CancelledError) as error:
                if sent.tries == _TRIES:
                    raise _lost() from error
                self._leave(sent.pool)
                sent.pool, sent.future = self._sent(sent.function, sent.call)
                sent.tries += 1

    def _sent(self, function: Callable[[Call], Found], call: Call) -> tuple[_Pool, Future[Found]]:
        for _ in range(_TRIES):
            if self._pool is None:
                self._pool = _Pool.of(self.workers)
            pool = self._pool
            try:
                # Ctrl-C goes to all processes of a terminal, and to a new one before it can tell
                # that it leaves that to this one: so it begins with the signal held back.
                with _held_back():
                    return pool, pool.executor.submit(function, call)
            except BrokenProcessPool:
                self._leave(pool)
        raise _lost()

    def _leave(self, pool: _Pool) -> None:
        """Do without ``pool``, of which a process was lost, and so all are."""
        if pool is self._pool:
            LOG.warning("a worker process was lost; its work is done again by another one.")
            self._pool = None
            pool.end()


def _begin(line: Connection) -> None:
    """What a worker does first: leave Ctrl-C to whoever started it, and end when that one does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPT)
    threading.Thread(target=_watch, args=(line,), daemon=True).start()


def _watch(line: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        line.recv()
    os._exit(0)  # whatever the other thread is doing: nobody waits for it any more


@contextlib.contextmanager
def _held_back() -> Iterator[None]:
    """Hold SIGINT back, here and in processes that are begun meanwhile."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows, whose consoles are asked otherwise
        yield
        return
    before: Any = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPT)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _lost() -> WorkerError:
    return WorkerError(
        "worker processes end again and again, most likely for want of memory: take fewer with "
        "--workers. (A Python script that uses workers must begin its work below "
        "if __name__ == '__main__'.)"
    )


def _no_room(error: OSError) -> DiskError:
    return DiskError(
        f"{tempfile.gettempdir()}: what the workers share cannot be written: "
        f"{error.strerror or error}. TMPDIR names another folder."
    )
