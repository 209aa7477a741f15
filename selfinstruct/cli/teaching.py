"""Putting a teacher together: preset, key, address, and the wrappers around it."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from selfinstruct.errors import SettingsError
from selfinstruct.languages import LanguagePack
from selfinstruct.settings import table
from selfinstruct.teachers import Api, Teacher
from selfinstruct.teachers.budget import Budgeted, Caps, Price
from selfinstruct.teachers.pacing import Pace, Paced, Rates
from selfinstruct.teachers.patience import Patience
from selfinstruct.teachers.presets import PRESETS, Preset, Schema, Switches, preset


@dataclass(frozen=True, slots=True)
class TeacherOptions:
    """How the teacher was chosen; the fields are the options of the same names."""

    teacher: str | None
    model: str | None
    base_url: str | None
    timeout: float
    switches: dict[str, Any]
    retry: dict[str, Any]
    where: str


def make_teacher(
    options: TeacherOptions,
    api: Api,
    pack: LanguagePack,
    pace: Pace,
    caps: Caps | None = None,
    price: Price | None = None,
) -> Teacher:
    """The teacher that was chosen, kept within the caps and to the pace, and asked again.

    Raises:
        SettingsError: Nothing was chosen, or something it needs is missing.
    """
    if caps and caps.dollars is not None and price is None:
        raise SettingsError("--budget needs --price IN/OUT: without it nobody knows the cost.")
    name = options.teacher or _guess()
    patience = table(Patience, options.retry, f"{options.where}: retry", Patience())
    by_hand = table(Switches, options.switches, f"{options.where}: switches", Switches())
    if name == "mock":
        from selfinstruct.teachers.mock import MockTeacher

        return Paced(_within(MockTeacher(pack.source, api), caps, price), pace)
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
    from selfinstruct.teachers.openai import OpenAITeacher
    from selfinstruct.teachers.retrying import Retrying

    del by_hand  # it was read to find mistakes; the preset's own switches lie under it
    teacher = OpenAITeacher(
        name=name,
        model=options.model,
        api=api,
        base_url=address,
        key=key,
        switches=switches(options, chosen),
        timeout=options.timeout,
        hint=chosen.hint,
        key_variable=chosen.key_variable,
    )
    # Retries go around the caps, so that each attempt counts as the call it is.
    paced = Paced(_within(teacher, caps, price), pace)
    return Retrying(paced, patience, pace, random.Random())


def _refuse_odd(address: str) -> None:
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
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
        "No teacher was chosen. Set OPENAI_API_KEY, or name one: --teacher openai, azure, "
        "openrouter, vllm, ollama or llamacpp; --teacher mock needs no key and no network."
    )


def parse_price(text: str | None) -> Price | None:
    """The price written as ``IN/OUT``.

    Raises:
        SettingsError: It is written otherwise.
    """
    if text is None:
        return None
    try:
        prompt, completion = (float(part) for part in text.split("/"))
        return Price(prompt=prompt, completion=completion)
    except ValueError as error:
        raise SettingsError(
            f"--price is written IN/OUT in dollars per million tokens, such as 0.15/0.60, "
            f"not {text!r}."
        ) from error


def make_rates(rpm: float | None, tpm: float | None, give_up_after: float) -> Rates:
    """How a teacher is paced.

    Raises:
        SettingsError: A limit is not a number that makes sense.
    """
    try:
        return Rates(rpm=rpm, tpm=tpm, give_up_after=give_up_after)
    except ValueError as error:
        raise SettingsError("--rpm, --tpm and --give-up-after must be numbers.") from error


def make_caps(dollars: float | None, calls: int | None, tokens: int | None) -> Caps:
    """The caps of a run.

    Raises:
        SettingsError: The budget is not a number of dollars.
    """
    try:
        return Caps(dollars=dollars, calls=calls, tokens=tokens)
    except ValueError as error:
        raise SettingsError(f"--budget must be a number of dollars, not {dollars}.") from error


def _within(teacher: Teacher, caps: Caps | None, price: Price | None) -> Teacher:
    return teacher if caps in (None, Caps()) else Budgeted(teacher, caps or Caps(), price)
