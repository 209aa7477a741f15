"""Verbs and objects by a spaCy model that the user has: the paper's own method."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from typing import Any

from selfinstruct.errors import SettingsError

_LONGEST_TEXT = 2000  # characters; a request comes first


def parsed(texts: Iterable[str], name: str) -> Iterator[tuple[str, str] | None]:
    """Of each text the root verb of its first sentence, and that verb's first noun object.

    As in the notebook released with Self-Instruct, which calls the Berkeley parser and uses
    spaCy's; all children of the root are looked at here, and not just the first.

    Args:
        texts: Instructions.
        name: The model, as ``spacy.load`` takes it.

    Raises:
        SettingsError: spaCy or the model is not installed.
    """
    try:
        spacy: Any = importlib.import_module("spacy")
    except ImportError as error:
        raise SettingsError(
            f"--verbs spacy:{name} needs spaCy, which is not installed: pip install spacy, or "
            "--verbs rules."
        ) from error
    try:
        parser: Any = spacy.load(name)
    except OSError as error:
        raise SettingsError(
            f"spaCy has no model {name!r}: python -m spacy download {name}, or --verbs rules."
        ) from error
    for found in parser.pipe(text[:_LONGEST_TEXT] for text in texts):
        yield _pair(found)


def _pair(document: Any) -> tuple[str, str] | None:
    first = next(iter(document.sents), None)
    if first is None or first.root.pos_ != "VERB":
        return None
    objects = (
        child
        for child in first.root.children
        if child.dep_ in {"dobj", "obj"} and child.pos_ == "NOUN"
    )
    found = next(objects, None)
    return None if found is None else (first.root.lemma_.lower(), found.lemma_.lower())
