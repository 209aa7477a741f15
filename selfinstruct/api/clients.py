"""The client of one preset: its key, its address, and what is known of the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selfinstruct.api.teachers import Teacher, switches
from selfinstruct.errors import SettingsError
from selfinstruct.pool.teachers import read_dialects, write_dialect
from selfinstruct.teachers import Api
from selfinstruct.teachers.dialect import SAMPLING
from selfinstruct.teachers.extras import OWN, Extras, effort_fields
from selfinstruct.teachers.learning import Learner
from selfinstruct.teachers.openai import OpenAITeacher, without_password
from selfinstruct.teachers.presets import Preset, preset
from selfinstruct.teachers.pulse import Pulse
from selfinstruct.teachers.timing import Timing


@dataclass(frozen=True, slots=True)
class Client:
    """A client, what is known of its server, and the fields that it is not sent."""

    teacher: OpenAITeacher
    learner: Learner
    unsent: Sequence[str]


def make_client(
    name: str,
    asked: Teacher,
    api: Api,
    folder: Path | None = None,
    tell: Callable[[str], None] | None = None,
    sent: list[Mapping[str, Any]] | None = None,
    timing: Timing | None = None,
) -> Client:
    """The client of the preset ``name``.

    Raises:
        SettingsError: Something it needs is missing.
    """
    chosen = preset(name)
    key, address = _key(asked, chosen), _address(asked, chosen)
    if key and urlsplit(address).username is not None:
        raise SettingsError(
            f"--base-url holds a user, and {chosen.key_variable} a key: a server takes one of "
            f"them. Unset {chosen.key_variable}, or name the address without the user."
        )
    if asked.before is not None:
        asked.before(chosen, address)
    extras = make_extras(asked, chosen)
    learner = _learner(asked, api, without_password(address), extras, folder, tell)
    takes = switches(asked, chosen)
    client = OpenAITeacher(
        name=name,
        model=asked.model or "",
        api=api,
        base_url=address,
        key=key,
        switches=takes,
        hint=chosen.hint,
        key_variable=chosen.key_variable,
        extras=extras,
        learner=learner,
        timing=timing or Timing(Pulse(), asked.timeout),
        sent=sent,
    )
    return Client(client, learner, () if takes.sampling else SAMPLING)


def _key(asked: Teacher, chosen: Preset) -> str | None:
    key = asked.key
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise SettingsError(f"The key in {chosen.key_variable} holds characters no key can have.")
    if not key and chosen.key_needed:
        raise SettingsError(
            f"The teacher {chosen.name!r} needs a key: set {chosen.key_variable}, or try the tool "
            "with --teacher mock."
        )
    return key


def _address(asked: Teacher, chosen: Preset) -> str:
    if not asked.model:
        raise SettingsError(f"The teacher {chosen.name!r} needs a model: name it with --model.")
    address = asked.base_url or chosen.base_url
    if not address:
        raise SettingsError(f"The teacher {chosen.name!r} needs --base-url. {chosen.hint}")
    try:
        parts = urlsplit(address)
        # What parsers of addresses read differently would be checked as one and called as another.
        plain = address.isprintable() and not set(address) & set(" \\")
        good = (
            plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        )
    except ValueError:
        good = False
    if not good:
        raise SettingsError(
            "--base-url must be an address such as http://localhost:8000/v1; this one is not."
        )
    return address


def make_extras(asked: Teacher, chosen: Preset) -> Extras:
    """What is sent with every request.

    Raises:
        SettingsError: A field is one that the run itself sets.
    """
    effort = effort_fields(chosen.effort, asked.effort) if asked.effort else {}
    body = {**effort, **asked.body}
    if own := sorted(OWN & body.keys()):
        raise SettingsError(f"--body: {own[0]!r} is set by the run itself; leave it out.")
    return Extras(body, asked.system, asked.headers, tuple(asked.tiers), chosen.cache_keys)


def _learner(
    asked: Teacher,
    api: Api,
    address: str,
    extras: Extras,
    folder: Path | None,
    tell: Callable[[str], None] | None,
) -> Learner:
    """What is known of the teacher, and where it goes when more is."""
    name = f"{address} {asked.model} {api.value}"
    known = read_dialects(folder).get(name) if folder else None

    def said(what: str) -> None:
        if tell is not None:
            tell(f"{asked.model} {what}")

    by_hand = {key for key, names in _BY_HAND.items() if key in asked.switches for key in names}
    return Learner(
        known,
        by_hand=by_hand | extras.body.keys() | ({"service_tier"} if extras.tiers else set()),
        room=asked.reasoning_tokens,
        keep=partial(write_dialect, folder, name) if folder else None,
        tell=said,
    )


# By switch, the fields that somebody who sets it insists on.
_BY_HAND: Mapping[str, tuple[str, ...]] = {
    "token_limit_field": ("max_tokens", "max_completion_tokens"),
    "stop": ("stop",),
    "sampling": SAMPLING,
    "json_schema": ("response_format",),
}
