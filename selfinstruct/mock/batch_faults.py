"""What goes wrong with batches, as told on the command line."""

from __future__ import annotations

from collections.abc import Mapping

from selfinstruct.errors import SettingsError

# By name, what happens to the line, as a rate.
OF_LINES: Mapping[str, str] = {
    "expired": "nobody came to it in time",
    "missing": "no file says a word of it",
    "zero": "its status is 0, and nothing else is said",
    "refused": "its status is 500",
}

# By name, what the server does, and the number that says how much where none is given.
OF_SERVERS: Mapping[str, float] = {
    "no-list": 1.0,  # it does not list its batches
    "no-metadata": 1.0,  # it keeps no metadata
    "slow-create": 1.0,  # seconds between taking a batch and saying so
    "failed-validation": 1.0,  # it refuses every batch
    "token-limit": 100_000.0,  # tokens of prompts that one batch may have
    "all-in-errors": 1.0,  # answers stand in the file of refusals, and there is no other
}


def parse_batch_faults(text: str) -> dict[str, float]:
    """What goes wrong, by name: ``expired=0.2,missing=0.05,no-list``.

    Raises:
        SettingsError: A name is not known, or a number is none.
    """
    found: dict[str, float] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, value = part.partition("=")
        if name not in OF_LINES and name not in OF_SERVERS:
            known = ", ".join([*OF_LINES, *OF_SERVERS])
            raise SettingsError(f"There is no fault of batches {name!r}: use {known}.")
        try:
            found[name] = float(value) if value else OF_SERVERS[name]
        except (KeyError, ValueError) as error:
            said = f"{name!r} needs a number, as in {name}=0.1, not {value!r}."
            raise SettingsError(said) from error
    rates = [rate for name, rate in found.items() if name in OF_LINES]
    if not all(0 <= rate <= 1 for rate in rates) or sum(rates) > 1:
        raise SettingsError("Rates of faults lie between 0 and 1 and sum up to at most 1.")
    if any(number < 0 for number in found.values()):
        raise SettingsError("Faults of batches are no numbers below 0.")
    return found
