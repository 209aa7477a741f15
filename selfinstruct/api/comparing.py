"""Putting a comparison together: whose answers, by which rubric, in which folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from selfinstruct import rubrics
from selfinstruct.api.contestants import named
from selfinstruct.api.derived import Prepared, model_of, name_of, refuse_another
from selfinstruct.api.inputs import refuse_unknown
from selfinstruct.api.parts import prompts_of
from selfinstruct.api.settings import CompareSettings, PoolSettings
from selfinstruct.api.teachers import Asked, with_teacher
from selfinstruct.comparing.contests import Contest, chosen, controls, joined, within
from selfinstruct.comparing.job import Comparison
from selfinstruct.comparing.manifest import Manifest
from selfinstruct.errors import SettingsError
from selfinstruct.judging.prompting import Prompting
from selfinstruct.languages import load
from selfinstruct.prompts import Step
from selfinstruct.recipes import NEWEST
from selfinstruct.rubrics import Scale, Unit
from selfinstruct.settings import table
from selfinstruct.teachers import Api, Decoding

PAIRS, LIST = "pairs", "list"
_RUBRICS = {PAIRS: "overall", LIST: "ranking"}
_UNITS = {PAIRS: Unit.PAIR, LIST: Unit.LIST}
_BRIEF, _FULL = 16, 300  # tokens of a judgement without and with reasons
_EACH = 12  # tokens more for each answer in a list
_MOST = 16  # answers in one prompt
_NO_POOL = PoolSettings()


@dataclass(frozen=True, slots=True)
class Comparing(Prepared[Manifest, Contest]):
    """A comparison that is ready to be made: of prompts, then controls.

    Attributes:
        job: What is asked and what comes of it.
        baseline: Against whom the others are measured.
        alone: Of each contestant, how many prompts it answers that not all others do.
    """

    job: Comparison
    baseline: str
    alone: dict[str, int]


def comparing(
    sources: Sequence[str], into: Path, settings: CompareSettings, asked: Asked
) -> Comparing:
    """What comparing ``sources`` is made of.

    Raises:
        UsageError: Something given makes no sense, or the folder holds another comparison.
    """
    contests, alone = _contests(sources, settings)
    names = [] if settings.within else list(alone)
    most = max(len(one.answers) for one in contests)
    method = settings.method or (PAIRS if most == 2 else LIST)
    refuse_unknown("method", method, list(_RUBRICS))
    _refuse_method(method, most)
    baseline = settings.baseline or (names[0] if names else contests[0].answers[0].name)
    known = names or sorted({answer.name for one in contests for answer in one.answers})
    if baseline not in known:
        raise SettingsError(f"--baseline {baseline!r} is none of {', '.join(known)}.")
    pack = load(settings.language or "en").in_edition(NEWEST)
    rubric = rubrics.find(settings.rubric or _RUBRICS[method], pack)
    scale = Scale.NUMBERS if method == LIST else Scale.CHOICE
    if rubric.unit is not _UNITS[method] or rubric.questions[0].scale is not scale:
        raise SettingsError(
            f"--rubric {rubric.name}: its unit is {rubric.unit.value}; {method} are compared by "
            f"one like {_RUBRICS[method]}."
        )
    api = Api(settings.api or Api.CHAT)
    prompts = prompts_of(pack, api, settings.prompts, (Step.JUDGE,), "")
    room = (_BRIEF if settings.brief else _FULL) + _EACH * (most if method == LIST else 0)
    own = dict(settings.decoding.get(Step.JUDGE, {})) | dict(settings.leading)
    usual = Decoding(temperature=0, top_p=1, max_tokens=room)
    decoding = table(Decoding, own, f"{settings.where_from}: decoding.{Step.JUDGE}", usual)
    before = Manifest.read(into)
    structured = with_teacher(_NO_POOL, asked).structured_by_default
    wanted = Manifest(
        rubric=rubric.name,
        rubric_digest=rubric.digest,
        prompts=prompts.fingerprint,
        language=pack.source,
        teacher=name_of(asked),
        model=model_of(asked, pack),
        api=api.value,
        decoding={Step.JUDGE.value: decoding.model_dump(mode="json")},
        structured=before.structured if before else structured,
        brief=settings.brief,
        contestants=tuple(names),
        within=settings.within,
        seed=settings.seed,
        sample=settings.sample,
        controls=settings.controls,
        sources=tuple(Path(source).name or source for source in sources),
    )
    refuse_another(into, before, wanted, "Name another with --into.")
    prompting = Prompting(pack, prompts, rubric, api, decoding, settings.brief, wanted.structured)
    planted = controls(contests, settings.controls) if method == PAIRS else []
    job = Comparison(prompting, settings.seed)
    return Comparing(into, wanted, [*contests, *planted], pack, job, baseline, alone)


def _contests(
    sources: Sequence[str], settings: CompareSettings
) -> tuple[list[Contest], dict[str, int]]:
    for name, number in (("sample", settings.sample), ("controls", settings.controls + 1)):
        if number is not None and number < 1:
            raise SettingsError(f"--{name} must be at least {1 if name == 'sample' else 0}.")
    if settings.within:
        if len(sources) != 1:
            raise SettingsError("--within compares the answers of one set: name one.")
        alone: dict[str, int] = {}
        found = within(next(iter(named(sources).values())))
        missing = "no prompt has two answers"
    else:
        if len(sources) < 2:
            raise SettingsError("Name two sets of answers or more, or one with --within.")
        found, alone = joined(named(sources))
        missing = "no prompt is answered by all of them"
    if not found:
        raise SettingsError(f"{', '.join(sources)}: {missing}.")
    return chosen(found, settings.sample, settings.seed), alone


def _refuse_method(method: str, most: int) -> None:
    if method == PAIRS and most > 2:
        raise SettingsError(f"--method pairs compares two answers; here are {most}: use list.")
    if most > _MOST:
        raise SettingsError(f"{most} answers to one prompt are too many for one list ({_MOST}).")
