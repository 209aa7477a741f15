"""Putting a judging together: what is judged, how, and in which folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from selfinstruct import rubrics
from selfinstruct.api.derived import Prepared, model_of, name_of, refuse_another
from selfinstruct.api.inputs import texts_of
from selfinstruct.api.judged import Choice, Found, find_items
from selfinstruct.api.parts import prompts_of
from selfinstruct.api.settings import JudgeSettings, PoolSettings
from selfinstruct.api.teachers import Asked, with_teacher
from selfinstruct.errors import SettingsError
from selfinstruct.judging.bundles import FAMILY, Bundle, alone, families, groups
from selfinstruct.judging.controls import controls
from selfinstruct.judging.items import Subject, subject
from selfinstruct.judging.job import Judge
from selfinstruct.judging.manifest import FOLDER, Manifest, safe
from selfinstruct.judging.prompting import Prompting
from selfinstruct.judging.reference import References
from selfinstruct.judging.weighing import can_be_weighed
from selfinstruct.languages import load
from selfinstruct.pool import manifest as pools
from selfinstruct.prompts import Step
from selfinstruct.recipes import NEWEST
from selfinstruct.rubrics import Rubric, Scale, Unit
from selfinstruct.settings import table
from selfinstruct.teachers import Api, Decoding

_BRIEF, _FULL = 16, 300  # tokens of a judgement without and with reasons
_EACH = 12  # tokens more for each further answer of a brief one
_ANSWER = 1024  # tokens of an answer given blind
_LARGEST_GROUP = 20
_NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_NO_POOL = PoolSettings()
_VALIDITY, _CORRECTNESS = "validity", "correctness"


@dataclass(frozen=True, slots=True)
class Judging(Prepared[Manifest, Bundle]):
    """A judging that is ready to be done: of items, then controls.

    Attributes:
        job: What is asked and what comes of it.
        rubric: By which rubric.
        models: The models that made the tasks, where that is known.
    """

    job: Judge
    rubric: Rubric
    models: frozenset[str]


def judging(source: str, settings: JudgeSettings, asked: Asked) -> Judging:
    """What judging ``source`` is made of.

    Raises:
        UsageError: Something given makes no sense, or the folder holds another judging.
    """
    own = pools.read_manifest(Path(source)) if Path(source).is_dir() else None
    pool = Path(source) if own else None
    language = settings.language or (own.language if own else "en")
    pack = load(language).in_edition(NEWEST)
    _refuse_nonsense(source, settings, pool is not None)
    name = settings.rubric or (_CORRECTNESS if settings.with_reference else _VALIDITY)
    rubric = rubrics.find(name, pack)
    with_reference = settings.with_reference or rubric.references
    if rubric.unit is not Unit.ITEM:
        raise SettingsError(
            f"--rubric {rubric.name}: is about a {rubric.unit.value} of answers, and not about an "
            "item: see selfinstruct compare."
        )
    _refuse_group(settings, rubric)
    _refuse_weighted(settings, rubric)
    api = Api(settings.api or Api.CHAT)
    steps = (Step.JUDGE, Step.ANSWER) if with_reference else (Step.JUDGE,)
    prompts = prompts_of(pack, api, settings.prompts, steps, "")
    decodings = _decodings(settings, rubric, with_reference)
    found = find_items(source, pool, pack, _choice(settings))
    planted: list[Subject] = []
    if not settings.rejects and not settings.group:
        planted = controls(found.items, found.seeds, settings.controls, rubric, settings.seed)
    wanted = Manifest(
        rubric=rubric.name,
        rubric_digest=rubric.digest,
        prompts=prompts.fingerprint,
        language=pack.source,
        teacher=name_of(asked),
        model=model_of(asked, pack),
        api=api.value,
        decoding={step: one.model_dump(mode="json") for step, one in decodings.items()},
        structured=with_teacher(_NO_POOL, asked).structured_by_default,
        with_reference=with_reference,
        brief=settings.brief or settings.weighted,
        weighted=settings.weighted,
        group=settings.group,
        rejects=bool(settings.rejects),
        seed=settings.seed,
        sample=settings.rejects or settings.sample,
        controls=settings.controls,
        where=texts_of(settings.where),
        source="" if pool else source,
    )
    folder = _folder(pool, settings, wanted)
    before = Manifest.read(folder)
    if before is not None:
        wanted = wanted.model_copy(update={"structured": before.structured})
    refuse_another(folder, before, wanted, "Name another with --name.")
    prompting = Prompting(
        pack,
        prompts,
        rubric,
        api,
        decodings[Step.JUDGE],
        wanted.brief,
        wanted.structured,
        wanted.weighted,
    )
    references = None
    if with_reference:
        refusals = tuple(text.casefold() for text in pack.refusals)
        references = References(prompts, api, decodings[Step.ANSWER], refusals)
    bundles = _bundles(found, settings, rubric) + alone(planted)
    job = Judge(prompting, references)
    return Judging(folder, wanted, bundles, pack, job, rubric, found.models)


def _choice(settings: JudgeSettings) -> Choice:
    return Choice(
        sample=settings.sample,
        where=texts_of(settings.where),
        seed=settings.seed,
        rejects=settings.rejects,
        families=settings.group == FAMILY,
        purpose="judged",
    )


def _bundles(found: Found, settings: JudgeSettings, rubric: Rubric) -> list[Bundle]:
    if settings.group == FAMILY:
        origins = {task.id: subject(task, 0) for task in found.seeds if task.instances}
        return families(found.items, found.parents, origins, settings.seed)
    if settings.group:
        return groups(found.items, int(settings.group), rubric.anchors, settings.seed)
    return alone(found.items)


def _decodings(
    settings: JudgeSettings, rubric: Rubric, with_reference: bool
) -> dict[str, Decoding]:
    short = _BRIEF + _EACH * (len(rubric.questions) - 1)
    tags = any(question.scale is Scale.TAGS for question in rubric.questions)
    brief = settings.brief or settings.weighted
    room = _FULL if not brief or tags or settings.group else short
    usual = {
        Step.JUDGE: Decoding(temperature=0, top_p=1, max_tokens=room),
        Step.ANSWER: Decoding(temperature=0, top_p=1, max_tokens=_ANSWER),
    }
    found = {}
    for step, base in usual.items():
        own = dict(settings.decoding.get(step, {}))
        own |= dict(settings.leading) if step == Step.JUDGE else {}
        if step == Step.JUDGE or with_reference:
            found[step.value] = table(
                Decoding, own, f"{settings.where_from}: decoding.{step}", base
            )
    return found


def _folder(pool: Path | None, settings: JudgeSettings, wanted: Manifest) -> Path:
    if settings.into is not None:
        return settings.into
    if pool is None:
        raise SettingsError(
            "The source is no pool, so its judgements have no place of their own: name a folder "
            "with --into."
        )
    more = ["rejects"] if wanted.rejects else []
    more += [f"group-{wanted.group}"] if wanted.group else []
    more += ["reference"] if wanted.with_reference and wanted.rubric != _CORRECTNESS else []
    more += ["weighted"] if wanted.weighted else ["brief"] if wanted.brief else []
    name = settings.name or safe(wanted.rubric, wanted.model, *more)
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"--name {name!r}: a name is made of lower-case letters, digits, '-' and '.'."
        )
    return pool / FOLDER / name


def _refuse_nonsense(source: str, settings: JudgeSettings, is_pool: bool) -> None:
    if settings.name and settings.into:
        raise SettingsError("--name and --into name the same folder twice: leave one out.")
    if settings.rejects is not None and not is_pool:
        raise SettingsError(f"--rejects: {source} is no pool, so nothing was refused there.")
    for name, number in (("sample", settings.sample), ("rejects", settings.rejects)):
        if number is not None and number < 1:
            raise SettingsError(f"--{name} must be at least 1, not {number}.")
    if settings.controls < 0:
        raise SettingsError(f"--controls must be at least 0, not {settings.controls}.")


def _refuse_group(settings: JudgeSettings, rubric: Rubric) -> None:
    group = settings.group
    if not group:
        return
    size = int(group) if group.isascii() and group.isdigit() else 0
    if group != FAMILY and not 2 <= size <= _LARGEST_GROUP:
        raise SettingsError(
            f"--group is {FAMILY} or a number from 2 to {_LARGEST_GROUP}, not {group!r}."
        )
    if len(rubric.questions) > 1 or rubric.questions[0].scale is not Scale.NUMBERS:
        raise SettingsError(
            f"--group: the rubric {rubric.name!r} does not ask for one number, such as complexity "
            "and quality do."
        )
    if settings.with_reference or rubric.references or settings.rejects:
        raise SettingsError("--group goes with neither --with-reference nor --rejects.")


def _refuse_weighted(settings: JudgeSettings, rubric: Rubric) -> None:
    if not settings.weighted:
        return
    if settings.group:
        raise SettingsError("--weighted goes not with --group.")
    if unfit := [one.key for one in rubric.questions if not can_be_weighed(one)]:
        raise SettingsError(
            f"--weighted: answers to {unfit[0]!r} of the rubric {rubric.name!r} take more than one "
            "token: it weighs yes and no, letters, and whole numbers from 0 to 9."
        )
