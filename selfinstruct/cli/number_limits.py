"""Numbers that nobody can reckon with, whatever option they are given to."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from selfinstruct.errors import SettingsError

_MOST = 10**12  # of whatever is counted: tasks, tokens, calls
_STARTS = frozenset({"seed", "shuffle", "fault_seed"})  # where random numbers start is no count


def refuse_endless(context: Any, parameters: Iterable[Any]) -> None:
    """Refuse numbers that nobody can reckon with, by the option's name.

    Raises:
        SettingsError: One is infinite, or larger than anything that is counted here.
    """
    for parameter in parameters:
        value = context.params.get(parameter.name)
        endless = isinstance(value, float) and not math.isfinite(value)
        counts = isinstance(value, int) and parameter.name not in _STARTS
        if endless or (counts and abs(value) > _MOST):
            limit = f"at most {_MOST:,}" if counts else "a finite number"
            raise SettingsError(f"{max(parameter.opts, key=len)} must be {limit}.")
