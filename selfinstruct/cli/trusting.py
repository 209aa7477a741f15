"""Where secrets of the environment may go: only where the person said.

A settings file that merely lies in the current folder may have come with somebody else's data. When
it names an address, a key goes there once the person has confirmed that address, which is kept
outside of any such folder.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence

import typer

from selfinstruct import console
from selfinstruct.api.teachers import Teacher
from selfinstruct.cli.trusted_servers import is_loopback, origin, remember, remembered
from selfinstruct.errors import SettingsError
from selfinstruct.teachers.presets import Preset


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
    if set(variables) <= remembered(server):
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
    remember(server, variables)


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
