"""The ledger: a line per commit, with what it cost and where the pool's files ended.

Numbers of a line are those since the line before, so sums over all lines are the pool's totals
over all its runs. The position says up to where the other files are committed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from selfinstruct import jsonl
from selfinstruct.errors import PoolError


class StepCount(BaseModel):
    """What the calls of one step used.

    Attributes:
        calls: Calls that ended, attempts included.
        repeated: Those of them that were further attempts.
        failed: Requests that failed for good.
        unmetered: Replies for which the server reported no usage, and calls that failed in a way
            that may have been billed all the same.
        starved: Replies that ran out of tokens before their answer began; they are among the calls.
        unreadable: Replies that held nothing that could be read.
        prompt_tokens: As reported; likewise the four that follow.
        completion_tokens: Thoughts included.
        cached_tokens: Of the prompts, what the server read from its cache.
        written_tokens: Of the prompts, what it wrote into its cache.
        reasoning_tokens: Of the replies, what were thoughts.
        cost_usd: Dollars, or None where no price was known for some reply.
    """

    model_config = ConfigDict(extra="ignore")

    calls: int = 0
    repeated: int = 0
    failed: int = 0
    unmetered: int = 0
    starved: int = 0
    unreadable: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    written_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float | None = 0.0

    def add(self, other: StepCount) -> None:
        """Add ``other`` to this count; an unknown cost stays unknown."""
        for name in StepCount.model_fields.keys() - {"cost_usd"}:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        known = self.cost_usd is not None and other.cost_usd is not None
        self.cost_usd = (self.cost_usd or 0) + (other.cost_usd or 0) if known else None


def total(steps: Mapping[str, StepCount]) -> StepCount:
    """The sum over all steps."""
    whole = StepCount()
    for count in steps.values():
        whole.add(count)
    return whole


class Position(BaseModel):
    """Up to where the pool is committed.

    Attributes:
        request: The request that comes next, or whose candidates are not all committed.
        candidate: How many candidates of that request are committed already.
        reply: The key of the reply they came from, where the request is half committed.
        reply_base: The number of that reply's first candidate.
        tasks: Finished tasks.
        instances: Their instances.
        rejects: Rejects.
        tasks_bytes: Committed size of ``tasks.jsonl``; likewise the other sizes.
        tasks_crc: CRC-32 of those bytes; likewise the other checksum.
        rejects_bytes: See above.
        rejects_crc: See above.
        replies_bytes: Up to where ``replies.jsonl`` is counted in the ledger.
        replies_from: From where stored replies may still be needed to go on.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    request: int = 0
    candidate: int = 0
    reply: str = ""
    reply_base: int = 0
    tasks: int = 0
    instances: int = 0
    rejects: int = 0
    tasks_bytes: int = 0
    tasks_crc: int = 0
    rejects_bytes: int = 0
    rejects_crc: int = 0
    replies_bytes: int = 0
    replies_from: int = 0


class Commit(BaseModel):
    """One line of ``ledger.jsonl``.

    Attributes:
        time: When, in UTC, as ISO 8601.
        event: ``commit``, ``run`` (a run ended), ``import`` (tasks from elsewhere), ``remove``
            (tasks taken out), ``retry`` (a run asks again what had failed) or ``recovered`` (files
            had lost their ends). What was taken out or lost is counted below 0.
        teacher: The preset that answered.
        model: The model's name.
        accepted: Tasks added.
        rejected: Rejects added, by reason.
        steps: What the calls used, by step.
        retries: With ``retry``, which request number stands for which failure: ``[number,
            request, candidate]``, with null for a request that had failed as a whole.
        unapplied: With ``run``, the sampling fields that the teacher did not take as meant.
        position: Where the files ended.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    time: str
    event: str
    teacher: str = ""
    model: str = ""
    accepted: int = 0
    rejected: dict[str, int] = Field(default_factory=dict)
    steps: dict[str, StepCount] = Field(default_factory=dict)
    retries: tuple[tuple[int, int, int | None], ...] = ()
    unapplied: tuple[str, ...] = ()
    position: Position

    def line(self) -> str:
        """The line, with its newline; empty parts are left out."""
        row = self.model_dump(mode="json", exclude_defaults=True) | {
            "position": self.position.model_dump()
        }
        return jsonl.dumps(row) + "\n"


def commits(path: Path, size: int) -> Iterator[tuple[int, Commit]]:
    """Yield ``(line number, commit)`` for the lines in the first ``size`` bytes of the ledger.

    Raises:
        PoolError: A line is damaged; it is named.
    """
    if not path.exists():
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise PoolError(f"{path}: cannot be read: {error.strerror}.") from error
    with file:
        read = 0
        for number, line in enumerate(file, 1):
            read += len(line)
            if read > size:
                return
            try:
                yield number, Commit.model_validate(json.loads(line))
            except (ValueError, ValidationError, RecursionError) as error:
                if _is_newer(line):
                    raise PoolError(
                        f"{path}:{number}: this line was written by a newer version of "
                        "selfinstruct. Upgrade to go on with this pool; nothing was changed."
                    ) from error
                raise PoolError(
                    f"{path}:{number}: this line of the ledger is damaged. Restore the file from a "
                    "copy; selfinstruct does not guess."
                ) from error


def _is_newer(line: bytes) -> bool:
    """Whether a line that is not understood is whole, and holds something not known here."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and bool(row.keys() - Commit.model_fields.keys())
