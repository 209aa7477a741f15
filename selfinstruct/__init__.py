"""Grow instruction-tuning data from a teacher model.

The command line is the product; the packages below are its rooms. Start with
``docs/architecture.md``, or with the nouns in ``selfinstruct.tasks``.
"""

from __future__ import annotations


def __getattr__(name: str) -> str:
    # Reading the installed version takes 40 ms, which no other command needs to wait for.
    if name == "__version__":
        from importlib.metadata import version

        return version("selfinstruct")
    raise AttributeError(name)
