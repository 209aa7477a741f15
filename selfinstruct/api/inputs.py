"""What the verbs are given to read: one name or several, columns, code that somebody named."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from selfinstruct.errors import SettingsError
from selfinstruct.languages import naming

Named = str | Path
"""A file, a folder, or ``-`` for standard input."""


def names_of(given: Named | Sequence[Named]) -> list[str]:
    """The names, of one or of several.

    Raises:
        SettingsError: There are none, or standard input is to be read twice.
    """
    several = [given] if isinstance(given, str | Path) else given
    names = [str(one) for one in several]
    if not names:
        raise SettingsError("Nothing was named that could be read.")
    if names.count("-") > 1:
        raise SettingsError("Standard input (-) can be read only once.")
    return names


def texts_of(given: str | Sequence[str]) -> tuple[str, ...]:
    """The texts, of one or of several."""
    return (given,) if isinstance(given, str) else tuple(given)


def columns_of(given: Mapping[str, str] | None) -> dict[str, str]:
    """Which column is which, if anybody says so.

    Raises:
        SettingsError: Nobody says where instructions are.
    """
    columns = dict(given or {})
    if columns and "instruction" not in columns:
        raise SettingsError(
            f"Columns are named ({', '.join(columns)}) and none of them instruction: name that too."
        )
    return columns


@contextmanager
def trusting(tokenizer: str | None, code: Collection[str] | None) -> Iterator[None]:
    """Let tokenizers ``module:function`` be imported: the one given, or those in ``code`` alone."""
    with naming({tokenizer or ""} if code is None else code):
        yield


def refuse_threshold(threshold: float) -> None:
    """Refuse a threshold that none can be.

    Raises:
        SettingsError: It is outside of (0, 1].
    """
    if not 0 < threshold <= 1:
        raise SettingsError(f"--threshold must be above 0 and at most 1, not {threshold:g}.")


def refuse_unknown(name: str, value: str, known: Collection[str]) -> None:
    """Refuse a word that is none of those that may stand there.

    Raises:
        SettingsError: It is none.
    """
    if value not in known:
        raise SettingsError(f"--{name} is {' or '.join(known)}, not {value!r}.")
