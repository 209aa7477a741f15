"""How busy a run keeps a slow teacher: `python bench/latency.py` (all rows) or `… 64 0.6 2000`.

Starts `serve-mock --latency 1.0` in a process of its own and grows a pool through the real client
in another. The share is that of the ideal: calls × latency ÷ calls in flight, over the time that
the whole run took, start, ramp and end included. CPU is the client process's, for each call.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = [sys.executable, "-m", "selfinstruct"]
# In flight, spread (σ), tasks: enough for the ramp at the start to matter little.
ROWS = [(64, 0.0, 5000), (64, 0.6, 5000), (256, 0.0, 30000), (512, 0.0, 30000)]
LATENCY = 1.0
TEACHER = ["--teacher", "vllm", "--model", "mock"]


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("SELFINSTRUCT_")}


def serve(sigma: float, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    arguments = ["--port", "0", "--latency", str(LATENCY), "--latency-sigma", str(sigma)]
    with log.open("wb") as file:
        process = subprocess.Popen([*PROGRAM, "serve-mock", *arguments], stderr=file)
    while "Listening on " not in (text := log.read_text()):
        time.sleep(0.05)
    return process, text.split("Listening on ")[1].split()[0]


def measure(in_flight: int, sigma: float, tasks: int) -> tuple[int, float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        server, address = serve(sigma, Path(folder) / "log")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        try:
            given = ["--base-url", address, "--target", tasks, "--concurrency", in_flight]
            run = subprocess.run(
                [*PROGRAM, "generate", "p", *TEACHER, *map(str, given), "--json", "--quiet"],
                cwd=folder,
                env=environment(),
                stdout=subprocess.PIPE,
                check=True,
            )
        finally:
            seconds = time.perf_counter() - started
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            server.terminate()
            server.wait()
    calls = json.loads(run.stdout)["calls"]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return calls, seconds, calls * LATENCY / in_flight / seconds, 1000 * cpu / calls


def main() -> None:
    given = [float(argument) for argument in sys.argv[1:]]
    rows = [(int(given[0]), given[1], int(given[2]))] if given else ROWS
    print("in flight  σ    tasks   calls  seconds  share of ideal  CPU ms a call")
    for in_flight, sigma, tasks in rows:
        calls, seconds, share, cpu = measure(in_flight, sigma, tasks)
        line = f"{in_flight:9}  {sigma:<3} {tasks:6}  {calls:6}  {seconds:7.1f}  {share:14.3f}"
        print(f"{line}  {cpu:13.2f}", flush=True)


if __name__ == "__main__":
    main()
