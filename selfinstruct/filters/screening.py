"""Texts judged by a language's rules and by novelty: one by one, or by many workers in blocks.

Both say the same of each text. One by one, a verdict is there before the next text is read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from selfinstruct.engines import Engine, Shared, sliced
from selfinstruct.errors import UsageError
from selfinstruct.filters.instructions import InstructionRules
from selfinstruct.filters.nearness import Nearness, NoveltyRule
from selfinstruct.filters.soundness import Refusal, Soundness
from selfinstruct.languages import load, naming, tokenizer
from selfinstruct.novelty import Match
from selfinstruct.novelty.blocks import Blocks, Pending
from selfinstruct.novelty.coded import Spoken, spoken
from selfinstruct.tasks import Reason

BLOCK = 20_000
"""Texts in a block. More cost each worker searches among texts that come later, fewer cost more
waiting for one another; verdicts are the same."""

Asked: TypeAlias = str | Refusal
"""A text to be judged, or why it cannot be."""

_Ruled: TypeAlias = tuple[list[Refusal | None], Spoken]
"""Of some texts, why a rule refuses them, and the tokens of those that none does."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What texts are judged by; each worker makes the rules of it for itself.

    Attributes:
        language: Whose rules.
        heuristics: Whether the language's rules judge.
        soundness: Whether what is no instruction, or loops, is refused too.
        tokenizer: The name of what novelty is judged with.
        threshold: The ROUGE-L F1 from which a text is refused.
        nearness: What besides decides that.
    """

    language: str
    heuristics: bool
    soundness: bool
    tokenizer: str
    threshold: float
    nearness: Nearness


class _Rules:
    """The rules of a screen, at work."""

    def __init__(self, screen: Screen) -> None:
        pack = load(screen.language)
        self._rules = InstructionRules(pack) if screen.heuristics else None
        self._sound = Soundness(pack) if screen.soundness else None
        self.tokenizer = tokenizer(screen.tokenizer)

    def refuse(self, text: str) -> Refusal | None:
        """Why a rule refuses ``text``."""
        if self._rules is not None and (refusal := self._rules.refuse(text)):
            return refusal
        return self._sound.of_instruction(text) if self._sound is not None else None


class OneByOne:
    """Verdicts in this process.

    Raises:
        SettingsError: The language or the tokenizer cannot be used.
    """

    def __init__(self, screen: Screen) -> None:
        self._rules = _Rules(screen)
        near, used = screen.nearness, self._rules.tokenizer
        index = near.index(used, screen.threshold)
        self._novelty = NoveltyRule(index, spared=near.spared(used))

    def __len__(self) -> int:
        return len(self._novelty)

    def keep(self, texts: Iterable[str]) -> None:
        """Let what is judged differ from ``texts``."""
        for text in texts:
            self._novelty.keep(text)

    def refusals(self, texts: Iterable[Asked]) -> Iterator[Refusal | None]:
        """Why each is not kept; None for one that is."""
        for text in texts:
            if isinstance(text, str):
                yield self._rules.refuse(text) or self._novelty.refuse(text)
            else:
                yield text


class InBlocks:
    """Verdicts by the workers of an engine.

    Raises:
        SettingsError: The language or the tokenizer cannot be used.
    """

    def __init__(self, screen: Screen, engine: Engine) -> None:
        self._tokenizer = _Rules(screen).tokenizer  # what cannot be used is said here
        self._screen = screen
        self._engine = engine
        self._blocks = Blocks(engine, screen.nearness.bar(screen.threshold))
        self._kept: list[str] = []  # by row

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, texts: Iterable[str]) -> None:
        """Let what is judged differ from ``texts``."""
        texts = iter(texts)
        while some := list(itertools.islice(texts, BLOCK)):
            self._blocks.keep([self._tokenizer.tokenize(text) for text in some])
            self._kept += some

    def refusals(self, texts: Iterable[Asked]) -> Iterator[Refusal | None]:
        """Why each is not kept; None for one that is.

        While workers search a block, the next one is read, and its tokens are asked for.
        """
        ahead: _Started | None = None
        for some, error in _cut(texts):
            ready = self._prepared(some)
            done = [] if ahead is None else self._finished(ahead)
            ahead = self._started(some, ready)
            yield from done
            if error is not None:
                yield from self._finished(ahead)
                raise error
        if ahead is not None:
            yield from self._finished(ahead)

    def _prepared(self, some: Sequence[Asked]) -> Iterator[_Ruled]:
        texts = [text for text in some if isinstance(text, str)]
        shared = self._engine.share(texts)
        calls = (
            _Call(self._screen, shared, *borders) for borders in sliced(len(texts), self._engine)
        )
        return self._engine.map(_ruled, calls)

    def _started(self, some: Sequence[Asked], ready: Iterator[_Ruled]) -> _Started:
        parts = list(ready)
        found = itertools.chain.from_iterable(refusals for refusals, _ in parts)
        refusals = [next(found) if isinstance(text, str) else text for text in some]
        return _Started(some, refusals, self._blocks.start(part for _, part in parts))

    def _finished(self, started: _Started) -> list[Refusal | None]:
        matches = iter(self._blocks.finish(started.pending))
        verdicts: list[Refusal | None] = []
        for text, refusal in zip(started.texts, started.refusals, strict=True):
            verdict = refusal
            if refusal is None and isinstance(text, str):
                if (match := next(matches)) is not None:
                    verdict = self._too_similar(match)
                else:
                    self._kept.append(text)
            verdicts.append(verdict)
        return verdicts

    def _too_similar(self, match: Match) -> Refusal:
        detail: dict[str, Any] = {"nearest": self._kept[match.row], "score": match.score}
        return Reason.TOO_SIMILAR, detail


@dataclass(frozen=True, slots=True)
class _Started:
    """A block that is being searched: its texts, and what rules refuse of them."""

    texts: Sequence[Asked]
    refusals: Sequence[Refusal | None]
    pending: Pending


@dataclass(frozen=True, slots=True)
class _Call:
    """A slice of texts to be looked at by rules, and taken apart."""

    screen: Screen
    texts: Shared[list[str]]
    first: int
    end: int


def _ruled(call: _Call) -> _Ruled:
    rules = _rules(call.screen)
    texts = call.texts.fetch()[call.first : call.end]
    refusals = [rules.refuse(text) for text in texts]
    pairs = zip(texts, refusals, strict=True)
    return refusals, spoken(rules.tokenizer.tokenize(text) for text, no in pairs if no is None)


@lru_cache(maxsize=2)
def _rules(screen: Screen) -> _Rules:
    # Whoever started this worker has made the same of the name: the person has named it.
    with naming({screen.tokenizer}):
        return _Rules(screen)


def _cut(texts: Iterable[Asked]) -> Iterator[tuple[list[Asked], UsageError | None]]:
    """Blocks of texts; what cannot be read ends the last of them, and is raised behind it."""
    texts = iter(texts)
    error: UsageError | None = None
    while error is None:
        some: list[Asked] = []
        try:
            some.extend(itertools.islice(texts, BLOCK))
        except UsageError as raised:
            error = raised
        if not some and error is None:
            return
        yield some, error
