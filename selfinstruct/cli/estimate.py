"""``selfinstruct estimate``: calls, tokens and dollars of a run before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import groups, limiting
from selfinstruct.cli import options as o


@groups.grouped
def estimate(
    context: typer.Context,
    target: Annotated[
        int, o.option("--target", "What is made", "Finished tasks the pool shall hold.", min=1)
    ],
    data: groups.DataFlags,
    pool: o.PoolArgument = Path("pool"),
    api: o.ApiOption = None,
    price: o.PriceOption = None,
    config: o.Config = None,
    json: o.Json = False,
) -> None:
    """Say what a run to TARGET would use: calls, tokens and, with --price, dollars.

    Where the pool has a ledger, its own figures are used; else the prompts as they would be sent,
    with assumptions that are said. Nothing is asked, written or paid.

    Example:
    selfinstruct estimate mypool --target 1000 --price 0.15/0.60
    """
    import dataclasses

    from selfinstruct import console
    from selfinstruct.cli import estimating, given, sources
    from selfinstruct.pool.manifest import read_manifest

    del config
    if not sources.is_typed(context, "recipe") and read_manifest(pool) is not None:
        data = dataclasses.replace(data, recipe=None)  # elsewhere it is that of new pools
    cost = limiting.parse_price(price)
    wanted, decoding, where = given.data_(context, data, api)
    found = estimating.estimate(pool, target, wanted, decoding, where, cost)
    if json:
        console.print_json(found)
    else:
        console.show_estimate(found)
