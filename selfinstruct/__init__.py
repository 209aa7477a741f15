"""Grow instruction-tuning data from a teacher model.

    import selfinstruct as si

    teacher = si.Teacher("openai", model=NAME).from_environment()
    done = si.generate("mypool", target=100, teacher=teacher, limits=si.Limits(max_calls=500))
    print(done.stopped, done.tasks, done.usage.cost_usd)

Each verb of the command line is a function here, and calls these; ``docs/python-api.md`` shows
them. The packages below are rooms of the house: ``docs/architecture.md`` tells what stands where.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selfinstruct.api.adapting import Completes as Completes
    from selfinstruct.api.answer import AnswerEstimate as AnswerEstimate
    from selfinstruct.api.answer import AnswerResult as AnswerResult
    from selfinstruct.api.answer import answer as answer
    from selfinstruct.api.answer import answer_async as answer_async
    from selfinstruct.api.batches import BatchAtAGlance as BatchAtAGlance
    from selfinstruct.api.batches import BatchesResult as BatchesResult
    from selfinstruct.api.batches import batches as batches
    from selfinstruct.api.batches import batches_async as batches_async
    from selfinstruct.api.calibrate import CalibrateResult as CalibrateResult
    from selfinstruct.api.calibrate import calibrate as calibrate
    from selfinstruct.api.check import CheckResult as CheckResult
    from selfinstruct.api.check import check as check
    from selfinstruct.api.compare import CompareEstimate as CompareEstimate
    from selfinstruct.api.compare import CompareResult as CompareResult
    from selfinstruct.api.compare import compare as compare
    from selfinstruct.api.compare import compare_async as compare_async
    from selfinstruct.api.decontaminate import DecontaminateResult as DecontaminateResult
    from selfinstruct.api.decontaminate import FoundItem as FoundItem
    from selfinstruct.api.decontaminate import decontaminate as decontaminate
    from selfinstruct.api.estimate import Costs as Costs
    from selfinstruct.api.estimate import EstimateResult as EstimateResult
    from selfinstruct.api.estimate import estimate as estimate
    from selfinstruct.api.evaluate import EvaluateResult as EvaluateResult
    from selfinstruct.api.evaluate import evaluate as evaluate
    from selfinstruct.api.evolve import EvolveEstimate as EvolveEstimate
    from selfinstruct.api.evolve import estimate_evolve as estimate_evolve
    from selfinstruct.api.evolve import evolve as evolve
    from selfinstruct.api.evolve import evolve_async as evolve_async
    from selfinstruct.api.export import export as export
    from selfinstruct.api.exported import ExportResult as ExportResult
    from selfinstruct.api.filter import FilterResult as FilterResult
    from selfinstruct.api.filter import filter as filter
    from selfinstruct.api.generate import generate as generate
    from selfinstruct.api.generate import generate_async as generate_async
    from selfinstruct.api.import_ import ImportResult as ImportResult
    from selfinstruct.api.import_ import import_ as import_
    from selfinstruct.api.judge import JudgeEstimate as JudgeEstimate
    from selfinstruct.api.judge import JudgeResult as JudgeResult
    from selfinstruct.api.judge import judge as judge
    from selfinstruct.api.judge import judge_async as judge_async
    from selfinstruct.api.languages import Language as Language
    from selfinstruct.api.languages import LanguagesResult as LanguagesResult
    from selfinstruct.api.languages import copy_language as copy_language
    from selfinstruct.api.languages import languages as languages
    from selfinstruct.api.limits import Limits as Limits
    from selfinstruct.api.observer import Observer as Observer
    from selfinstruct.api.pools import PoolView as PoolView
    from selfinstruct.api.pools import Refused as Refused
    from selfinstruct.api.pools import open_pool as open_pool
    from selfinstruct.api.preview import PreviewResult as PreviewResult
    from selfinstruct.api.preview import preview as preview
    from selfinstruct.api.preview import preview_evolve as preview_evolve
    from selfinstruct.api.replay import replay as replay
    from selfinstruct.api.replay import replay_async as replay_async
    from selfinstruct.api.report import ReportResult as ReportResult
    from selfinstruct.api.report import report as report
    from selfinstruct.api.results import ReplayResult as ReplayResult
    from selfinstruct.api.results import RunResult as RunResult
    from selfinstruct.api.results import Usage as Usage
    from selfinstruct.api.review import AgreementResult as AgreementResult
    from selfinstruct.api.review import ReviewResult as ReviewResult
    from selfinstruct.api.review import review as review
    from selfinstruct.api.review import review_agreement as review_agreement
    from selfinstruct.api.review import review_summary as review_summary
    from selfinstruct.api.review_files import TakenReview as TakenReview
    from selfinstruct.api.review_files import WrittenReview as WrittenReview
    from selfinstruct.api.review_files import read_review as read_review
    from selfinstruct.api.review_files import write_review as write_review
    from selfinstruct.api.select import SelectResult as SelectResult
    from selfinstruct.api.select import select as select
    from selfinstruct.api.settings import AnswerSettings as AnswerSettings
    from selfinstruct.api.settings import CompareSettings as CompareSettings
    from selfinstruct.api.settings import JudgeSettings as JudgeSettings
    from selfinstruct.api.settings import PoolSettings as PoolSettings
    from selfinstruct.api.settings import ReviewSettings as ReviewSettings
    from selfinstruct.api.status import StatusResult as StatusResult
    from selfinstruct.api.status import status as status
    from selfinstruct.api.stop import Stop as Stop
    from selfinstruct.api.teachers import Teacher as Teacher
    from selfinstruct.api.validate import CheckedPath as CheckedPath
    from selfinstruct.api.validate import ValidateResult as ValidateResult
    from selfinstruct.api.validate import validate as validate
    from selfinstruct.batching.settings import Batch as Batch
    from selfinstruct.bootstrap import Stopped as Stopped
    from selfinstruct.engines import Cores as Cores
    from selfinstruct.errors import SelfInstructError as SelfInstructError
    from selfinstruct.formats.kind import Format as Format
    from selfinstruct.formats.registry import register_format as register_format
    from selfinstruct.formats.row_checking import Problem as Problem
    from selfinstruct.formats.trainers import Trainer as Trainer
    from selfinstruct.formats.trainers import register_trainer as register_trainer
    from selfinstruct.novelty import NoveltyIndex as NoveltyIndex
    from selfinstruct.recipes import Kind as Kind
    from selfinstruct.recipes import register_recipe as register_recipe
    from selfinstruct.tasks import Instance as Instance
    from selfinstruct.tasks import Reason as Reason
    from selfinstruct.tasks import Task as Task
    from selfinstruct.teachers import Prompt as Prompt
    from selfinstruct.teachers import Reply as Reply
    from selfinstruct.teachers.budget import Price as Price
    from selfinstruct.teachers.presets import Preset as Preset
    from selfinstruct.teachers.presets import register_teacher as register_teacher

    __version__: str

# Where each name comes from; a test holds that these are the names above.
_NAMES = {
    "Completes": "api.adapting",
    "Cores": "engines",
    "AnswerEstimate": "api.answer",
    "AnswerResult": "api.answer",
    "answer": "api.answer",
    "answer_async": "api.answer",
    "BatchAtAGlance": "api.batches",
    "BatchesResult": "api.batches",
    "batches": "api.batches",
    "batches_async": "api.batches",
    "CalibrateResult": "api.calibrate",
    "calibrate": "api.calibrate",
    "CheckResult": "api.check",
    "check": "api.check",
    "CompareEstimate": "api.compare",
    "CompareResult": "api.compare",
    "compare": "api.compare",
    "compare_async": "api.compare",
    "DecontaminateResult": "api.decontaminate",
    "FoundItem": "api.decontaminate",
    "decontaminate": "api.decontaminate",
    "Costs": "api.estimate",
    "EstimateResult": "api.estimate",
    "estimate": "api.estimate",
    "EvaluateResult": "api.evaluate",
    "evaluate": "api.evaluate",
    "EvolveEstimate": "api.evolve",
    "estimate_evolve": "api.evolve",
    "evolve": "api.evolve",
    "evolve_async": "api.evolve",
    "ExportResult": "api.exported",
    "export": "api.export",
    "FilterResult": "api.filter",
    "filter": "api.filter",
    "generate": "api.generate",
    "generate_async": "api.generate",
    "ImportResult": "api.import_",
    "import_": "api.import_",
    "JudgeEstimate": "api.judge",
    "JudgeResult": "api.judge",
    "judge": "api.judge",
    "judge_async": "api.judge",
    "Language": "api.languages",
    "LanguagesResult": "api.languages",
    "copy_language": "api.languages",
    "languages": "api.languages",
    "Limits": "api.limits",
    "Observer": "api.observer",
    "PoolView": "api.pools",
    "Refused": "api.pools",
    "open_pool": "api.pools",
    "PreviewResult": "api.preview",
    "preview": "api.preview",
    "preview_evolve": "api.preview",
    "replay": "api.replay",
    "replay_async": "api.replay",
    "ReportResult": "api.report",
    "report": "api.report",
    "ReplayResult": "api.results",
    "RunResult": "api.results",
    "Usage": "api.results",
    "AgreementResult": "api.review",
    "ReviewResult": "api.review",
    "review": "api.review",
    "review_agreement": "api.review",
    "review_summary": "api.review",
    "TakenReview": "api.review_files",
    "WrittenReview": "api.review_files",
    "read_review": "api.review_files",
    "write_review": "api.review_files",
    "SelectResult": "api.select",
    "select": "api.select",
    "AnswerSettings": "api.settings",
    "CompareSettings": "api.settings",
    "JudgeSettings": "api.settings",
    "PoolSettings": "api.settings",
    "ReviewSettings": "api.settings",
    "StatusResult": "api.status",
    "status": "api.status",
    "Stop": "api.stop",
    "Teacher": "api.teachers",
    "Batch": "batching.settings",
    "CheckedPath": "api.validate",
    "ValidateResult": "api.validate",
    "validate": "api.validate",
    "Stopped": "bootstrap",
    "SelfInstructError": "errors",
    "Problem": "formats.checking",
    "Format": "formats.kind",
    "register_format": "formats.registry",
    "Trainer": "formats.trainers",
    "register_trainer": "formats.trainers",
    "NoveltyIndex": "novelty",
    "Kind": "recipes",
    "register_recipe": "recipes",
    "Instance": "tasks",
    "Reason": "tasks",
    "Task": "tasks",
    "Prompt": "teachers",
    "Reply": "teachers",
    "Price": "teachers.budget",
    "Preset": "teachers.presets",
    "register_teacher": "teachers.presets",
}

__all__ = ["__version__", *_NAMES]  # noqa: PLE0604 - the names of a table are texts


def __getattr__(name: str) -> object:
    # Loaded when asked for: most of the rooms take their time to import.
    if name == "__version__":
        from importlib.metadata import version

        return version("selfinstruct")
    if name not in _NAMES:
        raise AttributeError(f"module 'selfinstruct' has no attribute {name!r}")
    module, _, own = _NAMES[name].partition(":")
    found = getattr(import_module(f"selfinstruct.{module}"), own or name)
    globals()[name] = found  # also where a module of that name was just loaded
    return found


def __dir__() -> list[str]:
    return sorted(__all__)


class _Verbs(ModuleType):
    """This module, where the name of a verb is never that of a room."""

    def __setattr__(self, name: str, value: object) -> None:
        # Python puts each submodule here when it is loaded; one is called as the verb languages is.
        if not (name in _NAMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Verbs
