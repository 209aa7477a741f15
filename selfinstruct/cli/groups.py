"""Groups of options that verbs share, and the decorator that spells them out for typer.

A verb takes a group as one parameter; on the command line it is the group's single options. So an
option is declared once (in ``options``), listed once (here), and every verb gets it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, get_type_hints

from selfinstruct.cli.options import batching, limits, output, server, traffic


@dataclass(frozen=True, slots=True)
class ServerFlags:
    """Who is asked, and what the server accepts."""

    teacher: server.Teacher = None
    model: server.Model = None
    base_url: server.BaseUrl = None
    api: server.ApiOption = None
    token_limit_field: server.TokenLimitField = None
    stop: server.SendStop = None
    sampling: server.SendSampling = None
    reasoning_tokens: server.ReasoningTokens = None
    reasoning_effort: server.ReasoningEffort = None
    body: server.Body = None
    header: server.Header = None
    system: server.System = None
    tier: server.Tier = None


@dataclass(frozen=True, slots=True)
class TrafficFlags:
    """How calls are spread over time."""

    concurrency: traffic.Concurrency = 16
    rpm: traffic.Rpm = None
    tpm: traffic.Tpm = None
    timeout: traffic.Timeout = None
    give_up_after: traffic.GiveUpAfter = 600.0
    hedge: traffic.Hedge = True


@dataclass(frozen=True)
class SpendFlags:
    """How much a run may use."""

    price: limits.PriceOption = None
    budget: limits.Budget = None
    budget_pool: limits.BudgetPool = None
    max_calls: limits.MaxCalls = None
    max_tokens_total: limits.MaxTokensTotal = None


@dataclass(frozen=True)
class LimitFlags(SpendFlags):
    """The same, and when it is no longer worth it."""

    min_yield: limits.MinYield = 0.01


@dataclass(frozen=True, slots=True)
class BatchFlags:
    """Whether replies are bought by batches, and how."""

    batch: batching.BatchOption = False
    batch_transport: batching.Transport = "openai"
    batch_min: batching.Least = None
    batch_size: batching.Size = 50_000
    batch_tokens: batching.Tokens = None
    batch_price: batching.BatchPrice = None
    wait: batching.Wait = 0.0


@dataclass(frozen=True, slots=True)
class OutputFlags:
    """What is printed."""

    json: output.Json = False
    quiet: output.Quiet = False


def grouped(verb: Callable[..., None]) -> Callable[..., None]:
    """``verb`` with each group among its parameters spelt out as single options."""
    hints = get_type_hints(verb, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    spelt: list[inspect.Parameter] = []
    for parameter in inspect.signature(verb).parameters.values():
        group = groups.get(parameter.name)
        spelt += (
            _spelt(group)
            if group is not None
            else [parameter.replace(annotation=hints[parameter.name], kind=_KIND)]
        )

    @functools.wraps(verb)
    def call(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{one.name: given.pop(one.name) for one in fields(group)})
        verb(**given)

    del call.__wrapped__  # else typer would look through to the unspelt one
    # typer reads the signature; that a function may carry one of its own, its type does not say.
    call.__signature__ = inspect.Signature(spelt)  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in spelt}
    return call


_KIND = inspect.Parameter.KEYWORD_ONLY


def _spelt(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            one.name,
            _KIND,
            default=inspect.Parameter.empty if one.default is MISSING else one.default,
            annotation=hints[one.name],
        )
        for one in fields(group)
    ]
