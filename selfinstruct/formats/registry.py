"""The formats that pools are exported in; those that data sets are read from stand in `importing`.

Other packages offer theirs under the entry point ``selfinstruct.formats``, each of them a
:class:`~selfinstruct.formats.kind.Format`; :func:`register_format` adds one by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from selfinstruct.errors import PromptError, SettingsError
from selfinstruct.extensions import Registry
from selfinstruct.formats import flat, own, wording
from selfinstruct.formats.base import Reader, RowWriter
from selfinstruct.formats.dialogue import CHAT, FEWEST_ROWS, SHAREGPT
from selfinstruct.formats.kind import FolderWriter, Format, Shape, Wanted
from selfinstruct.formats.preferences import PREFERENCES
from selfinstruct.formats.superni import SuperNi
from selfinstruct.formats.taskfiles import TaskFolder


def _completion(wanted: Wanted) -> RowWriter:
    found = wording.load(path := _templates(wanted)).completion
    if found is None:
        raise PromptError(f"{path}: has no [completion].")
    return wording.CompletionWriter(found, wanted.seed)


def _flan(wanted: Wanted) -> RowWriter:
    found = wording.load(path := _templates(wanted)).flan
    if found is None:
        raise PromptError(f"{path}: has no [flan].")
    return wording.FlanWriter(found, wanted.seed)


def _templates(wanted: Wanted) -> Path:
    if wanted.templates is None:
        raise SettingsError(
            f"The language has no templates for {wanted.format}: give a file with --templates."
        )
    return wanted.templates


def _task_files(
    wanted: Wanted, folder: Path, lists: Mapping[str, str], rejects: Path
) -> FolderWriter:
    licence = [wanted.licence] if wanted.licence else []
    return TaskFolder(folder, SuperNi(wanted.language, licence), lists, rejects)


_WORDS = frozenset({"templates", "seed"})
_TABLE = Format(
    "parquet",
    lambda _: own.Table(),
    shape=Shape.TABLE,
    columns=own.COLUMNS,
    thoughts=False,  # they stand in its column more
)
_FORMATS: Registry[Format] = Registry(
    "selfinstruct.formats",
    Format,
    (
        Format("alpaca", lambda _: flat.ALPACA),
        Format(
            "chat",
            lambda wanted: replace(CHAT, system=wanted.system),
            takes=frozenset({"system"}),
            least=(
                FEWEST_ROWS,
                f"OpenAI takes fine-tuning files from {FEWEST_ROWS} rows on. Export as sharegpt",
            ),
        ),
        Format(
            "sharegpt",
            lambda wanted: replace(SHAREGPT, system=wanted.system),
            takes=frozenset({"system"}),
        ),
        Format("completion", _completion, takes=_WORDS, drops_repeats=True),
        Format("flan", _flan, takes=_WORDS, drops_repeats=True, thoughts=False),
        _TABLE,
        replace(_TABLE, name="hf", shape=Shape.DATASET),
        Format("superni", folder=_task_files, shape=Shape.TASK_FILES, thoughts=False),
    ),
)


def register_format(format_: Format) -> None:
    """Make a format known under its name."""
    _FORMATS.add(format_)


def written_names() -> list[str]:
    """The names of those that pools can be exported in."""
    return [one.name for one in _all() if one.can_be_written]


def find_format(name: str) -> Format:
    """The format called ``name``, that pools can be exported in.

    Raises:
        SettingsError: There is none; the message lists them.
    """
    found = _FORMATS.get(name)
    if found is None or not found.can_be_written:
        names = ", ".join(written_names())
        raise SettingsError(
            f"There is no format {name!r} to export: use {names}; of a comparison, "
            f"{', '.join(PREFERENCES)}."
        )
    return found


def added_readers() -> list[Reader]:
    """What reads the formats of other packages."""
    shipped = {one.name for one in _FORMATS.shipped()}
    return [reader for one in _all() if one.name not in shipped for reader in one.readers]


def _all() -> list[Format]:
    return [one for name in _FORMATS.names() if (one := _FORMATS.get(name))]
