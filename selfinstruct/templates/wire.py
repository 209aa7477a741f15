"""How two processes speak: a length, then so many bytes."""

from __future__ import annotations

import struct
from typing import IO

_HEAD = struct.Struct(">Q")


def send(stream: IO[bytes], message: bytes) -> None:
    """Write ``message``."""
    stream.write(_HEAD.pack(len(message)))
    stream.write(message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """The next message; None where the other side has ended."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    (size,) = _HEAD.unpack(head)
    message = stream.read(size)
    return message if len(message) == size else None
