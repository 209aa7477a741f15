"""What the files of a pool are called that no other journal has."""

from __future__ import annotations

TASKS, REJECTS, SEEDS = "tasks.jsonl", "rejects.jsonl", "seeds.jsonl"
