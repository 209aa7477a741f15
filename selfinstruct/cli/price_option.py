"""What tokens cost, as a person writes it."""

from __future__ import annotations

from selfinstruct.errors import SettingsError
from selfinstruct.teachers.budget import Price

_PARTS = {
    2: ("prompt", "completion"),
    3: ("prompt", "cached", "completion"),
    4: ("prompt", "cached", "written", "completion"),
}


def parse_price(text: str | None, option: str = "--price") -> Price | None:
    """The price written as ``IN/OUT``, ``IN/CACHED/OUT`` or ``IN/CACHED/WRITE/OUT``.

    Raises:
        SettingsError: It is written otherwise.
    """
    if text is None:
        return None
    parts = text.split("/")
    names = _PARTS.get(len(parts), ())
    try:
        return Price(**{name: float(part) for name, part in zip(names, parts, strict=False)})
    except ValueError as error:
        raise SettingsError(
            f"{option} is written IN/OUT, IN/CACHED/OUT or IN/CACHED/WRITE/OUT in dollars per "
            f"million tokens, such as 0.15/0.60, not {text!r}."
        ) from error
