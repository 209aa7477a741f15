"""Comparing answers: what is asked, who wins, and what sways a judge."""

from __future__ import annotations

import json
import random
import re

import pytest
from conftest import JitteryMock, rows
from hypothesis import given
from hypothesis import strategies as st

import selfinstruct as si
from selfinstruct.comparing.contests import Contest, Given, chosen, controls, joined, within
from selfinstruct.comparing.orders import orders_of, ranks_of_list, ranks_of_pair
from selfinstruct.errors import PoolError, SettingsError
from selfinstruct.teachers import Reply

SETTINGS = si.CompareSettings


def answers_of(number, words=30):
    rng = random.Random(number)
    sizes = [rng.randrange(5, words) for _ in range(60)]
    return [
        {
            "instruction": f"Describe river {n}.",
            "input": "",
            "output": " ".join(["word"] * size) + f" of {number}.",
        }
        for n, size in enumerate(sizes)
    ]


@pytest.fixture
def sets(tmp_path):
    for name, data in (("base", answers_of(1)), ("tuned", answers_of(2)), ("other", answers_of(3))):
        (tmp_path / f"{name}.json").write_text(json.dumps(data))
    return tmp_path


def compared(folder, *names, teacher=None, into="c", concurrency=8, **given_):
    given_.setdefault("controls", 0)
    return si.compare(
        [folder / f"{name}.json" for name in names],
        folder / into,
        teacher=teacher or JitteryMock(),
        settings=SETTINGS(**given_),
        limits=si.Limits(concurrency=concurrency),
    )


class Choosing(JitteryMock):
    """Chooses by what a function of the two texts says."""

    def __init__(self, choose):
        super().__init__()
        self.choose = choose

    async def complete(self, prompt):
        self.calls.append(prompt)
        parts = re.findall(r"\[[0-9a-f]{8} \d Output\]\n(.*?)(?=\n\[)", prompt.text, re.DOTALL)
        return Reply(json.dumps({"reason": "so", "better": self.choose(*parts)}), "stop", None)


def by_name(result):
    return {one.name: one for one in result.summary.ranking.standings}


def test_swapping_the_contestants_mirrors_every_figure(sets):
    one = compared(sets, "base", "tuned", into="a", baseline="base")
    other = compared(sets, "tuned", "base", into="b", baseline="base")
    for name in ("base", "tuned"):
        assert by_name(one)[name] == by_name(other)[name]
    assert one.summary.length_controlled == other.summary.length_controlled
    assert one.summary.sway == other.summary.sway
    again = compared(sets, "tuned", "base", into="c", baseline="tuned")
    mine, theirs = by_name(one), by_name(again)
    assert mine["tuned"].win_rate.value == pytest.approx(1 - mine["base"].win_rate.value)
    beats = mine["tuned"].against_baseline.value
    assert theirs["base"].against_baseline.value == pytest.approx(1 - beats)


def test_a_contestant_against_itself_ties_without_a_call(sets):
    (sets / "twin.json").write_text(
        (sets / "base.json").read_text().replace(" of 1.", "  of 1.\\n")
    )
    teacher = JitteryMock()
    result = compared(sets, "base", "twin", teacher=teacher)
    assert teacher.calls == []
    twin = by_name(result)["twin"]
    assert (twin.wins, twin.ties, twin.losses) == (0, 60, 0)
    assert twin.win_rate.value == 0.5
    assert result.summary.length_controlled["twin"].controlled.value == pytest.approx(0.5, abs=0.01)
    assert result.summary.asked == 0


def test_a_judge_that_always_takes_the_first_decides_nothing(sets):
    result = compared(sets, "base", "tuned", teacher=Choosing(lambda *_: "first"))
    assert by_name(result)["tuned"].win_rate.value == 0.5
    assert result.summary.sway.consistent.share == 0
    assert result.summary.sway.first.share == 1
    assert all(row["ranks"] == [1.5, 1.5] and not row["consistent"] for row in result.rows)


def test_a_judge_that_loves_length_is_seen_through(sets):
    short, long = answers_of(1, 12), answers_of(2, 60)
    (sets / "short.json").write_text(json.dumps(short))
    (sets / "long.json").write_text(json.dumps(long))
    rng = random.Random(0)

    def longer(one, other):
        gap = (len(one) - len(other)) / 150
        return "first" if rng.random() < 1 / (1 + 2.718 ** (-4 * gap)) else "second"

    result = compared(sets, "short", "long", teacher=Choosing(longer), baseline="short")
    found = result.summary.length_controlled["long"]
    assert found.raw.value > 0.65
    assert found.phi > 0
    assert found.controlled.value < found.raw.value
    assert result.summary.sway.longer.share > 0.8


def test_a_judge_that_only_sees_length_says_even_at_equal_length(sets):
    def longer(one, other):
        return "tie" if len(one) == len(other) else "first" if len(one) > len(other) else "second"

    far = [
        {"instruction": f"Describe river {n}.", "output": "word " * (5 + n * 7 % 53) + "b."}
        for n in range(400)
    ]
    near = [
        {"instruction": f"Describe river {n}.", "output": "word " * (1 + n * 11 % 47) + "a."}
        for n in range(400)
    ]
    (sets / "far.json").write_text(json.dumps(far))
    (sets / "near.json").write_text(json.dumps(near))
    result = compared(sets, "near", "far", teacher=Choosing(longer), baseline="near")
    found = result.summary.length_controlled["far"]
    assert found.raw.value > 0.55
    assert found.controlled.value == pytest.approx(0.5, abs=0.03)
    assert result.summary.sway.longest.value == 1


def test_rows_do_not_depend_on_concurrency_kills_or_what_was_deleted(sets):
    whole = compared(sets, "base", "tuned", into="w", concurrency=1, controls=5)
    text = (whole.folder / "judgements.jsonl").read_bytes()
    for at, concurrency in enumerate((8, 64)):
        teacher = JitteryMock(random.Random(at))
        other = compared(
            sets,
            "base",
            "tuned",
            into=f"w{at}",
            concurrency=concurrency,
            controls=5,
            teacher=teacher,
        )
        for name in ("judgements.jsonl", "items.jsonl", "summary.json"):
            assert (other.folder / name).read_bytes() == (whole.folder / name).read_bytes()
    (whole.folder / "judgements.jsonl").unlink()
    silent = JitteryMock()
    again = compared(sets, "base", "tuned", into="w", controls=5, teacher=silent)
    assert silent.calls == []
    assert (again.folder / "judgements.jsonl").read_bytes() == text
    first = si.compare(
        [sets / "base.json", sets / "tuned.json"],
        sets / "part",
        teacher=JitteryMock(),
        settings=SETTINGS(controls=5),
        limits=si.Limits(max_calls=31, concurrency=4),
    )
    assert (first.stopped, first.usage.calls) == (si.Stopped.BUDGET, 31)
    rest = compared(sets, "base", "tuned", into="part", controls=5)
    assert (rest.folder / "judgements.jsonl").read_bytes() == text
    keys = [row["key"] for row in rows(rest.folder / "replies.jsonl")]
    assert len(keys) == len(set(keys))


def test_a_larger_sample_buys_the_rest(sets):
    small = compared(sets, "base", "tuned", sample=20)
    teacher = JitteryMock()
    large = compared(sets, "base", "tuned", sample=30, teacher=teacher)
    assert large.rows[:20] == small.rows
    assert 20 <= len(teacher.calls) <= 20 + large.usage.unreadable_replies


def test_three_contestants_are_scored_in_one_prompt_in_two_orders(sets):
    teacher = JitteryMock()
    prompts = []
    complete = teacher.complete

    async def seen(prompt):
        prompts.append(prompt.text)
        return await complete(prompt)

    teacher.complete = seen
    result = compared(sets, "base", "tuned", "other", sample=20, teacher=teacher)
    assert len(set(prompts)) == 40
    assert len(result.summary.ranking.standings) == 3
    read = [row for row in result.rows if row["status"] == "read"]
    assert len(read) >= 17
    for row in read:
        assert row["orders"][1] == row["orders"][0][::-1]
        assert sum(row["ranks"]) == 6
        assert row["ranks"] == ranks_of_list(row["scores"])
        assert row["verdicts"] is None


def test_the_samples_of_one_set_are_compared_with_each_other(tmp_path):
    task = {
        "id": "t",
        "instruction": "Name a river.",
        "is_classification": False,
        "instances": [{"input": "", "output": "A", "samples": ["The A.", "The B.", "The C."]}],
    }
    (tmp_path / "kept.json").write_text(json.dumps([task]))
    result = compared(tmp_path, "kept", within=True)
    (row,) = result.rows
    assert [one["as"] for one in row["answers"]] == ["0", "1", "2"]
    (item,) = rows(result.folder / "items.jsonl")
    assert [one["text"] for one in item["answers"]] == ["The A.", "The B.", "The C."]
    assert item["item"] == row["item"]


def test_known_outcomes_are_counted_apart(sets):
    result = compared(sets, "base", "tuned", controls=10, sample=30, into="m")
    assert set(result.summary.controls) == {"same", "foreign"}
    assert result.summary.prompts + result.summary.statuses["unreadable"] == 30
    assert len(rows(result.folder / "items.jsonl")) == 30
    always = compared(
        sets,
        "base",
        "tuned",
        controls=10,
        sample=30,
        into="n",
        teacher=Choosing(lambda one, other: "tie" if one == other else "first"),
    )
    assert always.summary.controls["same"].k == 10
    assert always.summary.controls["foreign"].k == 0


def test_what_cannot_be_read_in_one_order_decides_nothing(sets):
    calls = []

    def choose(one, _):
        calls.append(one)
        return "first" if "of 1" in one else "neither of the above at all"

    result = compared(sets, "base", "tuned", sample=5, teacher=Choosing(choose))
    assert result.summary.prompts == 0
    assert result.summary.statuses["unreadable"] == 5
    assert result.summary.ranking is None
    assert all(row["ranks"] is None and row["raw"] for row in result.rows)


@pytest.mark.parametrize(
    ("names", "given_", "said"),
    [
        (("base",), {}, "two sets of answers or more"),
        (("base", "base"), {}, "cannot meet itself"),
        (("base", "tuned"), {"within": True}, "name one"),
        (("base",), {"within": True}, "no prompt has two answers"),
        (("base", "tuned", "other"), {"method": "pairs"}, "here are 3: use list"),
        (("base", "tuned"), {"baseline": "best"}, "none of base, tuned"),
        (("base", "tuned"), {"rubric": "validity"}, "its unit is item"),
        (("base", "tuned"), {"rubric": "ranking"}, "compared by one like overall"),
        (("base", "tuned"), {"sample": 0}, "at least 1"),
        (("base", "tuned"), {"controls": -1}, "at least 0"),
        (("base", "tuned"), {"method": "duel"}, "pairs or list"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(sets, names, given_, said):
    with pytest.raises(SettingsError, match=said):
        compared(sets, *names, **given_)
    assert not (sets / "c").exists()


def test_two_comparisons_are_never_mixed(sets):
    compared(sets, "base", "tuned", sample=3)
    with pytest.raises(PoolError, match="holds another comparison: contestants is"):
        compared(sets, "base", "other", sample=3)


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


@given(st.integers(2, 8), st.data())
def test_ranks_of_a_list_share_places_and_follow_the_means(count, data):
    scores = [
        data.draw(st.lists(st.integers(1, 10), min_size=count, max_size=count)) for _ in range(2)
    ]
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
