"""Collecting: what batches have brought goes into the store, the rest is wanted again.

A batch is collected as a whole before the job goes on, so no reply of a half-read one is committed
and forgotten in between. Each stored row names its batch: a collection that was cut off skips them.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from selfinstruct.batching.job import Job
from selfinstruct.batching.journal import Known, Step
from selfinstruct.batching.lines import Brought, others_in, replies_in
from selfinstruct.batching.ordering import clean_up, free, lose, push
from selfinstruct.batching.prompts import Prompts
from selfinstruct.errors import TeacherError, TransientError
from selfinstruct.teachers.base import Reply, Usage
from selfinstruct.teachers.batching import Lines, Seen, Transport, UnknownBatchError
from selfinstruct.teachers.budget import worst_case

_PAUSE_EVERY = 64  # lines between two chances for others in the loop
_TOO_MANY = "token_limit_exceeded"


async def collect(job: Job) -> bool:
    """Look at all batches that are outstanding, and store what came of those that have ended.

    Returns:
        Whether any has.

    Raises:
        TeacherError: Most lines of one say that nothing more can come of this teacher; or one was
            refused as a whole.
        DiskError: Something cannot be written.
        PoolError: A file of a batch is gone or damaged.
    """
    ended = False
    for batch in job.journal.outstanding:
        transport = job.transport_of(batch)
        if transport is None or job.lines is None:
            job.warn(_out_of_reach(batch))
            continue
        try:
            if await _has_ended(job, batch, transport):
                ended = True
                await _collected(job, batch, transport, job.lines)
        except UnknownBatchError as error:
            job.warn(f"Batch {batch.number} stays outstanding: {error}")
        except TransientError as error:
            job.warn(f"Batch {batch.number} cannot be looked at now: {error}")
    return ended


async def _has_ended(job: Job, batch: Known, transport: Transport) -> bool:
    """Whether what came of a batch can be stored now."""
    if batch.step in (Step.PLANNED, Step.UPLOADED, Step.CREATING):
        await push(job, batch, transport)
        return False
    if batch.step in (Step.ENDED, Step.COLLECTING):
        return True
    seen = await transport.look(batch.parcel(job.folder), batch.id)
    job.seen[batch.number] = seen
    if not seen.ended:
        return False
    if seen.why and not (seen.output or seen.errors or seen.completed):
        too_many = seen.code == _TOO_MANY
        lose(job, batch, f"{seen.code} {seen.why}".strip(), halve=too_many)
        if not too_many:
            raise TeacherError(f"Batch {batch.number} was refused: {seen.code} {seen.why}")
        job.warn(f"Batch {batch.number} was too large for the account: {seen.why}")
        return False
    files = {"output": seen.output, "errors": seen.errors}
    job.journal.say(batch, Step.ENDED, status=seen.status, **files)
    return True


async def _collected(job: Job, batch: Known, transport: Transport, lines: Lines) -> None:
    parcel = batch.parcel(job.folder)
    last = next(row for row in reversed(batch.rows) if row.step is Step.ENDED)
    seen = Seen(batch.id, last.status, ended=True, output=last.output, errors=last.errors)
    paths = await transport.fetch(parcel, seen)
    if batch.step is Step.ENDED:
        job.journal.say(batch, Step.COLLECTING, replies_from=job.store.size)
    with contextlib.closing(Prompts(parcel)) as prompts:
        used, cost, answered = await _stored(job, batch, prompts, paths, lines)
        brought = others_in(paths, prompts, lines, answered)
        _keep_refusals(job, batch, prompts, brought)
        job.store.sync()
        job.journal.say(
            batch,
            Step.COLLECTED,
            answered=len(answered),
            refused=len(brought.refused),
            again=tuple(brought.again),
            unknown=brought.unknown,
            usd=cost if batch.planned.price else None,
        )
        job.desk.settle(list(prompts))
    free(job, batch, used, cost)
    clean_up(job.journal, batch)
    job.tell(_told(batch, len(answered), brought))
    if brought.fatal is not None:
        raise brought.fatal


async def _stored(
    job: Job, batch: Known, prompts: Prompts, paths: list[Path], lines: Lines
) -> tuple[Usage, float, set[str]]:
    """Store the replies; what they used and cost, and whose there are."""
    planned = batch.planned
    start = next(row for row in reversed(batch.rows) if row.step is Step.COLLECTING).replies_from
    done = job.store.brought_by(batch.number, start)
    spent, cost = Usage(0, 0), 0.0
    for place, (key, sent, reply) in enumerate(replies_in(paths, prompts, lines, done)):
        if place % _PAUSE_EVERY == 0:
            await asyncio.sleep(0)
        count = job.store.keep(
            key,
            sent.prompt,
            reply,
            planned.price,
            teacher=planned.teacher,
            model=planned.model,
            batch=batch.number,
        )
        job.hears.used(sent.prompt.step, count)
        spent, cost = _added(spent, cost, batch, reply, worst_case(sent.prompt, lines.more))
    return spent, cost, done


def _added(
    spent: Usage, cost: float, batch: Known, reply: Reply, worst: Usage
) -> tuple[Usage, float]:
    """What has been used with one reply more; without a count it counts at its worst."""
    price, usage = batch.planned.price, reply.usage or worst
    if price is not None:
        cost += price.cost(usage) if reply.usage else price.worst(worst)
    prompt = spent.prompt_tokens + usage.prompt_tokens
    return Usage(prompt, spent.completion_tokens + usage.completion_tokens), cost


def _keep_refusals(job: Job, batch: Known, prompts: Prompts, brought: Brought) -> None:
    for key, error in brought.refused.items():
        prompt = prompts.sent(key).prompt
        said = str(error)
        count = job.store.keep_failure(key, prompt, said, 1, batch=batch.number)
        job.hears.used(prompt.step, count)
        job.hears.failed(said)
        job.desk.fail(key, error)


def _told(batch: Known, answered: int, brought: Brought) -> str:
    said = f"Batch {batch.number}: {answered:,} of {batch.planned.lines:,} calls were answered"
    more = [
        f"{len(brought.refused):,} refused" if brought.refused else "",
        f"{len(brought.again):,} brought nothing and are wanted again" if brought.again else "",
        f"{brought.unknown:,} lines belong to none" if brought.unknown else "",
    ]
    return "; ".join([said, *filter(None, more)]) + "."


def _out_of_reach(batch: Known) -> str:
    planned = batch.planned
    where = f"{planned.teacher} at {planned.address}" if planned.address else planned.teacher
    return (
        f"Batch {batch.number} ({planned.lines:,} calls) was given to {where} and stays "
        "outstanding: name that teacher to collect it."
    )
