"""A teacher's dialect: which fields it takes, and how it thinks. A value, and pure functions of it.

Requests are made as they are meant and then fitted to the dialect. What a server refuses, and
names, is left out, renamed or set to the only value that it allows; what it is known to take is not
doubted again. A reply's digest stays that of what was meant.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.teachers.refusals import Refusal

FIRST_ROOM = 4_096  # tokens for thoughts, once a teacher is seen to think
MOST_ROOM = 32_768

SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty")
LIMITS = ("max_completion_tokens", "max_tokens")
# What a request may do without: the reply is still one to it.
_OPTIONAL = (
    *SAMPLING,
    "stop",
    "response_format",
    "prompt_cache_key",
    "service_tier",
    "top_logprobs",
    "logprobs",
)
# With these values a field says what is meant without it.
_HAVE_VALUES = frozenset({"temperature"})
_MOST_TAKEN = 64


class Dialect(BaseModel):
    """What is known of one model behind one address.

    Attributes:
        left_out: Fields that it does not take.
        renamed: Fields that it calls otherwise.
        fixed: Fields that it takes with one value only.
        most_tokens: The largest token limit that it takes, or None.
        taken: The sets of fields that it has taken.
        thinks: Whether it writes thoughts before its answers; None where nobody knows.
        unopened: Whether nothing but a closing tag ends them; None where nobody knows.
        room: Tokens that its thoughts are given; 0 until it is seen to think.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    left_out: tuple[str, ...] = ()
    renamed: Mapping[str, str] = Field(default_factory=dict)
    fixed: Mapping[str, float] = Field(default_factory=dict)
    most_tokens: int | None = Field(default=None, ge=1)
    taken: tuple[frozenset[str], ...] = ()
    thinks: bool | None = None
    unopened: bool | None = None
    room: int = Field(default=0, ge=0, le=MOST_ROOM)

    @property
    def unapplied(self) -> tuple[str, ...]:
        """The sampling fields that it does not take as they are meant."""
        return tuple(name for name in SAMPLING if name in {*self.left_out, *self.fixed})

    def fitted(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """``body`` as this teacher takes it."""
        whole: dict[str, Any] = {}
        for name, value in body.items():
            if name in self.left_out:
                continue
            most = self.most_tokens if name in LIMITS else None
            fitting = value if most is None else min(value, most)
            whole[self.renamed.get(name, name)] = self.fixed.get(name, fitting)
        return whole

    def knows(self, body: Mapping[str, Any]) -> bool:
        """Whether it has taken a request with all the fields of ``body``, which is fitted."""
        marks = _marks(body)
        return any(marks <= taken for taken in self.taken)

    def having_taken(self, body: Mapping[str, Any]) -> Dialect:
        """What is known once a request with the fitted ``body`` was answered."""
        marks = _marks(body)
        if self.knows(body):
            return self
        fewer = [taken for taken in self.taken if not taken <= marks]
        return self.model_copy(update={"taken": (*fewer, marks)[-_MOST_TAKEN:]})

    def without(self, names: Collection[str]) -> Dialect:
        """The same with nothing known of the fields ``names``, which somebody set by hand."""
        return self.model_copy(
            update={
                "left_out": tuple(name for name in self.left_out if name not in names),
                "renamed": {a: b for a, b in self.renamed.items() if not {a, b} & {*names}},
                "fixed": {name: one for name, one in self.fixed.items() if name not in names},
            }
        )

    def learned(
        self, body: Mapping[str, Any], refusal: Refusal, by_hand: Collection[str]
    ) -> tuple[Dialect, str] | None:
        """What a refusal teaches, and a sentence that says it; None where it teaches nothing.

        Args:
            body: The request as it was sent.
            refusal: What the server said.
            by_hand: Fields that somebody insists on.
        """
        if refusal.of_context:
            return None
        own = {new: old for old, new in self.renamed.items()}
        for name in refusal.names(body):
            if name in LIMITS:
                if found := self._limit(name, own.get(name, name), body, refusal, by_hand):
                    return found
                continue
            if name in by_hand or name not in _OPTIONAL:
                continue
            value = refusal.names_value if name in _HAVE_VALUES else None
            if value is not None and value != body[name] and name not in self.fixed:
                fixed = {**self.fixed, name: value}
                said = f"takes no {name} but {value:g}, which is sent instead"
                return self.model_copy(update={"fixed": fixed}), said
            other = self._of_two(name, body, refusal)
            left_out = (*self.left_out, other)
            fixed = {key: one for key, one in self.fixed.items() if key != other}
            update = {"left_out": left_out, "fixed": fixed}
            return self.model_copy(update=update), f"takes no {other}, which is left out"
        return None

    def _of_two(self, name: str, body: Mapping[str, Any], refusal: Refusal) -> str:
        """Of two fields that exclude each other, the one that matters less: the later one."""
        named = [one for one in refusal.names(body) if one in _OPTIONAL]
        together = {"temperature", "top_p"} <= {*named} and not refusal.fields
        return "top_p" if together else name

    def _limit(
        self,
        name: str,
        meant: str,
        body: Mapping[str, Any],
        refusal: Refusal,
        by_hand: Collection[str],
    ) -> tuple[Dialect, str] | None:
        if (most := refusal.most(int(body[name]))) is not None:
            said = f"takes a token limit of at most {most:,}, which is sent instead of more"
            return self.model_copy(update={"most_tokens": most}), said
        if meant in self.renamed or meant in by_hand:
            return None
        (other,) = (one for one in LIMITS if one != name)
        renamed = {**self.renamed, meant: other}
        return self.model_copy(update={"renamed": renamed}), f"calls the token limit {other}"


def _marks(body: Mapping[str, Any]) -> frozenset[str]:
    """The fields of a request, as far as a server might take one request and refuse another."""
    marks = {f"{name}={body[name]:g}" if name in _HAVE_VALUES else name for name in body}
    messages = body.get("messages")
    if isinstance(messages, list):
        marks |= {f"role {message.get('role')}" for message in messages}
    return frozenset(marks)
