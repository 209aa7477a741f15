"""``selfinstruct evolve``: make instructions harder, round by round."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selfinstruct.cli import groups
from selfinstruct.cli import options as o

_EVOLVE = "What is made"


@groups.grouped
def evolve(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            help="What is evolved: a pool, a seed file, or Alpaca-style JSON.", metavar="SOURCE"
        ),
    ],
    server: groups.ServerFlags,
    traffic: groups.TrafficFlags,
    data: groups.EvolveFlags,
    limits: groups.LimitFlags,
    output: groups.OutputFlags,
    pool: o.PoolArgument = Path("pool"),
    rounds: Annotated[
        int, o.option("--rounds", _EVOLVE, "How often each instruction is evolved.", min=1)
    ] = 4,
    operations: Annotated[
        str | None,
        o.option(
            "--operations",
            _EVOLVE,
            "Those that are drawn from, with commas: constraints, deepen, concrete, reasoning, "
            "input, breadth.",
            metavar="NAMES",
            show_default="all six",
        ),
    ] = None,
    novelty: Annotated[
        Literal["breadth", "all", "none"] | None,
        o.option(
            "--novelty", _EVOLVE, "Which results must be novel in the pool.", show_default="breadth"
        ),
    ] = None,
    difficulty: Annotated[
        bool | None,
        o.option("--difficulty/--no-difficulty", _EVOLVE, "Have each result graded from 1 to 10."),
    ] = None,
    skills: Annotated[
        bool | None,
        o.option("--skills/--no-skills", _EVOLVE, "Have the skill named that each result needs."),
    ] = None,
    yes: Annotated[bool, o.option("--yes", "Output", "Do not ask before the first call.")] = False,
    config: o.Config = None,
) -> None:
    """Evolve the instructions of SOURCE over several rounds, as WizardLM did (Evol-Instruct).

    Each round rewrites each instruction by one of six operations, compares it with what it came
    from, and answers it: three calls. What is eliminated leaves its parent for the next round. The
    estimate is shown before the first call. More rounds later go on where it was.

    Examples:
    selfinstruct evolve alpaca_data.json hard --teacher openai --model NAME --budget 20 --price 1/4

    selfinstruct evolve mypool harder --teacher mock --rounds 4 --difficulty --yes
    """
    from selfinstruct.cli import evolving, given

    del config
    names = (
        tuple(part.strip() for part in operations.split(",")) if operations is not None else None
    )
    run = given.run(context, server, traffic, data, limits)
    evolving.evolve(
        source,
        pool,
        run,
        output,
        rounds=rounds,
        settings={
            "operations": names,
            "novelty": novelty,
            "difficulty": difficulty,
            "skills": skills,
        },
        asks=not yes,
    )
