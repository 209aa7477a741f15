"""What a job in a folder of its own was done with, so that two jobs are never mixed in one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

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
        prompts: A digest of the templates; "" where none are needed.
        language: The language pack.
        teacher: The preset that is asked.
        model: Its model.
        api: The kind of endpoint.
        decoding: How replies are drawn, by step.
        seed: Where samples and orders begin.
        sample: How many are wanted; None for all.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    noun: ClassVar[str]
    free: ClassVar[Collection[str]] = ()
    digests: ClassVar[Mapping[str, str]] = {"prompts": "the templates"}

    format: int = FORMAT
    kind: str
    prompts: str
    language: str
    teacher: str
    model: str
    api: str
    decoding: dict[str, Any]
    seed: int = 0
    sample: int | None = None

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The manifest of the job of this kind in ``folder``; None where there is none.

        Raises:
            PoolError: It is damaged, or of a later format, or of no such job.
        """
        damaged = f"is of no {cls.noun}, or damaged. Name another folder."
        return manifests.read(folder, cls, FORMAT, damaged)

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
