"""A comparison written as preference data, a prompt at a time."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct.comparing.reading import Ranking, rankings
from selfinstruct.counts import counted
from selfinstruct.errors import UsageError
from selfinstruct.formats.census import Lengths
from selfinstruct.formats.layout import Layout
from selfinstruct.formats.pairing import Pair, Pairs, usable
from selfinstruct.formats.preferences import Made, Preference, prompt_of
from selfinstruct.formats.selecting import Splits
from selfinstruct.formats.trainers import TRAIN
from selfinstruct.formats.writing import record_file
from selfinstruct.outputs import STDOUT


@dataclass(frozen=True, slots=True)
class Preferred:
    """How to export a comparison; the fields are the options of the same names.

    Attributes:
        form: The format.
        pairs: Which pairs of a ranking.
        splits: Into which parts; None for one.
        shuffle: Where a random order of prompts starts; None for that of the comparison.
        trainer: Whose spelling; "" for that of TRL.
    """

    form: Preference
    pairs: Pairs = Pairs.ALL
    splits: Splits | None = None
    shuffle: int | None = None
    trainer: str = ""


@dataclass(slots=True)
class PreferenceCensus:
    """What an export of preference data holds, counted while it is written.

    Attributes:
        prompts: Prompts by split.
        rows: Rows by split.
        left_out: What was not taken, by why.
        chosen: Of each contestant the pairs that it won.
        rejected: Of each contestant the pairs that it lost.
        longer: Pairs whose better answer is the longer one, in characters.
        cut_off: Pairs of which a token limit had cut off an answer.
        lengths: Words and characters of prompts and answers.
    """

    prompts: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    chosen: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    longer: int = 0
    cut_off: int = 0
    lengths: Lengths = field(default_factory=Lengths)

    def add(self, ranking: Ranking, made: Made, split: str) -> None:
        """Count the rows of one prompt."""
        self.prompts[split] += 1
        self.rows[split] += len(made.rows)
        self.lengths.measure("prompt", prompt_of(ranking))
        for pair in made.pairs:
            self._pair(pair)
        for answer in ranking.answers if not made.pairs else ():
            self.lengths.measure("answer", answer.text)

    def _pair(self, pair: Pair) -> None:
        self.chosen[pair.chosen.contestant] += 1
        self.rejected[pair.rejected.contestant] += 1
        self.longer += len(pair.chosen.text) > len(pair.rejected.text)
        self.cut_off += pair.chosen.cut_off or pair.rejected.cut_off
        self.lengths.measure("chosen", pair.chosen.text)
        self.lengths.measure("rejected", pair.rejected.text)

    def figures(self) -> dict[str, Any]:
        """The counts as plain values, as an export of a pool tells them."""
        return {
            "tasks": self.prompts.total(),
            "rows": self.rows.total(),
            "splits": dict(self.rows),
            "left_out": dict(self.left_out),
            "lengths": self.measured(),
        }

    def measured(self) -> dict[str, dict[str, float]]:
        """Of each field the mean, median and largest number of words and of characters."""
        return self.lengths.figures("prompt", "chosen", "rejected", "answer")


def split_of(ranking: Ranking, splits: Splits | None) -> str:
    """The split of a prompt, which depends on its text alone.

    One without an input falls where an export of a pool puts the task of that instruction.
    """
    return splits.name_at(prompt_of(ranking)) if splits else TRAIN


def write_preferences(
    folder: Path,
    wanted: Preferred,
    place: Layout,
    stage: Path | None,
    step: Callable[[], None] = lambda: None,
) -> PreferenceCensus:
    """Write the comparison in ``folder`` and count what is written.

    Args:
        folder: The comparison.
        wanted: How to export.
        place: Which files to write.
        stage: Where they are written first; None for a stream.
        step: Called with each prompt that is looked at.

    Raises:
        UsageError: The comparison is damaged, or there is nothing to write.
    """
    census = PreferenceCensus(rows=Counter(dict.fromkeys(place.files, 0)))
    with contextlib.ExitStack() as stack:
        files = {
            split: stack.enter_context(
                record_file(stage / name if stage else place.stream or STDOUT)
            )
            for split, name in place.files.items()
        }
        for ranking in rankings(folder, wanted.shuffle):
            step()
            kept = usable(ranking, census.left_out)
            if kept is None:
                continue
            made = wanted.form.make(kept, wanted.pairs, wanted.trainer, census.left_out)
            if not made.rows:
                continue
            split = split_of(kept, wanted.splits)
            for row in made.rows:
                files[split].write(row)
            census.add(kept, made, split)
    _refuse_few(folder, wanted.form, census, next(iter(place.files)))
    return census


def _refuse_few(folder: Path, form: Preference, census: PreferenceCensus, first: str) -> None:
    if not census.rows.total():
        why = ", ".join(
            f"{count:,} {name.replace('_', ' ')}" for name, count in census.left_out.items()
        )
        raise UsageError(f"{folder}: holds no preference ({why or 'no prompts'}). Compare more.")
    if form.least is not None and (count := census.rows[first]) < form.least[0]:
        raise UsageError(
            f"{folder}: {counted(count, 'row is', 'rows are')} too few: "
            f"{form.least[1]}. Compare more prompts."
        )
