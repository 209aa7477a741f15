"""Calls on their way: so many at a time, with their results in order."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from selfinstruct.engines.base import Call, Found
from selfinstruct.engines.base import Value as Way

AHEAD = 4
"""So many calls for each worker are on their way: none waits for a slow one, and few wait here."""


def in_order(
    send: Callable[[Call], Way],
    take: Callable[[Way], Found],
    calls: Iterable[Call],
    ahead: int,
) -> Iterator[Found]:
    """What ``take`` makes of what ``send`` made of each call, ``ahead`` calls at a time.

    The first ones are sent at once, before a result is asked for.
    """
    waiting = iter(calls)
    sent = deque(map(send, itertools.islice(waiting, ahead)))

    def results() -> Iterator[Found]:
        while sent:
            found = take(sent.popleft())
            sent.extend(map(send, itertools.islice(waiting, 1)))
            yield found

    return results()
