"""Where the parts of a picture are: numbers for SVG, which templates write down.

Widths and places from left to right are per cent of the picture's width, so that pictures fill
whatever page they are on without their letters being scaled; heights are pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, cos, log10, pi, sin
from typing import Any

_GAP = 0.16  # of a bar's place, between it and the next


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: where it stands, how far it reaches, and what it says."""

    x: float
    width: float
    y: float
    height: float
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: its place, and what stands there."""

    at: float
    said: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars side by side, and the marks on the axis of shares."""

    bars: list[Bar]
    ticks: list[Tick]


def upright(counts: Sequence[int], height: float, top: float | None = None) -> Bars:
    """Bars that stand, as shares of their sum.

    Args:
        counts: How much each holds.
        height: Pixels of the tallest possible bar.
        top: The share that reaches so high; None for what suits these.
    """
    whole = sum(counts) or 1
    top = top or ceiling(max(counts, default=0) / whole)
    each = 100 / max(len(counts), 1)
    bars = []
    for place, count in enumerate(counts):
        share = count / whole
        tall = height * share / top
        x, width = each * (place + _GAP / 2), each * (1 - _GAP)
        bars.append(Bar(_r(x), _r(width), _r(height - tall), _r(tall), count, share))
    steps = [step * top / 4 for step in range(1, 5)]
    return Bars(bars, [Tick(_r(height - height * step / top), step) for step in steps])


def ceiling(value: float) -> float:
    """The least round number that is not below ``value``: 0.04, 0.1, 0.2, and so on."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** ceil(log10(value) - 1)
    steps = (0.4, 0.6, 0.8, 1, 2, 3, 4, 6, 8, 10)
    return next(step * unit for step in steps if step * unit >= value * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: a path in a square of 100 by 100, its points, and marks on both axes."""

    path: str
    area: str
    points: list[tuple[float, float, Mapping[str, Any]]]
    ticks: list[Tick]
    top: float


def curve(points: Sequence[Mapping[str, Any]], x: str, y: str, height: float) -> Line | None:
    """The curve of ``y`` over ``x`` from 0; None where fewer than two points have both."""
    found = [point for point in points if point.get(y) is not None]
    if len(found) < 2:
        return None
    most = max(point[x] for point in found) or 1
    top = ceiling(max(point[y] for point in found))
    places = [(100 * point[x] / most, 100 - 100 * point[y] / top) for point in found]
    path = "M" + " L".join(f"{_r(a)},{_r(b)}" for a, b in places)
    area = f"{path} L{_r(places[-1][0])},100 L{_r(places[0][0])},100 Z"
    return Line(
        path,
        area,
        [(_r(a), _r(b * height / 100), point) for (a, b), point in zip(places, found, strict=True)],
        [Tick(_r(height - height * step / 4), step * top / 4) for step in range(1, 5)],
        top,
    )


@dataclass(frozen=True, slots=True)
class Arc:
    """A piece of a ring: its outline, where its name stands, and whether there is room for it."""

    path: str
    number: int
    name: str
    within: str
    count: int
    turn: float
    at: float
    fits: bool


_INNER, _MIDDLE, _OUTER = 60.0, 130.0, 206.0
_LINE = 12.0  # pixels that a name needs across; letters as wide as high need more
_WIDE = 0x1100  # where such letters begin


def ring(top: Sequence[Mapping[str, Any]]) -> list[Arc]:
    """Verbs, and their objects around them; each as wide as what is drawn of it."""
    whole = sum(row["drawn"] for row in top) or 1
    arcs: list[Arc] = []
    start = 0.0
    for number, row in enumerate(top):
        end = start + row["drawn"] / whole
        arcs.append(_arc((start, end), (_INNER, _MIDDLE), number, row["verb"], "", row["drawn"]))
        inner = start
        for one in row["objects"]:
            outer = inner + one["count"] / whole
            span, depth = (inner, outer), (_MIDDLE + 2, _OUTER)
            arcs.append(_arc(span, depth, number, one["object"], row["verb"], one["count"]))
            inner = outer
        start = end
    return arcs


def _arc(
    span: tuple[float, float],
    depth: tuple[float, float],
    number: int,
    name: str,
    within: str,
    count: int,
) -> Arc:
    low, high = (2 * pi * at - pi / 2 for at in span)
    high = min(high, low + 2 * pi - 1e-4)  # a whole circle has no outline
    large = int(high - low > pi)
    near, far = depth
    corners = [(far, low), (far, high), (near, high), (near, low)]
    a, b, c, d = (f"{_r(r * cos(t))},{_r(r * sin(t))}" for r, t in corners)
    path = f"M{a} A{far:g},{far:g} 0 {large} 1 {b} L{c} A{near:g},{near:g} 0 {large} 0 {d} Z"
    middle, angle = (near + far) / 2, (low + high) / 2
    degrees = angle * 180 / pi
    turned = degrees if degrees <= 90 else degrees - 180  # no name stands on its head
    at = middle if degrees <= 90 else -middle
    needed = _LINE if name[:1] < chr(_WIDE) else 1.15 * _LINE
    fits = (high - low) * middle >= needed
    return Arc(path, number, name, within, count, _r(turned), _r(at), fits)


def clipped(name: str, room: float = 66.0) -> str:
    """``name``, or as much of it as is some ``room`` pixels long."""
    width = 0.0
    for place, letter in enumerate(name):
        width += 6.0 if ord(letter) < _WIDE else 11.0
        if width > room:
            return name[: max(place - 1, 1)] + "…"
    return name


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a stacked bar."""

    x: float
    width: float
    count: int
    share: float


def stacked(counts: Sequence[int]) -> list[Piece]:
    """Pieces of one lying bar."""
    whole = sum(counts) or 1
    pieces, x = [], 0.0
    for count in counts:
        width = 100 * count / whole
        pieces.append(Piece(_r(x), _r(width), count, count / whole))
        x += width
    return pieces


def _r(value: float) -> float:
    return round(value, 2) + 0.0  # no -0.0
