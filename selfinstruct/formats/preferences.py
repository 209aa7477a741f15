"""The formats of preference data, and how each trainer spells their rows.

A row is made of a ranking of answers to one prompt. Spellings are those of TRL's, LLaMA-Factory's,
Axolotl's and OpenAI's documentation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from selfinstruct.comparing.reading import Answer, Ranking
from selfinstruct.errors import SettingsError
from selfinstruct.formats.base import joined
from selfinstruct.formats.dialogue import CHAT, FEWEST_ROWS, SHAREGPT, Dialogue
from selfinstruct.formats.kind import Shape
from selfinstruct.formats.pairing import Pair, Pairs, pairs

LLAMA_FACTORY, AXOLOTL = "llama-factory", "axolotl"
Row = dict[str, Any]


def prompt_of(ranking: Ranking) -> str:
    """The prompt as one text."""
    return joined(ranking.instruction, ranking.input)


def _said(kind: Dialogue, who: str, text: str) -> dict[str, str]:
    return {kind.speaker: kind.names[who], kind.said: text}


def _asked(ranking: Ranking, kind: Dialogue = CHAT) -> list[dict[str, str]]:
    return [_said(kind, "user", prompt_of(ranking))]


def _answered(answer: Answer, kind: Dialogue = CHAT) -> dict[str, str]:
    return _said(kind, "assistant", answer.text)


def _dpo(ranking: Ranking, pair: Pair, trainer: str) -> Row:
    more = {"ranking": ranking.item, "margin": float(pair.margin)}
    if trainer in {LLAMA_FACTORY, AXOLOTL}:
        kind = SHAREGPT if trainer == LLAMA_FACTORY else CHAT
        return {
            kind.turns: _asked(ranking, kind),
            "chosen": _answered(pair.chosen, kind),
            "rejected": _answered(pair.rejected, kind),
        } | more
    return {
        "prompt": _asked(ranking),
        "chosen": [_answered(pair.chosen)],
        "rejected": [_answered(pair.rejected)],
    } | more


def _reward(ranking: Ranking, pair: Pair, trainer: str) -> Row:
    more = {"ranking": ranking.item, "margin": float(pair.margin)}
    if trainer == LLAMA_FACTORY:  # one kind of row for both stages
        return _dpo(ranking, pair, trainer)
    if trainer == AXOLOTL:
        return {
            "system": "",
            "input": prompt_of(ranking),
            "chosen": pair.chosen.text,
            "rejected": pair.rejected.text,
        } | more
    return {
        "chosen": [*_asked(ranking), _answered(pair.chosen)],
        "rejected": [*_asked(ranking), _answered(pair.rejected)],
    } | more


def _openai(ranking: Ranking, pair: Pair, _: str) -> Row:
    return {
        "input": {"messages": _asked(ranking), "tools": [], "parallel_tool_calls": True},
        "preferred_output": [_answered(pair.chosen)],
        "non_preferred_output": [_answered(pair.rejected)],
    }


def _kto(ranking: Ranking, answer: Answer, trainer: str, *, label: bool) -> Row:
    if trainer == LLAMA_FACTORY:
        turns = [*_asked(ranking, SHAREGPT), _answered(answer, SHAREGPT)]
        return {SHAREGPT.turns: turns, "kto_tag": label}
    if trainer == AXOLOTL:
        return {"prompt": prompt_of(ranking), "completion": answer.text, "label": label}
    return {"prompt": _asked(ranking), "completion": [_answered(answer)], "label": label}


@dataclass(frozen=True, slots=True)
class Made:
    """The rows of one prompt, and the pairs that they say.

    Attributes:
        rows: The rows.
        pairs: The pairs; () where rows are whole rankings.
    """

    rows: list[Row]
    pairs: list[Pair]


def _by_pair(row: Callable[[Ranking, Pair, str], Row]) -> Callable[..., Made]:
    def made(ranking: Ranking, which: Pairs, trainer: str, left_out: Counter[str]) -> Made:
        found = pairs(ranking, which, left_out)
        return Made([row(ranking, pair, trainer) for pair in found], found)

    return made


def _best_and_worst(ranking: Ranking, _: Pairs, trainer: str, left_out: Counter[str]) -> Made:
    found = pairs(ranking, Pairs.BEST_WORST, left_out)
    return Made(list(_labelled(ranking, found, trainer)), found)


def _labelled(ranking: Ranking, found: list[Pair], trainer: str) -> Iterator[Row]:
    for pair in found:
        yield _kto(ranking, pair.chosen, trainer, label=True)
        yield _kto(ranking, pair.rejected, trainer, label=False)


def _whole(ranking: Ranking, _: Pairs, __: str, ___: Counter[str]) -> Made:
    best_first = sorted(
        zip(ranking.ranks, ranking.answers, strict=True), key=lambda ranked: ranked[0]
    )
    answers = [{"answer": answer.text, "rank": float(rank)} for rank, answer in best_first]
    return Made([{"prompt": prompt_of(ranking), "answers": answers}], [])


@dataclass(frozen=True, slots=True)
class Preference:
    """A format of preference data.

    Attributes:
        name: As in ``--format``.
        make: Makes the rows of a ranking, given which pairs are wanted and who shall read them;
            what it leaves out is counted.
        takes_pairs: Whether ``--pairs`` says something to it.
        least: The fewest rows that whoever takes such files accepts, and who that is.
        shape: What an export is.
    """

    name: str
    make: Callable[[Ranking, Pairs, str, Counter[str]], Made]
    takes_pairs: bool = False
    least: tuple[int, str] | None = None
    shape: Shape = Shape.ROWS


PREFERENCES: Mapping[str, Preference] = {
    one.name: one
    for one in (
        Preference("dpo", _by_pair(_dpo), takes_pairs=True),
        Preference("reward", _by_pair(_reward), takes_pairs=True),
        Preference("kto", _best_and_worst),
        Preference(
            "openai-dpo",
            _by_pair(_openai),
            takes_pairs=True,
            least=(FEWEST_ROWS, f"OpenAI takes fine-tuning files from {FEWEST_ROWS} rows on"),
        ),
        Preference("ranking", _whole),
    )
}
"""The formats of preference data by name."""


def find_preference(name: str) -> Preference:
    """The format of preference data called ``name``.

    Raises:
        SettingsError: There is none; the message lists them.
    """
    found = PREFERENCES.get(name)
    if found is None:
        names = ", ".join(PREFERENCES)
        raise SettingsError(f"A comparison is exported as {names}, not as {name!r}.")
    return found
