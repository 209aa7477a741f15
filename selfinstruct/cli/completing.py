"""What a shell offers while one types: names, pools, and what stands beside them.

Nothing of the program is loaded for it but its options, and nothing is said: a folder that cannot
be read offers nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from selfinstruct.cli import known_names

# Beside the manifest, which other folders have too: where answers, judgements, comparisons are.
_OF_POOLS = "seeds.jsonl"
_MANIFEST = "manifest.json"
_DATA = (".jsonl", ".json", ".csv", ".parquet", ".gz", ".txt")
_JUDGEMENTS = "judgements"

Complete = Callable[[str], list[str]]
"""Gives what may stand where a word was begun."""


def _begun(names: Callable[[], list[str]]) -> Complete:
    def complete(incomplete: str) -> list[str]:
        return [name for name in names() if name.startswith(incomplete)]

    return complete


written = _begun(known_names.written)


def pools(incomplete: str) -> list[str]:
    """Folders that are pools."""
    return [name for name, path in _entries(incomplete) if _is_pool(path)]


def sources(incomplete: str) -> list[str]:
    """What verbs read: pools and other folders with a manifest, data files, and folders on the way.

    Where there is nothing but folders on the way, it is left to the shell, which goes on in them.
    """
    found = [(name, path) for name, path in _entries(incomplete) if _may_be_read(path)]
    if all(_is_on_the_way(path) for _, path in found):
        return []
    return [f"{name}{os.sep}" if _is_on_the_way(path) else name for name, path in found]


def judgings(ctx: typer.Context, incomplete: str) -> list[str]:
    """The judgings of the pools among the words before it, or of the one that the verb takes."""
    named: list[str | Path] = []
    for value in ctx.params.values():
        several = value if isinstance(value, list | tuple) else [value]
        named += [one for one in several if isinstance(one, str | Path)]
    folders = (Path(one) / _JUDGEMENTS for one in named)
    found = {path.name for folder in folders for _, path in _entries(f"{folder}{os.sep}")}
    return sorted(name for name in found if name.startswith(incomplete))


def verbs(ctx: typer.Context, incomplete: str) -> list[str]:
    """The verbs of the program."""
    # Typer exports no name for a group, whose commands these are.
    known: list[str] = list(getattr(ctx.find_root().command, "commands", ()))
    return [name for name in known if name.startswith(incomplete)]


BY_FLAG: dict[str, Complete | Callable[[typer.Context, str], list[str]]] = {
    "--recipe": _begun(known_names.recipes),
    "--teacher": _begun(known_names.teachers),
    "--language": _begun(known_names.languages),
    "--copy": _begun(known_names.languages),
    "--rubric": _begun(known_names.rubrics),
    "--format": _begun(known_names.read),
    "--config-for": _begun(lambda: list(known_names.TRAINERS)),
    "--judgements": judgings,
    "--reveal": judgings,
    "--from": pools,
}
"""What options are completed by, unless one of that name says otherwise."""


def _entries(incomplete: str) -> Iterator[tuple[str, Path]]:
    """What is there whose name begins so, as it would be written, and its path."""
    begun = incomplete.rpartition(os.sep)[2]
    before = incomplete[: len(incomplete) - len(begun)]
    try:
        folder = Path(before or os.curdir).expanduser()
        names = sorted(one.name for one in folder.iterdir())
    except (OSError, RuntimeError):  # no such folder; no such home
        return
    for name in names:
        if name.startswith(begun) and (begun.startswith(".") or not name.startswith(".")):
            yield before + name, folder / name


def _is_pool(path: Path) -> bool:
    return (path / _MANIFEST).is_file() and (path / _OF_POOLS).is_file()


def _may_be_read(path: Path) -> bool:
    return path.is_dir() or path.suffix in _DATA


def _is_on_the_way(path: Path) -> bool:
    return path.is_dir() and not (path / _MANIFEST).is_file()
