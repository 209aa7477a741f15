"""Several calls at once, none of which is left behind when one of them fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

from selfinstruct.errors import EndingError, RequestError

_T = TypeVar("_T")


async def gather_all(work: Iterable[Awaitable[_T]]) -> list[_T]:
    """The results of all of ``work``, in its order, once all of it has ended.

    Raises:
        BaseException: The first failure in that order, whichever came first, so that what is made
            of it does not depend on timing; but what ends the run goes before all others, and says
            more than what the end turned away.
    """
    results = await asyncio.gather(*work, return_exceptions=True)
    failed = [result for result in results if isinstance(result, BaseException)]
    if failed:
        raise min(failed, key=lambda error: isinstance(error, EndingError | RequestError))
    return [result for result in results if not isinstance(result, BaseException)]
