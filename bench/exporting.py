"""Exporting: `python bench/exporting.py 100000`.

Writes a made-up pool of so many tasks (see `opening.py`) and exports it in each format by a process
of its own: seconds and most memory, start-up of Python included. A second pool of a tenth of the
size shows whether memory grows.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from opening import write

FORMATS = {
    "alpaca": "x.jsonl",
    "chat": "x.jsonl",
    "sharegpt": "x.jsonl",
    "completion": "x.jsonl",
    "flan": "x.jsonl",
    "parquet": "x.parquet",
    "hf": "x",
    "superni": "x",
}


def export(pool: Path, name: str, goal: Path) -> None:
    command = [sys.executable, "-m", "selfinstruct", "export", pool, "--format", name, "-o", goal]
    started = time.perf_counter()
    subprocess.run([*command, "--quiet"], check=True)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{seconds:.1f} s, {memory:.0f} MB")


def main() -> None:
    if len(sys.argv) == 4:
        export(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
        return
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        pools = {}
        for count in (size // 10, size):
            pools[count] = Path(folder) / f"pool{count}"
            pools[count].mkdir()
            write(pools[count], count)
        for name, goal in FORMATS.items():
            for count, pool in pools.items():
                out = Path(folder) / f"{name}{count}" / goal
                # A process between, so that the memory shown is that of one export.
                done = subprocess.run(
                    [sys.executable, __file__, str(pool), name, str(out)],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                print(f"{name:12} {count:9,} tasks: {done.stdout.strip()}", flush=True)


if __name__ == "__main__":
    main()
