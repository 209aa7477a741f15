"""Rubrics: what models and people are asked about a task, and on which scales they answer.

A rubric is a file of a language pack. The same file makes the judge's prompt and the schema of its
reply, reads the reply, draws the page that people review on, and names the rows of every table.
"""

from selfinstruct.rubrics.files import find, known
from selfinstruct.rubrics.rubric import NA, Level, Part, Question, Rubric, Scale, Unit

__all__ = ["NA", "Level", "Part", "Question", "Rubric", "Scale", "Unit", "find", "known"]
