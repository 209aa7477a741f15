"""Templates from somewhere else: they render as shipped ones do, and have an end."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from selfinstruct.errors import PromptError
from selfinstruct.languages import load
from selfinstruct.languages.pack import PACKS
from selfinstruct.prompts import Prompts, Step
from selfinstruct.templates import bounded

NAME = "classify.chat.jinja"
HOSTILE = {
    "multiplied": "{{ 'a' * 10**10 }}",
    "formatted": "{{ '%9999999999d' % 1 }}",
    "a list": "{{ ([0] * 10**10) | length }}",
    "centred": "{{ instruction | center(10**10) }}",
    "justified": "{{ instruction.ljust(10**10) }}",
    "indented": "{{ 'a\nb' | indent(10**10) }}",
    "batched": "{{ [1] | batch(10**9, 'x') | list | length }}",
    "joined": "{{ range(90000) | join('a' * 10**6) }}",
    "doubled": "{% set n = namespace(t='a') %}{% for i in range(60) %}{% set n.t = n.t ~ n.t %}"
    "{% endfor %}{{ n.t }}",
    "only for these values": "{% if instruction == 'x' %}{{ 'a' * 10**10 }}{% endif %}",
}
ENDLESS = {
    "nested loops": "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}"
    "{% endfor %}",
    "nested lists": "{% set n = namespace(t=[1]) %}{% for i in range(60) %}"
    "{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t }}",
    "a power": "{{ 7 ** (10 ** 9) }}",
    "calls": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
    "{{ m(60) }}",
}


def prompts(folder, text):
    (folder / NAME).write_text(text + "{{ instruction }}", encoding="utf-8")
    return Prompts(load("en"), "chat", folder, (Step.CLASSIFY,))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_multiplies_ends_with_a_sentence_that_names_the_file(tmp_path, text):
    with pytest.raises(PromptError, match=NAME):
        prompts(tmp_path, text).render(Step.CLASSIFY, instruction="x")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(t, id=n, marks=[pytest.mark.slow] if n != "nested loops" else [])
        for n, t in ENDLESS.items()
    ],
)
def test_what_takes_for_ever_ends_with_a_sentence_that_names_the_file(tmp_path, text):
    with pytest.raises(PromptError, match=f"{NAME}: takes more than"):
        prompts(tmp_path, text).render(Step.CLASSIFY, instruction="x")


def test_after_a_hostile_template_the_others_go_on(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    good = prompts(one, "Say: ")
    assert good.render(Step.CLASSIFY, instruction="a") == "Say: a"
    bounded._child.close()  # as if it had been killed
    assert good.render(Step.CLASSIFY, instruction="b") == "Say: b"
    with pytest.raises(PromptError):
        prompts(other, HOSTILE["multiplied"]).render(Step.CLASSIFY, instruction="c")
    assert good.render(Step.CLASSIFY, instruction="d\ud800") == "Say: d\ud800"


@pytest.mark.parametrize("api", ["chat", "completions"])
def test_a_copy_of_shipped_templates_makes_the_same_prompts(tmp_path, api):
    pack = load("ko")
    shutil.copytree(pack.templates, tmp_path / "copy")
    shipped = Prompts(pack, api)
    copied = Prompts(pack, api, tmp_path / "copy")
    assert copied.fingerprint == shipped.fingerprint
    drawn = {"demonstrations": ("하나", "둘 {{ x }}"), "first": 3, "last": 10, "count": 8}
    for step, values in (
        (Step.INSTRUCTIONS, drawn),
        (Step.CLASSIFY, {"instruction": "강"}),
        (Step.INPUT_FIRST, {"instruction": "강", "most": 5}),
    ):
        assert copied.render(step, **values) == shipped.render(step, **values)
        assert copied.frame(step) == shipped.frame(step)


def test_a_path_that_only_begins_in_the_package_is_strange(tmp_path):
    folder = tmp_path / "pack"
    shutil.copytree(PACKS / "en", folder)
    text = (folder / "templates" / NAME).read_text(encoding="utf-8")
    (folder / "templates" / NAME).write_text("{{ 'a' * 10**10 }}" + text, encoding="utf-8")
    up = "/".join([".."] * len(PACKS.resolve().parts))
    language = f"{PACKS}/{up}{folder}"
    assert Path(language).resolve() == folder
    made = Prompts(load(language), "chat", None, (Step.CLASSIFY,))
    with pytest.raises(PromptError, match="memory"):
        made.render(Step.CLASSIFY, instruction="x")


def test_the_second_process_ends_with_the_first(tmp_path):
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "import test_bounded as t; from selfinstruct.templates import bounded\n"
        "t.prompts(Path(sys.argv[1]), '').render(t.Step.CLASSIFY, instruction='x')\n"
        "print(bounded._child._process.pid, flush=True)\n"
        "import os; os._exit(1)"  # nothing is tidied up
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    child = Path("/proc") / done.stdout.strip()
    if not child.parent.is_dir():
        pytest.skip("processes cannot be looked at here")
    for _ in range(500):
        if not child.exists() or ") Z " in (child / "stat").read_text():
            return
        time.sleep(0.01)
    raise AssertionError("it is still there")
