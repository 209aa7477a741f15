"""How a server says no: an error that carries the status and the body of the reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RefusedError(Exception):
    """An error reply.

    Attributes:
        status: The HTTP status.
        body: The whole JSON body; kinds of servers differ in its shape.
        headers: What the reply says besides.
    """

    def __init__(
        self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body, self.headers = status, body, headers or {}


def refused(
    status: int,
    message: str,
    code: str | None = None,
    *,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> RefusedError:
    """An error in the shape of the OpenAI API; ``param`` is the field that is to blame."""
    error = {
        "message": message,
        "type": "invalid_request_error",
        "param": param,
        "code": code,
    }
    return RefusedError(status, {"error": error}, headers)
