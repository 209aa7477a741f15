"""From the flags of ``review`` to what people are asked, and in which of its ways."""

from __future__ import annotations

from typing import Literal

from selfinstruct.api.settings import ReviewSettings
from selfinstruct.cli.review_flags import AskFlags, MatterFlags, ToldFlags
from selfinstruct.errors import SettingsError

Mode = Literal["page", "plain", "summary", "agreement", "out", "in"]


def settings(flags: MatterFlags) -> ReviewSettings:
    """What people are asked: a flag is the setting of its name."""
    return ReviewSettings(
        rubric=flags.rubric,
        into=flags.into,
        sample=None if flags.all_ else flags.sample,
        where=flags.where or (),
        rejects=flags.rejects,
        only=flags.only,
        pairs=flags.pairs,
        reviewer=flags.reviewer,
        reveal=flags.reveal,
        seed=flags.seed,
        language=flags.language,
    )


def mode(ask: AskFlags, told: ToldFlags) -> Mode:
    """Which of its ways was asked for.

    Raises:
        SettingsError: More than one was.
    """
    wanted: dict[Mode, bool] = {
        "plain": ask.plain,
        "summary": told.summary,
        "agreement": told.agreement,
        "out": told.out is not None,
        "in": told.in_ is not None,
    }
    given = [name for name, is_given in wanted.items() if is_given]
    if len(given) > 1:
        raise SettingsError(f"--{given[0]} and --{given[1]} do not go together.")
    if told.for_ is not None and not {"out", "in"} & set(given):
        raise SettingsError("--for says what --out and --in are for; name a file.")
    return given[0] if given else "page"
