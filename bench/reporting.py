"""What a report takes of a large set: seconds, memory, and the size of its page.

    python bench/reporting.py [TASKS]

The tasks are made of the texts of ``texts.py``; see there what they are not. Made again and again,
with an input and an output each, they are a set in Alpaca's rows, and a pool grown from the seeds
is a real one but for its teacher.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from texts import instructions

RUN = """
import resource, sys, time
import selfinstruct as si
started = time.monotonic()
si.report(sys.argv[1], sys.argv[2])
print(time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measured(source: Path, page: Path) -> tuple[float, float]:
    """Seconds, and megabytes at most, of a report in a process of its own."""
    command = [sys.executable, "-c", RUN, str(source), str(page)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes


def alpaca(path: Path, count: int) -> None:
    texts = instructions(1)
    with path.open("w", encoding="utf-8") as file:
        for first, given, answer in itertools.islice(zip(texts, texts, texts, strict=False), count):
            row = {"instruction": first, "input": given, "output": f"{answer}. {given}"}
            file.write(json.dumps(row) + "\n")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 52_000
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        alpaca(place / "alpaca.jsonl", count)
        grow = [sys.executable, "-m", "selfinstruct", "generate", str(place / "pool")]
        grow += ["--teacher", "mock", "--target", str(count), "--min-yield", "0", "--quiet"]
        subprocess.run(grow, check=False)
        print(f"{'':12}{'tasks':>8}{'seconds':>9}{'MB':>7}{'page, kB':>10}")
        for name in ("alpaca.jsonl", "pool"):
            page = place / f"{name}.html"
            seconds, megabytes = measured(place / name, page)
            told = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
            size = page.stat().st_size / 1000
            print(
                f"{name:12}{told['counts']['tasks']:8,}{seconds:9.1f}{megabytes:7.0f}{size:10.0f}"
            )


if __name__ == "__main__":
    main()
