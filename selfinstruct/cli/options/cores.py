"""The options of who computes."""

from __future__ import annotations

from typing import Annotated, Literal

from selfinstruct.cli.options.base import option

_COMPUTES = "Who computes"

Workers = Annotated[
    int | None,
    option(
        "--workers",
        _COMPUTES,
        "So many processes; the result is the same.",
        min=1,
        metavar="N",
        show_default="1; with ray, its CPUs",
    ),
]
EngineName = Annotated[
    Literal["processes", "ray"],
    option("--engine", _COMPUTES, "Processes of this machine, or tasks of Ray."),
]
Address = Annotated[
    str | None,
    option(
        "--address",
        _COMPUTES,
        "Ray's cluster, or auto on one of its machines.",
        show_default="this machine",
    ),
]
