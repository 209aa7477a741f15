"""What a job in a folder of its own was done with, so that two jobs are never mixed in one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from selfinstruct.journal import manifests

FORMAT = 1


class JobManifest(BaseModel):
    """What decides what such a job says.

    Attributes:
        noun: What messages call the job: ``judging``.
        free: Fields that may change from run to run: about what is asked, not how.
        digests: What messages call the fields that are digests.
        format: The version of its files.
        kind: What it is.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    noun: ClassVar[str]
    free: ClassVar[Collection[str]] = ()
    digests: ClassVar[Mapping[str, str]] = {"prompts": "the templates"}

    format: int = FORMAT
    kind: str

    def differences(self, wanted: JobManifest) -> list[str]:
        """What ``wanted`` has otherwise that belongs to what the job is, in sentences."""
        mine, theirs = self.model_dump(), wanted.model_dump()
        return [
            f"{self.digests[name]} changed"
            if name in self.digests
            else f"{name} is {mine[name]!r} there and {theirs[name]!r} now"
            for name in sorted(mine.keys() - set(self.free))
            if mine[name] != theirs[name]
        ]

    def write(self, folder: Path) -> None:
        """Write it as a whole.

        Raises:
            DiskError: It could not be written.
        """
        manifests.write(folder, self)


Known = TypeVar("Known", bound=JobManifest)


def read_manifest(folder: Path, known: type[Known]) -> Known | None:
    """The manifest of the job in ``folder``, of the kind that is ``known``; None without any.

    Raises:
        PoolError: It is damaged, or of a later format, or of no such job.
    """
    damaged = f"is of no {known.noun}, or damaged. Name another folder."
    return manifests.read(folder, known, FORMAT, damaged)
