"""The lines of batches: requests as OpenAI's Batch API wants them, and what comes back for each.

Servers differ in what they write, and none says all that it should. So a line is read for what it
holds: a completion is a reply whatever else the line says, and what is neither a reply nor a reason
is wanted again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from selfinstruct.errors import AdaptedError, RequestError, TransientError
from selfinstruct.teachers.base import PROBE, Prompt, Reply
from selfinstruct.teachers.batch_rows import GOOD, answer_in
from selfinstruct.teachers.batching import ENDPOINTS
from selfinstruct.teachers.dialect import FIRST_ROOM
from selfinstruct.teachers.failures import REFUSED
from selfinstruct.teachers.openai import OpenAITeacher
from selfinstruct.teachers.replies import read_body

# Codes of lines that nobody worked on: the batch ended before their turn.
_UNDONE = ("expired", "cancel", "rate_limit", "timeout", "server_error", "internal")


class BatchLines:
    """Makes the lines for one teacher, and reads what came back.

    Args:
        teacher: Whose requests they are.
    """

    def __init__(self, teacher: OpenAITeacher) -> None:
        self.name, self.model = teacher.name, teacher.model
        self.more = teacher.more
        self.endpoint = ENDPOINTS[teacher.api]
        self._teacher = teacher

    def roomy(self, prompt: Prompt) -> Prompt:
        """``prompt`` with the room for thoughts that its teacher is given just now."""
        room = self._teacher.learner.room
        if prompt.step == PROBE:
            room = max(room, FIRST_ROOM)
        return dataclasses.replace(prompt, room=room)

    def line(self, key: str, prompt: Prompt) -> dict[str, Any]:
        """The line that asks ``prompt``, as the teacher takes it as far as is known."""
        meant = self._teacher.body(prompt, tiered=False)
        return {
            "custom_id": key,
            "method": "POST",
            "url": self.endpoint,
            "body": self._teacher.learner.dialect.fitted(meant),
        }

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
        status, body = answer_in(row)
        if status in GOOD and read_body(body) is not None:
            reply = self._teacher.understood(body, prompt)
            if reply.starved and not self._teacher.learner.more_room(prompt.room):
                return dataclasses.replace(reply, hopeless=True)
            return reply
        said = [one for one in (row.get("error"), body) if one]
        refusal = self._teacher.failures.in_line(status, said)
        undone = any(word in refusal.code.casefold() for word in _UNDONE)
        if undone or not 400 <= status < 500:
            raise TransientError(f"status {status}, {refusal.code or refusal.words}")
        if status in REFUSED:
            meant = self._teacher.body(prompt, tiered=False)
            if self._teacher.learner.refused(meant, sent, refusal):
                raise AdaptedError(self._teacher.failures.said(refusal))
            raise self._teacher.failures.of_request(refusal, sent, ())
        if status == 404:
            raise RequestError(f"The request was refused ({status}): {refusal.words}")
        raise self._teacher.failures.of_refusal(refusal)
