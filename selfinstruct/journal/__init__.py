"""A journal: files that only grow, one ledger over them, and stores of replies. It knows no task.

A journal is a folder with a ledger. A **stream** is what one job does there: numbered requests, a
store of their replies, and named files that only this job appends to. One commit is rows appended
to these files and one line of the ledger that says how far files, replies and requests have come.
Opening a stream compares its files with its own lines of the ledger, cuts what lies behind the
last commit, and leaves the rest to be made again from stored replies. Streams are recovered each
for itself: what one job lost takes nothing from the others.
"""

from __future__ import annotations

from selfinstruct.journal.files import AppendFile, checksum, size_of, whole_lines
from selfinstruct.journal.journal import Journal, make_folder
from selfinstruct.journal.ledger import LEDGER, Extent, Line, StreamAt, read_lines
from selfinstruct.journal.lines import rows_of
from selfinstruct.journal.lock import FolderLock
from selfinstruct.journal.replies import REPLIES, ReplyStore
from selfinstruct.journal.step_counts import StepCount, total
from selfinstruct.journal.stream import Stream

__all__ = [
    "LEDGER",
    "REPLIES",
    "AppendFile",
    "Extent",
    "FolderLock",
    "Journal",
    "Line",
    "ReplyStore",
    "StepCount",
    "Stream",
    "StreamAt",
    "checksum",
    "make_folder",
    "read_lines",
    "rows_of",
    "size_of",
    "total",
    "whole_lines",
]
