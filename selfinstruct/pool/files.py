"""What the files of a pool are called."""

from __future__ import annotations

TASKS, REJECTS, LEDGER = "tasks.jsonl", "rejects.jsonl", "ledger.jsonl"
REPLIES, SEEDS = "replies.jsonl", "seeds.jsonl"
