"""What stands in the folder of a pool, and what for; ``docs/pool-format.md`` shows this table."""

from __future__ import annotations

from typing import NamedTuple


class KnownFile(NamedTuple):
    """A file of a pool, or a folder in it.

    Attributes:
        name: How it is called; several names stand with commas between them.
        about: What it holds, in Markdown.
    """

    name: str
    about: str


FILES = (
    KnownFile(
        "tasks.jsonl",
        "the product: one finished task a line, in order of acceptance; no time of day in it",
    ),
    KnownFile("rejects.jsonl", "every refused text with its reason"),
    KnownFile(
        "ledger.jsonl",
        "a line per commit: what was added, what calls used, where the files end",
    ),
    KnownFile(
        "replies.jsonl", "every reply of the teacher, and every request that failed for good"
    ),
    KnownFile("manifest.json", "what the pool was made with"),
    KnownFile("seeds.jsonl", "its seed tasks, or what is evolved"),
    KnownFile(
        "teachers.json",
        "what was learned of each teacher: fields that it takes, how it thinks; no key",
    ),
    KnownFile("passages.jsonl", "only with `--context`: the passages"),
    KnownFile(
        "decontaminations.jsonl", "only after `decontaminate`: a line for each time (see below)"
    ),
    KnownFile(
        "replayed.json",
        "only in a pool that a replay made: the manifest of the pool it was made from",
    ),
    KnownFile("judgements/, reviews/", "what models and people said of it (see below)"),
    KnownFile(
        "batches.jsonl, batches/",
        "only with `--batch`: what was ordered, step by step, and the files of what is outstanding",
    ),
    KnownFile(
        "NAME/", "what another job over the pool makes: its files, and its own `replies.jsonl`"
    ),
    KnownFile(".lock", "held while a run writes; the system drops it when its holder dies"),
    KnownFile("tasks.jsonl.next", "only while tasks are taken out; the next run finishes that"),
    KnownFile(
        "*.lost-N",
        "copies kept before committed or foreign lines were cut back (see below); yours to delete",
    ),
)
