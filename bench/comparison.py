"""A comparison that nobody judged, out of a pool: each answer is better than its first half.

    python bench/comparison.py POOL FOLDER

It is what `make train-smoke` exports as preference data: whether trainers take the rows does not
depend on what a judge would say.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

NAMES = ("half", "whole")


def rows(pool: Path):
    for line in (pool / "tasks.jsonl").read_text(encoding="utf-8").splitlines():
        task = json.loads(line)
        for case in task["instances"]:
            words = case["output"].split()
            if len(words) > 3:
                yield (
                    task["instruction"],
                    case["input"],
                    " ".join(words[: len(words) // 2]),
                    case["output"],
                )


def main(pool: Path, folder: Path) -> None:
    items, judgements = [], []
    for instruction, given, *texts in rows(pool):
        digest = hashlib.sha256(f"{instruction}\n{given}".encode()).hexdigest()[:16]
        answers = [{"as": name, "text": text} for name, text in zip(NAMES, texts, strict=True)]
        head = {"item": f"prompt_{digest}"}
        items.append(head | {"instruction": instruction, "input": given, "answers": answers})
        named = [{"as": one["as"], "digest": "", "chars": len(one["text"])} for one in answers]
        judgements.append(
            head
            | {"answers": named, "orders": [[0, 1], [1, 0]], "verdicts": ["second", "first"]}
            | {"ranks": [2.0, 1.0], "scores": None, "consistent": True, "reasons": ["", ""]}
            | {"status": "read", "control": None}
        )
    manifest = {"format": 1, "kind": "compare", "rubric": "length", "model": "by hand"}
    manifest |= {"teacher": "none", "language": "en", "contestants": NAMES}
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for name, made in (("items", items), ("judgements", judgements)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
