"""One process and several, side by side in one run: `python bench/cores.py 200000 --workers 1,2`.

Filters so many made-up records (see `texts.py`; every tenth is an earlier one with a word changed,
and every fiftieth an earlier one again) once with each number of workers, and compares the outputs
byte by byte. Columns: seconds, CPU seconds of all processes, how busy that kept the cores, the most
memory of all processes together (shares of shared pages, twice a second), and how many times as
fast as the first. Cores that others use too show in the CPU seconds: they stay, and seconds grow.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from texts import instructions


def write(path: Path, size: int) -> None:
    rng = random.Random(size)
    made = instructions(1)
    earlier: list[str] = []
    with path.open("w") as file:
        for number in range(size):
            if number % 50 == 49:
                text = rng.choice(earlier)
            elif number % 10 == 9:
                words = rng.choice(earlier).split()
                words[rng.randrange(len(words))] = "another"
                text = " ".join(words)
            else:
                text = next(made)
            if number % 7 == 0:
                earlier.append(text)
            file.write(json.dumps({"instruction": text, "input": "", "output": text * 2}) + "\n")


class Memory(threading.Thread):
    """The most memory of a process and its children, in bytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.most, self._pid, self._over = 0, pid, threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.5):
            self.most = max(self.most, sum(map(_share, _tree(self._pid))))

    def end(self) -> int:
        self._over.set()
        return self.most


def _tree(pid: int) -> list[int]:
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _tree(int(child))
    except OSError:  # it has ended
        return []
    return found


def _share(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def measure(source: Path, output: Path, workers: int) -> tuple[float, float, int]:
    arguments = ["filter", source, "-o", output, "--no-heuristics", "--quiet", "--force"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, "-m", "selfinstruct", *map(str, arguments), "--workers", str(workers)]
    )
    memory = Memory(running.pid)
    memory.start()
    if running.wait():
        sys.exit("the filter failed")
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, memory.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("size", type=int, nargs="?", default=200_000)
    parser.add_argument("--workers", default="1,2")
    options = parser.parse_args()
    print(f"{options.size:,} records, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.jsonl"
        write(source, options.size)
        first: tuple[float, bytes] | None = None
        print(
            f"{'workers':>7} {'seconds':>8} {'CPU s':>8} {'busy':>5} {'MB':>6} {'faster':>7}  bytes"
        )
        for workers in map(int, options.workers.split(",")):
            output = Path(folder) / f"out-{workers}.jsonl"
            seconds, cpu, memory = measure(source, output, workers)
            first = first or (seconds, output.read_bytes())
            same = "equal" if output.read_bytes() == first[1] else "DIFFERENT"
            print(
                f"{workers:>7} {seconds:>8.1f} {cpu:>8.1f} {cpu / seconds:>5.2f} "
                f"{memory / 1e6:>6.0f} {first[0] / seconds:>6.2f}x  {same}",
                flush=True,
            )
    print(f"load {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
