"""Finding rubrics: by name in the language pack, or in a file of one's own."""

from __future__ import annotations

from pathlib import Path

from selfinstruct.errors import SettingsError
from selfinstruct.languages import LanguagePack
from selfinstruct.languages.files import read_toml
from selfinstruct.rubrics.rubric import Rubric

_FOLDER = "rubrics"
_SUFFIX = ".toml"


def known(pack: LanguagePack) -> list[str]:
    """The names of the rubrics that ``pack`` has."""
    return sorted(path.stem for path in (pack.folder / _FOLDER).glob(f"*{_SUFFIX}"))


def find(said: str, pack: LanguagePack) -> Rubric:
    """The rubric that ``said`` names: one of ``pack``, or the path of a file.

    Raises:
        SettingsError: There is none.
        PromptError: Its file is not valid; the key is named.
    """
    shipped = pack.folder / _FOLDER / f"{said}{_SUFFIX}"
    if said in known(pack):
        return read(shipped)
    path = Path(said)
    if path.suffix == _SUFFIX and path.is_file():
        return read(path)
    names = ", ".join(known(pack)) or "none"
    raise SettingsError(
        f"There is no rubric {said!r} in {pack.name}: there are {names}; or name a file of your "
        "own that ends in .toml."
    )


def read(path: Path) -> Rubric:
    """The rubric in ``path``, called as its file is.

    Raises:
        PromptError: It cannot be read, or is not valid; the key is named.
    """
    return read_toml(path, Rubric).model_copy(update={"name": path.stem})
