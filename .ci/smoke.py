"""What an installed selfinstruct must do anywhere: grow, go on over HTTP, look, export.

Run it with the Python to be tried, outside the checkout's own environment: `python .ci/smoke.py`.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROGRAM = [sys.executable, "-m", "selfinstruct"]
FORMATS = ("alpaca.json", "chat.jsonl", "sharegpt.jsonl", "completion.jsonl", "flan.jsonl")


def run(folder: Path, *arguments: object) -> str:
    """What a verb prints in ``folder``; its failure ends the script."""
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The address of the mock, served by a process of its own."""
    command = [*PROGRAM, "serve-mock", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8") as server:
        try:
            said = server.stderr.readline() if server.stderr else ""
            if "Listening on " not in said:
                sys.exit(f"serve-mock: {said}")
            yield said.split("Listening on ")[1].split()[0]
        finally:
            server.terminate()


def main() -> None:
    """Grow, go on over HTTP, look, export, check what was written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(folder, "--version")
        run(folder, "generate", "pool", "--teacher", "mock", "--target", 20, "--quiet")
        with served() as address:
            teacher = ("--teacher", "vllm", "--model", "mock", "--base-url", address)
            said = run(folder, "generate", "http", *teacher, "--target", 20, "--json")
        if (found := json.loads(said))["stopped"] != "target" or not found["prompt_tokens"]:
            sys.exit(f"over HTTP: {found}")
        for pool in ("pool", "http"):
            if json.loads(run(folder, "status", pool, "--json"))["tasks"] != 20:
                sys.exit(f"{pool}: not the tasks that were asked for")
        files = []
        for file in FORMATS:
            form = file.partition(".")[0]
            run(folder, "export", "pool", "--format", form, "-o", file, "--quiet")
            files.append(file)
        run(folder, "validate", "pool", "http", *files)
    print(f"Python {sys.version.split()[0]}: two pools of 20 tasks, {len(FORMATS)} exports, valid.")


if __name__ == "__main__":
    main()
