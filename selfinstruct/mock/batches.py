"""Files and batches of the mock server: kept in memory, worked on when they are looked at.

No batch takes a day here: it is worked on at the look that finds it ended. So what was ordered, and
which requests of which batches were worked on, are exact counts, whatever its client died of.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from selfinstruct.mock.batch_faults import OF_LINES
from selfinstruct.mock.behaviour import Behaviour
from selfinstruct.mock.billing import Bill
from selfinstruct.mock.forms import fields
from selfinstruct.mock.http_errors import RefusedError, refused
from selfinstruct.mock.http_faults import Trouble
from selfinstruct.mock.teacher import tokens
from selfinstruct.teachers.base import Api
from selfinstruct.teachers.batching import ENDPOINTS

_APIS = {endpoint: api for api, endpoint in ENDPOINTS.items()}
_MOST_LINES = 50_000
_PAGE = 20
_DAY = 24 * 3600

Complete = Callable[[object, Api], Mapping[str, Any]]
"""Makes the completion of a request, or raises :class:`RefusedError`."""

Line = dict[str, Any]


@dataclass(slots=True)
class _Batch:
    """One batch.

    Attributes:
        shown: As the server shows it.
        lines: Its requests.
        looks: How often it is still looked at before it has ended.
    """

    shown: dict[str, Any]
    lines: list[Line]
    looks: int


@dataclass(slots=True)
class _File:
    name: str
    content: bytes
    created: int = field(default_factory=lambda: int(time.time()))


class Shelf:
    """The files and batches of a server.

    Args:
        behaviour: How the server behaves.
        bill: Where batches are counted.
        complete: Makes completions.
    """

    def __init__(self, behaviour: Behaviour, bill: Bill, complete: Complete) -> None:
        self._faults = behaviour.batch_faults
        self._looks = behaviour.batch_looks
        rates = {name: rate for name, rate in self._faults.items() if name in OF_LINES}
        self._trouble = Trouble(rates, behaviour.fault_seed)
        self._bill = bill
        self._complete = complete
        self._files: dict[str, _File] = {}
        self._batches: dict[str, _Batch] = {}
        self._worked_on: set[str] = set()

    async def upload(self, request: web.Request) -> object:
        """``POST /v1/files``."""
        form = fields(request.headers.get("Content-Type", ""), await request.read())
        file, purpose = form.get("file"), form.get("purpose")
        if file is None or purpose is None or purpose.content != b"batch":
            raise refused(400, "A file of purpose 'batch' is needed.", "invalid_request")
        return self._put(file.filename, file.content)

    async def content(self, request: web.Request) -> bytes:
        """``GET /v1/files/ID/content``."""
        return self._file(request).content

    async def delete(self, request: web.Request) -> object:
        """``DELETE /v1/files/ID``."""
        name = request.match_info["file"]
        self._file(request)
        del self._files[name]
        return {"id": name, "object": "file", "deleted": True}

    async def create(self, request: web.Request) -> object:
        """``POST /v1/batches``."""
        body = await _object(request)
        file = self._files.get(str(body.get("input_file_id")))
        if file is None or body.get("endpoint") not in _APIS:
            raise refused(400, "No such input file, or no such endpoint.", "invalid_request")
        number = len(self._batches) + 1
        lines, flaw = _parsed(file.content, body["endpoint"])
        limit = self._faults.get("token-limit")
        if limit is not None and tokens(file.content.decode("utf-8", "replace")) > limit:
            flaw = {"code": "token_limit_exceeded", "message": f"Enqueued token limit is {limit:g}"}
        if "failed-validation" in self._faults:
            flaw = {"code": "invalid_request", "message": "This batch is not taken.", "line": 1}
        metadata = None if "no-metadata" in self._faults else body.get("metadata")
        now = int(time.time())
        shown = {
            "id": f"batch_{number}",
            "object": "batch",
            "endpoint": body["endpoint"],
            "input_file_id": body["input_file_id"],
            "completion_window": body.get("completion_window"),
            "status": "failed" if flaw else "validating",
            "errors": {"object": "list", "data": [flaw]} if flaw else None,
            "output_file_id": None,
            "error_file_id": None,
            "created_at": now,
            "expires_at": now + _DAY,
            "metadata": metadata,
            "request_counts": {"total": len(lines), "completed": 0, "failed": 0},
        }
        self._batches[shown["id"]] = _Batch(shown, lines, self._looks)
        self._bill.batches += 1
        await asyncio.sleep(self._faults.get("slow-create", 0.0))
        return shown

    async def look(self, request: web.Request) -> object:
        """``GET /v1/batches/ID``."""
        batch = self._batch(request)
        shown = batch.shown
        if shown["status"] in {"validating", "in_progress"}:
            if batch.looks > 0:
                shown["status"] = "in_progress"
                batch.looks -= 1
            else:
                self._end(batch, len(batch.lines))
        return shown

    async def listed(self, request: web.Request) -> object:
        """``GET /v1/batches``, the newest first."""
        if "no-list" in self._faults:
            raise refused(404, "Not found.", "not_found")
        found = [batch.shown for batch in reversed(self._batches.values())]
        after = request.query.get("after")
        if after:
            names = [one["id"] for one in found]
            found = found[names.index(after) + 1 :] if after in names else []
        limit = min(100, int(request.query.get("limit", _PAGE)))
        page = found[:limit]
        ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {}
        return {"object": "list", "data": page, "has_more": len(found) > limit, **ends}

    async def cancel(self, request: web.Request) -> object:
        """``POST /v1/batches/ID/cancel``: what half of it came to still comes back."""
        batch = self._batch(request)
        if batch.shown["status"] in {"validating", "in_progress"}:
            self._end(batch, len(batch.lines) // 2, cancelled=True)
        return batch.shown

    def _end(self, batch: _Batch, done: int, *, cancelled: bool = False) -> None:
        """Work on the first ``done`` lines; the others stay undone."""
        api = _APIS[batch.shown["endpoint"]]
        answers: list[Line] = []
        errors: list[Line] = []
        expired = False
        for place, line in enumerate(batch.lines):
            key = str(line["custom_id"])
            fault, _ = self._trouble.draw(key)
            if place >= done:
                errors.append(_undone(key, "batch_cancelled"))
            elif fault == "expired":
                expired = True
                errors.append(_undone(key, "batch_expired"))
            elif fault == "zero":
                errors.append(_answered(key, 0, {}))
            elif fault == "refused":
                errors.append(
                    _answered(key, 500, {"error": {"message": "The server had an error"}})
                )
            elif fault is None:
                row = self._worked(key, line, api)
                good = row["response"]["status_code"] == 200
                (answers if good else errors).append(row)
        if "all-in-errors" in self._faults:
            answers, errors = [], answers + errors
        shown = batch.shown
        name = shown["id"]
        shown["status"] = "cancelled" if cancelled else "expired" if expired else "completed"
        shown["output_file_id"] = self._stored(f"{name}_output.jsonl", answers)
        shown["error_file_id"] = self._stored(f"{name}_errors.jsonl", errors)
        total = len(batch.lines)
        shown["request_counts"] = {
            "total": total,
            "completed": len(answers),
            "failed": total - len(answers),
        }

    def _worked(self, key: str, line: Line, api: Api) -> Line:
        self._bill.batch_lines += 1
        before = self._bill.prompt_tokens, self._bill.completion_tokens
        try:
            row = _answered(key, 200, self._complete(line["body"], api))
        except RefusedError as error:
            return _answered(key, error.status, error.body)
        self._bill.batch_repeated += key in self._worked_on
        self._worked_on.add(key)
        self._bill.batch_prompt_tokens += self._bill.prompt_tokens - before[0]
        self._bill.batch_completion_tokens += self._bill.completion_tokens - before[1]
        return row

    def _stored(self, name: str, lines: list[Line]) -> str | None:
        if not lines:
            return None
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        return str(self._put(name, text.encode("utf-8", "replace"))["id"])

    def _put(self, name: str, content: bytes) -> dict[str, Any]:
        id_ = f"file-{len(self._files) + 1}"
        file = self._files[id_] = _File(name, content)
        return {
            "id": id_,
            "object": "file",
            "bytes": len(content),
            "created_at": file.created,
            "filename": name,
            "purpose": "batch",
            "status": "processed",
        }

    def _file(self, request: web.Request) -> _File:
        name = request.match_info["file"]
        if name not in self._files:
            raise refused(404, f"No such file: {name}", "not_found")
        return self._files[name]

    def _batch(self, request: web.Request) -> _Batch:
        name = request.match_info["batch"]
        if name not in self._batches:
            raise refused(404, f"No such batch: {name}", "not_found")
        return self._batches[name]


def _undone(key: str, code: str) -> Line:
    error = {"code": code, "message": "This request could not be executed in time."}
    return {"id": f"batch_req_{key}", "custom_id": key, "response": None, "error": error}


def _answered(key: str, status: int, body: Mapping[str, Any]) -> Line:
    response = {"status_code": status, "request_id": "", "body": body}
    return {"id": f"batch_req_{key}", "custom_id": key, "response": response, "error": None}


def _parsed(content: bytes, endpoint: str) -> tuple[list[Line], dict[str, Any] | None]:
    """The requests of a file, and the first thing that is wrong with it."""
    lines: list[Line] = []
    seen: set[object] = set()
    flaw: dict[str, Any] | None = None
    for number, text in enumerate(content.splitlines(), 1):
        try:
            line = json.loads(text)
            key, url, _ = line["custom_id"], line["url"], line["body"]
        except (ValueError, KeyError, TypeError):
            return [], {"code": "invalid_json_line", "message": "No request.", "line": number}
        if key in seen or url != endpoint or len(lines) == _MOST_LINES:
            flaw = flaw or {"code": "invalid_request", "message": "Not taken.", "line": number}
        seen.add(key)
        lines.append(line)
    return lines, flaw


async def _object(request: web.Request) -> Mapping[str, Any]:
    try:
        body = await request.json()
    except (ValueError, RecursionError) as error:
        raise refused(400, "The body is no JSON.") from error
    if not isinstance(body, dict):
        raise refused(400, "The body is no JSON object.")
    return body
