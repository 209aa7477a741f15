"""A teacher without a model: for demos, tests and smoke runs, in the process or over HTTP."""

from __future__ import annotations

from selfinstruct.mock.teacher import MockTeacher

__all__ = ["MockTeacher"]
