"""What is judged in one prompt: an item alone, an instruction with its evolutions, or any several.

Asked about one instruction at a time, judges give nearly all of them the same grade; six variants
of one instruction in one prompt are told apart (DEITA, Liu et al., arXiv 2312.15685, section 3.2).
The evolutions of an instruction are just such variants. Groups of unrelated items are our own way,
and not published: two texts whose place on the scale is known stand in each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from selfinstruct.judging.items import Subject
from selfinstruct.judging.sampling import rank, root

FAMILY = "family"
_MOST = 8  # items in one prompt: DEITA had six


@dataclass(frozen=True, slots=True)
class Bundle:
    """Items that one prompt asks about.

    Attributes:
        subjects: The items.
        shown: They and what is shown beside them, in the order in which the prompt shows them.
    """

    subjects: tuple[Subject, ...]
    shown: tuple[Subject, ...]

    @property
    def id(self) -> str:
        """The item's id, or a digest of those of all."""
        if len(self.subjects) == 1 and not self.anchored:
            return self.subjects[0].id
        said = "\0".join(one.id for one in self.subjects)
        return "group_" + hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def anchored(self) -> bool:
        """Whether it shows what is no item: an origin, or texts whose place is known."""
        return len(self.shown) > len(self.subjects)

    def place(self, one: Subject) -> int:
        """Where ``one`` is shown."""
        return self.shown.index(one)


def alone(subjects: Sequence[Subject]) -> list[Bundle]:
    """Each item for itself."""
    return [Bundle((one,), (one,)) for one in subjects]


def families(
    subjects: Sequence[Subject],
    parents: Mapping[str, str],
    origins: Mapping[str, Subject],
    seed: int,
) -> list[Bundle]:
    """Instructions with their evolutions, as far as they are among ``subjects``.

    Args:
        subjects: The items, in order; a family stands where its first member does.
        parents: By task, the one that it was evolved from.
        origins: By id, the tasks that nobody evolved and that are no items: they are shown too.
        seed: Where the order within a prompt begins.
    """
    found: dict[str, list[Subject]] = {}
    for one in subjects:
        found.setdefault(root(one.id.partition("#")[0], parents), []).append(one)
    bundles = []
    for name, family in found.items():
        first = [origins[name]] if name in origins else []
        most = _MOST - len(first)
        parts = (family[at : at + most] for at in range(0, len(family), most))
        bundles += [_shuffled(part, first, seed) for part in parts]
    return bundles


def groups(
    subjects: Sequence[Subject], size: int, anchors: Sequence[str], seed: int
) -> list[Bundle]:
    """Groups of ``size`` items as they come, each with the anchors."""
    known = [Subject(f"anchor_{place}", text) for place, text in enumerate(anchors)]
    parts = [subjects[at : at + size] for at in range(0, len(subjects), size)]
    return [_shuffled(part, known, seed) for part in parts]


def _shuffled(part: Sequence[Subject], more: Sequence[Subject], seed: int) -> Bundle:
    mine = tuple(part)
    own = "\0".join(one.id for one in mine)
    shown = sorted((*mine, *more), key=lambda one: rank(seed, one.id, own))
    return Bundle(mine, tuple(shown))
