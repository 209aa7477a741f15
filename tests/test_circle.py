"""The circle without its models: every line of the example that is the program's, by the mock."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from selfinstruct.cli.app import app

CIRCLE = Path(__file__).parents[1] / "examples" / "circle"
SCRIPT = (CIRCLE / "run.sh").read_text(encoding="utf-8")
SHORT = {"$OUT": "out", "$POOL": "out/pool", "$TARGET": "130", "$SIZE": "100", "$URL": "none"}
VERBS = {one.name or one.callback.__name__ for one in app.registered_commands}


def commands():
    for line in re.findall(r"^ *selfinstruct (.*)$", SCRIPT, re.MULTILINE):
        said = line
        for name in sorted(SHORT, key=len, reverse=True):
            said = said.replace(name, SHORT[name])
        words = shlex.split(said.split(" >/")[0])
        if "vllm" in words:  # whom nobody serves here
            words = re.sub(r"vllm --base-url none --model \w+", "mock", shlex.join(words)).split()
        yield words


def test_every_command_of_the_circle_runs(inside, tmp_path):
    ran = [words[0] for words in commands()]
    assert ran[:6] == ["generate", "report", "judge", "select", "export", "validate"]
    for words in commands():
        if words[0] in VERBS:
            inside(*words, check=0)
    out = tmp_path / "out"
    train, test = ((out / f"chat.{name}.jsonl").read_text("utf-8").splitlines()
                   for name in ("train", "test"))  # fmt: skip
    assert len(train) > len(test) > 0
    asked = {json.loads(line)["messages"][0]["content"] for line in test}
    assert not asked & {json.loads(line)["messages"][0]["content"] for line in train}
    for name in ("base", "tuned"):
        answers = (out / name / "answers.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["as"] for line in answers] == [name] * len(test)
    assert (out / "answers.html").is_file()
    told = json.loads((out / "evaluation.json").read_text("utf-8"))
    assert [one["missing"]["n"] for one in told["models"]] == [0, 0]
    assert told["style"]["against_teacher"][0]["n"] == len(test)


@pytest.mark.parametrize("name", ["models.py", "serve.py"])
def test_the_parts_that_need_torch_are_python(name):
    compile((CIRCLE / name).read_text(encoding="utf-8"), name, "exec")


def test_what_the_readme_shows_stands_in_the_script():
    text = (CIRCLE / "README.md").read_text(encoding="utf-8")
    for name in ("models.py", "serve.py", "run.sh"):
        assert name in text
