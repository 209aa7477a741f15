"""Grow instruction-tuning data from a teacher model.

The command line is the product; the packages below are its rooms. Start with
``docs/architecture.md``, or with the nouns in ``selfinstruct.tasks``.
"""

from __future__ import annotations

from importlib.metadata import version

__version__ = version("selfinstruct")
