"""What judges and reviewers said, as their verbs sum it up: shares with intervals, worst items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from selfinstruct.report.items import cut

_WORST = 10
_FIGURES = ("judged", "unreadable")
_DOUBT = "doubt"  # among the controls: why the judge is hardly to be believed


def opinions(summaries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of each summary its shares as rows, its controls and its ten worst items.

    Args:
        summaries: As ``judge --json`` prints them: ``name``, ``rubric``, ``model``, ``judged``,
            ``unreadable``, ``shares`` (of each question, of each value ``share``, ``n``, ``low``,
            ``high``, in [0, 1]), ``means`` (of each question), ``controls`` (numbers, shares, or
            mappings of them, by name), and ``worst`` (each with ``item``, ``text``, ``answers`` and
            ``reason``).
    """
    return [_told(summary) for summary in summaries]


def _told(summary: Mapping[str, Any]) -> dict[str, Any]:
    controls: Mapping[str, Any] = summary.get("controls") or {}
    return {
        "name": str(summary.get("name", "")),
        "rubric": str(summary.get("rubric", "")),
        "model": str(summary.get("model", "")),
        **{key: summary[key] for key in _FIGURES if isinstance(summary.get(key), int)},
        "shares": [
            {"question": str(question), "value": str(value), **_interval(found)}
            for question, values in summary.get("shares", {}).items()
            for value, found in values.items()
        ],
        "means": [
            {
                "question": str(question),
                "n": int(found.get("n", 0)),
                **{key: _rounded(found.get(key)) for key in ("mean", "low", "high")},
            }
            for question, found in (summary.get("means") or {}).items()
        ],
        "controls": [
            {"control": str(key), "found": _said(found)}
            for key, found in controls.items()
            if found is not None and key != _DOUBT
        ],
        "doubt": str(controls.get(_DOUBT) or ""),
        "worst": [
            {
                "item": str(one.get("item", "")),
                "text": cut(str(one.get("text", ""))),
                "answers": _said(one.get("answers") or {}),
                "reason": cut(str(one.get("reason") or "")),
            }
            for one in list(summary.get("worst") or ())[:_WORST]
        ],
    }


def _interval(found: Mapping[str, Any]) -> dict[str, Any]:
    ends = {key: _rounded(found.get(key)) for key in ("share", "low", "high")}
    return {**ends, "n": int(found.get("n", 0))}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _said(value: object) -> str:
    """A value, a share, or a mapping of values, as a person reads it."""
    if isinstance(value, Mapping) and {"share", "n"} <= value.keys():
        return f"{round((value['share'] or 0) * value['n'])} of {value['n']}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_said(one)}" for key, one in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
