"""Putting a teacher together: preset, key, address, and the wrappers around it."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from selfinstruct.cli import asking, trusting
from selfinstruct.errors import IdleError, SettingsError
from selfinstruct.languages import LanguagePack
from selfinstruct.pool.teachers import read_dialects, write_dialect
from selfinstruct.settings import table
from selfinstruct.teachers import Api, Teacher
from selfinstruct.teachers.budget import Budgeted, Caps, Price
from selfinstruct.teachers.dialect import SAMPLING
from selfinstruct.teachers.extras import Extras, effort_fields
from selfinstruct.teachers.learning import Learner
from selfinstruct.teachers.pacing import Pace, Paced
from selfinstruct.teachers.patience import Patience
from selfinstruct.teachers.presets import PRESETS, Preset, Schema, Switches, preset

if TYPE_CHECKING:  # openai takes its time to import, and --help passes here
    from selfinstruct.teachers.openai import OpenAITeacher
    from selfinstruct.teachers.timing import Timing


@dataclass(frozen=True, slots=True)
class TeacherOptions:
    """How the teacher was chosen; the fields are the options of the same names.

    Attributes:
        switches: What the server accepts, as set by hand.
        retry: How failing calls are tried again, from the settings file.
        where: The settings file, for messages.
        body: Further fields of each request.
        headers: Further headers, with their values.
        tiers: Service tiers, in the order in which they are tried.
        effort: How much to think, or "".
        variables: The variables of the environment that the headers hold.
        found: Which of these options stand in a settings file that nobody named: one that lies in
            the current folder, and may have come with somebody else's data.
    """

    teacher: str | None
    model: str | None
    base_url: str | None
    timeout: float | None
    switches: dict[str, Any]
    retry: dict[str, Any]
    where: str
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    system: str = ""
    tiers: tuple[str, ...] = ()
    effort: str = ""
    reasoning_tokens: int | None = None
    variables: tuple[str, ...] = ()
    found: frozenset[str] = frozenset()
    hedge: bool = True


def make_teacher(
    options: TeacherOptions,
    api: Api,
    pack: LanguagePack,
    pace: Pace,
    caps: Caps | None = None,
    price: Price | None = None,
    folder: Path | None = None,
    tell: Callable[[str], None] | None = None,
    sent: list[Mapping[str, Any]] | None = None,
) -> Teacher:
    """The teacher that was chosen, kept within the caps and to the pace, and asked again.

    Args:
        options: How it was chosen.
        api: The kind of endpoint.
        pack: The language, for the mock.
        pace: How it is paced.
        caps: The most that may be used.
        price: What tokens cost.
        folder: The pool that keeps what is learned of it, if any.
        tell: Called with each sentence about what was learned.
        sent: Where the body of each request is put, as it was meant.

    Raises:
        SettingsError: Nothing was chosen, or something it needs is missing.
    """
    if caps and caps.dollars is not None and price is None:
        raise SettingsError("--budget needs --price IN/OUT: without it nobody knows the cost.")
    if options.system and api is not Api.CHAT:
        said = "--system is a line of chats; the completions endpoint knows none."
        raise IdleError(said, "system")
    name = options.teacher or _guess()
    patience = table(Patience, options.retry, f"{options.where}: retry", Patience())
    # Read to find mistakes, whoever is asked; the preset's own switches lie under it elsewhere.
    table(Switches, options.switches, f"{options.where}: switches", Switches())
    if name == "mock":
        from selfinstruct.teachers.mock import MockTeacher

        return Paced(_within(MockTeacher(pack.source, api), caps, price), pace)
    from selfinstruct.teachers.hedging import Hedged
    from selfinstruct.teachers.retrying import Retrying
    from selfinstruct.teachers.thinking import Thinking
    from selfinstruct.teachers.timing import Timing

    timing = Timing(pace.pulse, options.timeout, pace.patience, tell)
    client, learner, unsent = make_client(name, options, api, folder, tell, sent, timing)
    # Retries go around the caps, so that each attempt counts as the call it is.
    paced: Teacher = Paced(_within(client, caps, price), pace)
    if options.hedge:
        paced = Hedged(paced, pace, tell)
    return Thinking(Retrying(paced, patience, pace, random.Random()), learner, unsent)


def make_client(
    name: str,
    options: TeacherOptions,
    api: Api,
    folder: Path | None = None,
    tell: Callable[[str], None] | None = None,
    sent: list[Mapping[str, Any]] | None = None,
    timing: Timing | None = None,
) -> tuple[OpenAITeacher, Learner, Sequence[str]]:
    """The client of the preset ``name`` alone, what is known of it, and the fields it is not sent.

    Raises:
        SettingsError: Something it needs is missing.
    """
    chosen = preset(name)
    key = os.environ.get(chosen.key_variable, "").strip() or None
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise SettingsError(f"The key in {chosen.key_variable} holds characters no key can have.")
    if key is None and chosen.key_needed:
        raise SettingsError(
            f"The teacher {name!r} needs a key: set {chosen.key_variable}, or try the tool with "
            "--teacher mock."
        )
    if not options.model:
        raise SettingsError(f"The teacher {name!r} needs a model: name it with --model.")
    address = options.base_url or chosen.base_url
    if not address:
        raise SettingsError(f"The teacher {name!r} needs --base-url. {chosen.hint}")
    _refuse_odd(address)
    if key and urlsplit(address).username is not None:
        raise SettingsError(
            f"--base-url holds a user, and {chosen.key_variable} a key: a server takes one of "
            f"them. Unset {chosen.key_variable}, or name the address without the user."
        )
    if asked := _to_be_confirmed(options, chosen, address, key):
        trusting.require(address, asked, options.where)
    from selfinstruct.teachers.openai import OpenAITeacher, without_password
    from selfinstruct.teachers.pulse import Pulse
    from selfinstruct.teachers.timing import Timing

    extras = make_extras(options, chosen)
    learner = _learner(options, api, without_password(address), extras, folder, tell)
    takes = switches(options, chosen)
    client = OpenAITeacher(
        name=name,
        model=options.model,
        api=api,
        base_url=address,
        key=key,
        switches=takes,
        hint=chosen.hint,
        key_variable=chosen.key_variable,
        extras=extras,
        learner=learner,
        timing=timing or Timing(Pulse(), options.timeout),
        sent=sent,
    )
    return client, learner, () if takes.sampling else SAMPLING


def make_extras(options: TeacherOptions, chosen: Preset) -> Extras:
    """What is sent with every request.

    Raises:
        SettingsError: A field is one that the run itself sets.
    """
    effort = effort_fields(chosen.effort, options.effort) if options.effort else {}
    body = asking.checked_body({**effort, **options.body}, "--body")
    return Extras(body, options.system, options.headers, options.tiers, chosen.cache_keys)


def _learner(
    options: TeacherOptions,
    api: Api,
    address: str,
    extras: Extras,
    folder: Path | None,
    tell: Callable[[str], None] | None,
) -> Learner:
    """What is known of the teacher, and where it goes when more is."""
    name = f"{address} {options.model} {api.value}"
    known = read_dialects(folder).get(name) if folder else None

    def said(what: str) -> None:
        if tell is not None:
            tell(f"{options.model} {what}")

    by_hand = {key for key, names in _BY_HAND.items() if key in options.switches for key in names}
    return Learner(
        known,
        by_hand=by_hand | extras.body.keys() | ({"service_tier"} if extras.tiers else set()),
        room=options.reasoning_tokens,
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


def _to_be_confirmed(
    options: TeacherOptions, chosen: Preset, address: str, key: str | None
) -> tuple[str, ...]:
    """The variables that would be sent because a file that nobody named says so."""
    if trusting.is_loopback(address):
        return ()
    known = chosen.base_url and trusting.origin(chosen.base_url) == trusting.origin(address)
    if "base_url" in options.found and not known:
        return (*([chosen.key_variable] if key else []), *options.variables)
    return options.variables if "header" in options.found else ()


def address_of(options: TeacherOptions) -> str | None:
    """Where requests go, as it may be shown; None where they go nowhere."""
    name = options.teacher or _guess()
    address = options.base_url or (PRESETS[name].base_url if name in PRESETS else None)
    if name == "mock" or address is None:
        return None
    from selfinstruct.teachers.openai import without_password

    return without_password(address)


def _refuse_odd(address: str) -> None:
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


def switches(options: TeacherOptions, chosen: Preset) -> Switches:
    """What the preset's server accepts, with what was set by hand put over it.

    Raises:
        SettingsError: A switch is unknown or has a value that is not allowed.
    """
    return table(Switches, options.switches, f"{options.where}: switches", chosen.switches)


def can_be_structured(options: TeacherOptions) -> bool:
    """Whether the teacher that was chosen can be held to a JSON schema, as far as is known."""
    name = options.teacher or ("openai" if os.environ.get("OPENAI_API_KEY") else "")
    if name == "mock":
        return True
    if name not in PRESETS:
        return False
    return switches(options, PRESETS[name]).json_schema is not Schema.NONE


def _guess() -> str:
    if os.environ.get("OPENAI_API_KEY"):
        return "openai"
    raise SettingsError(
        f"No teacher was chosen. Set OPENAI_API_KEY, or name one: --teacher {', '.join(PRESETS)}; "
        "--teacher mock needs no key and no network."
    )


def _within(teacher: Teacher, caps: Caps | None, price: Price | None) -> Teacher:
    return teacher if caps in (None, Caps()) else Budgeted(teacher, caps or Caps(), price)
