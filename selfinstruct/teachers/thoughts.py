"""Thoughts are not answers: where models leave what they thought, and what they answered.

Some servers send thoughts in a field of their own, others leave them in the text: between tags, in
front of a closing tag whose opening one stands in the prompt's template, or in channels. Pure, and
total: no text whatever raises, and all of it ends up in one of the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TAGS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "◁think▷": "◁/think▷",
    "[THINK]": "[/THINK]",
}
_OPENING = re.compile("|".join(map(re.escape, _TAGS)))
_CLOSING = re.compile(rf"^[ \t]*(?:{'|'.join(map(re.escape, _TAGS.values()))})", re.MULTILINE)
# "<|start|>assistant<|channel|>analysis<|message|>…<|end|>": the form of harmony.
_CHANNELS = re.compile(r"\s*(?:<\|start\|>assistant)?<\|channel\|>")
_CHANNEL = re.compile(r"<\|channel\|>([^<]{0,80})<\|message\|>")
_CHANNEL_END = re.compile(r"<\|(?:end|return|call|start|channel)\|>")
# The same where a server has dropped the special tokens.
_BARE_CHANNELS = re.compile(r"\s*analysis(?=[A-Z\"'])")
_BARE_FINAL = "assistantfinal"
_FIELDS = ("reasoning_content", "reasoning", "thinking", "thoughts", "reasoning_details")
_THINKING_PARTS = {"thinking", "reasoning", "thought"}
_MOST_BLOCKS = 64  # of thoughts, one behind the other


@dataclass(frozen=True, slots=True)
class Said:
    """A text, taken apart.

    Attributes:
        thoughts: What stands before the answer.
        answer: What is left.
        ended: Whether the thoughts came to an end; True where there are none.
        unopened: Whether they were recognised by nothing but a closing tag.
    """

    thoughts: str
    answer: str
    ended: bool = True
    unopened: bool = False


def taken_apart(text: str, *, thinks: bool) -> Said:
    """The thoughts and the answer of ``text``.

    Tags count at the beginning only: further on they are quoted. Without an opening tag, thoughts
    end at the first closing tag that begins a line.

    Args:
        text: The content of a reply.
        thinks: Whether a closing tag alone is believed, because its teacher is known to think.
    """
    if _CHANNELS.match(text):
        return _from_channels(text)
    if (bare := _BARE_CHANNELS.match(text)) and _BARE_FINAL in text:
        before, _, answer = text[bare.end() :].partition(_BARE_FINAL)
        return Said(before.strip(), answer)
    thoughts: list[str] = []
    for _ in range(_MOST_BLOCKS):
        start = text.lstrip()
        opened = _OPENING.match(start)
        if not opened:
            break
        block, closed, rest = start[opened.end() :].partition(_TAGS[opened.group()])
        thoughts.append(block.strip())
        if not closed:
            return Said("\n\n".join(filter(None, thoughts)), "", ended=False)
        text = rest.lstrip("\r\n")
    if not thoughts and thinks and (closed_at := _CLOSING.search(text)):
        answer = text[closed_at.end() :].lstrip("\r\n")
        return Said(text[: closed_at.start()].strip(), answer, unopened=True)
    return Said("\n\n".join(filter(None, thoughts)), text)


def may_be_unopened(text: str) -> bool:
    """Whether ``text`` holds a closing tag that begins a line and that nothing has opened."""
    if _OPENING.match(text.lstrip()) or _CHANNELS.match(text):
        return False
    return _CLOSING.search(text) is not None


def of_message(message: Mapping[str, Any]) -> tuple[str, str]:
    """The thoughts that ``message`` holds beside its content, and the field's name; "" for none.

    Servers disagree about that name, and some send the same under two of them.
    """
    found = ((text, name) for name in _FIELDS if (text := _plain(message.get(name))))
    return next(found, ("", ""))


def of_parts(parts: list[Any]) -> tuple[str, str]:
    """Thoughts and answer of a content that comes in parts."""
    thoughts, answer = [], []
    for part in parts:
        if isinstance(part, str):
            answer.append(part)
        elif isinstance(part, dict):
            kind = part.get("type")
            thinking = isinstance(kind, str) and kind in _THINKING_PARTS
            if thinking or part.get("thought") is True:
                thoughts.append(_plain(part))
            elif isinstance(part.get("text"), str):
                answer.append(part["text"])
    return "\n\n".join(filter(None, thoughts)), "".join(answer)


def _plain(value: object, depth: int = 4) -> str:
    """The text of thoughts, which come as text, as parts, or as parts of parts."""
    if isinstance(value, str):
        return value.strip()
    if not depth:
        return ""
    if isinstance(value, list):
        texts = (_plain(one, depth - 1) for one in value)
        return "\n\n".join(filter(None, texts))
    if isinstance(value, dict):
        keys = ("thinking", "text", "summary", "content", "reasoning")
        return next((text for key in keys if (text := _plain(value.get(key), depth - 1))), "")
    return ""


def _from_channels(text: str) -> Said:
    thoughts, answer, ended = [], "", False
    for found in _CHANNEL.finditer(text):
        end = _CHANNEL_END.search(text, found.end())
        body = text[found.end() : end.start() if end else None]
        if found.group(1).strip().casefold().startswith("final"):
            answer, ended = body, True
        else:
            thoughts.append(body.strip())
    whole = "\n\n".join(filter(None, thoughts))
    # A frame that was cut off, or is none of these: all of it came before an answer.
    return Said(whole or ("" if ended else text.strip()), answer, ended=ended)
