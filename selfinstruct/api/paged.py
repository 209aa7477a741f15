"""A page that a verb writes, and the numbers of it beside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from selfinstruct.api.inputs import Named
from selfinstruct.errors import UsageError
from selfinstruct.outputs import Output, door, opened


@dataclass(frozen=True, slots=True)
class Paged:
    """Where a page goes, and the numbers beside it.

    Attributes:
        page: The page.
        json: The numbers; None where the page goes into a stream.
    """

    page: Output
    json: Output | None

    @classmethod
    def of(cls, output: Named, inputs: list[str], *, mark: str, begins: str, force: bool) -> Paged:
        """The places of ``output``.

        Args:
            output: The page; ``-`` is standard output.
            inputs: What is read and must not be written over.
            mark: What an earlier page begins with, which may be replaced without a word.
            begins: What earlier numbers begin with.
            force: Whether anything else may be replaced.

        Raises:
            UsageError: It may not be written.
        """
        path = Path(output)
        page = door(output, force=force or _is_ours(path, mark), inputs=inputs)
        if page.is_stream:
            return cls(page, None)
        if path.suffix == ".json":
            raise UsageError(f"{output}: -o names the page; the .json stands beside it anyway.")
        beside = path.with_suffix(".json")
        return cls(page, door(beside, force=force or _is_ours(beside, begins), inputs=inputs))

    def write(self, page: str, numbers: str) -> None:
        """Write both; the numbers first, so that no page is newer than they are."""
        if self.json is not None:
            with opened(self.json) as file:
                file.write(numbers.encode("utf-8", "replace"))
        with opened(self.page) as file:
            file.write(page.encode("utf-8", "replace"))


def _is_ours(path: Path, begins: str) -> bool:
    """Whether ``path`` is an earlier one, which may be replaced without a word."""
    wanted = begins.encode()
    try:
        with path.open("rb") as file:
            return file.read(len(wanted)) == wanted
    except OSError:  # whoever opens it for writing says what is wrong
        return False
