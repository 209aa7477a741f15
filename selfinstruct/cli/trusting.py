"""Where secrets of the environment may go: only where the person said.

A settings file that merely lies in the current folder may have come with somebody else's data. When
it names an address, a key goes there once the person has confirmed that address, which is kept
outside of any such folder.
"""

from __future__ import annotations

import ipaddress
import os
import sys
import tomllib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit
import typer

from selfinstruct import console, jsonl
from selfinstruct.api.teachers import Teacher
from selfinstruct.errors import DiskError, SettingsError
from selfinstruct.teachers.presets import Preset

_PORTS = {"http": 80, "https": 443}
_HEAD = "Servers that settings files may send these variables to, as confirmed on the terminal."


def origin(address: str) -> str:
    """The server of ``address``: scheme, host and port, in one spelling."""
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{shown}:{parts.port or _PORTS.get(parts.scheme.lower(), 0)}"


def is_loopback(address: str) -> bool:
    """Whether the server of ``address`` is this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def require(address: str, variables: Sequence[str], where: str) -> None:
    """Make sure that the person wants ``variables`` to be sent to the server of ``address``.

    Args:
        address: Where requests go.
        variables: The variables of the environment that would be sent.
        where: The settings file that asks for it.

    Raises:
        SettingsError: It was never confirmed, and is not now.
        DiskError: It was confirmed, and could not be written down.
    """
    server = origin(address)
    if set(variables) <= _remembered(server):
        return
    named = " and ".join(sorted(set(variables)))
    said = f"{where} was found in this folder, and asks to send {named} to {server}."
    if not _on_terminal():
        raise SettingsError(
            f"{said} Nothing was sent. If you want that, name the file with --config, or the "
            "address with --base-url or SELFINSTRUCT_BASE_URL (a header with --header); or call "
            "this once in a terminal, where you are asked."
        )
    console.say(said)
    if not typer.confirm("Shall it be sent there, now and later?", default=False, err=True):
        raise SettingsError(f"{said} You did not want that, so nothing was sent.")
    _remember(server, variables)


def consent(
    asked: Teacher, found: Collection[str], variables: Sequence[str], where: str
) -> Callable[[Preset, str], None]:
    """What is called before anything is sent to a server: it asks where a person must be asked.

    Args:
        asked: Who is asked.
        found: The options whose values stand in a file that nobody named.
        variables: The variables of the environment that the headers hold.
        where: That file.
    """

    def before(chosen: Preset, address: str) -> None:
        if is_loopback(address):
            return
        needed = tuple(variables) if "header" in found else ()
        known = chosen.base_url and origin(chosen.base_url) == origin(address)
        if "base_url" in found and not known:
            needed = (*([chosen.key_variable] if asked.key else []), *variables)
        if needed:
            require(address, needed, where)

    return before


def _on_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def store() -> Path | None:
    """The file that remembers what was confirmed; None where there is no place for it."""
    configured = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    try:
        # A relative path would lie in the current folder, whoever that is from.
        base = configured if configured.is_absolute() else Path.home() / ".config"
    except RuntimeError:  # there is no home
        return None
    return base / "selfinstruct" / "trusted.toml"


def _remembered(server: str) -> set[str]:
    path = store()
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("server") if path else None
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}. Mend or remove it.") from error
    found: set[str] = set()
    for row in rows if isinstance(rows, list) else ():
        known: Any = row.get("variables") if isinstance(row, dict) else None
        if isinstance(known, list) and row.get("address") == server:
            found.update(name for name in known if isinstance(name, str))
    return found


def _remember(server: str, variables: Sequence[str]) -> None:
    path = store()
    if path is None:
        return  # asked again next time
    whole = sorted({*variables, *_remembered(server)})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else None
    except OSError as error:
        raise DiskError(f"{path}: cannot be written: {error.strerror}.") from error
    if document is None:
        document = tomlkit.document()
        document.add(tomlkit.comment(_HEAD))
    rows = document.setdefault("server", tomlkit.aot())
    others = [row for row in rows if row.get("address") != server]
    rows.clear()
    for row in (*others, {"address": server, "variables": whole}):
        rows.append(tomlkit.item(dict(row)))
    jsonl.write_whole(path, tomlkit.dumps(document))
