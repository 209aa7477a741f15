"""``export`` of a comparison: preference data, with a card beside them."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from selfinstruct import jsonl
from selfinstruct.api.exported import ExportResult, Seen
from selfinstruct.api.goals import CARD, card_name, refuse_goal
from selfinstruct.api.observer import Observer
from selfinstruct.api.wanted import ExportOptions
from selfinstruct.comparing.reading import KIND, kind_of, read_comparison
from selfinstruct.errors import PoolError, SettingsError
from selfinstruct.formats import preference_card as cards
from selfinstruct.formats import trainers
from selfinstruct.formats.exporting import layout_of
from selfinstruct.formats.layout import Layout, staged
from selfinstruct.formats.preference_files import PreferenceCensus, write_preferences
from selfinstruct.formats.preferences import PREFERENCES
from selfinstruct.formats.registry import written_names
from selfinstruct.outputs import named, real


def is_preferred(folder: Path, name: str) -> bool:
    """Whether ``folder`` is a comparison, and the format ``name`` one of those it is written in.

    Raises:
        SettingsError: The folder and the format do not go together.
        PoolError: There is no comparison to be written in that format.
    """
    kind = kind_of(folder)
    if kind == KIND:
        if name in PREFERENCES:
            return True
        names = ", ".join(PREFERENCES)
        raise SettingsError(f"{folder}: is a comparison, which is exported as {names}: not {name}.")
    if name not in PREFERENCES or name in written_names():
        return False
    made = f"{name} is made of a comparison: answers to the same prompts, judged side by side"
    if kind is None:
        raise PoolError(
            f"{folder}: is no comparison, and {made}. Name the folder that compare made."
        )
    what = f"a folder of {kind}" if kind else "a pool"
    raise SettingsError(f"{folder}: is {what}, and {made}. Name the folder that compare made.")


def export_preferences(
    folder: Path, output: str, options: ExportOptions, command: str, observer: Observer
) -> ExportResult:
    """Write the comparison in ``folder`` as preference data.

    Args:
        folder: The comparison.
        output: A file, or a stream.
        options: How.
        command: What the card says makes the export again; "" for a call in Python.
        observer: Who hears how far it is.

    Raises:
        UsageError: Something makes no sense, the comparison is damaged, or the goal is taken.
        DiskError: It cannot be written; what was there is untouched then.
    """
    started = time.monotonic()
    wanted = options.preferred()
    comparison = read_comparison(folder)
    if Path(output).name in {"", "..", CARD}:
        raise SettingsError(f"-o {output}: name a file of its own.")
    place = layout_of(named(output), wanted.form, wanted.splits)
    config = None
    if wanted.trainer:
        config = trainers.config(wanted.trainer, wanted.form.name, place.files)
    told = partial(_told, folder, options, place)
    if place.stream:
        # A spelling may be wanted without the settings, which have no place beside a stream.
        return told(write_preferences(folder, wanted, place, None), None, None, started)
    card = card_name(place)
    refuse_goal(output, place, [card, *([config[0]] if config else [])], force=options.force)
    if real(folder) in real(place.goal).parents:
        raise SettingsError(f"-o {output}: lies in the comparison {folder}. Name another place.")
    seen = Seen(0, "prompts")
    with staged(place) as stage:
        with observer.counting() as show:
            step = partial(seen.step, show)
            census = write_preferences(folder, wanted, place, stage, step)
        about = cards.About(
            name=place.goal.name,
            comparison=comparison,
            wanted=wanted,
            licence=options.license,
            command=command or options.call(folder, output),
            files=place.files,
            fence="bash" if command else "python",
        )
        jsonl.write_whole(stage / card, cards.card(about, census))
        if config:
            jsonl.write_whole(stage / config[0], config[1])
    return told(census, card, config[0] if config else None, started)


def _told(
    folder: Path,
    options: ExportOptions,
    place: Layout,
    census: PreferenceCensus,
    card: str | None,
    config: str | None,
    started: float,
) -> ExportResult:
    return ExportResult(
        pool=folder,
        format=options.format,
        output=place.goal,
        **census.figures(),
        files=tuple(place.parent / name for name in place.files.values()),
        card=place.parent / card if card else None,
        config=place.parent / config if config else None,
        license=options.license or None,
        seconds=round(time.monotonic() - started, 3),
        is_stream=card is None,
        is_comparison=True,
    )
