"""Answering prompts: what is asked, what is bought, and what stands in the file."""

from __future__ import annotations

import random

import pytest
from answering_pools import KEYS, Saying, ask, content, grown, pool
from conftest import JitteryMock, rows

import selfinstruct as si
from selfinstruct.answering.reading import answers
from selfinstruct.errors import DeclinedError, PoolBusyError, PoolError, RequestError, UsageError
from selfinstruct.journal import Journal

__all__ = ["ask", "grown", "pool"]  # fixtures


# What is asked, and what stands in the file.


def test_every_instance_is_answered_so_often_in_the_order_of_items(pool, ask):
    result = ask(pool, sample=None, samples=3)
    found = rows(result.folder / "answers.jsonl")
    wanted = {
        f"{task.id}#{place}": (task.instruction, case.input)
        for task in si.open_pool(pool).tasks()
        for place, case in enumerate(task.instances)
    }
    assert [list(row) for row in found] == [KEYS] * len(found)
    assert len(found) == 3 * len(wanted) == result.answers
    assert [row["sample"] for row in found] == [0, 1, 2] * len(wanted)
    assert {row["item"] for row in found} == wanted.keys()
    for row in found:
        assert (row["instruction"], row["input"]) == wanted[row["item"]]
        assert (row["model"], row["as"]) == ("mock-en", "mock-en")
    assert sum(result.finishes.values()) == len(found)
    assert list(answers(result.folder)) == found


def test_one_answer_is_greedy_and_several_are_drawn_warm(pool, ask):
    once, thrice, told = Saying("x"), Saying("x"), Saying("x")
    ask(pool, once, sample=3)
    ask(pool, thrice, sample=3, samples=3, into="b")
    ask(pool, told, sample=3, samples=3, into="c", leading={"temperature": 1.2, "max_tokens": 9})
    assert {one.decoding.temperature for one in once.prompts} == {0}
    assert {one.decoding.temperature for one in thrice.prompts} == {0.7}
    assert {(p.decoding.temperature, p.decoding.max_tokens) for p in told.prompts} == {(1.2, 9)}
    assert sorted(one.sample for one in thrice.prompts) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    for prompt, row in zip(once.prompts, rows(pool.parent / "a" / "answers.jsonl"), strict=True):
        said = [row["instruction"], row["input"]] if row["input"] else [row["instruction"]]
        assert prompt.text.split("\n\n", len(said) - 1) == said


@pytest.mark.parametrize(
    ("text", "finish", "kind", "output"),
    [
        (" Blue. \n", "stop", "stop", "Blue."),
        ("Blue, and", "length", "length", "Blue, and"),
        ("", "stop", "empty", ""),
        ("", "length", "empty", ""),
        ("", "content_filter", "refused", ""),
        ("Blue.", "refusal", "refused", "Blue."),
        ("I'm sorry, but I cannot help with that.", "stop", "refused", None),
        ("Dear neighbour, I'm sorry to hear of your loss.", "stop", "stop", None),
        ("<think>hm</think>Blue.", "stop", "stop", "Blue."),
    ],
)
def test_how_an_answer_ended_stands_in_its_row(pool, ask, text, finish, kind, output):
    result = ask(pool, Saying(text, finish), sample=4)
    assert [row["finish"] for row in result.rows] == [kind] * 4
    assert {row["output"] for row in result.rows} == {text if output is None else output}
    assert result.finishes[kind] == 4


def test_a_model_that_never_answers_ends_the_run(pool, ask):
    result = ask(pool, Saying(""), sample=100)
    assert result.stopped is si.Stopped.TEACHER
    assert result.finishes["empty"] >= 20
    assert "are empty" in str(result.error)


class Failing(JitteryMock):
    """Fails for good about one sample of one text, until ``healed``."""

    healed = False

    def __init__(self, hated, sample):
        super().__init__()
        self.hated, self.sample = hated, sample

    async def complete(self, prompt):
        if not self.healed and self.hated in prompt.text and prompt.sample == self.sample:
            raise RequestError("It says no.")
        return await super().complete(prompt)


def test_one_sample_that_failed_takes_nothing_from_the_others(pool, ask):
    row = ask(pool, sample=30, samples=2).rows[14]
    teacher = Failing(row["instruction"], sample=2)
    failed = ask(pool, teacher, sample=30, samples=2, into="b")
    assert [one["finish"] for one in failed.rows].count("failed") == 1
    assert failed.rows[15] == {**row, "sample": 1, "output": "", "finish": "failed"} | {
        "error": "It says no."
    }
    teacher.healed = True
    again = ask(pool, teacher, sample=30, samples=2, into="b")
    assert again.usage.calls == 1
    assert again.finishes["failed"] == 0


def test_thoughts_are_written_where_they_are_wanted_and_bought_once(pool, ask):
    teacher = Saying("Blue.", thoughts="The sky.")
    assert all("reasoning" not in row for row in ask(pool, teacher, sample=3).rows)
    result = ask(pool, teacher, sample=3, keep_reasoning=True)
    assert [row["reasoning"] for row in result.rows] == ["The sky."] * 3
    assert len(teacher.prompts) == 3


# What is bought.


def test_more_samples_and_a_larger_sample_buy_just_the_rest(pool, ask):
    small = ask(pool, sample=20, samples=2)
    again = JitteryMock()
    assert content(ask(pool, again, sample=20, samples=2)) == content(small)
    assert again.calls == []
    more = JitteryMock()
    result = ask(pool, more, sample=20, samples=4)
    assert len(more.calls) == 2 * 20
    assert [row for row in result.rows if row["sample"] < 2] == list(small.rows)
    larger = JitteryMock()
    wide = ask(pool, larger, sample=30, samples=4)
    assert len(larger.calls) == 4 * 10
    assert list(wide.rows[: 4 * 20]) == list(result.rows)
    assert content(ask(pool, sample=20, samples=2)) == content(small)  # and back, for nothing


def test_the_rows_do_not_depend_on_concurrency_or_the_order_of_arrival(pool, ask):
    whole = content(ask(pool, concurrency=1, sample=60, samples=2))
    for at, concurrency in enumerate((8, 64)):
        teacher = JitteryMock(random.Random(at))
        other = ask(pool, teacher, into=f"b{at}", concurrency=concurrency, sample=60, samples=2)
        assert content(other) == whole


def test_the_file_is_made_again_from_the_replies(pool, ask):
    first = ask(pool, sample=40)
    whole = content(first)
    (first.folder / "answers.jsonl").unlink()
    silent = JitteryMock()
    assert content(ask(pool, silent, sample=40)) == whole
    (first.folder / "answers.jsonl").write_text("somebody wrote here\n")
    renamed = ask(pool, silent, sample=40, as_="teacher")
    assert content(renamed) == whole.replace(b'"as": "mock-en"', b'"as": "teacher"')
    assert silent.calls == []


def test_a_budget_ends_it_and_the_next_run_goes_on(pool, ask):
    whole = content(ask(pool, sample=60, into="whole"))
    first = ask(pool, sample=60, limits={"max_calls": 37}, concurrency=5)
    assert (first.stopped, first.usage.calls) == (si.Stopped.BUDGET, 37)
    assert len(rows(first.folder / "answers.jsonl")) == 37
    second = ask(pool, sample=60)
    assert (second.stopped, second.usage.calls) == (si.Stopped.TARGET, 23)
    assert content(second) == whole


def test_an_estimate_comes_first_and_may_be_declined(pool, ask):
    seen = []

    def decline(found):
        seen.append(found)
        return False

    teacher = JitteryMock()
    with pytest.raises(DeclinedError):
        ask(pool, teacher, sample=50, samples=2, confirm=decline)
    assert teacher.calls == []
    (found,) = seen
    assert (found.prompts, found.samples, found.left, found.taken) == (50, 2, 100, 0)
    costs = found.costs.row()
    assert costs["calls"] == {"low": 100, "likely": 100, "high": 100}
    done = ask(pool, teacher, sample=50, samples=2, confirm=lambda _: True)
    assert costs["prompt_tokens"]["low"] <= done.usage.prompt_tokens
    assert done.usage.prompt_tokens <= costs["prompt_tokens"]["high"]
    assert ask(pool, sample=50, samples=2, confirm=decline).usage.calls == 0  # nothing to ask


# The folder.


def test_answers_of_two_kinds_are_not_mixed(pool, ask, tmp_path):
    ask(pool, sample=5)
    other = tmp_path / "other.jsonl"
    other.write_text('{"instruction": "Name a river."}\n')
    for source, given, wanted in [
        (pool, {"samples": 2}, "decoding is"),
        (pool, {"api": "completions"}, "api is 'chat' there and 'completions' now"),
        (other, {}, "source is 'p' there and 'other.jsonl' now"),
    ]:
        with pytest.raises(PoolError, match="holds another set of answers") as error:
            ask(source, sample=5, **given)
        assert wanted in str(error.value)
    judged = si.judge(pool, teacher=JitteryMock(), settings=si.JudgeSettings(sample=2))
    with pytest.raises(PoolError, match="is of no set of answers, or damaged"):
        ask(pool, into=judged.folder)
    with pytest.raises(PoolError, match="is of no set of answers, or damaged"):
        ask(pool, into=pool)
    with pytest.raises(PoolError, match="is of no judging, or damaged"):
        si.judge(
            pool, teacher=JitteryMock(), settings=si.JudgeSettings(into=tmp_path / "a", sample=2)
        )
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(PoolError, match="holds something else"):
        ask(pool, into="full")
    with pytest.raises(UsageError, match=r"answers\.jsonl: is not there"):
        list(answers(tmp_path / "full"))
    with Journal.open(tmp_path / "a", lambda: "now"), pytest.raises(PoolBusyError):
        ask(pool, sample=5)


def test_the_pool_is_left_alone(pool, ask):
    before = {path.name: path.read_bytes() for path in pool.iterdir() if path.name != ".lock"}
    ask(pool, sample=20, pool=pool)
    assert {p.name: p.read_bytes() for p in pool.iterdir() if p.name != ".lock"} == before


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"samples": 0}, "--samples must be at least 1, not 0"),
        ({"sample": 0}, "--sample must be at least 1, not 0"),
        ({"encoding": "short"}, "--encoding is plain or definition or definition+2, not 'short'"),
        ({"encoding": "definition"}, "holds no task files of Super-NaturalInstructions"),
        ({"as_": " "}, "--as needs a name"),
        ({"where": "difficulty>=99"}, "holds nothing that could be answered"),
        ({"leading": {"temperature": 9}}, "temperature"),
        ({"pool": "nowhere"}, "holds no replies, so none can be taken over"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(pool, ask, given, wanted):
    with pytest.raises(UsageError) as error:
        ask(pool, **given)
    assert wanted in str(error.value)
    assert not (pool.parent / "a").exists()
