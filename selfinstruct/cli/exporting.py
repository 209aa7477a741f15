"""What ``export`` does: choose, write, and put a card beside it."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import typer

from selfinstruct import console, jsonl
from selfinstruct.errors import IdleError, SettingsError, UsageError
from selfinstruct.formats import card as cards
from selfinstruct.formats import trainers
from selfinstruct.formats.exporting import layout, write
from selfinstruct.formats.kind import Format, Wanted
from selfinstruct.formats.layout import OWN, Layout, staged
from selfinstruct.formats.reasoning import How, Reasoning
from selfinstruct.formats.registry import find_format
from selfinstruct.formats.selecting import Condition, Selection, Splits
from selfinstruct.formats.wording import FILE as TEMPLATES
from selfinstruct.languages import load
from selfinstruct.outputs import Output, named, refuse_inside_pools, refuse_taken
from selfinstruct.pool import Manifest, look

CARD = "README.md"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the same names; ``command`` is the whole command line."""

    format: str
    where: tuple[str, ...]
    min_agreement: float | None
    max_instances: int | None
    include_seeds: bool
    split: str | None
    shuffle: int | None
    system: str | None
    reasoning: str
    templates: Path | None
    seed: int
    licence: str
    config_for: str | None
    force: bool
    command: str


@dataclass(slots=True)
class _Seen:
    """How many tasks of the pool have been looked at."""

    whole: int
    count: int = 0

    def step(self, show: Callable[[Callable[[], str]], None]) -> None:
        self.count += 1
        show(self._said)

    def _said(self) -> str:
        share = f" ({min(1.0, self.count / self.whole):.0%})" if self.whole else ""
        return f"{self.count:,} tasks written{share}"


def run(pool: Path, output: str, options: Options, *, as_json: bool, quiet: bool) -> None:
    """Export ``pool`` to ``output`` and say what came of it.

    Raises:
        UsageError: An option makes no sense, the pool cannot be read, or the goal is taken.
        DiskError: It cannot be written; what was there is untouched then.
    """
    started = time.monotonic()
    form = find_format(options.format)
    _refuse_idle(options, form)
    snapshot = look(pool)
    manifest = snapshot.manifest
    if Path(output).name in {"", "..", CARD}:
        raise SettingsError(f"-o {output}: name a file or a folder of its own.")
    goal = named(output, is_folder=form.shape.is_folder)
    wanted = _wanted(options, manifest)
    place = layout(goal, wanted)
    config = (
        trainers.config(
            options.config_for,
            options.format,
            place.files,
            wanted.reasoning.field if wanted.reasoning.how is How.FIELD else "",
        )
        if options.config_for
        else None
    )
    if goal.is_stream:
        _write_stream(pool, manifest, wanted, place, goal, alone=not (as_json or config))
        return
    card = _card_name(place)
    beside = [card, *([config[0]] if config else [])]
    if set(beside) & set(place.files.values()):
        raise SettingsError(f"-o {output}: has the name of a file that is written beside it.")
    refuse_inside_pools([place.goal])
    _refuse_taken(place, beside, force=options.force)
    seen = _Seen(snapshot.position.tasks)
    with staged(place) as stage:
        with console.counting(quiet=quiet) as show:
            step = partial(seen.step, show)
            census = write(pool, manifest, wanted, place, stage, step)
        about = cards.About(
            name=place.goal.name,
            format=options.format,
            manifest=manifest,
            unapplied=snapshot.unapplied,
            licence=options.licence,
            filters=_filters(options),
            command=options.command,
            files=place.files if form.folder is None else {},
        )
        jsonl.write_whole(stage / card, cards.card(about, census))
        if config:
            jsonl.write_whole(stage / config[0], config[1])
    summary = {
        "pool": str(pool),
        "format": options.format,
        "output": str(place.goal),
        **cards.figures(census),
        "files": [str(place.goal)]
        if form.folder is not None
        else [str(place.parent / name) for name in place.files.values()],
        "card": str(place.parent / card),
        "config": str(place.parent / config[0]) if config else None,
        "license": options.licence or None,
        "seconds": round(time.monotonic() - started, 3),
    }
    if as_json:
        console.print_json(summary)
    elif not quiet:
        console.show_export(summary)


def _write_stream(
    pool: Path, manifest: Manifest, wanted: Wanted, place: Layout, goal: Output, *, alone: bool
) -> None:
    """Write rows straight, with no card and no summary.

    Raises:
        SettingsError: Something more was wanted.
    """
    if not alone:
        raise SettingsError(
            f"-o {goal.said} leaves no room for --json and --config-for: name a file."
        )
    write(pool, manifest, wanted, place, None)


def command(context: typer.Context) -> str:
    """The command that does the same again, options from variables and files spelt out."""
    words = ["selfinstruct", context.command.name or ""]
    # The pool first, as people write it.
    for parameter in sorted(context.command.params, key=lambda one: one.opts[0].startswith("-")):
        value = context.params.get(parameter.name or "")
        flags = [flag for flag in parameter.opts if flag.startswith("--")]
        if not flags and value is not None:
            words.append(str(value))
        elif flags and _is_given(value, parameter.default) and flags[0] != "--json":
            values: tuple[Any, ...] = tuple(value) if isinstance(value, list | tuple) else (value,)
            for one in values:
                words += [flags[0]] if one is True else [flags[0], str(one)]
    return shlex.join(word for word in words if word not in {"--force", "--quiet"})


def _is_given(value: object, default: object) -> bool:
    # 0 is no False here: --shuffle 0 is an order.
    return value is not None and value is not False and value != default


def _refuse_idle(options: Options, form: Format) -> None:
    """Options that the format would pass over in silence."""
    if options.system is not None and "system" not in form.takes:
        raise IdleError(f"--system says nothing to the format {options.format}.", "system")
    if options.reasoning == How.FIELD and not form.thoughts:
        said = f"--reasoning field: {options.format} has no place for it; use tags, or chat."
        raise IdleError(said, "reasoning")
    if options.templates is not None and "templates" not in form.takes:
        raise IdleError(f"--templates says nothing to the format {options.format}.", "templates")
    if options.seed and "seed" not in form.takes:
        said = f"--seed says nothing to the format {options.format}; see --shuffle."
        raise IdleError(said, "seed")


def _wanted(options: Options, manifest: Manifest) -> Wanted:
    pack = load(manifest.language)
    own = pack.folder / TEMPLATES
    return Wanted(
        format=options.format,
        selection=Selection(
            where=[Condition.of(said) for said in options.where],
            min_agreement=options.min_agreement,
            max_instances=options.max_instances,
            include_seeds=options.include_seeds,
            shuffle=options.shuffle,
        ),
        splits=Splits.of(options.split) if options.split is not None else None,
        system=options.system,
        templates=options.templates or (own if own.is_file() else None),
        seed=options.seed,
        licence=options.licence,
        language=pack.name,
        reasoning=Reasoning(How(options.reasoning), trainers.thoughts_field(options.config_for)),
    )


def _card_name(place: Layout) -> str:
    """``README.md``, or a name of its own where another text has that one."""
    there = place.parent / CARD
    if place.is_folder or not there.exists():
        return CARD
    if there.is_dir():
        return f"{place.goal.name}.{CARD}"
    own = cards.mark(place.goal.name) in there.read_text(encoding="utf-8", errors="replace")
    return CARD if own else f"{place.goal.name}.{CARD}"


def _refuse_taken(place: Layout, beside: list[str], *, force: bool) -> None:
    goal = place.goal
    if place.is_folder:
        if goal.exists() and not goal.is_dir():
            raise UsageError(f"{goal}: is a file, but this format is a folder.")
        if goal.exists() and (found := sorted(path.name for path in goal.iterdir())):
            _refuse_folder(goal, found, force=force)
        return
    if goal.is_dir():
        raise UsageError(f"{goal}: is a folder; name a file.")
    names = [*place.files.values(), *(name for name in beside if not name.endswith(CARD))]
    refuse_taken([place.parent / name for name in names], force=force)


def _refuse_folder(goal: Path, found: list[str], *, force: bool) -> None:
    """Refuse to replace a folder that is no export, or holds more than an export does."""
    card = goal / CARD
    is_ours = card.is_file() and cards.MARK in card.read_text(encoding="utf-8", errors="replace")
    if not is_ours:
        raise UsageError(f"{goal}: is no export, so it is not replaced. Name another folder.")
    if others := sorted(set(found) - OWN):
        raise UsageError(
            f"{goal}: holds {others[0]} too, so it is not replaced. Name another folder."
        )
    if not force:
        raise UsageError(
            f"{goal}: is there already. Replace it with --force, or name another folder."
        )


def _filters(options: Options) -> list[str]:
    said = [f"--where {condition}" for condition in options.where]
    if options.min_agreement is not None:
        said.append(f"--min-agreement {options.min_agreement:g}")
    if options.max_instances is not None:
        said.append(f"--max-instances {options.max_instances}")
    return [*said, "--include-seeds"] if options.include_seeds else said
