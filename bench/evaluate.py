"""What an evaluation takes as large as the benchmark of Super-NaturalInstructions: seconds, memory.

    python bench/evaluate.py [TASKS [INSTANCES [MODELS]]]

By default 119 tasks of 100 instances and 8 models, as its English test set is; answers are made of
the texts of ``texts.py`` and repeat the reference or a part of it.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from texts import instructions

RUN = """
import resource, sys, time
import selfinstruct as si
started = time.monotonic()
found = si.evaluate(sys.argv[3:], sys.argv[1], sys.argv[2], teacher_answers=sys.argv[3])
print(time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
CATEGORIES = ("Textual Entailment", "Title Generation", "Word Analogy", "Data to Text")


def made(folder: Path, tasks: int, instances: int, models: int) -> list[Path]:
    """Task files in ``folder``, and the predictions of each model beside it."""
    rng, texts = random.Random(0), instructions(1)
    rows: list[list[str]] = [[] for _ in range(models)]
    for number in range(tasks):
        cases = []
        for place in range(instances):
            right = [next(texts) for _ in range(rng.randint(1, 3))]
            identity = f"task{number}-{place}"
            cases.append({"id": identity, "input": next(texts), "output": right})
            for model in rows:
                whole = rng.choice(right).split()
                said = " ".join(whole[: rng.randint(1, len(whole))])
                model.append(json.dumps({"id": identity, "prediction": said}))
        task = {
            "Definition": [next(texts)],
            "Categories": [CATEGORIES[number % len(CATEGORIES)]],
            "Positive Examples": [],
            "Negative Examples": [],
            "Instances": cases,
        }
        (folder / f"task{number:04d}_a_b.json").write_text(json.dumps(task), encoding="utf-8")
    paths = []
    for place, model in enumerate(rows):
        paths.append(folder.parent / f"model{place}.jsonl")
        paths[-1].write_text("\n".join(model) + "\n", encoding="utf-8")
    return paths


def main() -> None:
    given = [int(one) for one in sys.argv[1:4]]
    tasks, instances, models = given + [119, 100, 8][len(given) :]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "tasks"
        folder.mkdir()
        files = made(folder, tasks, instances, models)
        page = Path(place) / "page.html"
        command = [sys.executable, "-c", RUN, *map(str, [folder, page, *files])]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds, megabytes = map(float, done.stdout.split())
        print(f"{tasks} tasks × {instances} instances × {models} models")
        print(f"{seconds:.1f} s, {megabytes:.0f} MB, page {page.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
