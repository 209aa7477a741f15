"""Marks in files of fine-tuning data that are no part of what was said."""

from __future__ import annotations

import re

ENDS = ("<|endoftext|>", "<|im_end|>", "</s>")
"""What models end a text with."""

_ASKED = re.compile(r"\s*\bOutput:\s*\Z")
_TASK = re.compile(r"\A\s*Task:\s+")


def without_marks(text: str) -> str:
    """``text`` without the marks of its end; as it is where it has none."""
    while (cut := text.rstrip()).endswith(ENDS):
        text = next(cut.removesuffix(end) for end in ENDS if cut.endswith(end)).rstrip()
    return text


def as_meant(prompt: str, completion: str) -> tuple[str, str]:
    """Instruction and output of a row as the released scripts write it for GPT-3.

    Such completions end with a mark, and begin with a space where the prompt ends with "Output:".
    """
    return _TASK.sub("", _ASKED.sub("", prompt)).strip(), without_marks(completion).strip()
