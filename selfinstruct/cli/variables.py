"""Variables of the environment that look like ones of this program, and are none."""

from __future__ import annotations

import difflib
import os
import re
import sys
from typing import Any

_PREFIX = "SELFINSTRUCT_"
TOKENIZER = "SELFINSTRUCT_TOKENIZER"
"""Names the code of a tokenizer, also for verbs that have no such option."""

_SECRET = re.compile(r"KEY$|TOKEN$|SECRET|PASSWORD")


def say_unknown(context: Any) -> None:
    """Name the variables that look like ones of this program, and are none."""
    ours = [name for name in os.environ if name.startswith(_PREFIX)]
    if not ours or context.parent is None or sys.stderr is None:
        return
    verbs = context.parent.command.commands.values()
    known = {TOKENIZER} | {str(p.envvar) for verb in verbs for p in verb.params if p.envvar}
    for name in sorted(set(ours) - known):
        if _SECRET.search(name):
            hint = " A key stands in the variable of its teacher, such as OPENAI_API_KEY."
        elif near := difflib.get_close_matches(name, known, n=1, cutoff=0.75):
            hint = f" Did you mean {near[0]}?"
        else:
            hint = ""
        from selfinstruct.console.talk import say

        say(f"selfinstruct: the variable {name} says nothing to this program.{hint}")
