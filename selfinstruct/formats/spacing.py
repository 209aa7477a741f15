"""The space between a prompt and its completion: trainers put one straight behind the other."""

from __future__ import annotations

import unicodedata


def spaced(prompt: str, output: str) -> str:
    """``output`` as it goes on behind ``prompt``.

    It brings its own space ("Answer:" and " Paris", as the released Self-Instruct code has it),
    unless the prompt ends with white space already, or with a character of a script that has no
    spaces ("答：").
    """
    last = prompt[-1:]
    if not last or last.isspace() or output[:1].isspace() or _is_unspaced(last):
        return output
    return f" {output}"


def unspaced(prompt: str, completion: str) -> str:
    """The output that :func:`spaced` made ``completion`` of."""
    output = completion.removeprefix(" ")
    return output if output[:1] and spaced(prompt, output) == completion else completion


def _is_unspaced(character: str) -> bool:
    """Whether it stands in texts without spaces: kana, Han and their punctuation, not Hangul."""
    is_wide = unicodedata.east_asian_width(character) in {"W", "F"}
    return is_wide and not unicodedata.name(character, "").startswith("HANGUL")
