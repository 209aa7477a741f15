"""Sending a batch: each step is on disk before the next, and none is ordered twice.

What a crash leaves behind is told by the last row: a batch that is *planned* or *uploaded* was not
ordered; one that was being *created* perhaps was, and is looked for on the server's list before
anything is ordered again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from selfinstruct.batching import prompts
from selfinstruct.batching.desk import Wanted
from selfinstruct.batching.job import Job
from selfinstruct.batching.journal import FOLDER, BatchJournal, Known, Planned, Step
from selfinstruct.batching.settings import Batch
from selfinstruct.batching.slicing import Ready, ready, slices
from selfinstruct.errors import DiskError, PoolError, TeacherError, TransientError
from selfinstruct.teachers.base import Usage
from selfinstruct.teachers.batching import Lines, Parcel, Seen, Transport, UnlistedError
from selfinstruct.teachers.budget import worst_case

_PER_TOKEN = 3  # bytes of a prompt, where only its worst case is known


class Ordering:
    """Orders waves as batches.

    Args:
        job: The batches of the folder.
        settings: How they are bought.
        lines: Makes their lines.
        transport: How they go out.
    """

    def __init__(self, job: Job, settings: Batch, lines: Lines, transport: Transport) -> None:
        self._job = job
        self._settings = settings
        self._lines = lines
        self._transport = transport

    async def order(self, wave: Sequence[Wanted]) -> int:
        """Send a wave, or as much of it as caps and limits have room for; returns how much.

        Raises:
            TeacherError: It was refused, or the server cannot be reached.
            DiskError: A file cannot be written.
        """
        count = 0
        for part in slices(self._within(wave), self._settings.size):
            batch = self._planned(part)
            self._job.desk.submit(prompts.requests_in(batch.parcel(self._job.folder)))
            await push(self._job, batch, self._transport)
            count += len(part)
        return count

    def _within(self, wave: Sequence[Wanted]) -> Iterator[Ready]:
        """What of a wave has room, each with its line; the rest stays wanted."""
        enqueued = sum(map(_enqueued, self._job.journal.outstanding))
        most = self._most_tokens()
        for place, wanted in enumerate(wave):
            prompt = self._lines.roomy(wanted.prompt)
            row = self._lines.line(wanted.key, prompt)
            worst = worst_case(prompt, self._lines.more)
            enqueued += worst.prompt_tokens / _PER_TOKEN
            full = most is not None and enqueued > most
            if full and (place or self._job.journal.outstanding):
                return  # one at least goes, or nothing ever would
            budget = self._job.budget
            if budget is not None and not budget.reserve(worst, self._job.price):
                return
            yield ready(Wanted(wanted.key, prompt, wanted.last), row)

    def _most_tokens(self) -> float | None:
        """How many tokens of prompts may be outstanding, as somebody said or servers taught."""
        halves = [
            _enqueued(one) / 2
            for one in self._job.journal.batches.values()
            if one.step is Step.LOST and one.rows[-1].halve
        ]
        known = [*halves, *([self._settings.tokens] if self._settings.tokens else [])]
        return min(known, default=None)

    def _planned(self, part: Sequence[Ready]) -> Known:
        job, journal = self._job, self._job.journal
        number = journal.next_number
        mark = f"{job.folder.resolve().name[:60]}:{number}:{secrets.token_hex(8)}"
        parcel = Parcel(job.folder / FOLDER, number, mark, self._lines.endpoint, len(part))
        prompts.write(parcel, part)
        content = b"".join(one.line for one in part)
        worst = [worst_case(one.wanted.prompt, self._lines.more) for one in part]
        whole = Usage(
            sum(one.prompt_tokens for one in worst), sum(one.completion_tokens for one in worst)
        )
        planned = Planned(
            transport=self._transport.name,
            teacher=self._lines.name,
            model=self._lines.model,
            address=self._transport.address,
            endpoint=parcel.endpoint,
            mark=mark,
            lines=len(part),
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            highest_request=max(one.wanted.last for one in part),
            prompt_tokens=whole.prompt_tokens,
            completion_tokens=whole.completion_tokens,
            usd=job.price.worst(whole) if job.price else None,
            price=job.price,
        )
        job.ordered.add(number)
        return journal.plan(number, planned)


async def push(job: Job, batch: Known, transport: Transport) -> None:
    """Take a batch from where it is to where its server has named it, if that can be done now.

    Raises:
        TeacherError: It was refused, or whether it was ordered cannot be found out.
        TransientError: The server cannot be reached.
        PoolError: Its file is not what was planned.
    """
    parcel = batch.parcel(job.folder)
    if batch.step is Step.PLANNED:
        _check(batch, parcel)
        job.journal.say(batch, Step.UPLOADED, file=await transport.upload(parcel))
    if batch.step is Step.CREATING:
        if await _found(job, batch, transport, parcel):
            return
        if (left := job.settled - job.age(batch)) > 0:
            job.warn(
                f"Whether batch {batch.number} arrived is not known yet: it is looked for again in "
                f"{left / 60:.0f} minutes, before it is sent once more."
            )
            return
    if batch.step in (Step.UPLOADED, Step.CREATING):
        await _create(job, batch, transport, parcel)


async def _create(job: Job, batch: Known, transport: Transport, parcel: Parcel) -> None:
    job.journal.say(batch, Step.CREATING)
    try:
        seen = await transport.create(parcel, batch.file)
    except TransientError as error:
        job.warn(f"Batch {batch.number} may have arrived or not: {error}")
        await _found(job, batch, transport, parcel)
        return
    except TeacherError as error:
        lose(job, batch, str(error))
        raise TeacherError(f"Batch {batch.number} was not taken: {error}") from error
    _name(job, batch, seen)


async def _found(job: Job, batch: Known, transport: Transport, parcel: Parcel) -> bool:
    """Whether a batch that may have been ordered is on the server's list; then it is known."""
    ordered = datetime.fromisoformat(batch.time).timestamp()
    try:
        seen = await transport.find(parcel, batch.file, ordered)
    except TransientError as error:
        job.warn(f"Batch {batch.number} cannot be looked for: {error}")
        return True
    except UnlistedError as error:
        if error.empty and job.age(batch) < job.settled:
            return False
        raise TeacherError(
            f"Batch {batch.number} may have been accepted, and {error} Look for its file "
            f"{batch.file} at the provider's; then name the batch: selfinstruct batches "
            f"{job.folder} --id {batch.number}=ID, or give it up, which may pay twice: --forget "
            f"{batch.number}."
        ) from error
    if seen is None:
        return False
    _name(job, batch, seen)
    return True


def _name(job: Job, batch: Known, seen: Seen) -> None:
    job.seen[batch.number] = seen
    more = {"id": seen.id, "status": seen.status, "expires_at": seen.expires}
    job.journal.say(batch, Step.CREATED, **more)
    usd = batch.planned.usd
    cost = "" if usd is None else f", at most ${usd:,.2f}"
    job.tell(f"Batch {batch.number}: {batch.planned.lines:,} calls{cost}; {seen.status}.")


def lose(job: Job, batch: Known, why: str, *, halve: bool = False) -> None:
    """Give a batch up of which nothing comes; what it was to bring is wanted again.

    Raises:
        DiskError: The journal cannot be written.
    """
    with suppress(PoolError):  # its files may be gone: then nobody knows what it was to bring
        job.desk.settle(list(prompts.requests_in(batch.parcel(job.folder))))
    job.journal.say(batch, Step.LOST, why=why, halve=halve)
    free(job, batch, Usage(0, 0), 0.0)
    clean_up(job.journal, batch)


def free(job: Job, batch: Known, used: Usage, cost: float) -> None:
    """Count what a batch came to in the place of its worst."""
    job.seen.pop(batch.number, None)
    if job.budget is None:
        return
    worst = batch.planned.usd or 0.0
    if batch.number in job.ordered:
        job.budget.settle(batch.planned.worst, worst, used, cost)
    else:
        job.budget.count_before(cost - worst)


def sweep(journal: BatchJournal) -> None:
    """Remove what is left of batches that are over, where a call ended before it did.

    Raises:
        DiskError: It cannot be.
    """
    numbers = {path.name.partition(".")[0] for path in (journal.folder / FOLDER).glob("*.in.jsonl")}
    for batch in journal.batches.values():
        if batch.number in numbers and not batch.is_outstanding:
            clean_up(journal, batch)


def clean_up(journal: BatchJournal, batch: Known) -> None:
    """Remove the files of a batch that is over; what somebody else put there is theirs to remove.

    Raises:
        DiskError: It cannot be.
    """
    parcel = batch.parcel(journal.folder)
    ours = (parcel.prompts, parcel.output, parcel.errors)
    try:
        for path in (*(ours if batch.planned.address else ours[:1]), parcel.requests):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise DiskError(f"{parcel.folder}: cannot be written: {error.strerror}.") from error


def _check(batch: Known, parcel: Parcel) -> None:
    """Refuse to send a file that is not what was planned.

    Raises:
        PoolError: It is not.
    """
    try:
        digest = hashlib.sha256(parcel.requests.read_bytes()).hexdigest()
    except OSError:
        digest = ""
    if digest != batch.planned.sha256:
        raise PoolError(
            f"{parcel.requests}: is gone or not what was planned. Nothing of it was ordered: give "
            f"it up with selfinstruct batches {parcel.folder.parent} --forget {batch.number}."
        )


def _enqueued(batch: Known) -> float:
    return batch.planned.prompt_tokens / _PER_TOKEN
