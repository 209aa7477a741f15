"""Annotations: one record for what a model, a person or a rule says about a task or an instance.

Judges, reviewers and rules answer the same kind of question, so what reads their answers
(conditions, agreement, pages) need not know who gave them.
"""

from selfinstruct.annotations.record import Annotation, Annotator, Target, Who
from selfinstruct.annotations.tasks import AGREEMENT, DIFFICULTY, SKILL, of_task

__all__ = [
    "AGREEMENT",
    "DIFFICULTY",
    "SKILL",
    "Annotation",
    "Annotator",
    "Target",
    "Who",
    "of_task",
]
