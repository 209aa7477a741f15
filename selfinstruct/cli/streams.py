"""Standard output, which only one thing can have."""

from __future__ import annotations

from selfinstruct.errors import SettingsError
from selfinstruct.outputs import named


def refuse_json(output: str | None, said: str) -> None:
    """Refuse ``--json`` where ``output`` is standard output too.

    Raises:
        SettingsError: It is; the message is ``said``.
    """
    if output is not None and named(output).is_stdout:
        raise SettingsError(said)


def refuse_json_beside(output: str, *, is_folder: bool) -> None:
    """Refuse ``--json`` where rows go straight into a stream.

    Raises:
        SettingsError: They do.
    """
    if named(output, is_folder=is_folder).is_stream:
        raise SettingsError(f"-o {output} leaves no room for --json and --config-for: name a file.")


def refuse_watch(output: str) -> None:
    """Refuse ``--watch`` where ``output`` is a stream, which cannot be written anew.

    Raises:
        SettingsError: It is.
    """
    if named(output).is_stream:
        raise SettingsError(f"--watch writes -o anew, and {output} is no file: name one.")
