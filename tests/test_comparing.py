"""Comparing answers: what is asked, who wins, and what sways a judge."""

from __future__ import annotations

import json
import random

import pytest
from conftest import JitteryMock, rows
from contestants import SETTINGS, Choosing, answers_of, by_name, compared, sets

import selfinstruct as si
from selfinstruct.comparing.orders import ranks_of_list
from selfinstruct.errors import PoolError, SettingsError

__all__ = ["sets"]  # fixtures


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
