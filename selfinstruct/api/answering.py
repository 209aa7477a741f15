"""Putting a set of answers together: what is asked, how, and in which folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from selfinstruct.answering import drawing
from selfinstruct.answering.cases import Case, Sample, samples
from selfinstruct.answering.encodings import MOST_INSTANCES, TOKENS, Encoding, encoder
from selfinstruct.answering.job import Answer
from selfinstruct.answering.manifest import Manifest
from selfinstruct.api.derived import Prepared, model_of, name_of, refuse_another
from selfinstruct.api.inputs import refuse_unknown, texts_of
from selfinstruct.api.judged import Choice, find_items
from selfinstruct.api.parts import prompts_of
from selfinstruct.api.settings import AnswerSettings
from selfinstruct.api.teachers import Asked
from selfinstruct.errors import SettingsError
from selfinstruct.formats.benchmark import is_benchmark, task_files
from selfinstruct.languages import LanguagePack, load
from selfinstruct.parsing.refusing import Refusals
from selfinstruct.pool import manifest as pools
from selfinstruct.prompts import Step
from selfinstruct.recipes import NEWEST
from selfinstruct.settings import table
from selfinstruct.teachers import Api, Decoding


@dataclass(frozen=True, slots=True)
class Answering(Prepared[Manifest, Sample]):
    """A set of answers that is ready to be asked for.

    Attributes:
        job: How it is asked, and what comes of it.
    """

    job: Answer


def answering(source: str, into: Path, settings: AnswerSettings, asked: Asked) -> Answering:
    """What answering ``source`` is made of.

    Raises:
        UsageError: Something given makes no sense, or the folder holds other answers.
    """
    _refuse_nonsense(settings)
    own = pools.read_manifest(Path(source)) if Path(source).is_dir() else None
    language = settings.language or (own.language if own else "en")
    pack = load(language).in_edition(NEWEST)
    api, encoding = Api(settings.api or Api.CHAT), Encoding(settings.encoding)
    prompts = None
    if not encoding.is_of_the_benchmark:
        prompts = prompts_of(pack, api, settings.prompts, (Step.ANSWER,), "")
    cases = _cases(source, Path(source) if own else None, pack, settings, encoding)
    drawn = _drawn(settings, encoding)
    stops = (*drawn.stop, *encoding.stops(api, pack))[:4]
    model = model_of(asked, pack)
    wanted = Manifest(
        encoding=encoding.value,
        prompts=prompts.fingerprint if prompts else "",
        language=pack.source,
        teacher=name_of(asked),
        model=model,
        api=api.value,
        decoding={Step.ANSWER.value: drawn.model_dump(mode="json")},
        source="standard input" if source == "-" else Path(source).resolve().name,
        samples=settings.samples,
        seed=settings.seed,
        sample=settings.sample,
        where=texts_of(settings.where),
        name=settings.as_ or model,
    )
    refuse_another(into, Manifest.read(into), wanted, "Name another with --into.")
    job = Answer(
        encoder(encoding, prompts),
        drawn.model_copy(update={"stop": stops}),
        Refusals(pack.refusals, pack.refusal_phrases),
        model,
        wanted.name,
        settings.keep_reasoning,
    )
    return Answering(into, wanted, list(samples(cases, settings.samples)), pack, job)


def _cases(
    source: str,
    pool: Path | None,
    pack: LanguagePack,
    settings: AnswerSettings,
    encoding: Encoding,
) -> list[Case]:
    choice = Choice(
        sample=settings.sample,
        where=texts_of(settings.where),
        seed=settings.seed,
        purpose="answered",
    )
    if pool is None and is_benchmark(source):
        files = list(task_files(source, MOST_INSTANCES))
        examples = {one.task.id: one.examples for one in files}
        found = find_items(source, None, pack, choice, [one.task for one in files])
    elif encoding.is_of_the_benchmark:
        raise SettingsError(
            f"--encoding {encoding}: {source} holds no task files of Super-NaturalInstructions, "
            "which have a definition and examples. Use plain."
        )
    else:
        examples = {}
        found = find_items(source, pool, pack, choice)
    cases = []
    for one in found.items:
        task = one.id.rpartition("#")[0]
        shown, requests = examples.get(task, ()), found.requests.get(task, ())
        cases.append(Case(one.id, one.instruction, one.input, one.output, shown, requests))
    return cases


def _drawn(settings: AnswerSettings, encoding: Encoding) -> Decoding:
    usual = Decoding(
        temperature=0 if settings.samples == 1 else drawing.WARM,
        top_p=1,
        max_tokens=TOKENS if encoding.is_of_the_benchmark else drawing.LONGEST,
    )
    own = dict(settings.decoding.get(Step.ANSWER, {})) | dict(settings.leading)
    return table(Decoding, own, f"{settings.where_from}: decoding.{Step.ANSWER}", usual)


def _refuse_nonsense(settings: AnswerSettings) -> None:
    refuse_unknown("encoding", settings.encoding, [one.value for one in Encoding])
    for name, number in (("samples", settings.samples), ("sample", settings.sample)):
        if number is not None and number < 1:
            raise SettingsError(f"--{name} must be at least 1, not {number}.")
    if settings.as_ is not None and not settings.as_.strip():
        raise SettingsError("--as needs a name.")
