"""Every error this package raises on purpose, and the exit code it ends with.

SelfInstructError                   1
├── EndingError                         the run takes no new calls: closed, or (3) budget ended
│   ├── NotYetError                     the reply comes by a batch, later
│   └── WaitingError                7   all that is left to do waits for batches
├── UsageError                      2   something the user can mend
│   ├── SettingsError                   an option, a variable, a key of the settings file
│   │   └── IdleError                       an option that says nothing here
│   ├── SeedError                       a seed file: file, line and reason
│   ├── PromptError                     a template or a language pack
│   └── PoolError                       a pool folder: file, line and reason
├── TeacherError                    4   the teacher refused or cannot be reached
│   ├── TransientError                  worth another attempt, perhaps after a while
│   │   ├── UnreachableError            no connection, or a lost one
│   │   └── AdaptedError                refused as it was sent; it is sent otherwise now
│   └── RequestError                    this one request cannot be answered; others may be
│       ├── NotStoredError              no reply is stored, and nobody was to be asked
│       └── StarvedError                the reply ran out of tokens before its answer
├── DeclinedError                   130 somebody said no before the first call
├── PoolBusyError                   5   another run holds the pool
├── DiskError                       1   a file could not be written or vanished
├── WorkerError                     1   processes that share the work were lost again and again
├── ClosedPipeError               141   whoever read the output has gone
└── InterruptionError         128 + n   the signal n ended what was running: 130, 143

Messages are one or two sentences: what, where, and what to do next. They never hold a key or a
header. Exceptions of libraries are translated where they enter, with ``raise … from``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # --help passes here, and pydantic takes its time to import
    from pydantic import ValidationError


class SelfInstructError(Exception):
    """The root of the tree; ``exit_code`` is what the command line ends with.

    Attributes:
        made: Whether the call had really been made when this was raised for it.
    """

    exit_code = 1
    made = True


class EndingError(SelfInstructError):
    """The run is ending; work that would need one more call ends too.

    Attributes:
        attempts: How often the call had been made before.
        lost: How many of these may have been billed without a reply.
    """

    attempts = 0
    lost = 0


class NotYetError(EndingError):
    """The reply is to come by a batch: the work that needs it is begun again when it is there."""


class WaitingError(EndingError):
    """Nothing can go on until a batch has ended; the same call goes on then."""

    exit_code = 7


class UsageError(SelfInstructError):
    """Something the user can mend: an option, a setting, a file."""

    exit_code = 2


class SettingsError(UsageError):
    """A wrong option, environment variable or settings file."""


class IdleError(SettingsError):
    """An option that says nothing here, which a person who typed it should know.

    Where a variable or a settings file gives it, it is meant for other calls, and is passed over:
    so this is raised before anything is done.

    Attributes:
        option: The option, as its flag says it without dashes at the front.
    """

    def __init__(self, message: str, option: str) -> None:
        super().__init__(message)
        self.option = option


class SeedError(UsageError):
    """A seed file that cannot be used; the message names file, line and reason."""


class PromptError(UsageError):
    """A prompt template or language pack that cannot be used."""


class PoolError(UsageError):
    """A pool folder that cannot be used; the message names file, line and reason."""


class TeacherError(SelfInstructError):
    """The teacher refused for good, or cannot be reached: the run cannot go on.

    Attributes:
        attempts: How often the call had been made when this was raised.
        lost: How many of these may have been billed without a reply.
        beside: How often it had been made beside the attempt that this ends.
        beside_lost: How many of those may have been billed without a reply.
    """

    exit_code = 4
    attempts = 1
    lost = 0
    beside = 0
    beside_lost = 0


class TransientError(TeacherError):
    """A failure that may pass: rate limits, server errors, timeouts, lost connections.

    Attributes:
        retry_after: Seconds the server asked to wait, or None when it did not say.
        throttled: Whether the server refused for its rate limit rather than failed.
        maybe_billed: Whether the call may have been answered, and charged for, all the same.
        scarce: Whether the server has no room just now for the cheap calls that were asked for:
            that says nothing of its rate limit.
        took: Seconds that the call was waited for in vain.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        throttled: bool = False,
        maybe_billed: bool = False,
        scarce: bool = False,
        took: float = 0.0,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.throttled = throttled
        self.maybe_billed = maybe_billed
        self.scarce = scarce
        self.took = took


class UnreachableError(TransientError):
    """The connection could not be made or was lost."""


class AdaptedError(TransientError):
    """The server refused a request as it was sent; how it takes it is known now."""


class RequestError(TeacherError):
    """One request that cannot be answered (too long, refused by a policy): others may be.

    Attributes:
        reason: What its reject says.
        kind: What kind of refusal it is: one of the names below, or "" where nobody knows.
    """

    reason = "request_failed"
    CONTEXT, CONTENT, OTHER = "context", "content", "other"

    def __init__(self, message: str, *, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class NotStoredError(RequestError):
    """A replay found no stored reply, and the teacher was not to be asked."""

    reason = "not_stored"


class StarvedError(RequestError):
    """Tokens ran out before the answer began, and no more may be given.

    Attributes:
        step: What was asked for.
        asked: Whether this run asked; else an earlier one did, which may have given less room.
    """

    reason = "starved"

    def __init__(self, message: str, *, step: str, asked: bool = True) -> None:
        super().__init__(message)
        self.step = step
        self.asked = asked


def is_fatal(error: TeacherError) -> bool:
    """Whether ``error`` ends the run: another prompt would fare no better."""
    return not isinstance(error, TransientError | RequestError)


class DeclinedError(SelfInstructError):
    """Somebody was shown what a run would take, and said no."""

    exit_code = 130  # as after an interruption


class PoolBusyError(SelfInstructError):
    """Another process holds the pool's lock."""

    exit_code = 5


class DiskError(SelfInstructError):
    """A file of the pool could not be written, or was removed underneath the run."""


class WorkerError(SelfInstructError):
    """Processes or machines that share the work were lost again and again, or cannot be reached."""


class ClosedPipeError(SelfInstructError):
    """Whoever read the output has gone, as ``head`` does: no failure, and nothing to be said."""

    exit_code = 141  # 128 + SIGPIPE, as a shell would show it


class InterruptionError(SelfInstructError):
    """Ctrl-C, SIGTERM or a :class:`selfinstruct.Stop` ended a verb.

    Args:
        exit_code: 128 and the number of the signal.
    """

    exit_code = 130

    def __init__(self, exit_code: int = 130) -> None:
        super().__init__("interrupted; what was not finished is as it was before.")
        self.exit_code = exit_code


def first_flaw(error: ValidationError) -> str:
    """The first thing that pydantic found wrong, with its key: what a message says of it."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    return f"{key}: {first['msg']}"
