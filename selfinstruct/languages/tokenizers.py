"""Tokenizers for the novelty score, by name.

The threshold 0.7 belongs to a tokenizer as much as to ROUGE-L: on characters, unrelated texts
score far higher than on words. The pool's manifest therefore keeps both together.

A tokenizer of one's own is code. Its name may stand in files that came from somebody else (a pool's
manifest, a language pack, a settings file), so a name in a file never runs: only what the person
named is imported, and :func:`naming` says what that was.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Protocol

from selfinstruct.errors import SettingsError

ROUGE = "rouge"
"""The name of rouge-score's own tokenizer."""


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


class UnicodeTokenizer:
    """Words of alphabetic scripts, and single characters of scripts that know no spaces.

    Text is taken in NFKC and case-folded, so that spellings of one text (composed or not, full
    width or not) are one text. Runs of letters, marks and digits are words; each Hangul syllable
    and each Han, Hiragana or Katakana character is a token of its own: particles and endings then
    cost one token, not the whole word. A text of nothing but marks, such as emoji, is taken by the
    character, so that it is equal to itself.
    """

    def __init__(self) -> None:
        single = "".join(f"{first}-{last}" for first, last in _SINGLE)
        self._token = re.compile(rf"[{single}]|(?:(?![{single}])[^\W_]|[{_marks()}])+")

    def tokenize(self, text: str) -> list[str]:
        """The tokens of ``text``."""
        folded = unicodedata.normalize("NFKC", text).casefold()
        folded = unicodedata.normalize("NFKC", folded)
        return self._token.findall(folded) or [c for c in folded if not c.isspace()]


# Hangul syllables and letters, Han with its marks of repetition, Hiragana, Katakana.
_SINGLE = (
    ("\u1100", "\u11ff"),
    ("\u3005", "\u3007"),
    ("\u3041", "\u3096"),
    ("\u30a1", "\u30ff"),
    ("\u3131", "\u318e"),
    ("\u31f0", "\u31ff"),
    ("\u3400", "\u4dbf"),
    ("\u4e00", "\u9fff"),
    ("\ua960", "\ua97c"),
    ("\uac00", "\ud7a3"),
    ("\ud7b0", "\ud7fb"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)


@cache
def _marks() -> str:
    """The combining marks of the basic plane, which belong to the letters before them."""
    return "".join(chr(n) for n in range(0x300, 0x10000) if unicodedata.category(chr(n))[0] == "M")


# The names of code that the person gave; nothing else is imported.
_named: ContextVar[frozenset[str]] = ContextVar("_named", default=frozenset())


@contextlib.contextmanager
def naming(names: Collection[str]) -> Iterator[None]:
    """Let the tokenizers called ``names`` be imported meanwhile: the person has named them."""
    before = _named.set(_named.get() | frozenset(names))
    try:
        yield
    finally:
        _named.reset(before)


def tokenizer(name: str) -> Tokenizer:
    """The tokenizer called ``name``: ``rouge``, ``unicode``, or ``module:function`` of one's own.

    Raises:
        SettingsError: There is no such tokenizer, the function cannot be imported, or the person
            has not named it (see :func:`naming`).
    """
    if name == ROUGE:
        return RougeTokenizer()
    if name == "unicode":
        return UnicodeTokenizer()
    module, colon, attribute = name.partition(":")
    if not colon:
        raise SettingsError(
            f"There is no tokenizer {name!r}: use 'rouge', 'unicode', or 'module:function' for "
            "your own."
        )
    if name not in _named.get():
        raise SettingsError(
            f"The tokenizer {name!r} is code, and only a file names it here. If you know that code "
            f"and want it to run, name it yourself: --tokenizer {name}, or for verbs without that "
            f"option SELFINSTRUCT_TOKENIZER={name} in the environment."
        )
    try:
        function = getattr(_imported(module), attribute)
    except _FOREIGN as error:
        raise SettingsError(f"The tokenizer {name!r} cannot be imported: {error}.") from error
    try:
        tokens = function("two words")
    except _FOREIGN as error:
        raise SettingsError(f"The tokenizer {name!r} fails on a text: {error}.") from error
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise SettingsError(f"The tokenizer {name!r} does not give a list of str for a text.")
    return _FunctionTokenizer(function)


def _imported(module: str) -> ModuleType:
    """The user's module, which may stand in the current folder."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(module)
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(here)


# What code of somebody else's raises when it is imported or called.
_FOREIGN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


class _FunctionTokenizer:
    """A user's function dressed as a tokenizer."""

    def __init__(self, function: Callable[[str], list[str]]) -> None:
        self._function = function

    def tokenize(self, text: str) -> list[str]:
        """The tokens of the user's function."""
        return self._function(text)
