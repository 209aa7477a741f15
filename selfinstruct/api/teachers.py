"""Who is asked: a preset with its key and address, or any object that completes prompts."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selfinstruct import teachers
from selfinstruct.api.adapting import Completes, adapted
from selfinstruct.api.settings import PoolSettings
from selfinstruct.errors import IdleError, SettingsError
from selfinstruct.languages import LanguagePack
from selfinstruct.settings import table
from selfinstruct.teachers import Api
from selfinstruct.teachers.budget import Budgeted, Caps, Price
from selfinstruct.teachers.pacing import Pace
from selfinstruct.teachers.presets import (
    Preset,
    Schema,
    Switches,
    find_preset,
    preset,
    preset_names,
)
from selfinstruct.teachers.retry_policy import Patience

if TYPE_CHECKING:  # it takes its time to import, and most calls of most verbs need none
    from selfinstruct.teachers.openai import OpenAITeacher

_USUAL = "openai"  # the preset where nobody named one


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher of one of the presets, as it is to be asked.

    Nothing is read from the environment; :meth:`from_environment` does that when it is called.

    Attributes:
        name: The preset: ``mock``, ``openai``, ``vllm`` …; None where nobody chose one.
        model: The model's name.
        key: The key, if the server wants one. It is never shown or written.
        base_url: The server's address, where it is not the preset's.
        price: Dollars per million tokens, if they are known: of prompts and of replies, or more.
        timeout: Seconds until one call is given up.
        hedge: Whether a call is made again beside one that hangs while others are answered.
        body: Further fields of each request.
        headers: Further headers, with their values.
        system: A line before each chat.
        tiers: Service tiers, in the order in which they are tried.
        effort: How much to think, or "".
        reasoning_tokens: Tokens that thoughts may take beside each answer's limit.
        switches: What the server accepts, as set by hand.
        retry: How failing calls are tried again.
        where: What messages call the source of ``switches`` and ``retry``.
        before: Called with the preset and the address before anything is sent there; what it
            raises ends the run.
    """

    name: str | None = None
    model: str | None = None
    key: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)  # it may hold a password
    price: Price | tuple[float, float] | None = None
    timeout: float | None = None
    hedge: bool = True
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    system: str = ""
    tiers: Sequence[str] = ()
    effort: str = ""
    reasoning_tokens: int | None = None
    switches: Mapping[str, Any] = field(default_factory=dict)
    retry: Mapping[str, Any] = field(default_factory=dict)
    where: str = "teacher"
    before: Callable[[Preset, str], None] | None = field(default=None, repr=False)

    def from_environment(self, environment: Mapping[str, str] | None = None) -> Teacher:
        """This teacher with the key of its preset's variable, unless it has one.

        Where no preset was named, it is openai when its key is there.

        Args:
            environment: The variables; by default those of this process.
        """
        variables = os.environ if environment is None else environment
        name = self.name
        if name is None and variables.get(preset(_USUAL).key_variable):
            name = _USUAL
        chosen = find_preset(name)
        if self.key is not None or chosen is None:
            return replace(self, name=name)
        key = variables.get(chosen.key_variable, "").strip() or None
        return replace(self, name=name, key=key)

    @property
    def address(self) -> str | None:
        """Where requests go, without a password; None where they go nowhere."""
        chosen = find_preset(self.name)
        address = self.base_url or (chosen.base_url if chosen else None)
        if chosen is None or address is None:
            return None
        from selfinstruct.teachers.openai import without_password

        return without_password(address)

    @property
    def can_be_structured(self) -> bool:
        """Whether it can be held to a JSON schema, as far as is known."""
        if self.name == "mock":
            return True
        chosen = find_preset(self.name)
        return chosen is not None and switches(self, chosen).json_schema is not Schema.NONE


Asked = Teacher | Completes  # whom a verb may be given


@dataclass(frozen=True, slots=True)
class Made:
    """A teacher with everything around it, and the parts of it that batches need.

    Attributes:
        teacher: Who is asked.
        budget: What keeps it within the caps, if there are any.
        client: Who makes its requests and reads its replies; None where nothing is sent anywhere.
    """

    teacher: teachers.Teacher
    budget: Budgeted | None = None
    client: OpenAITeacher | None = None


def make_whole(
    asked: Asked,
    api: Api,
    pack: LanguagePack,
    pace: Pace,
    caps: Caps | None = None,
    folder: Path | None = None,
    tell: Callable[[str], None] | None = None,
    sent: list[Mapping[str, Any]] | None = None,
) -> Made:
    """The teacher that was chosen, kept within the caps and to the pace, and asked again.

    Args:
        asked: Who was chosen.
        api: The kind of endpoint.
        pack: The language, for the mock.
        pace: How it is paced.
        caps: The most that may be used.
        folder: The pool that keeps what is learned of it, if any.
        tell: Called with each sentence about what was learned.
        sent: Where the body of each request is put, as it was meant.

    Raises:
        SettingsError: Nothing was chosen, or something it needs is missing.
    """
    price = price_of(asked)
    if caps and price is None and (caps.dollars is not None or caps.lifetime is not None):
        name = "--budget" if caps.dollars is not None else "--budget-pool"
        raise SettingsError(f"{name} needs --price IN/OUT: without it nobody knows the cost.")
    if not isinstance(asked, Teacher):
        from selfinstruct.teachers.retrying import Retrying

        paced, budget = _paced(adapted(asked, api), pace, caps, price)
        return Made(Retrying(paced, Patience(), pace, random.Random()), budget)
    if asked.system and api is not Api.CHAT:
        said = "--system is a line of chats; the completions endpoint knows none."
        raise IdleError(said, "system")
    if asked.name is None:
        raise SettingsError(
            f"No teacher was chosen. Set OPENAI_API_KEY, or name one: --teacher "
            f"{', '.join(preset_names())}; --teacher mock needs no key and no network."
        )
    patience = table(Patience, asked.retry, f"{asked.where}: retry", Patience())
    # Read to find mistakes, whoever is asked; the preset's own switches lie under it elsewhere.
    table(Switches, asked.switches, f"{asked.where}: switches", Switches())
    if asked.name == "mock":
        from selfinstruct.mock import MockTeacher

        return Made(*_paced(MockTeacher(pack.source, api), pace, caps, price))
    from selfinstruct.api.clients import make_client
    from selfinstruct.teachers.hedging import Hedged
    from selfinstruct.teachers.retrying import Retrying
    from selfinstruct.teachers.thinking import Thinking
    from selfinstruct.teachers.timing import Timing

    timing = Timing(pace.pulse, asked.timeout, pace.patience, tell)
    client = make_client(asked.name, asked, api, folder, tell, sent, timing)
    # Retries go around the caps, so that each attempt counts as the call it is.
    paced, budget = _paced(client.teacher, pace, caps, price)
    if asked.hedge:
        paced = Hedged(paced, pace, tell)
    retrying = Retrying(paced, patience, pace, random.Random())
    return Made(Thinking(retrying, client.learner, client.unsent), budget, client.teacher)


def with_teacher(settings: PoolSettings, asked: Asked) -> PoolSettings:
    """``settings`` with what the teacher decides where nobody says so."""
    structured = isinstance(asked, Teacher) and asked.can_be_structured
    return replace(settings, structured_by_default=structured)


def price_of(asked: Asked) -> Price | None:
    """What its tokens cost, if that is known."""
    price = asked.price if isinstance(asked, Teacher) else None
    return Price(prompt=price[0], completion=price[1]) if isinstance(price, tuple) else price


def timeout_of(asked: Asked) -> float | None:
    """Seconds after which one of its calls is given up, where somebody said so."""
    return asked.timeout if isinstance(asked, Teacher) else None


def switches(asked: Teacher, chosen: Preset) -> Switches:
    """What the preset's server accepts, with what was set by hand put over it.

    Raises:
        SettingsError: A switch is unknown or has a value that is not allowed.
    """
    return table(Switches, asked.switches, f"{asked.where}: switches", chosen.switches)


def _paced(
    teacher: teachers.Teacher, pace: Pace, caps: Caps | None, price: Price | None
) -> tuple[teachers.Teacher, Budgeted | None]:
    from selfinstruct.teachers.pacing import Paced

    budget = None if caps in (None, Caps()) else Budgeted(teacher, caps or Caps(), price)
    return Paced(budget or teacher, pace), budget
