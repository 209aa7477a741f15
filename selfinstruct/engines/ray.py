"""Tasks of Ray compute, on the machines of a cluster or on this one.

Ray's own retries make calls again whose worker or machine was lost. The extra ``ray`` installs it;
every machine needs the same version of it, of Python and of this package.
"""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Generic, Self

from selfinstruct.engines.base import Call, Found, Value
from selfinstruct.engines.fetching import lately
from selfinstruct.engines.windows import AHEAD, in_order
from selfinstruct.errors import SelfInstructError, SettingsError, WorkerError

_SECONDS = 10.0  # until an address counts as one where nobody listens
_TRIES = 8  # a call may meet that many lost workers: each of a machine that goes is one


@dataclass(frozen=True, slots=True)
class _Object(Generic[Value]):
    """A value in Ray's store; with the last reference to it, it goes."""

    reference: Any  # ray is imported where it is used, and has no types of its own for this

    def fetch(self) -> Value:
        """The value: fetched, or one of those that were fetched last."""
        import ray

        name: str = self.reference.hex()
        value: Value = lately(name, lambda: ray.get(self.reference))
        return value


class Ray:
    """An engine of Ray's tasks; a context manager.

    Args:
        workers: How many calls are made at the same time; None for as many as there are CPUs.
        address: The cluster; None for one of this process alone, on this machine.

    Attributes:
        workers: How many calls are made at the same time.

    Raises:
        SettingsError: Ray is not installed, there is no cluster at the address, or its machines
            have another version of this package.
    """

    def __init__(self, workers: int | None, address: str | None) -> None:
        self._wanted = workers
        self._address = address
        self._is_ours = False
        self.workers = workers or 1

    def __enter__(self) -> Self:
        ray = _imported()
        if not ray.is_initialized():
            self._begin(ray)
            self._is_ours = True
        try:
            self._refuse_others(ray)
        except BaseException:  # a signal, too: the cluster is ended by whoever began it
            self.__exit__()
            raise
        self.workers = self._wanted or max(1, int(ray.cluster_resources().get("CPU", 1)))
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_ours:
            _imported().shutdown()

    def share(self, value: Value) -> _Object[Value]:
        """Put the value into Ray's store."""
        return _Object(_imported().put(value))

    def map(self, function: Callable[[Call], Found], calls: Iterable[Call]) -> Iterator[Found]:
        """See :class:`selfinstruct.engines.Engine`."""
        ray = _imported()
        task = ray.remote(max_retries=_TRIES)(function)

        def take(reference: object) -> Found:
            try:
                found: Found = ray.get(reference)
            except ray.exceptions.RayTaskError as error:
                if isinstance(error.cause, SelfInstructError):
                    raise error.cause from error
                raise
            except ray.exceptions.RayError as error:
                raise WorkerError(
                    f"Ray cannot finish its part of the work ({_first_line(error)}); what its "
                    "machines say is in its logs, below /tmp/ray on each."
                ) from error
            return found

        return in_order(task.remote, take, calls, AHEAD * self.workers)

    def _begin(self, ray: Any) -> None:
        # Nobody is told that this runs; whoever wants Ray to, has set it otherwise.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        quiet = {"log_to_driver": False, "logging_level": "ERROR"}
        try:
            with _own_signals():
                if self._address is None:
                    ray.init("local", num_cpus=self._wanted, include_dashboard=False, **quiet)
                else:
                    _answers(self._address)
                    ray.init(self._address, **quiet)
        except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
            where = f"at {self._address}" if self._address else "on this machine"
            raise SettingsError(
                f"No Ray cluster can be used {where} ({_first_line(error)}). --address takes what "
                "`ray start --head` printed, or auto on one of the cluster's machines; every "
                "machine needs the same versions of Ray and Python."
            ) from error

    def _refuse_others(self, ray: Any) -> None:
        """Refuse a cluster whose workers would not compute what is computed here."""
        ours = _versions(None)
        try:
            theirs = next(self.map(_versions, [None]))
        except (ray.exceptions.RayTaskError, WorkerError) as error:
            raise SettingsError(
                "The machines of the Ray cluster cannot import selfinstruct: install "
                f"selfinstruct[ray] {ours[0]} on each of them ({_first_line(error)})."
            ) from error
        if theirs != ours:
            raise SettingsError(
                f"The Ray cluster has selfinstruct {theirs[0]} on Python {theirs[1]}, and this is "
                f"{ours[0]} on {ours[1]}: install the same on every machine."
            )


def _answers(address: str) -> None:
    """Whether anybody listens at an address; Ray itself would ask for minutes on end.

    Raises:
        ConnectionError: Nobody does.
    """
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not port.isdigit():
        return  # auto, which Ray finds out at once
    try:
        socket.create_connection((host.strip("[]"), int(port)), _SECONDS).close()
    except OSError as error:
        raise ConnectionError(f"nobody answers there: {error.strerror or error}") from error


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Keep what SIGTERM does here: Ray has its own way to end a process."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


def _versions(_: None) -> tuple[str, str]:
    return version("selfinstruct"), platform.python_version()


def _imported() -> Any:  # a module without types
    try:
        import ray
    except ImportError as error:
        raise SettingsError(
            "--engine ray needs Ray: pip install 'selfinstruct[ray]', on every machine of the "
            "cluster; or leave it out, and the work is done by processes of this machine."
        ) from error
    return ray


def _first_line(error: BaseException) -> str:
    """The beginning of what Ray says, which may go on for pages."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason")[
        :200
    ]
