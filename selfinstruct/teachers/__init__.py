"""Teachers: whoever answers prompts, behind one method.

Wrappers compose: retrying is a teacher around a teacher, and so is metering.
"""

from __future__ import annotations

from selfinstruct.teachers.base import Api, Decoding, Prompt, Reply, Teacher, Usage

__all__ = ["Api", "Decoding", "Prompt", "Reply", "Teacher", "Usage"]
