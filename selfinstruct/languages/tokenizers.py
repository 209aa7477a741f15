"""Tokenizers for the novelty score, by name.

The threshold 0.7 belongs to a tokenizer as much as to ROUGE-L: on characters, unrelated texts
score far higher than on words. The pool's manifest therefore keeps both together.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Protocol

from selfinstruct.errors import SettingsError


class Tokenizer(Protocol):
    """What ``rouge_score.RougeScorer(tokenizer=…)`` accepts as well."""

    def tokenize(self, text: str) -> list[str]:
        """The tokens of ``text``, in order; repeated tokens stay repeated."""
        ...


class RougeTokenizer:
    """rouge-score's own tokenizer without stemming: lower-cased runs of ``[a-z0-9]``."""

    def __init__(self) -> None:
        # `rouge_score.tokenize` is light; `rouge_score.rouge_scorer` would pull in nltk.
        from rouge_score import tokenize

        self._separators = tokenize.NON_ALPHANUM_RE

    def tokenize(self, text: str) -> list[str]:
        """The tokens rouge-score itself would compare.

        This is its first pass. The two that follow there (splitting with a pattern, and looking
        at each token again) change nothing any more and take most of its time.
        """
        tokens: list[str] = self._separators.sub(" ", text.lower()).split()
        return tokens


def tokenizer(name: str) -> Tokenizer:
    """The tokenizer called ``name``: ``rouge``, or ``module:function`` for one's own.

    Raises:
        SettingsError: There is no such tokenizer, or the function cannot be imported.
    """
    if name == "rouge":
        return RougeTokenizer()
    module, colon, attribute = name.partition(":")
    if not colon:
        raise SettingsError(
            f"There is no tokenizer {name!r}: use 'rouge', or 'module:function' for your own."
        )
    try:
        function = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"The tokenizer {name!r} cannot be imported: {error}.") from error
    try:
        tokens = function("two words")
    except (TypeError, ValueError) as error:
        raise SettingsError(f"The tokenizer {name!r} fails on a text: {error}.") from error
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise SettingsError(f"The tokenizer {name!r} does not give a list of str for a text.")
    return _FunctionTokenizer(function)


class _FunctionTokenizer:
    """A user's function dressed as a tokenizer."""

    def __init__(self, function: Callable[[str], list[str]]) -> None:
        self._function = function

    def tokenize(self, text: str) -> list[str]:
        """The tokens of the user's function."""
        return self._function(text)
