"""The page: facts drawn by templates. One file, no script, nothing that is fetched.

Texts of a set are hostile until they are escaped, which the environment does everywhere; the
style has the only hash that the page's policy allows, so no text could bring one of its own.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from selfinstruct.report import shapes
from selfinstruct.report.sections import SECTIONS, widened

OWN = "selfinstruct.report"
"""Whose pages hold the parts that others share."""

MARK = "<!doctype html>\n<!-- selfinstruct report -->\n"
"""What the page begins with, by which an earlier report is known."""


def page(told: Mapping[str, Any]) -> str:
    """The page of what :func:`selfinstruct.report.facts` tells; ``against`` stands beside."""
    sides = [told, *([told["against"]] if "against" in told else [])]
    shown = [one for one in SECTIONS if any(one.key in side for side in sides)]
    missing = [(one, sides[0]["left_out"].get(one.key)) for one in SECTIONS if one not in shown]
    return MARK + drawn(
        "page.html.jinja",
        {
            "sides": sides,
            "sections": widened(shown),
            "missing": [(one, why) for one, why in missing if why],
        },
    )


def drawn(template: str, values: Mapping[str, Any], package: str = OWN) -> str:
    """A page of the same style and policy.

    Args:
        template: Its template.
        values: What it is drawn from.
        package: Whose folder ``pages`` holds the template; it may import the parts of reports.
    """
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    found = _environment(package).get_template(template)
    return found.render(values, style=style, policy=policy)


@cache
def _loader(package: str) -> PackageLoader:
    return PackageLoader(package, "pages")


@cache
def _environment(package: str) -> Environment:
    found = Environment(
        loader=ChoiceLoader([_loader(one) for one in dict.fromkeys((package, OWN))]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["shapes"] = shapes
    found.filters |= {"whole": _whole, "percent": _percent, "short": _short, "dollars": _dollars}
    found.filters |= {"tick": _tick, "words": _words, "clipped": shapes.clipped}
    return found


@cache
def _style() -> str:
    return _loader(OWN).get_source(_environment(OWN), "style.css")[0].strip()


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _percent(value: float | None, places: int = 1) -> str:
    return "–" if value is None else f"{100 * value:.{places}f}%"


def _tick(share: float) -> str:
    return f"{100 * share:.4g}%"


def _short(value: float | None, places: int = 2) -> str:
    return "–" if value is None else f"{value:,.{places}f}"


def _dollars(value: float | None) -> str:
    """Dollars with as many places as say anything."""
    if value is None:
        return "not known"
    places = 2 if value >= 0.1 or value == 0 else 4
    return f"${value:,.{places}f}"


def _words(name: str) -> str:
    """A key as a person writes it."""
    return name.replace("_", " ")
