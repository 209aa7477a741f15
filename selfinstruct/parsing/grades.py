"""temporary"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.rubrics import Question


@dataclass(frozen=True, slots=True)
class Grades:
    answers: Mapping[str, Any]
    reason: str


def grades(
    text: str,
    questions: Sequence[Question],
    yes: Iterable[str],
    no: Iterable[str],
    between: Iterable[str] = (),
) -> Grades | None:
    m = re.findall(r"\{[^{}]*\}", text)
    for one in reversed(m):
        try:
            row = json.loads(one)
        except ValueError:
            continue
        out = {}
        for q in questions:
            v = row.get(q.key)
            if v in yes:
                v = "yes"
            if v in no:
                v = "no"
            out[q.key] = v
        if all(v is not None for v in out.values()):
            return Grades(out, row.get("reason", ""))
    return None
