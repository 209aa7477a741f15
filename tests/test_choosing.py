"""Which tasks are chosen: the loops of DEITA and InsTag against slow ones, over rouge-score."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from selfinstruct.choosing import ANYHOW, Bounds, By, Scored, Way, Why, choose
from selfinstruct.choosing.brought import brought
from selfinstruct.choosing.tags import normalised
from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.languages import tokenizer
from selfinstruct.report import Item
from selfinstruct.report.items import Case

ROUGE = tokenizer("rouge")
SCORER = RougeScorer(["rougeL"])
WORDS = st.sampled_from(["name", "three", "rivers", "lakes", "of", "in", "Europe", "a", "poem"])
TEXT = st.lists(WORDS, max_size=6).map(" ".join)
SCORE = st.one_of(st.none(), st.sampled_from([1.0, 2.0, 2.5, 3.0]))
TAGS = st.lists(st.sampled_from("abcdef"), max_size=4, unique=True).map(tuple)
APART = st.sampled_from([0.3, 0.5, 2 / 3, 0.7, 0.9, 1.0])
MANY = settings(max_examples=2 * settings().max_examples)


def item(name, text="", output="yes"):
    return Item(name, text, text, is_classification=False, cases=(Case("", output),))


def scored(name, score=1.0, text="", tags=(), output="yes"):
    missing = () if score is not None else ("score",)
    return Scored(item(name, text, output), score, {}, missing, tags)


@st.composite
def sets(draw):
    rows = draw(st.lists(st.tuples(SCORE, TEXT, TAGS), max_size=14))
    return [scored(f"t{n}", score, text, tags) for n, (score, text, tags) in enumerate(rows)]


def in_order(tasks, score):
    """Best first, ties by a digest of the id."""
    tie = {one.id: hashlib.sha256(f"tie|{one.id}".encode()).digest() for one in tasks}
    return sorted(tasks, key=lambda one: (-score(one), tie[one.id]))


def nearest(one, taken):
    found = [(SCORER.score(each.item.text, one.item.text)["rougeL"].fmeasure, each.id)
             for each in taken]  # fmt: skip
    return max(found, default=(0.0, ""), key=lambda pair: pair[0])


def slow_deita(tasks, size, apart):
    """Sort by score, take one by one unless the nearest already taken is too near, stop at m."""
    taken, near = [], {}
    for one in in_order([one for one in tasks if one.score is not None], lambda one: one.score):
        if len(taken) == size:
            break
        score, other = nearest(one, taken)
        if apart < 1 and score >= apart:
            near[one.id] = (other, round(score, 6))
        else:
            taken.append(one)
    return [one.id for one in taken], near


def slow_instag(tasks, size, apart):
    """Algorithm 1 of InsTag, with the same rule on near texts."""
    left = in_order([one for one in tasks if one.tags], lambda one: len(one.tags))
    taken, near = [], set()
    while len(taken) < size:
        seen, before = set(), len(left)
        for one in list(left):
            if len(seen | set(one.tags)) > len(seen):
                left.remove(one)
                if apart < 1 and nearest(one, taken)[0] >= apart:
                    near.add(one.id)
                    continue
                taken.append(one)
                seen |= set(one.tags)
                if len(taken) == size:
                    break
        if len(left) == before:
            break
    return [one.id for one in taken], near


@MANY
@given(sets(), st.integers(1, 15), APART)
def test_the_best_that_are_apart_are_those_of_a_loop_over_rouge_score(tasks, size, apart):
    choice = choose(tasks, Way.DEITA, Bounds(size, apart=apart), ROUGE)
    wanted, near = slow_deita(tasks, size, apart)
    assert [one.id for one in choice.taken] == wanted
    found = {one.scored.id: one.detail for one in choice.passed if one.why is Why.NEAR}
    assert {name: (one["nearest"], one["rouge_l"]) for name, one in found.items()} == near


@MANY
@given(sets(), st.integers(1, 15), APART)
def test_rounds_of_new_tags_are_those_of_the_algorithm_as_it_is_printed(tasks, size, apart):
    tagged = [scored(one.id, float(len(one.tags)) or None, one.item.text, one.tags)
              for one in tasks]  # fmt: skip
    choice = choose(tagged, Way.TAGS, Bounds(size, apart=apart), ROUGE)
    wanted, near = slow_instag(tagged, size, apart)
    assert [one.id for one in choice.taken] == wanted
    assert {one.scored.id for one in choice.passed if one.why is Why.NEAR} == near


@MANY
@given(sets(), st.sampled_from([*Way]), st.one_of(st.none(), st.integers(1, 20)), APART)
def test_chosen_and_passed_over_are_all_and_their_order_decides_nothing(tasks, way, size, apart):
    choice = choose(tasks, way, Bounds(size, apart=apart), ROUGE)
    ids = [one.id for one in choice.taken] + [one.scored.id for one in choice.passed]
    assert sorted(ids) == sorted(one.id for one in tasks)
    assert size is None or len(choice.taken) <= size
    again = choose(tasks[::-1], way, Bounds(size, apart=apart), ROUGE)
    assert [one.id for one in again.taken] == [one.id for one in choice.taken]
    if size is None or size > len(choice.taken):  # nobody was left for want of room
        full = [one for one in choice.passed if one.why is Why.FULL]
        assert way is Way.TAGS or not full


def test_at_one_nothing_is_near_and_the_best_are_the_best():
    same = [scored(name, score, "Name a river.") for name, score in (("a", 1), ("b", 3), ("c", 2))]
    choice = choose(same, Way.FILE, Bounds(2, apart=ANYHOW), ROUGE)
    assert [one.id for one in choice.taken] == ["b", "c"]
    assert [(one.scored.id, one.why) for one in choice.passed] == [("a", Why.FULL)]
    assert len(choose(same, Way.FILE, Bounds(2, apart=0.999), ROUGE).taken) == 1


def test_what_is_passed_over_says_why():
    tasks = [scored("best", 9.0, "Name a river in Europe."), scored("mute", 8.0, output=" \n")]
    tasks += [scored("like", 7.0, "Name a river in Asia."), scored("none", None)]
    choice = choose(tasks, Way.RATING, Bounds(None, apart=0.7), ROUGE)
    assert [one.row() for one in choice.passed] == [
        {"id": "like", "reason": "near", "nearest": "best", "rouge_l": 0.8, "score": 7.0,
         "parts": {}},
        {"id": "mute", "reason": "no_output", "score": 8.0, "parts": {}},
        {"id": "none", "reason": "no_score", "missing": ["score"], "score": None, "parts": {}},
    ]  # fmt: skip


def test_a_random_order_is_the_seeds_and_each_seed_has_its_own():
    tasks = [scored(f"t{n}") for n in range(40)]

    def first(seed):
        return [one.id for one in choose(tasks, Way.RANDOM, Bounds(9), ROUGE, seed).taken]

    assert first(1) == first(1) != first(2)
    more = [*tasks, scored("late")]
    grown = [one.id for one in choose(more, Way.RANDOM, Bounds(10), ROUGE, 1).taken]
    assert set(first(1)) <= set(grown)  # those of a smaller pool stay, unless pushed out by one


def test_tags_are_made_one_by_case_and_stem_and_seldom_ones_dropped():
    raw = {"a": ["Summarising", "math"], "b": ["summarise", "math"], "c": ["Summarising", "odd"]}
    raw |= {"d": ["summarise"], "e": ["summarise", "요약 하기"], "f": ["요약 하기"]}
    found = normalised(raw, 2)
    assert found["a"] == ("summarise", "math")  # the commoner spelling stands for both
    assert found["c"] == ("summarise",)
    assert found["f"] == ("요약 하기",)  # English stems say nothing of it
    assert normalised(raw, 1)["c"] == ("summarise", "odd")
    assert normalised(raw, 9) == dict.fromkeys(raw, ())


def test_tags_that_come_with_a_commoner_one_nearly_always_are_merged_into_it():
    raw = {f"both{n}": ["arithmetic", "mathematics"] for n in range(40)}
    raw |= {f"one{n}": ["mathematics", "poetry"] for n in range(39)}
    found = normalised(raw, 1)
    assert found["both0"] == ("mathematics",)
    assert found["one0"] == ("mathematics", "poetry")  # 39 tasks are too few to say so
    raw["alone"] = ["arithmetic"]  # 40 of 41 are 97.6%
    assert normalised(raw, 1)["both0"] == ("arithmetic", "mathematics")


def test_scores_of_ones_own_are_of_tasks_or_of_their_instances():
    rows = [("f:1", {"id": "a#0", "score": 2}), ("f:2", {"id": "a#1", "score": "3"})]
    rows += [("f:3", {"id": "b", "score": 0.5}), ("f:4", {"id": "gone", "score": 1})]
    found = brought("f", rows, [item("a"), item("b"), item("c")])
    assert (dict(found.scores), found.strange) == ({"a": 2.5, "b": 0.5}, 1)
    for row in ({"id": "a"}, {"id": "a", "score": True}, {"id": "a", "score": "high"}, {"score": 1},
                {"id": "a", "score": float("nan")}, {"id": "a", "score": 10**400}):  # fmt: skip
        with pytest.raises(UsageError, match="f:9: is no score"):
            brought("f", [("f:9", row)], [item("a")])
    with pytest.raises(UsageError, match="stands there twice"):
        brought("f", rows[:1] * 2, [item("a")])
    with pytest.raises(UsageError, match="scores none of the tasks"):
        brought("f", rows, [item("z")])


def test_ways_are_known_by_name():
    assert By.of("deita") == By(Way.DEITA)
    assert By.of("file:a:b.jsonl") == By(Way.FILE, "a:b.jsonl")
    for said in ("file:", "file", "best", ""):
        with pytest.raises(SettingsError, match="--by is random, longest"):
            By.of(said)
