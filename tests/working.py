"""What workers do in tests; it imports little, as each of them imports it anew."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from selfinstruct.errors import SettingsError


def doubled(number):
    return 2 * number


def ends(path):
    """A worker that is killed the first time that it makes this call."""
    if not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path


def always_ends(_):
    os.kill(os.getpid(), signal.SIGKILL)


def wrong(number):
    if number == 3:
        raise SettingsError("three")
    return number
