"""Seed files: the one that is shipped, and those of users."""

from __future__ import annotations

import json
import re

import pytest
from rapidfuzz.distance import LCSseq

from selfinstruct.errors import SeedError
from selfinstruct.filters import InstructionRules, valid_instances
from selfinstruct.languages import load, tokenizer
from selfinstruct.novelty import f1
from selfinstruct.seeds import digest, file_text, load_seeds

SEEDS = load_seeds(load("en").seeds)
GOOD = {
    "id": "a",
    "name": "rivers",
    "instruction": "Name three rivers.",
    "instances": [{"input": "", "output": "Rhine, Elbe, Oder"}],
    "is_classification": False,
}


def test_the_english_seeds_have_the_papers_numbers():
    assert len(SEEDS) == 175
    assert sum(seed.is_classification for seed in SEEDS) == 25
    assert 45 <= sum(seed.instances[0].input == "" for seed in SEEDS) <= 55
    assert all(len(seed.instances) == 1 for seed in SEEDS)


def test_the_english_seeds_differ_from_one_another_at_least_as_the_originals_do():
    tokens = [tokenizer("rouge").tokenize(seed.instruction) for seed in SEEDS]
    nearest = [
        max(f1(LCSseq.similarity(a, b), len(a), len(b)) for b in tokens if b is not a)
        for a in tokens
    ]
    assert max(nearest) < 0.6
    assert sum(nearest) / len(nearest) <= 0.36


def test_the_english_seeds_pass_the_rules_that_machine_made_tasks_must_pass():
    rules = InstructionRules(load("en"))
    for seed in SEEDS:
        assert rules.refuse(seed.instruction) is None, seed.id
        kept, rejects = valid_instances(seed.instruction, seed.instances)
        assert kept == seed.instances, (seed.id, rejects)
        assert not re.search(r"\s{2,}|^\s|\s$", seed.instruction), seed.id


def test_the_released_files_shape_loads_with_its_extra_keys(tmp_path):
    path = tmp_path / "seeds.jsonl"
    path.write_text("\ufeff" + json.dumps(GOOD) + "\n\n", encoding="utf-8")
    (seed,) = load_seeds(path)
    assert seed.model_dump()["name"] == "rivers"


def test_the_digest_is_of_the_content_not_of_the_spelling(tmp_path):
    path = tmp_path / "seeds.jsonl"
    path.write_text(json.dumps(GOOD, indent=None, separators=(",", ":")), encoding="utf-8")
    first = digest(load_seeds(path))
    path.write_text(json.dumps(GOOD) + "\n", encoding="utf-8")
    assert digest(load_seeds(path)) == first


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no seed tasks"),
        (b"\n \n", "holds no seed tasks"),
        (b"{broken", "seeds.jsonl:1: not a JSON object"),
        (b"[1]", "seeds.jsonl:1: not a JSON object"),
        (b"null", "seeds.jsonl:1: not a JSON object"),
        (b"\xff\xfe{}", "seeds.jsonl:1: not a JSON object"),
        (json.dumps(GOOD).encode() + b"\n" + json.dumps(GOOD).encode(), ":2: the id 'a' stands in"),
        (json.dumps(GOOD | {"instances": []}).encode(), ":1: there are no instances"),
        (json.dumps(GOOD | {"instruction": " "}).encode(), ":1: the instruction is empty"),
        (json.dumps(GOOD | {"instruction": "\ud800 x"}).encode(), ":1: "),
        (
            json.dumps(GOOD | {"instances": [{"input": 3, "output": "x"}]}).encode(),
            "instances.0.input",
        ),
        (json.dumps({k: v for k, v in GOOD.items() if k != "instances"}).encode(), "instances"),
    ],
)
def test_a_bad_seed_file_is_refused_with_file_line_and_reason(tmp_path, content, message):
    path = tmp_path / "seeds.jsonl"
    path.write_bytes(content)
    with pytest.raises(SeedError) as caught:
        load_seeds(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_seed_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(SeedError, match=r"nothing\.jsonl: no such file"):
        load_seeds(tmp_path / "nothing.jsonl")
    with pytest.raises(SeedError, match="is a folder"):
        load_seeds(tmp_path)


def test_seeds_that_a_person_names_may_be_an_array(tmp_path, inside):
    rows = [seed.model_dump(mode="json", exclude_unset=True) for seed in SEEDS[:20]]
    (tmp_path / "array.json").write_text(json.dumps(rows, indent=1))
    (tmp_path / "lines.jsonl").write_text(file_text(SEEDS[:20]))
    grow = ("--teacher", "mock", "--target", 5)
    inside("generate", "a", "--seeds", "array.json", *grow, check=0)
    inside("generate", "b", "--seeds", "lines.jsonl", *grow, check=0)
    one, other = (tmp_path / name / "tasks.jsonl" for name in "ab")
    assert one.read_bytes() == other.read_bytes()
    (tmp_path / "array.json").write_text(json.dumps([*rows, rows[0]]))
    done = inside("generate", "c", "--seeds", "array.json", *grow, check=2)
    assert "array.json:1: record 21: the id" in done.stderr
    assert "stands in line 1: record 1 too" in done.stderr
