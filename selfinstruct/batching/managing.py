"""What a person does with batches: look at them, end them, forget them, name them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from selfinstruct.batching.job import Job
from selfinstruct.batching.journal import JOURNAL, Known, Step
from selfinstruct.batching.ordering import lose
from selfinstruct.errors import SettingsError, TeacherError
from selfinstruct.teachers.batching import Seen

ALL = "all"


def chosen(outstanding: Collection[Known], names: Collection[str], option: str) -> list[Known]:
    """The batches with these numbers; ``all`` names each that is outstanding.

    Raises:
        SettingsError: None that is outstanding is called so.
    """
    if ALL in names:
        return list(outstanding)
    found = {one.number: one for one in outstanding}
    for name in names:
        if name not in found:
            known = ", ".join(found) or "none"
            raise SettingsError(f"{option} {name}: no such batch; outstanding: {known}.")
    return [found[name] for name in names]


def folders(folder: Path) -> Iterator[Path]:
    """The folder and those below it whose jobs have batches, in order."""
    yield from sorted({path.parent for path in folder.glob(f"**/{JOURNAL}")})


def forget(job: Job, batches: Collection[Known]) -> None:
    """Give batches up; what they were to bring is wanted again, and may be paid twice."""
    for batch in batches:
        lose(job, batch, "forgotten")


def name(job: Job, names: Mapping[str, str]) -> None:
    """Say what a server calls batches of which nobody knew whether they had arrived.

    Raises:
        SettingsError: Another one is called so already, or none is outstanding.
    """
    for batch in chosen(job.journal.outstanding, names, "--id"):
        if any(other.id == names[batch.number] for other in job.journal.batches.values()):
            raise SettingsError(f"--id {names[batch.number]}: another batch is called so.")
        job.journal.say(batch, Step.CREATED, id=names[batch.number], status="named by hand")


async def cancel(job: Job, batches: Collection[Known]) -> None:
    """Have batches end early; what is done by then still comes back, and costs.

    Raises:
        TeacherError: One cannot be.
    """
    for batch in batches:
        transport = job.transport_of(batch)
        if batch.step in (Step.PLANNED, Step.UPLOADED):
            lose(job, batch, "never ordered")
        elif transport is None or not batch.id:
            raise TeacherError(
                f"Batch {batch.number} was given to {batch.planned.address or 'a folder'}, which "
                "is not asked now: name its teacher and address."
            )
        else:
            seen = await transport.cancel(batch.parcel(job.folder), batch.id)
            job.seen[batch.number] = seen
            job.journal.say(batch, Step.CANCELLED, status=seen.status)


async def look(job: Job) -> dict[str, Seen | str]:
    """By number, how those that are outstanding go, or why nobody knows."""
    found: dict[str, Seen | str] = {}
    for batch in job.journal.outstanding:
        transport = job.transport_of(batch)
        if not batch.id:
            found[batch.number] = "not ordered yet, as far as is known here"
        elif transport is None:
            found[batch.number] = f"not asked: it is at {batch.planned.address} (--base-url)"
        else:
            try:
                found[batch.number] = await transport.look(batch.parcel(job.folder), batch.id)
            except TeacherError as error:
                found[batch.number] = str(error)
    return found
