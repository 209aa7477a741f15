"""Replies of real models, read by each edition of the rules: `python bench/replies.py FOLDER…`.

A folder holds files of JSON lines with `prompt`, `text`, `api` and `finish`. Which step a prompt
belongs to is recognised by the templates' own words. For each file and step the table says how many
items each edition read and would go on with (novelty, which needs a pool, apart), and how many it
refused, by reason. `--list` shows the items that only one of them takes.

A file `labelled.jsonl` in a folder, with lines of `text` and `good`, says of items what a person
thinks of them: then garbage that is accepted and good items that are lost are counted and shown.
The text of an item is its instruction; of an instance, "input => output".
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prompts_seen import Seen, seen

from selfinstruct import jsonl
from selfinstruct.bootstrap import Draft, Recipe
from selfinstruct.languages import LanguagePack
from selfinstruct.parsing import answer, grade, skill, yes_or_no
from selfinstruct.prompts import Prompts, Step
from selfinstruct.recipes import NEWEST, Making, find
from selfinstruct.recipes.evolve import source_text
from selfinstruct.seeds import load_seeds
from selfinstruct.tasks import Candidate, Instance, Reject, Task
from selfinstruct.teachers import Api, Decoding, Prompt, Reply

EDITIONS = range(1, NEWEST + 1)
LABELLED = "labelled.jsonl"
_UNUSED = Decoding(temperature=0, top_p=0, max_tokens=1)  # nothing is asked here
_RECIPES = {
    Step.ALPACA: "alpaca",
    Step.TARGETED: "targeted",
    Step.EVOLVE: "evolve",
    Step.EVOLVE_INPUT: "evolve",
    Step.EVOLVE_BREADTH: "evolve",
}


@dataclass
class Count:
    """What one edition made of the replies of one step."""

    replies: int = 0
    read: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


class Reader:
    """Reads replies by one edition of the rules."""

    def __init__(self, edition: int) -> None:
        self._edition = edition
        self._made: dict[tuple[str, str, str], Recipe] = {}

    def read(self, row: dict[str, Any], asked: Seen) -> Iterator[str | Reject]:
        reply, api = Reply(row["text"], row["finish"], None), row["api"]
        pack = asked.pack.in_edition(self._edition)
        if asked.step in (Step.CLASSIFY, Step.EQUAL):
            labels = pack.labels
            said = yes_or_no(answer(reply.text), labels.yes, labels.no, labels.either_or)
            yield _verdict(None if said is None else f"{'Yes' if said else 'No'}", reply)
        elif asked.step is Step.DIFFICULTY:
            yield _verdict(grade(answer(reply.text)), reply)
        elif asked.step is Step.SKILL:
            yield _verdict(skill(answer(reply.text), pack.labels), reply)
        elif asked.step is Step.ANSWER:
            yield _verdict(answer(reply.text).strip()[:60] or None, reply)
        elif asked.step in (Step.INPUT_FIRST, Step.OUTPUT_FIRST):
            yield from self._instances(reply, asked, pack, api)
        else:
            recipe = self._recipe(asked, pack, api)
            draft = _draft(row["prompt"], asked)
            for item in recipe.read(reply, draft):
                if isinstance(item, Candidate) and (copied := recipe.copied(item, draft)):
                    yield copied
                elif isinstance(item, Candidate) and (refused := recipe.refuse(item)):
                    yield Reject(item.text, refused[0], refused[1])
                else:
                    yield item.text if isinstance(item, Candidate) else item

    def _instances(
        self, reply: Reply, asked: Seen, pack: LanguagePack, api: str
    ) -> Iterator[str | Reject]:
        recipe = self._recipe(asked, pack, api)
        kind = pack.labels.yes[0] if asked.step is Step.OUTPUT_FIRST else pack.labels.no[0]

        async def ask(prompt: Prompt) -> Reply:
            return Reply(kind, "stop", None) if prompt.step == Step.CLASSIFY else reply

        developed = asyncio.run(
            recipe.develop(Candidate(asked.given, 0), _draft("", asked), 0, ask)
        )
        yield from (f"{case.input} => {case.output}" for case in developed.instances)
        yield from (one for one in developed.rejects if one.reason != "no_valid_instance")

    def _recipe(self, asked: Seen, pack: LanguagePack, api: str) -> Recipe:
        name = _RECIPES.get(asked.step, "self-instruct")
        key = (name, pack.code, api)
        own = name in {"targeted", "evolve"}  # made of the sources, which differ by the prompt
        if own or key not in self._made:
            kind = find(name)
            prompts = Prompts(pack, api, None, kind.steps)
            seeds = _sources(asked, pack) if own else load_seeds(pack.seeds)
            settings = kind.settings(human=len(seeds)) if name == "targeted" else kind.settings()
            making: Making[Any, Any] = Making(
                pack, prompts, Api(api), settings, kind.decodings(), seeds, edition=self._edition
            )
            self._made[key] = kind.make(making)
        return self._made[key]


def _verdict(said: object, reply: Reply) -> str | Reject:
    if said is None:
        return Reject(reply.text, "unreadable", {})
    return str(said)


def _sources(asked: Seen, pack: LanguagePack) -> list[Task]:
    if asked.step is not Step.TARGETED:
        for seed in load_seeds(pack.seeds):
            if source_text(seed) == asked.given:
                return [seed]
        return [_task(asked.given, "", "?", 0)]
    cases = enumerate(asked.shown)
    if asked.given:
        return [_task(asked.given, row["input"], row["output"], n) for n, row in cases]
    return [_task(row["input"], "", row["output"], n) for n, row in cases]


def _task(instruction: str, given: str, said: str, number: int) -> Task:
    case = Instance(input=given, output=said)
    return Task(id=f"{number}", instruction=instruction, is_classification=False, instances=(case,))


def _draft(prompt: str, asked: Seen) -> Draft:
    asking = Prompt(prompt, _UNUSED, asked.step, 0)
    if _RECIPES.get(asked.step) == "evolve":
        (source,) = _sources(asked, asked.pack)
        given = source_text(source).removeprefix(source.instruction).strip()
        kind = "breadth" if asked.step is Step.EVOLVE_BREADTH else "constraints"
        details = {"operation": kind, "round": 1, "evolved_from": source.id}
        return Draft(asking, ("",), (asked.given,), {"data": given}, details)
    key = "input" if asked.step is Step.TARGETED else "instruction"
    shown = tuple(row[key] for row in asked.shown if key in row)
    if asked.step is not Step.ALPACA:
        return Draft(asking, (), shown)
    cases = [
        Instance(input=row.get("input", ""), output=row.get("output", "")) for row in asked.shown
    ]
    return Draft(asking, (), shown, {"cases": cases})


Counts = dict[tuple[str, str], dict[int, Count]]


def main(folders: list[Path], *, listed: bool) -> None:
    good: dict[str, bool] = {}
    counts: Counts = defaultdict(lambda: {edition: Count() for edition in EDITIONS})
    readers = {edition: Reader(edition) for edition in EDITIONS}
    for path in (path for folder in folders for path in sorted(folder.glob("*.jsonl"))):
        rows = [row for _, row in jsonl.read(path)]
        if path.name == LABELLED:
            good |= {row["text"]: row["good"] for row in rows}
            continue
        for row in rows:
            asked = seen(row["prompt"], row["api"])
            name = f"{asked.step} {asked.pack.code} {row['api']}"
            for edition, reader in readers.items():
                _note(counts[path.stem, name][edition], reader.read(row, asked))
    for (stem, step), by_edition in sorted(counts.items()):
        where = f"{stem:8} {step:38} {by_edition[1].replies:4} replies"
        for edition, count in by_edition.items():
            refused = ", ".join(f"{reason} {n}" for reason, n in sorted(count.refused.items()))
            print(f"{where}  edition {edition}: {len(count.read):4} read; refused: {refused}")
            where = " " * len(where)
        if listed:
            _compare(by_edition)
    for edition in EDITIONS if good else ():
        _grade(edition, good, [item for by in counts.values() for item in by[edition].read])


def _note(count: Count, items: Iterator[str | Reject]) -> None:
    count.replies += 1
    for item in items:
        if isinstance(item, Reject):
            count.refused[str(item.reason)] += 1
        else:
            count.read.append(item)


def _grade(edition: int, good: dict[str, bool], taken: list[str]) -> None:
    garbage = [item for item in taken if good.get(item) is False]
    lost = sorted(text for text, wanted in good.items() if wanted and text not in taken)
    print(f"edition {edition}: garbage accepted {len(garbage)}, good ones lost {len(lost)}")
    for kind, texts in (("garbage", garbage), ("lost", lost)):
        for text in texts:
            print(f"    {kind}: {json.dumps(text, ensure_ascii=False)}")


def _compare(by_edition: dict[int, Count]) -> None:
    first, newest = by_edition[1].read, by_edition[NEWEST].read
    for sign, texts, others in (("-", first, newest), ("+", newest, first)):
        for text in texts:
            if text not in others:
                print(f"    {sign} {json.dumps(text[:160], ensure_ascii=False)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    main(given.folders, listed=given.list)
