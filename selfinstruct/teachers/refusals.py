"""What a server says when it refuses a request, whatever shape it says it in. Pure, and total."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

_DEPTH = 6
_CONTEXT = re.compile(
    r"context (?:length|window|size)|maximum context|exceed_context|input is too long"
    r"|prompt is too long|too many (?:input )?tokens|reduce the length|context_length_exceeded",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"content_filter|content management policy|content_policy|responsible ?ai|moderation|"
    r"safety system|data_inspection_failed|invalid_prompt",
    re.IGNORECASE,
)
# Words that do not just name a field, but refuse it.
_REFUSING = re.compile(
    r"unsupported|unavailable|not supported|n't support|not support|unrecogni[sz]ed|unknown"
    r"|unexpected|too large|too big|at most|range"
    r"|not permitted|not allowed|not available|extra |extraneous|cannot|can't|only |must be|"
    r"invalid|deprecated|incompatible|not compatible|is not valid|does not accept|no longer",
    re.IGNORECASE,
)
_ONLY = (
    re.compile(
        r"only (?:the default )?(?:value )?\(?([\d.]+)\)?(?: value)? (?:is|are)", re.IGNORECASE
    ),
    re.compile(
        r"must be (?:set to |equal to |exactly )?([\d.]+)(?![\d.]* (?:and|to|or less))",
        re.IGNORECASE,
    ),
)
_BEFORE_NAME = "(?:supplied:|arguments?:?|parameters?:?|fields?:?|[Ii]nvalid|[Uu]nsupported)"
_NUMBER = re.compile(r"(?<![\w.-])\d{1,9}(?![\w-])")
_TOO_MUCH = re.compile(
    r"too (?:large|big|high|many)|at most|maximum|range|less than|exceed|greater than|[<>]|up to",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused request.

    Attributes:
        status: HTTP's number.
        words: The server's own words, in one line.
        fields: The names that it gives for what it refuses, in the order given: parameters, then
            the places of a validation error.
        code: Its code for the error, or "".
    """

    status: int
    words: str
    fields: tuple[str, ...] = ()
    code: str = ""

    @property
    def of_context(self) -> bool:
        """Whether the request is too long for the model."""
        return bool(_CONTEXT.search(f"{self.code} {self.words}"))

    @property
    def of_content(self) -> bool:
        """Whether what the request says is refused."""
        return bool(_CONTENT.search(f"{self.code} {self.words}"))

    @property
    def of_tier(self) -> bool:
        """Whether a cheap tier has no room just now."""
        words = f"{self.code} {self.words}".casefold().replace("_", " ")
        return self.status == 429 and "resource unavailable" in words

    @property
    def names_value(self) -> float | None:
        """The one value that is allowed, where the server names it."""
        found = next((match for one in _ONLY if (match := one.search(self.words))), None)
        try:
            return float(found.group(1).rstrip(".")) if found else None
        except ValueError:
            return None

    def most(self, sent: int) -> int | None:
        """The largest number below ``sent`` that the server names: its limit."""
        if not _TOO_MUCH.search(self.words):
            return None
        numbers = [int(text) for text in _NUMBER.findall(self.words)]
        return max((number for number in numbers if 16 <= number < sent), default=None)

    def names(self, sent: Collection[str]) -> list[str]:
        """Which of the fields that were ``sent`` are refused.

        What the server calls a parameter or a place counts; else names in quotes, or names of
        several words, in a sentence that refuses something.
        """
        if given := [name for name in self.fields if name in sent]:
            return list(dict.fromkeys(given))
        if not _REFUSING.search(self.words):
            return []
        quoted = [name for name in sent if re.search(rf"[`'\"]{re.escape(name)}[`'\"]", self.words)]
        plain = [
            name
            for name in sent
            if "_" in name and re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", self.words)
        ]
        bare = [
            name
            for name in sent
            if re.search(rf"(?:^|{_BEFORE_NAME}) {re.escape(name)}(?!\w)", f" {self.words}")
        ]
        found = quoted or plain or bare
        return sorted(dict.fromkeys(found), key=self.words.find)


def read_refusal(status: int, body: object, fallback: str) -> Refusal:
    """What ``body`` says; ``fallback`` where it says nothing.

    Args:
        status: HTTP's number.
        body: The parsed body of the answer, or None.
        fallback: What to quote where there are no words in it.
    """
    fields: list[str] = []
    words: list[str] = []
    code = ""
    for value in _levels(body):
        if isinstance(value.get("param"), str):
            fields.append(_last(re.split(r"[.\[\]]+", value["param"])))
        if isinstance(value.get("loc"), list):
            fields.append(_last([str(part) for part in value["loc"]]))
        if not code and isinstance(value.get("code"), str):
            code = value["code"]
        place = fields[-1] if isinstance(value.get("loc"), list) and fields else ""
        for key in ("message", "msg", "detail", "error", "error_msg", "raw"):
            text = value.get(key)
            if isinstance(text, str) and text.strip() and not _parsed(text):
                words.append(f"{place}: {text}" if place else text)
    if not words and isinstance(body, str) and body.strip():
        words = [body]
    said = "; ".join(dict.fromkeys(" ".join(text.split()) for text in words))
    return Refusal(status, said or fallback, tuple(filter(None, fields)), code)


def _last(parts: list[str]) -> str:
    """The field that a place names: the outermost one inside the body."""
    names = [part for part in parts if part and part not in {"body", "query"}]
    return names[0] if names else ""


def _levels(value: object, depth: int = _DEPTH) -> Iterator[dict[str, Any]]:
    """The objects of an error, from the outside in; JSON inside a text is one, too."""
    if not depth:
        return
    if isinstance(value, str):
        yield from _levels(_parsed(value), depth - 1)
    elif isinstance(value, list):
        for one in value[:50]:
            if isinstance(one, dict | list):
                yield from _levels(one, depth - 1)
    elif isinstance(value, dict):
        yield value
        for key, one in value.items():
            if isinstance(one, dict | list) or (key in {"raw", "message", "error"} and one):
                yield from _levels(one, depth - 1)


def _parsed(text: object) -> object:
    if not isinstance(text, str) or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None
