"""Judgings that do not go together, are declined, awaited, or made by kin."""

from __future__ import annotations

import asyncio

import pytest
from conftest import JitteryMock
from judging_pools import SETTINGS, YES, Saying, grown, judged, pool

import selfinstruct as si
from selfinstruct.errors import DeclinedError, PoolBusyError, PoolError, SettingsError
from selfinstruct.judging.families import kindred
from selfinstruct.judging.items import Subject, subject

__all__ = ["grown", "pool"]  # fixtures


# What does not go together.


def test_two_kinds_of_judging_are_never_mixed(pool, tmp_path):
    judged(pool, sample=5, controls=0, name="one")
    with pytest.raises(PoolError, match="brief is False there and True now"):
        judged(pool, sample=5, controls=0, name="one", brief=True)
    teacher = JitteryMock()
    teacher.model = "other"
    with pytest.raises(PoolError, match="model is 'mock-en' there"):
        judged(pool, teacher, sample=5, name="one")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("years of work")
    with pytest.raises(PoolError, match="holds something else"):
        judged(pool, into=tmp_path / "full")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "Up", "sample": 1}, "lower-case"),
        ({"name": "../x"}, "lower-case"),
        ({"name": "a", "into": "b"}, "twice"),
        ({"sample": 0}, "at least 1"),
        ({"controls": -1}, "at least 0"),
        ({"group": "1", "rubric": "complexity"}, "from 2 to 20"),
        ({"group": "21", "rubric": "complexity"}, "from 2 to 20"),
        ({"group": "family"}, "one number"),
        ({"group": "6", "rubric": "complexity", "with_reference": True}, "neither"),
        ({"rubric": "niceness"}, "there are complexity, correctness"),
        ({"rubric": "overall"}, "is about a pair of answers"),
        ({"where": "difficulty>=99"}, "nothing that could be judged"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(pool, given, said):
    with pytest.raises(SettingsError, match=said):
        judged(pool, **given)
    assert not (pool / "judgements").exists()


def test_a_judging_is_done_by_one_run_at_a_time(pool):
    from selfinstruct.journal import Journal

    folder = pool / "judgements" / "validity-mock-en"
    with Journal.open(folder, lambda: "now"), pytest.raises(PoolBusyError):
        judged(pool, sample=5)
    judged(pool, sample=5)


def test_a_growing_pool_can_be_judged(pool):
    from selfinstruct.journal import FolderLock

    lock = FolderLock(pool, "pool")
    assert judged(pool, sample=5, controls=0).judged
    lock.release()


def test_saying_no_to_the_estimate_asks_nothing_and_can_be_followed_by_yes(pool):
    seen = []

    def no(found):
        seen.append(found)
        return False

    settings = SETTINGS(sample=30, controls=4)
    with pytest.raises(DeclinedError):
        si.judge(pool, teacher=JitteryMock(), settings=settings, confirm=no)
    assert (seen[0].items, seen[0].controls, seen[0].left) == (30, 12, 42)
    likely = seen[0].costs.together.calls["likely"]
    assert likely == 42
    done = si.judge(pool, teacher=JitteryMock(), settings=settings, confirm=lambda _: True)
    assert done.usage.calls - done.usage.unreadable_replies // 2 <= 42 + 5


def test_it_can_be_awaited(pool):
    async def both():
        settings = SETTINGS(sample=10, controls=0)
        return await si.judge_async(pool, teacher=JitteryMock(), settings=settings)

    assert len(asyncio.run(both()).rows) == 10


def test_digests_tell_what_was_judged():
    one = Subject("a", "x", "y", "z")
    assert one.digest == Subject("b", "x", "y", "z").digest
    assert len({Subject("a", *texts).digest for texts in (("xy", "", "z"), ("x", "y", "z"))}) == 2
    task = si.Task(
        id="t",
        instruction="i",
        is_classification=False,
        instances=(si.Instance(input="", output="o"),),
    )
    assert subject(task, 0).id == "t#0"
    assert subject(task, 0).digest == "d02e42f0dddb992c"


@pytest.mark.parametrize(
    ("judge", "models", "kin"),
    [
        ("gpt-4.1-mini", {"gpt-4o"}, "gpt-4o"),
        ("openai/gpt-5", {"o3-mini", "claude-3"}, "o3-mini"),
        ("claude-sonnet-4", {"gpt-4o"}, ""),
        ("Qwen/Qwen3-8B", {"qwq-32b"}, "qwq-32b"),
        ("meta-llama/Llama-3.1-8B", {"mistral-7b", "llama-2"}, "llama-2"),
        ("mixtral-8x7b", {"mistral-large"}, "mistral-large"),
        ("mock-en", {"mock-en"}, ""),
        ("4b-it", {"4b-it"}, ""),
    ],
)
def test_a_judge_of_the_same_family_is_known_by_its_name(judge, models, kin):
    assert kindred(judge, models) == kin


def test_a_judge_of_the_same_family_is_named(pool):
    warned = []

    class Told(si.Observer):
        def warned(self, sentence):
            warned.append(sentence)

    teacher = JitteryMock()
    teacher.model = "gpt-x"
    settings = SETTINGS(sample=5, controls=0)
    text = (pool / "tasks.jsonl").read_text().replace('"model": "mock-en"', '"model": "gpt-4"')
    (pool.parent / "data.jsonl").write_text(text)
    si.judge(
        pool.parent / "data.jsonl",
        teacher=teacher,
        observer=Told(),
        settings=SETTINGS(sample=5, controls=0, into=pool.parent / "j"),
    )
    assert "gpt-x and gpt-4, which made these tasks, are of one family" in warned[0]
    si.judge(pool, teacher=teacher, observer=Told(), settings=settings)
    assert len(warned) == 1


def test_defaults_are_as_documented(pool):
    from selfinstruct.cli.judge_flags import CONTROLS, SAMPLE

    assert (SETTINGS().sample, SETTINGS().controls) == (SAMPLE, CONTROLS) == (200, 20)
    full, brief = Saying(YES), Saying(YES)
    judged(pool, full, sample=1, controls=0)
    judged(pool, brief, sample=1, controls=0, brief=True, name="b")
    assert full.calls[0].decoding.max_tokens == 300
    assert brief.calls[0].decoding.max_tokens == 16 + 2 * 12
    assert '"reason"' in full.calls[0].text
    assert '"reason"' not in brief.calls[0].text


def test_what_was_not_judged_is_counted_apart_from_what_was_judged_otherwise(pool, tmp_path):
    result = judged(pool, sample=30, name="some")
    own = [row for row in result.rows if not row["control"]]
    good = sum("no" not in row["answers"].values() for row in own)
    done = si.export(
        pool, tmp_path / "x.jsonl", format="alpaca", judgements="some", where="all=yes"
    )
    assert done.tasks == good < 30
    whole = si.status(pool).tasks
    assert done.left_out["not_judged"] == whole - 30
    assert done.left_out["tasks_without_instances"] == 30 - good
