"""The seam between this project and whoever answers many requests at once, later.

A parcel is one file of requests in the form that OpenAI's Batch API has made common. A transport
takes it somewhere, says how it goes, and brings the lines that came back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from selfinstruct.errors import TeacherError
from selfinstruct.teachers.base import Api, Prompt, Reply

ENDPOINTS = {Api.CHAT: "/v1/chat/completions", Api.COMPLETIONS: "/v1/completions"}


class UnlistedError(TeacherError):
    """The server lists no batches, so one that may have arrived cannot be found there.

    Attributes:
        empty: Whether it has a list, on which nothing stands.
    """

    def __init__(self, message: str, *, empty: bool = False) -> None:
        super().__init__(message)
        self.empty = empty


class UnknownBatchError(TeacherError):
    """The server knows no batch by that name; perhaps another key of the same account does."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file of requests.

    Attributes:
        folder: Where its files are.
        number: What it is called there: ``0007``.
        mark: What it is called everywhere: pool, number, and something that nobody else has.
        endpoint: Where its requests go.
        lines: How many there are.
    """

    folder: Path
    number: str
    mark: str
    endpoint: str
    lines: int

    @property
    def requests(self) -> Path:
        """The file that is sent, to the byte."""
        return self.folder / f"{self.number}.in.jsonl"

    @property
    def prompts(self) -> Path:
        """Beside it, line by line, what the store needs to know of each request."""
        return self.folder / f"{self.number}.map.jsonl"

    @property
    def output(self) -> Path:
        """Where answers come."""
        return self.folder / f"{self.number}.out.jsonl"

    @property
    def errors(self) -> Path:
        """Where refusals come."""
        return self.folder / f"{self.number}.err.jsonl"


@dataclass(frozen=True, slots=True)
class Seen:
    """A batch as its server tells of it.

    Attributes:
        id: The server's name for it.
        status: Its word for how it goes, in lower case.
        ended: Whether nothing more comes of it.
        output: The server's name for the file of answers; "" for none.
        errors: The same for refusals.
        completed: Requests that were answered so far.
        failed: Requests that were refused so far.
        total: Requests that it has; 0 where it does not say.
        code: Where all of it was refused, the code of the first reason.
        why: The same in words.
        expires: Until when it is worked on, in seconds since 1970; None where it does not say.
    """

    id: str
    status: str
    ended: bool = False
    output: str = ""
    errors: str = ""
    completed: int = 0
    failed: int = 0
    total: int = 0
    code: str = ""
    why: str = ""
    expires: int | None = None


class Lines(Protocol):
    """Makes the lines for one teacher, and reads what came back.

    Attributes:
        name: The preset.
        model: Its model.
        more: See :class:`selfinstruct.teachers.base.Teacher`.
        endpoint: Where requests go.
    """

    name: str
    model: str
    more: str
    endpoint: str

    def roomy(self, prompt: Prompt) -> Prompt:
        """``prompt`` with the room for thoughts that its teacher is given just now."""
        ...

    def line(self, key: str, prompt: Prompt) -> dict[str, Any]:
        """The line that asks ``prompt``, as the teacher takes it as far as is known."""
        ...

    def read(self, row: Mapping[str, Any], prompt: Prompt, sent: Mapping[str, Any]) -> Reply:
        """The reply in a line that came back.

        Args:
            row: The line.
            prompt: What was asked, with the room that it was given.
            sent: The body of its request.

        Raises:
            RequestError: The request was refused for good.
            TransientError: There is no reply in it; the request is as good as never made.
            TeacherError: All requests of this teacher would fare like this one.
        """
        ...


class Transport(Protocol):
    """How parcels go out and lines come back.

    Attributes:
        name: As in ``--batch-transport``.
        address: Where they go, as it may be shown; "" for the folder itself.
    """

    name: str
    address: str

    async def upload(self, parcel: Parcel) -> str:
        """Take the file where it can be worked on; it costs nothing yet.

        Returns:
            What it is called there.
        """
        ...

    async def create(self, parcel: Parcel, file: str) -> Seen:
        """Have the file worked on: from here on it costs.

        Raises:
            TransientError: Whether it arrived is not known.
            TeacherError: It was refused.
        """
        ...

    async def find(self, parcel: Parcel, file: str, since: float) -> Seen | None:
        """The batch that was made of the file, if it arrived.

        Args:
            parcel: The file here.
            file: The file there.
            since: When it was sent, in seconds since 1970.

        Raises:
            UnlistedError: The server does not say.
        """
        ...

    async def look(self, parcel: Parcel, id_: str) -> Seen:
        """How it goes.

        Raises:
            UnknownBatchError: The server knows none of that name.
        """
        ...

    async def fetch(self, parcel: Parcel, seen: Seen) -> list[Path]:
        """The files of lines that came back."""
        ...

    async def cancel(self, parcel: Parcel, id_: str) -> Seen:
        """Have it end early; what is done by then still comes back, and costs."""
        ...
