"""Whole tasks in one reply: instruction, input and output of each (Stanford Alpaca's form).

Written as JSON, where the teacher can be held to a schema, or as text with a marker before each
field. Both give the same items. An item that lacks a field is unreadable, never filled up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.languages.words import Labels
from selfinstruct.parsing.instances import fields_of, no_input, unmarked
from selfinstruct.parsing.text import collapse
from selfinstruct.tasks import Instance

_DECODER = json.JSONDecoder()
_OBJECT = re.compile(r"[{\[]")
_MOST_BROKEN = 64


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    Attributes:
        instruction: White space collapsed; "" where items have no instruction of their own.
        case: Its input and output.
    """

    instruction: str
    case: Instance


@dataclass(frozen=True, slots=True)
class Items:
    """What was read.

    Attributes:
        items: The items, in the order written.
        unreadable: Pieces that lack a field, as text.
        cut: The last piece, where the reply was cut off in it; None otherwise.
    """

    items: tuple[Item, ...] = ()
    unreadable: tuple[str, ...] = ()
    cut: str | None = None


def whole_items(
    text: str,
    labels: Labels,
    *,
    with_instruction: bool,
    cut_off: bool = False,
    continues: bool = False,
) -> Items:
    """Read whole items.

    Args:
        text: The reply.
        labels: The language's markers.
        with_instruction: Whether each item has an instruction, or just input and output.
        cut_off: Whether the token limit ended the reply, so that its last piece is incomplete.
        continues: Whether the prompt ended with the first marker.
    """
    names = (*((labels.instruction,) if with_instruction else ()), labels.input, labels.output)
    if not continues and (found := _from_json(text, names, labels, cut_off=cut_off)) is not None:
        return found
    if continues:
        text = f"{names[0]}: {text.lstrip()}"
    pieces = fields_of(text, labels, names)
    cut = _shown(pieces[-1]) if cut_off and pieces else None
    kept = pieces[:-1] if cut is not None else pieces
    return Items(
        tuple(_item(piece, labels) for piece in kept if all(name in piece for name in names)),
        tuple(_shown(piece) for piece in kept if not all(name in piece for name in names)),
        cut,
    )


def _item(piece: dict[str, str], labels: Labels) -> Item:
    given = piece[labels.input]
    case = Instance(
        input="" if no_input(given, labels) else given,
        output=unmarked(piece[labels.output], labels),
    )
    return Item(collapse(piece.get(labels.instruction, "")), case)


def _shown(piece: dict[str, str]) -> str:
    return "\n".join(f"{name}: {text}" for name, text in piece.items())


def _from_json(text: str, names: Sequence[str], labels: Labels, *, cut_off: bool) -> Items | None:
    """The items of a JSON reply; None where it is none."""
    start = _OBJECT.search(text)
    head = text[: start.start()].strip() if start else text
    if start is None or (head and not head.endswith(("```json", "```", ":", "："))):
        return None
    keys = dict(zip(names[::-1], ("output", "input", "instruction"), strict=False))
    own = {spelt.casefold(): key for name, key in keys.items() for spelt in labels.spellings(name)}
    found = _objects(text, start.start())
    # Another spelling counts only where the prompt's own is not there: "context" beside "input".
    rows = [
        {
            own.get(key, key): value
            for key, value in row.items()
            if not (labels.reading and own.get(key, key) != key and own.get(key) in row)
        }
        for row in found
    ]
    if not any(isinstance(row.get("output"), str) for row in rows):
        return None
    good, bad = [], []
    for row in rows:
        if row.get("input", "") is None:
            row["input"] = ""
        piece = {
            name: row[key].strip() for name, key in keys.items() if isinstance(row.get(key), str)
        }
        if len(piece) == len(names):
            good.append(_item(piece, labels))
        else:
            bad.append(json.dumps(row, ensure_ascii=False))
    broken = text[text.rfind("}") + 1 :].lstrip(", \n") if cut_off else ""
    return Items(tuple(good), tuple(bad), broken or ("" if cut_off else None))


def _objects(text: str, place: int) -> Iterator[dict[str, Any]]:
    """The innermost-level objects of an array, or of an object that holds one; cut off or not."""
    broken = 0
    while broken < _MOST_BROKEN and (found := _OBJECT.search(text, place)):
        place = found.start() + 1
        if text[found.start()] == "[":
            continue  # its elements come one by one, so that a broken end costs only itself
        try:
            value, end = _DECODER.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            broken += 1  # bounded, so that no reply takes more than linear time
            continue
        inner = next((v for v in value.values() if isinstance(v, list)), None)
        if inner is not None and "output" not in value:
            yield from (row for row in inner if isinstance(row, dict))
        else:
            yield {str(key).casefold(): item for key, item in value.items()}
        place = end
