"""The page on Python, run as it stands: its blocks one after the other, in one process."""

from __future__ import annotations

import re

from conftest import ROOT

import selfinstruct as si
from selfinstruct.extensions import Registry
from selfinstruct.formats import registry, trainers
from selfinstruct.formats.kind import Format
from selfinstruct.formats.trainers import Trainer

PAGE = ROOT / "docs" / "python-api.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_blocks_run_and_do_what_the_page_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-nobody")
    for room, name, kind in ((registry, "_FORMATS", Format), (trainers, "_TRAINERS", Trainer)):
        shipped = tuple(getattr(room, name).shipped())
        monkeypatch.setattr(room, name, Registry("selfinstruct.page", kind, shipped))
    text = PAGE.read_text(encoding="utf-8")
    said = {"__name__": "page"}
    for found in BLOCK.finditer(text):
        lines = "\n" * text[: found.start(1)].count("\n")  # an error names the line of the page
        exec(compile(lines + found[1], str(PAGE), "exec"), said)  # noqa: S102 - our own page
    assert said["done"].tasks == 30
    assert said["tuned"].usage.cost_usd > 0
    assert said["stricter"].rebuilt
    assert said["teacher"].key == "sk-nobody"
    assert (said["left"].tasks, said["right"].tasks) == (10, 10)
    assert said["written"].rows >= 40
    assert said["taken"].accepted == 1
    assert said["paired"].rows > 40
    assert said["kept"].read > said["kept"].kept > 0
    out, err = capsys.readouterr()
    assert "demo: this pool was made with other settings: threshold is 0.7" in out.splitlines()[-1]
    assert not err


def test_the_page_speaks_of_every_function():
    text = PAGE.read_text(encoding="utf-8")
    functions = [name for name in si.__all__ if name[0].islower() and not name.endswith("_async")]
    verbs = [name for name in functions if not name.startswith("register_")]  # those extend it
    assert "generate" in verbs
    assert [name for name in verbs if f"si.{name}(" not in text] == []
