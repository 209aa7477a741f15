"""How prompts are joined, orders become ranks, and the verb that says who won."""

from __future__ import annotations

import json
import random

import pytest
from conftest import JitteryMock
from contestants import SETTINGS, compared, sets
from hypothesis import given
from hypothesis import strategies as st

import selfinstruct as si
from selfinstruct.comparing.contests import Contest, Given, chosen, controls, joined, within
from selfinstruct.comparing.orders import orders_of, ranks_of_list, ranks_of_pair

__all__ = ["sets"]  # fixtures


def test_prompts_are_joined_by_what_they_ask():
    def of(*pairs):
        return [Given(instruction, "", text) for instruction, text in pairs]

    contests, alone = joined(
        {
            "a": of(("Say  a.", "1"), ("Say b.", "2"), ("Say c.", "3")),
            "b": of(("Say a. ", "4"), ("Say c.", "5"), ("Say d.", "6")),
        }
    )
    assert {one.instruction for one in contests} == {"Say  a.", "Say c."}
    assert alone == {"a": 1, "b": 1}
    assert [one.id for one in chosen(contests, None, 0)] == [
        one.id for one in chosen(contests[::-1], None, 0)
    ]
    assert all(isinstance(one, Contest) for one in contests)
    assert within(of(("Say a.", "1"), ("Say a.", "2"))) == []  # two rows of one sample


def test_controls_are_what_they_say():
    contests, _ = joined(
        {name: [Given(f"Say {n}.", "", f"{name} {n}.") for n in range(5)] for name in "ab"}
    )
    contests = chosen(contests, None, 0)
    found = controls(contests, 3)
    same = [one for one in found if one.control == "same"]
    foreign = [one for one in found if one.control == "foreign"]
    assert (len(same), len(foreign)) == (3, 3)
    assert all(one.answers[0].text == one.answers[1].text and not one.is_settled for one in same)
    assert all(one.answers[1].text.split()[1] != one.answers[0].text.split()[1] for one in foreign)


@pytest.mark.parametrize(
    ("verdicts", "ranks", "consistent"),
    [
        (("first", "second"), [1, 2], True),
        (("second", "first"), [2, 1], True),
        (("tie", "tie"), [1.5, 1.5], True),
        (("first", "first"), [1.5, 1.5], False),
        (("second", "second"), [1.5, 1.5], False),
        (("first", "tie"), [1.5, 1.5], False),
        (("tie", "first"), [1.5, 1.5], False),
    ],
)
def test_a_pair_is_won_where_both_orders_say_so(verdicts, ranks, consistent):
    assert ranks_of_pair(verdicts, orders_of("x", 2, 0)) == (ranks, consistent)


@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=2, max_size=8))
def test_ranks_of_a_list_share_places_and_follow_the_means(pairs):
    scores, count = [list(row) for row in zip(*pairs, strict=True)], len(pairs)
    ranks = ranks_of_list(scores)
    assert sum(ranks) == count * (count + 1) / 2
    for one in range(count):
        for other in range(count):
            if all(row[one] > row[other] for row in scores) and count == 2:
                assert ranks[one] < ranks[other]
    assert ranks_of_list([scores[0], scores[0]]) == [
        1 + sum(x > y for x in scores[0]) + (sum(x == y for x in scores[0]) - 1) / 2
        for y in scores[0]
    ]


def test_a_half_point_is_a_tie_and_so_is_a_disagreement():
    assert ranks_of_list([[5, 5], [5, 5.9]]) == [1.5, 1.5]
    assert ranks_of_list([[5, 5], [5, 6]]) == [2, 1]
    assert ranks_of_list([[9, 3], [4, 5]]) == [1.5, 1.5]


@pytest.mark.parametrize("language", ["en", "ko", "ja", "zh"])
@pytest.mark.parametrize("api", ["chat", "completions"])
def test_the_mock_compares_in_every_language(tmp_path, language, api):
    pool = tmp_path / "p"
    si.generate(
        pool, target=40, teacher=si.Teacher("mock"), settings=si.PoolSettings(language=language)
    )
    for name in ("a", "b"):
        rows_ = [
            {
                "instruction": task.instruction,
                "input": task.instances[0].input,
                "output": f"{task.instances[0].output} ({name})",
            }
            for task in si.open_pool(pool).tasks()
        ]
        (tmp_path / f"{name}.json").write_text(json.dumps(rows_), encoding="utf-8")
    result = compared(
        tmp_path, "a", "b", language=language, api=api, controls=5, teacher=si.Teacher("mock")
    )
    assert result.summary.prompts >= 34
    assert result.summary.sway.consistent.share > 0.6
    assert result.summary.controls["same"].share >= 0.8


def test_the_verb_says_who_won(inside, sets):
    assert (sets / "base.json").exists()
    done = inside(
        "compare", "base.json", "tuned.json", "--into", "c", "--teacher", "mock", "--yes", check=0
    )
    assert done.stdout == ""
    for said in (
        "prompts by mock-en",
        "win rate",
        "both orders agree",
        "at equal length",
        "one answer twice called a tie",
    ):
        assert said in done.stderr, said
    again = inside(
        "compare", "base.json", "tuned.json", "--into", "c", "--teacher", "mock", "--json", check=0
    )
    row = json.loads(again.stdout)
    assert row["calls"] == 0
    assert {one["name"] for one in row["contestants"]} == {"base", "tuned"}
    assert row["baseline"] == "base"


def test_defaults_are_as_documented():
    from selfinstruct.cli.compare_flags import CompareFlags

    flags, settings = CompareFlags(), SETTINGS()
    assert (flags.controls, flags.sample, flags.seed) == (20, None, 0)
    assert (settings.controls, settings.sample, settings.seed) == (20, None, 0)


def test_samples_that_were_bought_become_rankings(tmp_path):
    pool = tmp_path / "p"
    si.generate(pool, target=100, teacher=si.Teacher("mock"))
    teacher = JitteryMock()
    si.answer(
        pool, tmp_path / "four", teacher=teacher, settings=si.AnswerSettings(samples=4, sample=100)
    )
    assert len(teacher.calls) == 400
    judge = JitteryMock()
    result = si.compare(
        tmp_path / "four", tmp_path / "ranked", teacher=judge, settings=SETTINGS(within=True)
    )
    again = result.usage.unreadable_replies
    assert len(judge.calls) - again <= 200
    assert result.summary.prompts >= 90
    assert all(len(row["ranks"]) == len(row["answers"]) for row in result.rows if row["ranks"])


@pytest.mark.long
def test_bootstrap_intervals_hold_the_truth():
    from selfinstruct.statistics import Vote, rank

    held = 0
    for seed in range(100):
        rng = random.Random(seed)
        votes = []
        for n in range(200):
            verdict = (
                "tie" if (point := rng.random()) < 0.2 else "first" if point < 0.68 else "second"
            )
            votes.append(Vote(str(n), "a", "b", verdict))
        standing = next(one for one in rank(votes, "b").standings if one.name == "a")
        held += standing.win_rate.low <= 0.48 + 0.1 <= standing.win_rate.high
    assert held >= 90
