"""What a folder from somebody else can do to whoever opens it: nothing but be read."""

from __future__ import annotations

import json
import shutil
import sys

import pytest
from conftest import ROOT

OWN = "odd_words:words"
CODE = """
from pathlib import Path
Path("ran").write_text("x")
def words(text):
    return text.lower().split()
"""


@pytest.fixture
def strange(inside, tmp_path):
    """A folder with a pool, a pack and settings that all name code, and the code beside them."""
    inside("generate", "p", "--teacher", "mock", "--target", 20, "--seed", 1, check=0)
    pack = tmp_path / "pack"
    shutil.copytree(ROOT / "selfinstruct" / "languages" / "packs" / "en", pack)
    shutil.copy(ROOT / "seeds" / "en.jsonl", pack / "seeds.jsonl")
    _replace(pack / "pack.toml", 'tokenizer = "rouge"', f'tokenizer = "{OWN}"')
    (tmp_path / "odd_words.py").write_text(CODE)
    (tmp_path / "rows.jsonl").write_text(
        "".join(
            json.dumps({"instruction": f"Name {word} of a kind.", "output": word}) + "\n"
            for word in ("plants", "rivers", "tools")
        )
    )
    sys.modules.pop("odd_words", None)
    yield tmp_path
    sys.modules.pop("odd_words", None)


def _replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


OPENING = {  # verbs that judge novelty with the pool's own tokenizer
    "estimate": ("estimate", "p", "--target", 30),
    "generate": ("generate", "p", "--teacher", "mock", "--target", 22),
    "nothing to do": ("generate", "p", "--teacher", "mock", "--target", 5),
    "replay": ("replay", "p", "--into", "q"),
    "import": ("import", "rows.jsonl", "--into", "p"),
    "decontaminate": ("decontaminate", "p", "--against", "rows.jsonl"),
}
PACK = {
    "filter": ("filter", "rows.jsonl", "-o", "o.jsonl", "--language", "./pack"),
    "calibrate": ("calibrate", "--language", "./pack"),
    "import": ("import", "rows.jsonl", "--into", "q", "--language", "./pack"),
    "estimate": ("estimate", "q", "--target", 3, "--language", "./pack"),
    "validate": ("validate", "./pack"),
}
SETTINGS = {
    "filter": ("filter", "rows.jsonl", "-o", "o.jsonl"),
    "import": ("import", "rows.jsonl", "--into", "q"),
    "generate": ("generate", "q", "--teacher", "mock", "--target", 3),
    "calibrate": ("calibrate", "rows.jsonl", "--language", "en"),
    "given file": ("calibrate", "rows.jsonl", "--language", "en", "--config", "selfinstruct.toml"),
}
EVERYWHERE = [
    pytest.param(place, arguments, id=f"{place} {name}")
    for place, verbs in (("pool", OPENING), ("pack", PACK), ("settings", SETTINGS))
    for name, arguments in verbs.items()
]


def _hand_over(folder, place):
    if place == "pool":
        _replace(folder / "p" / "manifest.json", '"rouge"', f'"{OWN}"')
    if place == "settings":
        (folder / "selfinstruct.toml").write_text(f'tokenizer = "{OWN}"\n')


@pytest.mark.parametrize(("place", "arguments"), EVERYWHERE)
def test_code_that_a_file_names_runs_only_once_the_person_names_it(
    inside, strange, place, arguments
):
    _hand_over(strange, place)
    done = inside(*arguments, check=2)
    assert f"SELFINSTRUCT_TOKENIZER={OWN}" in done.stderr + done.stdout
    assert not (strange / "ran").exists()
    inside(*arguments, env={"SELFINSTRUCT_TOKENIZER": OWN}, check=0)
    assert (strange / "ran").exists()


@pytest.mark.parametrize("name", ["estimate", "generate", "replay", "import"])
def test_naming_it_on_the_command_line_does_too(inside, strange, name):
    _hand_over(strange, "pool")
    inside(*OPENING[name], "--tokenizer", "odd_words:other", check=2)
    (strange / "ran").unlink(missing_ok=True)
    sys.modules.pop("odd_words", None)
    inside(*OPENING[name], "--tokenizer", OWN, check=0)
    assert (strange / "ran").exists()


def test_a_pool_that_names_a_pack_of_its_own_runs_no_code_of_it(inside, strange):
    _replace(strange / "p" / "manifest.json", '"language": "en"', '"language": "./pack"')
    inside("estimate", "p", "--target", 30, check=2)
    assert not (strange / "ran").exists()
