"""The options of how much may be used."""

from __future__ import annotations

from typing import Annotated

from selfinstruct.cli.options.base import LIMITS, option

PriceOption = Annotated[
    str | None,
    option(
        "--price",
        LIMITS,
        "Dollars per million tokens: IN/OUT, IN/CACHED/OUT or IN/CACHED/WRITE/OUT.",
        metavar="IN/OUT",
    ),
]
Budget = Annotated[
    float | None,
    option("--budget", LIMITS, "The most dollars this run may spend.", min=0, metavar="USD"),
]
BudgetPool = Annotated[
    float | None,
    option(
        "--budget-pool",
        LIMITS,
        "The most dollars over the whole life of the pool, what is outstanding included.",
        min=0,
        metavar="USD",
    ),
]
MaxCalls = Annotated[
    int | None, option("--max-calls", LIMITS, "The most calls of this run.", min=0)
]
MaxTokensTotal = Annotated[
    int | None, option("--max-tokens-total", LIMITS, "The most tokens of this run.", min=0)
]
MinYield = Annotated[
    float,
    option(
        "--min-yield",
        LIMITS,
        "Stop when fewer than this share of the last candidates were accepted.",
        min=0,
        max=1,
    ),
]
