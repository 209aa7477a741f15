"""The manifest: what a pool was made with, so that a run with other settings is noticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.journal import manifests

FORMAT = 1


class Manifest(BaseModel):
    """What decides the data of a pool, teacher and model apart (each task names those itself).

    Attributes:
        format: The version of the pool's files.
        recipe: The recipe's name.
        fingerprint: The edition of the recipe's rules, and digests of prompt texts and language.
        settings: The recipe's own settings, by option.
        api: The kind of endpoint, which decides the prompts.
        seeds: SHA-256 of the seed tasks.
        language: The language pack.
        tokenizer: What novelty is judged with.
        threshold: The ROUGE-L F1 from which an instruction is refused.
        seed: What the random numbers of each request start from, with its number.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int = FORMAT
    recipe: str
    fingerprint: str
    settings: dict[str, Any] = Field(default_factory=dict)
    api: str
    seeds: str
    language: str
    tokenizer: str
    threshold: float
    seed: int

    @property
    def edition(self) -> int:
        """The edition of the recipe's rules that reads this pool's replies."""
        first = self.fingerprint.partition("-")[0]
        return int(first) if first.isascii() and first.isdigit() else 1

    @property
    def prompts(self) -> str:
        """The digest of its prompt templates."""
        return self.fingerprint.partition("-")[2].partition("-")[0]

    def differences(self, other: Manifest) -> list[str]:
        """Sentences that name each setting in which ``other`` (the wanted one) differs."""
        mine, theirs = self._flat(), other._flat()
        digests = {"seeds", "prompts"}
        return [
            f"{name} are not those of the pool"
            if name in digests
            else f"{name} is {mine.get(name)!r} in the pool and {theirs.get(name)!r} now"
            for name in sorted(mine.keys() | theirs.keys())
            if mine.get(name) != theirs.get(name)
        ]

    def _flat(self) -> dict[str, Any]:
        fields = self.model_dump()
        names = {"fingerprint": "prompts"}
        settings: dict[str, Any] = fields.pop("settings")
        return {names.get(name, name): value for name, value in fields.items()} | settings

    def write(self, folder: Path) -> None:
        """Write ``manifest.json`` as a whole.

        Raises:
            DiskError: It could not be written.
        """
        manifests.write(folder, self)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in ``folder``; None where there is none.

    Raises:
        PoolError: It is damaged, or of a later format.
    """
    return manifests.read(folder, Manifest, FORMAT, "is damaged. Restore it from a copy.")
