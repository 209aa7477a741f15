"""What a run may use, as a person writes it: prices, rates, caps."""

from __future__ import annotations

from selfinstruct.errors import SettingsError
from selfinstruct.teachers.budget import Caps, Price
from selfinstruct.teachers.pacing import Rates

_PARTS = {
    2: ("prompt", "completion"),
    3: ("prompt", "cached", "completion"),
    4: ("prompt", "cached", "written", "completion"),
}


def parse_price(text: str | None) -> Price | None:
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
            f"--price is written IN/OUT, IN/CACHED/OUT or IN/CACHED/WRITE/OUT in dollars per "
            f"million tokens, such as 0.15/0.60, not {text!r}."
        ) from error


def make_rates(rpm: float | None, tpm: float | None, give_up_after: float) -> Rates:
    """How a teacher is paced.

    Raises:
        SettingsError: A limit is not a number that makes sense.
    """
    try:
        return Rates(rpm=rpm, tpm=tpm, give_up_after=give_up_after)
    except ValueError as error:
        raise SettingsError("--rpm, --tpm and --give-up-after must be numbers.") from error


def make_caps(dollars: float | None, calls: int | None, tokens: int | None) -> Caps:
    """The caps of a run.

    Raises:
        SettingsError: The budget is not a number of dollars.
    """
    try:
        return Caps(dollars=dollars, calls=calls, tokens=tokens)
    except ValueError as error:
        raise SettingsError(f"--budget must be a number of dollars, not {dollars}.") from error
