"""What a failed call means: which errors are worth another attempt, in words without secrets."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import openai

from selfinstruct.errors import RequestError, TeacherError, TransientError, UnreachableError
from selfinstruct.jsonl import clean
from selfinstruct.teachers.dialect import LIMITS
from selfinstruct.teachers.quota import retry_after
from selfinstruct.teachers.refusals import Refusal, read_refusal
from selfinstruct.teachers.retry_policy import retried

REFUSED = frozenset({400, 422})  # the request as it was sent
_MASK = "[key]"
_THROTTLED = frozenset({429, 503, 529})  # too many requests, and two ways of saying "overloaded"
_LONGEST_QUOTE = 500  # characters of what a server said
_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


class Failures:
    """The failures of one teacher, translated.

    Args:
        model: The model that is asked for.
        address: As it may be shown.
        hint: What to do when the address cannot be reached.
        key_variable: Where the key comes from.
        secrets: What no message may hold.

    Attributes:
        answered: Whether the teacher has answered; later, a 403 speaks of one request: some flag
            prompts with it.
    """

    def __init__(
        self,
        model: str,
        address: str,
        hint: str,
        key_variable: str,
        secrets: Sequence[str],
    ) -> None:
        self.answered = False
        self._model = model
        self._address = address
        self._hint = hint
        self._key_variable = key_variable
        self._secrets = sorted(secrets, key=len, reverse=True)

    def translated(self, error: openai.OpenAIError) -> TeacherError:
        """The error of this project's tree; the one place that knows what is worth a retry."""
        unmade = _is_unmade(error)
        if isinstance(error, openai.APIConnectionError):
            why = self.redacted(str(error.__cause__ or error).replace(" ssl:default", ""))
            message = f"{self._address} cannot be reached: {why} {self._hint}".rstrip()
            return UnreachableError(message, maybe_billed=not unmade)
        if not isinstance(error, openai.APIStatusError):
            return TransientError(self.redacted(str(error)))
        return self._of_status(error)

    def is_late(self, error: openai.OpenAIError) -> bool:
        """Whether the call was made and took too long."""
        return isinstance(error, openai.APITimeoutError) and not _is_unmade(error)

    def late(self, seconds: float, option: str) -> TransientError:
        """What becomes of a call that was not answered within so many seconds."""
        message = f"{self._address} did not answer within {seconds:g} s ({option})."
        return TransientError(message, maybe_billed=True, took=seconds)

    def _of_status(self, error: openai.APIStatusError) -> TeacherError:
        refusal = self._read(error)
        return self.of_refusal(refusal, retry_after(error.response.headers))

    def in_line(self, status: int, body: object) -> Refusal:
        """What the server said of one request of many."""
        said = read_refusal(status, body, f"status {status}")
        return dataclasses.replace(said, words=self.redacted(said.words))

    def of_refusal(self, refusal: Refusal, after: float | None = None) -> TeacherError:
        """What a refusal means.

        Args:
            refusal: What the server said.
            after: Seconds that it asks to wait.
        """
        status, said = refusal.status, refusal.words
        if status == 401 or (status == 403 and not self.answered):
            where = f"Check the key in {self._key_variable}."
            return TeacherError(f"The key was refused ({status}): {said} {where}")
        if status == 404:
            return TeacherError(
                f"Model {self._model!r} or {self._address} was not found: {said} "
                "Check --model and --base-url."
            )
        if refusal.code in _QUOTA:
            return TeacherError(f"The account's quota is used up: {said}")
        if status == 402:
            return TeacherError(f"The account cannot pay for more calls: {said}")
        if retried(status):
            return TransientError(
                f"{self._address} answered {status}: {said}",
                retry_after=after,
                throttled=status in _THROTTLED,
            )
        kind = RequestError.CONTENT if refusal.of_content else RequestError.OTHER
        return RequestError(f"The request was refused ({status}): {said}", kind=kind)

    def of_request(
        self, refusal: Refusal, sent: Mapping[str, Any], by_hand: Collection[str]
    ) -> TeacherError:
        """A request that was refused as it was sent, where nothing can be left out of it.

        Args:
            refusal: What the server said.
            sent: The body of the request.
            by_hand: Fields that somebody gave by name.
        """
        words = f"({refusal.status}): {refusal.words}"
        if refusal.of_context:
            return RequestError(
                f"The request is too long for the model {words}", kind=RequestError.CONTEXT
            )
        names = [name for name in refusal.names(sent) if name not in {"messages", "prompt"}]
        if refusal.of_content or not names:
            kind = RequestError.CONTENT if refusal.of_content else RequestError.OTHER
            return RequestError(f"The request was refused {words}", kind=kind)
        name = names[0]
        if name == "model":
            step = "Check --model."
        elif name in by_hand:
            step = f"Leave {name!r} out of what is given by hand: --body, --reasoning-effort."
        elif name in LIMITS:
            step = "No other name of the token limit is known, and without one no cap would hold."
        else:
            step = f"It is sent because an option or setting says so: leave that for {name!r} out."
        return TeacherError(f"The teacher does not take {name!r} {words} {step}")

    def refusal(self, error: openai.OpenAIError) -> Refusal | None:
        """What the server said, where it answered at all."""
        return self._read(error) if isinstance(error, openai.APIStatusError) else None

    def said(self, refusal: Refusal) -> str:
        """A refusal as a sentence."""
        return f"{self._address} answered {refusal.status}: {refusal.words}"

    def _read(self, error: openai.APIStatusError) -> Refusal:
        try:
            body = json.loads(error.response.content.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            body = error.body
        said = read_refusal(error.status_code, body, error.message)
        return dataclasses.replace(said, words=self.redacted(said.words))

    def redacted(self, text: str) -> str:
        """``text`` in one line and of some length, without secrets."""
        # First the key, then the length: a cut must not leave half a key that nothing matches.
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        quoted = clean(" ".join(text.split()))[:_LONGEST_QUOTE]
        return quoted if quoted.endswith((".", "!", "?")) else f"{quoted}."

    def cause(self, error: openai.OpenAIError) -> openai.OpenAIError | None:
        """``error`` as a cause, unless it quotes a secret: it would stand in a traceback."""
        shown = f"{error!r}{error}"
        return None if any(secret in shown for secret in self._secrets) else error


def _is_unmade(error: openai.OpenAIError) -> bool:
    """Whether no connection was made; the aiohttp transport calls a refused one a timeout."""
    return type(error.__cause__).__name__ in {"ConnectTimeout", "ConnectError"}
