"""What stands where in the lines of batches, whoever wrote them. Pure, and total."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from selfinstruct.teachers.base import Api
from selfinstruct.teachers.replies import read_body

GOOD = range(200, 300)
"""HTTP's numbers for what went well."""


def is_good(row: Mapping[str, Any]) -> bool:
    """Whether a line holds a completion, whoever reads it."""
    status, body = answer_in(row)
    return status in GOOD and read_body(body) is not None


def text_of(body: Mapping[str, Any], api: Api) -> str:
    """The text of the prompt in the body of a request."""
    return str(body["messages"][-1]["content"] if api is Api.CHAT else body["prompt"])


def answer_in(row: Mapping[str, Any]) -> tuple[int, object]:
    """The status of a line and the body of its answer, wherever its server puts them."""
    response, error = row.get("response"), row.get("error")
    body: object = None
    status: object = None
    if isinstance(response, dict):
        status = response.get("status_code")
        body = response.get("body", response if "choices" in response else None)
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            body = None
    if not isinstance(status, int | str) or not str(status).isdigit():
        status = _status_in(error)
    if int(status) == 0 and isinstance(body, dict) and "choices" in body:
        status = 200
    return int(status), body


def _status_in(error: object) -> int:
    """HTTP's number, where an error says it in the place of a response; else 0."""
    if isinstance(error, dict):
        for name in ("status_code", "status", "code"):
            value = str(error.get(name, ""))
            if value.isdigit() and len(value) == 3:
                return int(value)
        return _status_in(error.get("error"))
    return 0
