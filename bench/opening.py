"""Opening a pool: `python bench/opening.py 50000 1000000`.

Writes a made-up pool of so many tasks (see `texts.py`) and times what a run does before its first
request: reading and checking the files, and filling the novelty index. In a process of its own for
each size, so that the memory shown is that of one opening, start-up of Python included.
"""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

from texts import instructions

from selfinstruct import jsonl
from selfinstruct.api.plan import plan as make_plan
from selfinstruct.api.settings import PoolSettings
from selfinstruct.pool import Commit, Pool, Position
from selfinstruct.seeds import file_text

TIME = "2000-01-01T00:00:00+00:00"


def write(folder: Path, size: int) -> None:
    plan = make_plan(folder, PoolSettings())
    Pool(folder, plan.manifest, None, file_text(plan.seeds), lambda: TIME).close()
    crc = written = 0
    with (folder / "tasks.jsonl").open("wb") as file:
        for number, text in enumerate(itertools.islice(instructions(1), size)):
            row = {
                "id": f"task_{number:016x}",
                "instruction": text,
                "is_classification": False,
                "instances": [{"input": text[::-1], "output": text * 2}],
                "provenance": {
                    "recipe": "self-instruct",
                    "teacher": "mock",
                    "model": "mock-en",
                    "request": number // 5,
                    "demonstrations": [f"seed_task_{n}" for n in range(8)],
                    "candidate": number % 5,
                },
            }
            line = (jsonl.dumps(row) + "\n").encode()
            crc, written = zlib.crc32(line, crc), written + len(line)
            file.write(line)
    position = Position(
        request=size // 5, tasks=size, instances=size, tasks_bytes=written, tasks_crc=crc
    )
    line = Commit(time=TIME, event="commit", accepted=size, position=position).line()
    (folder / "ledger.jsonl").write_text(line)


def read(folder: Path) -> None:
    started = time.perf_counter()
    plan = make_plan(folder, PoolSettings())
    pool = Pool(folder, plan.manifest, plan.existing, file_text(plan.seeds), lambda: TIME)
    files = time.perf_counter() - started
    plan.novelty.keep_many([item.instruction for item in pool.accepted()])
    whole = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tasks = pool.position.tasks
    print(f"{tasks:,} tasks: {whole:.2f} s ({files:.2f} s of it for the files), {memory:,.0f} MB")
    pool.close()


if __name__ == "__main__":
    if sys.argv[1] == "--read":
        read(Path(sys.argv[2]))
    else:
        for argument in sys.argv[1:]:
            with tempfile.TemporaryDirectory() as folder:
                write(Path(folder), int(argument))
                subprocess.run([sys.executable, __file__, "--read", folder], check=True)
