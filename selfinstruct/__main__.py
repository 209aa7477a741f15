"""``python -m selfinstruct`` is the same as ``selfinstruct``."""

from __future__ import annotations

from selfinstruct.cli import run

if __name__ == "__main__":
    run()
