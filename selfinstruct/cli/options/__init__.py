"""Options that verbs share, each declared once, in the file of its subject.

Here stand those that verbs take one by one; the others come to them in ``cli.groups``. Importing
this must stay cheap: ``--help`` runs through here.
"""

from __future__ import annotations

from selfinstruct.cli.options.answering import AnswersInto, AnswerSource
from selfinstruct.cli.options.base import BATCHES, KEPT, OUTPUT, TEACHER, WHAT, option, own
from selfinstruct.cli.options.comparing import CompareInto, CompareSources
from selfinstruct.cli.options.cores import Address, EngineName, Workers
from selfinstruct.cli.options.judging import JudgeSource, Worst
from selfinstruct.cli.options.keeping import Threshold, TokenizerName
from selfinstruct.cli.options.making import Language, RecipeName, Seeds
from selfinstruct.cli.options.output import Config, Force, Json, PoolArgument, Preview, Quiet
from selfinstruct.cli.options.selecting import Judgements, Where

__all__ = [
    "BATCHES",
    "KEPT",
    "OUTPUT",
    "TEACHER",
    "WHAT",
    "Address",
    "AnswerSource",
    "AnswersInto",
    "CompareInto",
    "CompareSources",
    "Config",
    "EngineName",
    "Force",
    "Json",
    "JudgeSource",
    "Judgements",
    "Language",
    "PoolArgument",
    "Preview",
    "Quiet",
    "RecipeName",
    "Seeds",
    "Threshold",
    "TokenizerName",
    "Where",
    "Workers",
    "Worst",
    "option",
    "own",
]
