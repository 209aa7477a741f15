"""The servers that a person confirmed, in a file outside of any folder of data."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit

from selfinstruct import jsonl
from selfinstruct.errors import DiskError, SettingsError

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


def store() -> Path | None:
    """The file that remembers what was confirmed; None where there is no place for it."""
    configured = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    try:
        # A relative path would lie in the current folder, whoever that is from.
        base = configured if configured.is_absolute() else Path.home() / ".config"
    except RuntimeError:  # there is no home
        return None
    return base / "selfinstruct" / "trusted.toml"


def remembered(server: str) -> set[str]:
    """The variables that may go to ``server``.

    Raises:
        SettingsError: The file cannot be read.
    """
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


def remember(server: str, variables: Sequence[str]) -> None:
    """Write down that ``variables`` may go to ``server``.

    Raises:
        DiskError: It cannot be written.
    """
    path = store()
    if path is None:
        return  # asked again next time
    whole = sorted({*variables, *remembered(server)})
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
