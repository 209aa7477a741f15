"""Groups of options that verbs share.

A verb takes a group as one parameter; on the command line it is the group's single options (see
``grouping``). So an option is declared once (in ``options``), listed once (here), and every verb
gets it.
"""

from __future__ import annotations

from dataclasses import dataclass

from selfinstruct.cli.options import batching, cores, limits, output, server, traffic


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
class CoreFlags:
    """Who computes."""

    workers: cores.Workers = None
    engine: cores.EngineName = "processes"
    address: cores.Address = None


@dataclass(frozen=True, slots=True)
class OutputFlags:
    """What is printed."""

    json: output.Json = False
    quiet: output.Quiet = False
