"""Fewer and better: which tasks of a set are worth keeping, by what is said of them.

Scores and tags go in, ranked tasks come out, and what was passed over with its reason. Nobody is
asked, nothing is read or written here. Conditions on tasks (``--where``) are another matter, and
stand in :mod:`selfinstruct.formats.selecting`.
"""

from selfinstruct.choosing.answers import Answers, answers_of
from selfinstruct.choosing.effect import Effect, effect
from selfinstruct.choosing.judgements import Judgements
from selfinstruct.choosing.least import Least
from selfinstruct.choosing.scoring import Scored, Scoring, scored
from selfinstruct.choosing.taking import ANYHOW, Bounds, Choice, Passed, Why, choose
from selfinstruct.choosing.ways import By, Way

__all__ = [
    "ANYHOW",
    "Answers",
    "Bounds",
    "By",
    "Choice",
    "Effect",
    "Judgements",
    "Least",
    "Passed",
    "Scored",
    "Scoring",
    "Way",
    "Why",
    "answers_of",
    "choose",
    "effect",
    "scored",
]
