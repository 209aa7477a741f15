"""What can be added from outside: by hand, or by packages with entry points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from selfinstruct.errors import SettingsError


class Named(Protocol):
    """Something that is chosen by its name."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...


Thing = TypeVar("Thing", bound=Named)


class Registry(Generic[Thing]):
    """What there is of one kind, by name. Other packages are asked only for names unknown here.

    Args:
        group: The entry points that other packages offer theirs under.
        kind: The class that each must have.
        shipped: Those of this package.
    """

    def __init__(self, group: str, kind: type[Thing], shipped: Sequence[Thing]) -> None:
        self._group = group
        self._kind = kind
        self._shipped = tuple(shipped)
        self._things = {thing.name: thing for thing in shipped}
        self._asked = False

    def shipped(self) -> Iterable[Thing]:
        """Those of this package."""
        return self._shipped

    def add(self, thing: Thing) -> None:
        """Make one more known; an earlier one of that name is replaced, unless it is shipped.

        Raises:
            SettingsError: A shipped one has that name.
        """
        if any(thing.name == one.name for one in self._shipped):
            raise SettingsError(f"{self._group}: {thing.name!r} is shipped; choose another name.")
        self._things[thing.name] = thing

    def get(self, name: str) -> Thing | None:
        """The one called ``name``, or None."""
        if name not in self._things:
            self._ask()
        return self._things.get(name)

    def names(self) -> list[str]:
        """All names, those of other packages too."""
        self._ask()
        return list(self._things)

    def _ask(self) -> None:
        """Read what other packages offer, once: it takes some 40 ms."""
        if self._asked:
            return
        self._asked = True
        from importlib.metadata import entry_points

        for point in entry_points(group=self._group):
            if point.name in self._things:
                continue
            try:
                thing = point.load()
            except (ImportError, AttributeError) as error:
                raise SettingsError(
                    f"The entry point {point.name!r} of {self._group} cannot be loaded: {error}."
                ) from error
            if not isinstance(thing, self._kind) or thing.name != point.name:
                raise SettingsError(
                    f"The entry point {point.name!r} of {self._group} must be a "
                    f"{self._kind.__name__} of that name."
                )
            self._things[thing.name] = thing
