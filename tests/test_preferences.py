"""A comparison exported as preference data: what is taken, and how it is spelled."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from comparisons import FAILED, INCONSISTENT, TIE, comparison_of, item_id, listed, pair, prompt
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pools import pool_of, task
from preferring import ADD, ASKED, FOUR, assistant, export, program, rows, user

import selfinstruct as si
from selfinstruct.formats.selecting import Splits

__all__ = ["export", "program"]  # fixtures


MORE = {"ranking": item_id("Add.", "1 2"), "margin": 1.0}
HUMAN = {"from": "human", "value": ASKED}
SPELLED = {
    ("dpo", "trl"): [
        {"prompt": [user(ASKED)], "chosen": [assistant("3")], "rejected": [assistant("4")]} | MORE
    ],
    ("dpo", "llama-factory"): [
        {
            "conversations": [HUMAN],
            "chosen": {"from": "gpt", "value": "3"},
            "rejected": {"from": "gpt", "value": "4"},
        }
        | MORE
    ],
    ("dpo", "axolotl"): [
        {"messages": [user(ASKED)], "chosen": assistant("3"), "rejected": assistant("4")} | MORE
    ],
    ("reward", "trl"): [
        {"chosen": [user(ASKED), assistant("3")], "rejected": [user(ASKED), assistant("4")]} | MORE
    ],
    ("reward", "axolotl"): [{"system": "", "input": ASKED, "chosen": "3", "rejected": "4"} | MORE],
    ("kto", "trl"): [
        {"prompt": [user(ASKED)], "completion": [assistant("3")], "label": True},
        {"prompt": [user(ASKED)], "completion": [assistant("4")], "label": False},
    ],
    ("kto", "llama-factory"): [
        {"conversations": [HUMAN, {"from": "gpt", "value": "3"}], "kto_tag": True},
        {"conversations": [HUMAN, {"from": "gpt", "value": "4"}], "kto_tag": False},
    ],
    ("kto", "axolotl"): [
        {"prompt": ASKED, "completion": "3", "label": True},
        {"prompt": ASKED, "completion": "4", "label": False},
    ],
}
SPELLED["reward", "llama-factory"] = SPELLED["dpo", "llama-factory"]


@pytest.mark.parametrize(("form", "trainer"), SPELLED)
def test_each_trainer_gets_its_spelling(export, form, trainer):
    assert export([ADD], form, "--config-for", trainer)[1] == SPELLED[form, trainer]
    if trainer == "trl":  # whose spelling is the usual one
        assert export([ADD], form)[1] == SPELLED[form, trainer]


def test_the_format_of_openai(export):
    prompts = [pair(f"Add {n}.", "4", "3") for n in range(10)]
    found = export(prompts, "openai-dpo")[1]
    assert found[0] == {
        "input": {"messages": [user("Add 0.")], "tools": [], "parallel_tool_calls": True},
        "preferred_output": [assistant("3")],
        "non_preferred_output": [assistant("4")],
    }


def test_openai_takes_no_small_files(program, tmp_path):
    comparison_of(tmp_path / "c", [pair(f"Add {n}.", "4", "3") for n in range(9)])
    done = program("export", "c", "--format", "openai-dpo", "-o", "x.jsonl", check=2)
    assert "9 rows are too few: OpenAI takes" in done.stderr
    assert not (tmp_path / "x.jsonl").exists()


def test_a_ranking_keeps_its_ties(export):
    said, found = export([FOUR, prompt("Say.", "a", "b", **TIE)], "ranking")
    assert found[0] == {
        "prompt": "Name a river.",
        "answers": [
            {"answer": "the Rhine", "rank": 1.5},
            {"answer": "the Oder", "rank": 1.5},
            {"answer": "a sea", "rank": 3.0},
            {"answer": "no", "rank": 4.0},
        ],
    }
    assert [one["rank"] for one in found[1]["answers"]] == [1.5, 1.5]
    assert (said["rows"], said["left_out"]) == (2, {})


def test_all_pairs_of_a_list_but_ties(export):
    said, found = export([FOUR], "dpo")
    pairs = [(row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in found]
    best = {"the Rhine", "the Oder"}
    assert set(pairs) == {(x, y) for x in best for y in ("a sea", "no")} | {("a sea", "no")}
    assert len(pairs) == 5
    margins = dict(zip(pairs, (row["margin"] for row in found), strict=True))
    assert margins["the Rhine", "a sea"] == 3.5  # means 8.5 and 5
    assert margins["the Oder", "no"] == 7.25
    assert said["left_out"] == {"ties": 1}
    assert said["tasks"] == 1


def test_ties_of_a_list_are_no_pairs_though_their_ranks_differ(export):
    """The first is near the second and that near the third, but the first beats the third."""
    near = [[5.0, 4.7, 4.4]] * 2
    prompts = [listed("Say.", "a", "b", "c", ranks=[1.5, 2.0, 2.5], scores=near)]
    said, found = export(prompts, "dpo")
    assert [(row["chosen"], row["rejected"]) for row in found] == [
        ([assistant("a")], [assistant("c")])
    ]
    assert found[0]["margin"] == 0.6
    assert said["left_out"] == {"ties": 2}


def test_the_best_and_the_worst_alone(export):
    (row,) = export([FOUR], "dpo", "--pairs", "best-worst")[1]
    assert row["rejected"] == [assistant("no")]
    assert row["chosen"][0]["content"] in {"the Rhine", "the Oder"}
    labels = export([FOUR], "kto")[1]
    assert [(one["completion"], one["label"]) for one in labels] == [
        (row["chosen"], True),
        (row["rejected"], False),
    ]


def test_which_of_equals_is_the_best_does_not_depend_on_its_place(export):
    texts, ranks, scores = ["a", "b", "c", "d"], [1.5, 1.5, 3.5, 3.5], [9, 9, 2, 2]
    first = listed("Say.", *texts, ranks=ranks, scores=[scores, scores])
    turned = listed("Say.", *texts[::-1], ranks=ranks[::-1], scores=[scores[::-1]] * 2)
    assert (
        export([first], "dpo", "--pairs", "best-worst")[1]
        == export([turned], "dpo", "--pairs", "best-worst")[1]
    )


LEFT = [
    pair("Good?", "no", "yes"),
    prompt("Tie?", "a", "b", **TIE),
    prompt("First place?", "a", "b", **INCONSISTENT),
    prompt("Win that is none?", "a", "b", ranks=[1.0, 2.0], verdicts=None, consistent=False),
    prompt("Failed?", "a", "b", **FAILED),
    pair("Same?", "a  b", "a b\n"),
    pair("Empty?", " ", "b"),
    pair("Planted?", "a", "b", control="swapped"),
]


def test_what_makes_no_pair_is_counted_by_why(export):
    said, found = export(LEFT, "dpo")
    assert [row["chosen"] for row in found] == [[assistant("yes")]]
    left = {"ties": 1, "inconsistent": 2, "unjudged": 1, "same_text": 1, "empty_answers": 1}
    assert said["left_out"] == left
    assert export(LEFT, "kto")[0]["left_out"] == left
    ranked = export(LEFT, "ranking")
    assert [row["prompt"] for row in ranked[1]] == ["Good?", "Tie?", "Same?"]


def test_of_a_list_a_blank_answer_is_dropped_and_the_others_are_ranked(export):
    prompts = [
        listed("Say.", "a", " ", "b", "c", ranks=[2.5, 1, 2.5, 4], scores=[[5, 9, 5, 1]] * 2)
    ]
    said, found = export(prompts, "ranking")
    assert [(one["answer"], one["rank"]) for one in found[0]["answers"]] == [
        ("a", 1.5),
        ("b", 1.5),
        ("c", 3.0),
    ]
    assert said["left_out"] == {"empty_answers": 1}


def test_where_a_prompt_was_judged_again_the_last_row_counts(export):
    item, failed = prompt("Say.", "a", "b", **FAILED)
    made = [(item, failed), pair("Then.", "c", "d"), pair("Say.", "a", "b")]
    said, found = export(made, "dpo")
    assert [row["chosen"] for row in found] == [[assistant("b")], [assistant("d")]]
    assert said["left_out"] == {}


def test_the_card_tells_whose_preference_it_is(export, tmp_path):
    export([*LEFT, FOUR], "dpo", "--license", "mit")
    card = (tmp_path / "x.jsonl.README.md").read_text()
    assert "a model's preference, not people's" in card
    for said in (
        "| judge | judge-1 (teacher mock) |",
        "| rubric | overall |",
        "| contestants | base, tuned |",
        "- 2 pairs judged equal",
        "- 2 pairs whose verdict changed with the order in which they were shown",
        "- 1 prompts of which no verdict could be read",
        "| tuned | 1 | 0 |",
        "| base | 0 | 1 |",
        "The longer answer was chosen in ",
    ):
        assert said in card
    assert "cut off an answer in 0 of them" in card
    head = yaml.safe_load(card.split("---")[1])
    assert head["license"] == "mit"
    assert head["tags"] == ["synthetic", "preference", "dpo"]
    assert head["configs"][0]["data_files"] == [{"split": "train", "path": "x.jsonl"}]


def test_the_command_of_the_card_makes_the_same_again(program, tmp_path):
    comparison_of(tmp_path / "c", [pair(f"Say {n}.", "a", "b") for n in range(20)])
    more = ["--shuffle", 3, "--pairs", "best-worst", "--config-for", "axolotl"]
    program("export", "c", "--format", "dpo", "-o", "x/x.jsonl", *more, check=0)
    before = (tmp_path / "x/x.jsonl").read_bytes()
    command = (tmp_path / "x/x.jsonl.README.md").read_text().split("```bash\n")[1].splitlines()[0]
    program(*command.split()[1:], "--force", check=0)
    assert (tmp_path / "x/x.jsonl").read_bytes() == before


def test_a_random_order_keeps_the_rows_of_a_prompt_together(export):
    def listed_as(n):
        return listed(f"Say {n}.", "a", "b", "c", ranks=[1, 2, 3], scores=[[9, 5, 1]] * 2)

    prompts = [listed_as(n) for n in range(30)]
    plain, mixed = export(prompts, "dpo")[1], export(prompts, "dpo", "--shuffle", "7")[1]
    assert mixed != plain
    assert sorted(map(json.dumps, mixed)) == sorted(map(json.dumps, plain))
    ids = [row["ranking"] for row in mixed]
    assert ids == [one for one in dict.fromkeys(ids) for _ in range(3)]


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@example([(f"{n}\n\nb", "") for n in range(9)] + [(f"{n}", "b") for n in range(9)], 2)
@given(st.lists(st.tuples(words, words), min_size=1, max_size=25), st.integers(2, 5))
@settings(deadline=None, max_examples=25)
def test_no_prompt_is_in_two_splits(asked, count):
    ranks = [float(n + 1) for n in range(count)]
    texts = [f"answer {n}" for n in range(count)]
    prompts = [
        listed(f"x{text}", *texts, given=given_, ranks=ranks, scores=[ranks[::-1]] * 2)
        for text, given_ in asked
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        comparison_of(folder / "c", prompts)
        out = folder / "x.jsonl"
        made = si.export(folder / "c", out, format="dpo", split="train=0.5,dev=0.3,test=0.2")
        found = {path: rows(path) for path in made.files}
    whole = [row["ranking"] for part in found.values() for row in part]
    assert Counter(whole) == dict.fromkeys(
        {item_id(f"x{text}", given_) for text, given_ in asked}, count * (count - 1) // 2
    )
    for one, other in combinations(found.values(), 2):
        said = [{json.dumps(row["prompt"]) for row in part} for part in (one, other)]
        assert not said[0] & said[1]


def test_a_prompt_without_input_falls_where_its_task_does(program, tmp_path):
    said = [f"Say {n}." for n in range(40)]
    comparison_of(tmp_path / "c", [pair(text, "a", "b") for text in said])
    pool_of(tmp_path / "p", [task(text, ("", "b")) for text in said])
    split = ["--split", "train=0.5,test=0.5"]
    program("export", "c", "--format", "dpo", "-o", "c/../x.jsonl", *split, check=0)
    program("export", "p", "--format", "alpaca", "-o", "y.jsonl", *split, check=0)
    for name in ("train", "test"):
        mine = [row["prompt"][0]["content"] for row in rows(tmp_path / f"x.{name}.jsonl")]
        assert mine == [row["instruction"] for row in rows(tmp_path / f"y.{name}.jsonl")]
    assert Splits.of("train=1").name_at("x") == "train"


def test_rows_can_go_to_a_pipe_in_a_trainers_spelling(program, tmp_path):
    comparison_of(tmp_path / "c", [ADD])
    command = ("export", "c", "--format", "dpo", "-o", "-", "--config-for", "llama-factory")
    done = program(*command, check=0)
    assert [json.loads(line) for line in done.stdout.splitlines()] == SPELLED[
        "dpo", "llama-factory"
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
