"""What an evaluation computes: groups and intervals, likings, style, and its page."""

from __future__ import annotations

import shutil

import pytest
from sets import source_of
from test_report_page import ATTRIBUTES, HOSTILE, OURS, read

from selfinstruct import evaluating as ev
from selfinstruct.comparing.contests import Answer
from selfinstruct.errors import UsageError
from selfinstruct.evaluating.liked import Judged, Reviewed
from selfinstruct.evaluating.style import Manner, has_closing, has_list, intersection, style
from selfinstruct.formats.packs import pack_problems
from selfinstruct.languages import load, tokenizer
from selfinstruct.languages.closings import load_closings
from selfinstruct.reviewing.votes import Row
from selfinstruct.statistics import mean, paired_difference

ROUGE = tokenizer("rouge")


def case(name, right="yes", task="t", category=None, **more):
    groups = {"category": category} if category else {}
    return ev.Case(name, (right,), task, groups | more)


def told_of(cases, answers, metric="superni", by=(), preference=None, teacher=None, reader=None):
    """Everything about models, each a mapping from cases to answers."""
    models = [
        ev.joined(cases, ev.Predictions(name, f"{name}.jsonl", {k: [v] for k, v in own.items()}))
        for name, own in answers.items()
    ]
    given = ev.Evaluated("refs", cases, models, metric, reader, by)
    return ev.facts(given, preference, teacher)


CASES = [
    case("a1", "yes", "a", "Textual Entailment"),
    case("a2", "no", "a", "Textual Entailment"),
    case("b1", "a long title", "b", "title_generation"),
    case("c1", "river", "c", "Other things"),
]
GOOD = {"a1": "Yes.", "a2": "no", "b1": "long titles", "c1": "lake"}
BAD = {"a1": "no", "a2": "no", "b1": "nothing"}


def test_means_weigh_instances_alike_and_intervals_draw_tasks():
    told = told_of(CASES, {"bad": BAD, "good": GOOD})["accuracy"]
    tasks = ["a", "a", "b", "c"]
    exact = {"bad": [0, 1, 0, 0], "good": [1, 1, 0, 0]}
    for row in told["overall"]:
        found = mean(exact[row["name"]], tasks)
        assert row["exact_match"]["value"] == pytest.approx(100 * found.value)
        assert row["exact_match"]["low"] == pytest.approx(100 * found.low)
        assert row["exact_match"]["high"] == pytest.approx(100 * found.high)
        assert row["exact_match"]["tasks"] == 3
    (difference,) = told["differences"]
    found = paired_difference(exact["good"], exact["bad"], tasks)
    assert (difference["name"], difference["minus"]) == ("good", "bad")
    assert difference["exact_match"]["value"] == pytest.approx(25)
    assert difference["exact_match"]["high"] == pytest.approx(100 * found.high)


def test_categories_and_their_tasks_are_read_by_the_measure_that_the_paper_reads_them_by():
    told = told_of(CASES, {"good": GOOD}, by=("category", "task"))["accuracy"]["groups"]
    leading = {row["name"]: (row["n"], row["leading"]) for row in told["category"]}
    assert leading == {
        "Other things": (1, None),
        "Textual Entailment": (2, "exact_match"),
        "title_generation": (1, "rouge_l"),
    }
    assert [row["leading"] for row in told["task"]] == ["exact_match", "rouge_l", None]
    (title,) = [row for row in told["category"] if row["name"] == "title_generation"]
    assert title["models"][0]["rouge_l"]["value"] == pytest.approx(80)  # "titles" and "title"


def test_difficulties_stand_in_the_order_of_their_size():
    cases = [case(f"c{n}", difficulty=str(n)) for n in (10, 9, 2)]
    told = told_of(cases, {"m": {"c9": "yes"}}, by=("difficulty",))["accuracy"]["groups"]
    assert [row["name"] for row in told["difficulty"]] == ["2", "9", "10"]


def test_what_is_missing_scores_nothing_and_is_named():
    told = told_of(CASES, {"bad": BAD | {"other": "x"}})
    (row,) = told["models"]
    assert (row["missing"], row["unknown"]) == (
        {"n": 1, "first": ["c1"]},
        {"n": 1, "first": ["other"]},
    )
    assert "bad: 1 of 4 answers are missing and score 0, c1 for one." in told["warnings"]
    # An empty reference is no present for a model that says nothing.
    empty = [case("e1", "..."), case("e2")]
    (row,) = told_of(empty, {"m": {"e2": "yes"}})["accuracy"]["overall"]
    assert row["exact_match"]["value"] == 50


def test_answers_to_nothing_that_was_asked_are_refused():
    with pytest.raises(UsageError, match=r"m\.jsonl: answers nothing .* 'x' .* 'a1'"):
        told_of(CASES, {"m": {"x": "yes"}})


def test_ids_of_another_prompt_are_none_and_prompts_find_answers_under_other_ids():
    cases = [ev.Case("s_0", ("yes",), "t", prompt="p0"), ev.Case("s_1", ("no",), "t", prompt="p1")]
    said = ev.Predictions(
        "m", "m", {"s_0": ["no"], "s_1": ["maybe"]}, prompts={"s_0": "p1", "s_1": "p9"}
    )
    found = ev.joined(cases, said)
    assert (found.texts, found.missing, found.unknown) == ([(), ("no",)], ["s_0"], ["s_1"])


def test_hangul_is_warned_of_and_a_tokenizer_offered():
    cases = [case("k1", "서울은 2 개이다"), case("k2", "강")]
    said = {"k1": "서울은 2 개이다", "k2": "강"}
    told = told_of(cases, {"m": said})
    (warning,) = told["warnings"]
    assert "2 of 2 references are in other scripts" in warning
    assert "--tokenizer unicode" in warning
    assert told["metric"]["rouge_l"] == "stems as published"
    told = told_of(cases, {"m": said}, reader=("unicode", tokenizer("unicode")))
    assert told["warnings"] == []
    assert told["metric"]["rouge_l"] == "unicode tokens"
    assert told["accuracy"]["overall"][0]["rouge_l"]["value"] == 100


def test_blocks_are_there_or_named_as_absent_and_the_last_sentence_always_is():
    told = told_of(CASES, {"m": GOOD})
    assert set(told["left_out"]) == {"preference", "style"}
    assert "style" not in told
    assert told["closing"].startswith("When answers are liked more and are right no more often")


LISTED = "See:\n\n1. One\n2. Two\n\nOverall, that is it."
PLAIN = "One and two."


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("- a\n- b", True),
        ("1. a\n\n2. b", True),
        ("① 하나\n② 둘", True),
        ("가. 하나\n나. 둘", True),
        ("\uff11\uff0e一つ\n\uff12\uff0e二つ", True),
        ("1. a\nthen\n2. b", False),
        ("1.5 million\n2.5 million", False),
        ("**Bold**\n*word* here", False),
        ("- alone", False),
        ("", False),
    ],
)
def test_what_is_a_list(text, listed):
    assert has_list(text) is listed


def test_what_sums_up_is_told_by_the_words_of_each_language():
    english = load_closings(load("en").folder).closings
    assert has_closing(LISTED, english)
    assert has_closing("One.\n\nTwo.\n\n**In summary**, three.", english)
    assert not has_closing("One.\n\nOverall, two.", english)  # follows one paragraph alone
    assert not has_closing("One.\n\nTwo.\n\nOveralls are trousers.", english)
    assert not has_closing("One.\n\nTwo.\n\n- Overall", english)
    for code, last in (
        ("ko", "결론적으로 좋다."),
        ("ja", "まとめると良い。"),
        ("zh", "总之很好。"),
    ):
        assert has_closing(f"1\n\n2\n\n{last}", load_closings(load(code).folder).closings)


def test_a_pack_whose_closings_are_damaged_is_told(tmp_path):
    copied = shutil.copytree(load("ko").folder, tmp_path / "ko")
    assert list(pack_problems(copied)) == []
    (copied / "closings.toml").write_text("endings = 3", encoding="utf-8")
    ((place, rule, said),) = pack_problems(copied)
    assert (place, rule) == (str(copied / "closings.toml"), "closings")
    assert "endings" in said
    (copied / "closings.toml").unlink()
    assert load_closings(copied).closings == ()


def test_a_teacher_against_itself_is_at_every_ceiling():
    own = {"a1": LISTED, "a2": PLAIN, "b1": "...", "c1": LISTED + " More."}
    closings = load_closings(load("en").folder).closings
    told = style([("same", own)], own, own, Manner("rouge", ROUGE, closings))
    for row in told["against_teacher"]:
        assert row["list_when_teacher_lists"]["share"] == 1
        assert row["closing_when_teacher_closes"]["share"] == 1
        assert row["unigram_intersection"]["value"] == 100
        assert row["length_correlation"]["value"] == 1
    assert [row["role"] for row in told["against_teacher"]] == ["base", "ceiling"]
    assert len({tuple(v for k, v in row.items() if k not in {"name", "with_a_list"})
                for row in told["form"]}) == 1  # fmt: skip
    assert "absent" in told["tone"]


def test_unigrams_are_counted_as_often_as_both_have_them():
    assert intersection(["a", "a", "b"], ["a", "c"]) == pytest.approx(2 * 1 / 5)
    assert intersection([], ["a"]) == 0


def digest(text):
    return Answer("", text).digest


def vote(item, answer, pair, **more):
    known = {"rubric": "overall", "rubric_digest": "", "digest": "", "question": "better"}
    return Row(item=item, answer=answer, pair=tuple(map(digest, pair)), **known | more)


PAIRS = [("short", "a longer text"), ("tiny", "a longer one"), ("small", "longest of all")]


def of_models():
    cases = [case(f"c{n}") for n in range(3)]
    return [
        ev.joined(cases, ev.Predictions(name, name, {f"c{n}": [pair[side]]
                                                     for n, pair in enumerate(PAIRS)}))
        for side, name in enumerate(("base", "tuned"))
    ]  # fmt: skip


def test_votes_are_counted_for_the_models_whose_answers_they_were_about():
    rows = [
        vote("p0", "first", PAIRS[0]),
        vote("p0", "second", PAIRS[0]),  # the last word counts
        vote("p1", "tie", PAIRS[1]),
        vote("p2", "first", PAIRS[2]),
        vote("p2", None, PAIRS[2], undo=True),
        vote("p2", "second", PAIRS[2]),
    ]
    (person,) = ev.preference([], [Reviewed("ann", rows)], of_models())["people"]
    first, second = person["contestants"]
    assert (first["name"], first["wins"], first["ties"], first["losses"]) == ("base", 0, 1, 2)
    assert (second["name"], second["wins"], second["losses"]) == ("tuned", 2, 0)
    assert second["win_rate"]["value"] == pytest.approx(2.5 / 3)
    assert second["length_controlled"]["raw"]["value"] == pytest.approx(2.5 / 3, abs=1e-6)


def test_what_was_said_after_a_judges_reason_is_not_the_persons_own():
    rows = [
        vote("p0", "first", PAIRS[0]),
        vote("p1", None, PAIRS[1], question="", revealed="judging"),
        vote("p1", "second", PAIRS[1]),
    ]
    (person,) = ev.preference([], [Reviewed("ann", rows)], [])["people"]
    assert person["pairs"] == 1
    assert [one["name"] for one in person["contestants"]] == ["named first", "named second"]
    assert person["contestants"][1]["length_controlled"] is None  # nobody knows the texts


def test_judges_and_people_agree_as_often_as_they_prefer_the_same_text():
    chosen = {
        ("p0", frozenset(map(digest, PAIRS[0]))): digest(PAIRS[0][1]),
        ("p1", frozenset(map(digest, PAIRS[1]))): "",
        ("p9", frozenset(map(digest, PAIRS[2]))): "",
    }
    rows = [vote("p0", "first", PAIRS[0][::-1]), vote("p1", "second", PAIRS[1])]
    summary = {"prompts": 3, "baseline": None, "sway": {"consistent": None}, "contestants": []}
    judged = Judged("cmp", "m", summary, chosen)
    found = ev.preference([judged], [Reviewed("ann", rows)], [])
    assert found["agreement"] == [{"one": "cmp", "other": "ann", "pairs": 2, "share": 0.5}]


def test_a_page_of_hostile_texts_holds_no_element_that_is_not_ours():
    bad = HOSTILE[0]
    cases = [case(bad + str(n), text, text, text, skill=text) for n, text in enumerate(HOSTILE)]
    said = {one.id: one.references[0] for one in cases}
    rows = [vote("p0", "first", PAIRS[0])]
    summary = {"prompts": 1, "baseline": bad, "sway": {"consistent": None}, "contestants": [
        {"name": bad, "wins": 1, "ties": 0, "losses": 0, "length_controlled": None,
         "win_rate": {"value": 0.5, "n": 1, "low": None, "high": None}}]}  # fmt: skip
    liked = ev.preference([Judged(bad, bad, summary, {})], [Reviewed(bad, rows)], [])
    source = source_of(["x"])
    joined = ev.joined(cases, ev.Predictions(bad, bad, {k: [v] for k, v in said.items()}))
    teacher = ev.Teacher(joined, joined, Manner(bad, source.tokenizer, ()))
    by = ("category", "task", "skill")
    told = told_of(cases, {bad: said, bad + "2": {cases[0].id: bad}}, by=by, preference=liked,
                   teacher=teacher)  # fmt: skip
    found = read(ev.page(told))
    assert {name for name, _ in found.elements} <= OURS
    assert {key for _, attributes in found.elements for key in attributes} <= ATTRIBUTES
    assert ev.page(told) == ev.page(told)
