"""Prompts of the released Self-Instruct and Alpaca scripts, and of those that follow them.

They have other markers than this package's own prompts for the same things. The mock takes them up,
so that such scripts can be tried against its server as they are.
"""

from __future__ import annotations

from typing import Any

from selfinstruct.mock.grammar import Grammar

_CLASSIFY = "Is it classification?"
_ONLY_CLASSIFICATION = "series of classification tasks"
_LABEL = "Class label"
_NO_INPUT = "<noinput>"


def taken_up(text: str, grammar: Grammar) -> Grammar:
    """``grammar`` with the markers that stand in the prompt ``text`` instead of its own."""
    cues: dict[str, Any] = {}
    if text.rstrip().endswith(_CLASSIFY):
        cues["classify"] = _CLASSIFY
    if _ONLY_CLASSIFICATION in text.partition("\n")[0]:
        cues["only_classification"] = _ONLY_CLASSIFICATION
    if f"\n{_LABEL}:" in text:
        cues["label"] = _LABEL
    if _NO_INPUT in text and grammar.cues.no_input not in text:
        cues["no_input"] = _NO_INPUT
    if not cues:
        return grammar
    return grammar.model_copy(update={"cues": grammar.cues.model_copy(update=cues)})


def leaves_inputs_out(text: str, grammar: Grammar) -> bool:
    """Whether tasks without input are shown without any, and the prompt ends with the task."""
    return text.endswith("\n") and grammar.cues.no_input not in text
