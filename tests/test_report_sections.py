"""What each section of a report says, counted by hand."""

from __future__ import annotations

from sets import SUMMARY, grown, item, some_texts, source_of

from selfinstruct.pool import Spent
from selfinstruct.report import Examples, Refusal, Wanted, facts
from selfinstruct.report.duplicates import distinct, duplicates
from selfinstruct.report.items import cut, example_of, refusal_of
from selfinstruct.report.labels import classification
from selfinstruct.report.lengths import lengths
from selfinstruct.report.opinions import opinions
from selfinstruct.report.rejects import rejects
from selfinstruct.report.samples import browsed
from selfinstruct.report.seeds_used import seeds_used
from selfinstruct.report.spending import spent_curve
from selfinstruct.report.verbs import verbs


def test_lengths_are_in_the_unit_of_the_language():
    english = lengths(source_of([item(1, "Write a poem.", ("", "two words"), ("one", "x"))]))
    assert (english["unit"], english["instruction"]["mean"], english["input"]["n"]) == (
        "words",
        3,
        1,
    )
    korean = lengths(source_of([item(1, "시를 써 주세요.")], "ko"))
    assert (korean["unit"], korean["instruction"]["mean"]) == ("characters", 7)


def test_labels_are_counted_by_task_and_the_commonest_of_each_task_is_known():
    tasks = [
        item(1, "Is it?", ("a", "Yes"), ("b", "yes "), ("c", "no"), is_classification=True),
        item(2, "Is it?", ("a", "yes"), ("b", "yes"), is_classification=True),
        item(3, "Is it?", ("a", "maybe"), is_classification=True),
        item(4, "Write it."),
    ]
    told = classification(source_of(tasks))
    assert (told["tasks"], told["of"], told["share"]) == (3, 4, 0.75)
    assert told["labels_of_a_task"] == {"mean": 1.3333, "bars": [2, 1, 0, 0, 0, 0]}
    assert told["commonest"][0] == {"label": "yes", "count": 4}
    assert told["balance"] == {"n": 2, "one_label_only": 1, "mean_share_of_commonest": 0.8333}


def test_repeats_are_found_whatever_their_case_and_spacing():
    tasks = [
        item(1, "Name a  river.", ("", "The Rhine of course")),
        item(2, "name a river.", ("", "the rhine of course")),
        item(3, "Name a lake.", ("", "The Rhine of old")),
    ]
    told = duplicates(source_of(tasks))
    assert told["instruction"] == {
        "n": 3,
        "distinct": 2,
        "repeated": 1,
        "share_repeated": 0.3333,
        "commonest": [{"text": "name a river.", "count": 2}],
    }
    assert told["input"]["n"] == 0
    assert told["openings"]["commonest"] == [{"text": "the rhine of", "count": 3}]


def test_distinct_counts_tokens_and_pairs():
    told = distinct(source_of(["a b a b", "a b c"]))
    assert (told["n"], told["tokens"]) == (2, 7)
    assert told["distinct_1"] == round(3 / 7, 4)
    assert told["distinct_2"] == round(3 / 5, 4)  # a b, b a, b c of five pairs


def refused_rows():
    rows = [{"text": f"text {n % 5}", "reason": "too_similar", "request": n} for n in range(20)]
    return [*rows, {"text": "x", "reason": "keyword", "request": 1, "detail": {"match": "image"}}]


def test_reasons_are_counted_and_shown_with_three_different_examples():
    examples, back = Examples(), Examples()
    for row, other in zip(refused_rows(), reversed(refused_rows()), strict=True):
        examples.add(row)
        back.add(other)
    refused = [refusal_of(row) for row in refused_rows()]
    told = rejects(grown(refused=refused, examples=examples.found()))
    first, second = told["reasons"]
    assert (first["reason"], first["count"], first["share"]) == ("too_similar", 20, 0.9524)
    assert len({one["text"] for one in first["examples"]}) == 3
    assert second["examples"][0]["detail"] == {"match": "image"}
    for reason, kept in examples.found().items():  # whatever comes first
        assert {one.text for one in kept} == {one.text for one in back.found()[reason]}


def test_a_refusal_keeps_what_a_person_may_read_of_its_detail():
    row = {"text": "x" * 900, "reason": "too_similar", "request": 3}
    detail = {"nearest": "y", "score": 0.75, "round": 2, "instruction_accepted": True, "rows": [1]}
    shown = example_of(row | {"detail": detail})
    assert shown.detail == {"nearest": "y", "score": "0.75"}
    assert shown.text == cut("x" * 900, 300)
    assert "600 more characters" in shown.text
    assert refusal_of(row | {"detail": detail}) == Refusal("too_similar", 3, round=2)
    assert refusal_of({"detail": 7}) == Refusal("", 0)


def test_seeds_know_how_often_they_were_shown_and_what_came_of_it():
    tasks = [
        item(1, "One.", request=0, demonstrations=("task_s1", "task_9")),
        item(2, "Two.", request=0, demonstrations=("task_s1", "task_9")),
        item(3, "Three.", request=1, demonstrations=("task_s1", "task_s2")),
    ]
    refused = [Refusal("keyword", 1) for _ in range(9)] + [Refusal("keyword", 7)]
    pool = grown(refused=refused)
    told = seeds_used(source_of(tasks, grown=pool), pool)
    assert (told["requests"], told["least"], told["most"], told["never_shown"]) == (2, 1, 2, 0)
    assert told["share_machine_made"] == 0.25
    first = told["most_refused"][0]
    assert (first["id"], first["kept"], first["refused"], first["share"]) == ("task_s2", 1, 9, 0.9)
    assert first["low"] < 0.9 < first["high"]
    assert told["most_shown"][0]["id"] == "task_s1"


def test_what_was_used_while_nothing_was_kept_counts_for_the_next_point():
    spent = [Spent(0, 30, 100, 0.5), Spent(10, 30, 100, 0.5), Spent(0, 0, 40, 0.2)]
    spent += [Spent(5, 10, 10, None)]
    points = spent_curve(spent)
    assert points[0] == {"candidates": 60, "tokens_per_task": 20.0, "cost_per_1000_tasks": 100.0}
    assert points[1] == {"candidates": 70, "tokens_per_task": 10.0, "cost_per_1000_tasks": None}


def test_tasks_are_shown_until_there_is_no_more_room():
    tasks = [item(n, "x", *[("y" * 9000, "z" * 9000)] * 9) for n in range(200)]
    told = browsed(source_of(tasks), 100)
    assert 20 < told["n"] < 60
    assert told["tasks"][0]["instances_in_all"] == 9
    assert len(told["tasks"][0]["instances"]) == 3


def test_nothing_is_said_of_verbs_where_a_language_has_no_rules():
    assert "Chinese has no rules" in verbs(source_of(["写一首诗。"], "zh"), "auto")


def test_a_set_without_a_ledger_says_what_it_lacks_and_an_empty_pool_too():
    told = facts(source_of(some_texts(4)), Wanted())
    assert "is no pool" in told["left_out"]["rejects"]
    assert {"counts", "lengths", "bleu", "sample"} <= told.keys()
    empty = facts(source_of([], grown=grown()), Wanted())
    assert empty["counts"]["tasks"] == 0
    assert "no tasks yet" in empty["left_out"]["lengths"]
    one = facts(source_of(["Write a poem."]), Wanted())
    assert one["left_out"]["nearest_other"] == "It takes two tasks."


def test_what_judges_said_becomes_rows_with_intervals():
    [told] = opinions([SUMMARY])
    assert told["shares"][0] == {
        "question": "output",
        "value": "yes",
        "share": 0.71,
        "n": 199,
        "low": 0.644,
        "high": 0.768,
    }
    assert told["controls"] == [{"control": "planted", "found": "38 of 40"}]
    assert told["doubt"] == "It finds fault with all."
    assert told["means"] == [{"question": "score", "n": 9, "mean": 3.5, "low": 3.1, "high": 3.9}]
    assert told["worst"][0] == {
        "item": "task_1#0",
        "text": "bad",
        "answers": "output no",
        "reason": "off",
    }
    assert opinions([{"name": "x"}])[0]["shares"] == []
