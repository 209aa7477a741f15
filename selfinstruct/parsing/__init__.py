"""Reading replies. Pure, and total: no text whatever raises; what cannot be read is a value.

Nothing is judged here: a parser says what stands in the reply, the filters say what is kept.
"""

from __future__ import annotations

from selfinstruct.parsing.grades import Grades, grades
from selfinstruct.parsing.instances import Cases, input_first, output_first
from selfinstruct.parsing.items import Item, Items, whole_items
from selfinstruct.parsing.lists import list_items
from selfinstruct.parsing.openings import opened_list
from selfinstruct.parsing.rewrites import grade, rewritten, skill
from selfinstruct.parsing.text import answer, collapse, excerpt
from selfinstruct.parsing.unmarked import lone_answer, task_said
from selfinstruct.parsing.verdicts import yes_or_no

__all__ = [
    "Cases",
    "Grades",
    "Item",
    "Items",
    "answer",
    "collapse",
    "excerpt",
    "grade",
    "grades",
    "input_first",
    "list_items",
    "lone_answer",
    "opened_list",
    "output_first",
    "rewritten",
    "skill",
    "task_said",
    "whole_items",
    "yes_or_no",
]
