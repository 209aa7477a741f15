"""The pool: a folder that grows. See ``docs/pool-format.md`` for its files.

What survives: everything written before a process is killed, because each line is handed to the
operating system before the next step begins. A power cut may lose what was written within the
last second or so (files are synced in groups); the pool then opens at its last whole commit and
what is missing is made again from stored replies, or asked again where those were lost too.
"""

from __future__ import annotations

from selfinstruct.journal import REPLIES, ReplyStore, StepCount
from selfinstruct.pool.agreement import Disagreement, disagreements
from selfinstruct.pool.archive import Archive
from selfinstruct.pool.failures import Failure
from selfinstruct.pool.files import REJECTS, SEEDS, TASKS
from selfinstruct.pool.ledger import After, Commit, Position
from selfinstruct.pool.manifest import Manifest
from selfinstruct.pool.pool import Pool
from selfinstruct.pool.recovery import scan
from selfinstruct.pool.rows import IMPORTED, Accepted, task_at
from selfinstruct.pool.snapshot import Snapshot, Spent, history, look

__all__ = [
    "IMPORTED",
    "REJECTS",
    "REPLIES",
    "SEEDS",
    "TASKS",
    "Accepted",
    "After",
    "Archive",
    "Commit",
    "Disagreement",
    "Failure",
    "Manifest",
    "Pool",
    "Position",
    "ReplyStore",
    "Snapshot",
    "Spent",
    "StepCount",
    "disagreements",
    "history",
    "look",
    "scan",
    "task_at",
]
