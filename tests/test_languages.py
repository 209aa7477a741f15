"""Language packs: what belongs to a language stands in its folder; nothing else assumes English."""

from __future__ import annotations

import json
import shutil
from collections import Counter

import pytest
from conftest import ROOT, made_with

from selfinstruct import rubrics
from selfinstruct.filters import InstructionRules
from selfinstruct.languages import available, load
from selfinstruct.languages.pack import PACKS
from selfinstruct.novelty.calibration import (
    nearest_scores,
)
from selfinstruct.parsing import (
    collapse,
)
from selfinstruct.seeds import load_seeds
from selfinstruct.tasks import Reason


@pytest.fixture
def program(inside):
    return inside


KO = load("ko")


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def reason(pack, text):
    refusal = InstructionRules(pack).refuse(collapse(text))
    return refusal[0] if refusal else None


@pytest.mark.parametrize("code", available())
def test_a_pack_is_valid_and_its_seeds_pass_its_own_rules(code, program):
    done = program("validate", PACKS / code, check=0)
    assert done.stdout == ""
    seeds = load_seeds(load(code).seeds)
    assert len(seeds) >= (30 if load(code).starter else 175)
    assert any(seed.is_classification for seed in seeds)


def test_the_korean_seeds_are_as_many_as_the_papers():
    seeds = load_seeds(KO.seeds)
    assert len(seeds) == 175
    assert sum(seed.is_classification for seed in seeds) == 25


@pytest.mark.parametrize("code", ["ko", "ja", "zh"])
@pytest.mark.parametrize("recipe", ["self-instruct", "alpaca"])
@pytest.mark.parametrize("api", ["chat", "completions"])
def test_a_pool_in_another_language(code, recipe, api, grow):
    data = made_with(seed=1, language=code, recipe=recipe, api=api)
    folder, outcome, _ = grow("pool", 60, data=data)
    assert outcome.stopped == "target"
    text = (folder / "tasks.jsonl").read_text(encoding="utf-8")
    assert "\\u" not in text
    pack = load(code)
    instructions = [one["instruction"] for one in rows(folder / "tasks.jsonl")]
    assert all(reason(pack, one) is None for one in instructions)
    seeds = [seed.instruction for seed in load_seeds(pack.seeds)]
    scores = nearest_scores(seeds + instructions, pack.tokenizer)
    assert max(scores[len(seeds) :]) < pack.threshold


def test_a_korean_pool_holds_rejects_of_each_rule(program, tmp_path):
    run = ["--language", "ko", "--teacher", "mock", "--target", 300, "--quiet"]
    program("generate", "p", *run, check=0)
    reasons = {one["reason"] for one in rows(tmp_path / "p" / "rejects.jsonl")}
    assert {
        Reason.TOO_SHORT,
        Reason.TOO_LONG,
        Reason.KEYWORD,
        Reason.WRITE_A_PROGRAM,
        Reason.PUNCTUATION_FIRST,
        Reason.WRONG_SCRIPT,
        Reason.REPEATED_DEMONSTRATION,
    } <= reasons


@pytest.mark.parametrize("code", ["ko", "ja", "zh"])
def test_evolving_in_another_language(code, program, tmp_path):
    seeds = tmp_path / "few.jsonl"
    lines = (ROOT / "seeds" / f"{code}.jsonl").read_text(encoding="utf-8").splitlines()[:12]
    seeds.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = ["--language", code, "--teacher", "mock", "--rounds", 2, "--difficulty", "--skills"]
    done = program("evolve", seeds, "p", *run, "--json", check=0)
    kept = rows(tmp_path / "p" / "tasks.jsonl")
    assert json.loads(done.stdout)["tasks"] == len(kept) > 6
    assert all(isinstance(one["difficulty"], int) and one["skill"] for one in kept)


def test_any_script_keeps_what_the_language_would_refuse(program, tmp_path):
    run = ["--language", "ko", "--teacher", "mock", "--target", 200, "--quiet", "--seed", 3]
    program("generate", "own", *run, check=0)
    program("generate", "any", *run, "--any-script", check=0)

    def refused(name):
        return Counter(one["reason"] for one in rows(tmp_path / name / "rejects.jsonl"))

    assert refused("own")[Reason.WRONG_SCRIPT] > 0
    assert refused("any")[Reason.WRONG_SCRIPT] == 0
    done = program("generate", "any", "--own-script", "--teacher", "mock", "--target", 210, check=2)
    assert "any_script is True in the pool" in done.stderr


def test_english_rules_are_those_that_earlier_pools_were_made_with():
    pack = load("en")
    assert (pack.fingerprint, pack.answers_fingerprint) == ("d5313077392f24d7", "f027e5c1a9c021e6")


def test_a_pack_of_ones_own(program, tmp_path):
    own = tmp_path / "mypack"
    program("languages", "--copy", "ko", own, check=0)
    assert "is there already" in program("languages", "--copy", "ko", own, check=2).stderr
    assert rubrics.known(load(str(own))) == rubrics.known(load("ko"))
    text = (own / "pack.toml").read_text(encoding="utf-8")
    (own / "pack.toml").write_text(text.replace('code = "ko"', 'code = "mine"'), encoding="utf-8")
    program("validate", own, check=0)
    run = ["--language", "./mypack", "--teacher", "mock", "--target", 30, "--quiet"]
    program("generate", "p", *run, check=0)
    assert rows(tmp_path / "p" / "tasks.jsonl")


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("pack.toml", "[length]", "[lenght]", "pack"),
        ("keywords.toml", 'match = "stem"', 'match = "word"', "pack"),
        ("pack.toml", 'tokenizer = "unicode"', 'tokenizer = "mecab"', "tokenizer"),
        ("pack.toml", 'input = "입력"', 'input = "출력"', "labels"),
        ("pack.toml", "least = 10\n", "least = 60\n", "refused-seed"),
        ("edits.toml", 'kind = "ending"', 'kind = "tail"', "edits"),
        ("templates/judge.chat.jinja", "{{ role }}", "{{ rule }}", "template"),
        ("rubrics/rating.toml", 'value = "B"', 'value = "a"', "rubric"),
        ("training.toml", "{instruction}", "{text}", "training"),
        ("templates/classify.chat.jinja", "{{ instruction }}", "", "template"),
        ("templates/skill.chat.jinja", "{{ instruction }}", "{{ instruction[0][1] }}", "template"),
        ("pack.toml", 'code = "ko"', 'code = "ko"\nfolder = "x"', "pack"),
        ("pack.toml", '"가-힣"', '"힣-가"', "pack"),
        ("keywords.toml", 'stem = "도표"', 'stem = ""', "pack"),
    ],
)
def test_what_is_wrong_with_a_pack_is_named(name, old, new, rule, program, tmp_path):
    own = tmp_path / "mypack"
    shutil.copytree(PACKS / "ko", own)
    shutil.copy(ROOT / "seeds" / "ko.jsonl", own / "seeds.jsonl")
    path = own / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    done = program("validate", own, check=2)
    assert f": {rule}: " in done.stdout


def test_the_languages_are_listed(program):
    done = program("languages", "--json", check=0)
    found = {row["code"]: row for row in json.loads(done.stdout)["languages"]}
    assert set(found) == {"en", "ja", "ko", "zh"}
    assert found["ko"]["state"] == "complete"
    assert found["ja"]["state"] == found["zh"]["state"] == "starter"
    assert "ko    Korean" in program("languages", check=0).stdout


def test_another_tokenizer_or_threshold_is_refused_and_replay_named(grow, program, tmp_path):
    folder, _, _ = grow("p", 20)
    (tmp_path / "mine.py").write_text("def words(text):\n    return text.split()\n")
    for change in (["--threshold", 0.6], ["--tokenizer", "mine:words"]):
        run = [*change, "--teacher", "mock", "--seed", 1, "--target", 30]
        done = program("generate", folder, *run, check=2)
        assert f"{change[0].removeprefix('--')} is " in done.stderr
        assert "selfinstruct replay" in done.stderr
    program("replay", folder, "--into", "q", "--tokenizer", "mine:words", check=0)
