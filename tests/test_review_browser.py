"""A review in a real Chromium, by keyboard alone."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess

import pytest
from chromium import CONTRASTS, chromium, program
from conftest import PROGRAM, environment
from reviewing import plain_tasks, served, task_file, votes

import selfinstruct as si

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(program() is None, reason="chromium is not installed"),
]

TURN = "document.body.dataset.ready"  # the step that the page takes keys for
HOSTILE = [
    "<script>document.title='broken'</script>",
    "<img src=x onerror=\"document.title='broken'\">",
    "</textarea><svg onload=\"document.title='broken'\">",
    "\u202eright to left\u2066 ${7*7} {{7*7}}",
]


def looked_at(look):
    async def body():
        async with chromium() as shown:
            return await look(shown)

    return asyncio.run(body())


async def opened(shown, address, **more):
    await shown.open(address, **more)
    await shown.until(f"{TURN} !== undefined")


async def pressed(shown, *keys):
    """Press each key when the page is ready for it."""
    for key in keys:
        before = await shown.value(TURN)
        await shown.press(key)
        await shown.until(f"{TURN} !== '{before}'")


def answers(folder, **more):
    return [row["answer"] for row in votes(folder, **more) if "answer" in row]


def test_three_rubrics_and_pairs_are_answered_by_keyboard_alone(tmp_path):
    source = task_file(tmp_path / "answers-of-gpt-4.jsonl", plain_tasks(2))
    other = task_file(tmp_path / "answers-of-claude.jsonl", plain_tasks(2, " It is long."))
    into = tmp_path / "votes"

    async def look(shown):
        said = {}
        for rubric, keys in (
            ("validity", "ynyㅛ"),  # of two questions each: these have no input
            ("rating", "a3"),
            ("criteria", "123x5" + "54xx1"),
            ("score", ["4", ".", "5", "Enter", "0", "Enter"]),
            ("tags", []),
        ):
            async with served(source, rubric=rubric, into=into / rubric, reviewer="ann") as (
                address,
                _,
                running,
            ):
                await opened(shown, address)
                assert await shown.value("location.search") == ""
                if rubric == "score":
                    for key in keys:
                        await (pressed if key == "Enter" else type_)(shown, key)
                elif rubric == "tags":
                    for word in ("rivers, lists", "rivers"):
                        await shown.until("document.activeElement.matches('.typed')")
                        await shown.call("Input.insertText", text=word)
                        await pressed(shown, "Enter")
                else:
                    await pressed(shown, *keys)
                assert await shown.value("document.querySelector('#end h2').textContent") == (
                    "All answered"
                )
                await shown.press("Enter")  # Finish, which ends the server
                await running
            said[rubric] = answers(into / rubric)
        async with served("", pairs=(str(source), str(other)), into=into, reviewer="ann") as (
            address,
            asked,
            _,
        ):
            await opened(shown, address)
            turned = asked.session.now().card.is_turned
            await pressed(shown, "ArrowLeft", "u", "ArrowRight", "t", "u", "b")
        return said, turned, shown.messages

    async def type_(shown, key):
        await shown.press(key)

    said, turned, messages = looked_at(look)
    assert said == {
        "validity": ["yes", "no", "yes", "yes"],
        "rating": ["A", "C"],
        "criteria": [1, 2, 3, "na", 5, 5, 4, "na", "na", 1],
        "score": [4.5, 0],
        "tags": [["rivers", "lists"], ["rivers"]],
    }
    first, second = ("second", "first") if turned else ("first", "second")
    assert answers(into) == [first, second, "tie", "both_bad"]
    assert messages == []


@pytest.mark.parametrize("count", [25, pytest.param(100, marks=pytest.mark.long)])
def test_many_items_by_a_script_that_presses_keys(tmp_path, count):
    source = task_file(tmp_path / "data.jsonl", plain_tasks(count))
    into = tmp_path / "votes"
    keys = ["abcd"[n * 7 % 4] for n in range(count)]

    async def look(shown):
        async with served(source, rubric="rating", into=into, reviewer="ann") as (
            address,
            asked,
            _,
        ):
            order = [card.item for card in asked.session._cards]
            await opened(shown, address)
            for number, key in enumerate(keys):
                await shown.press(key)
                await shown.press(key)  # an impatient finger: meant for this one, and not the next
                await shown.until(f"{TURN} == {number + 1}")
                assert asked.session.now().done == number + 1
            return order

    order = looked_at(look)
    told = [(row["item"], row["answer"]) for row in votes(into)]
    assert told == [(item, key.upper()) for item, key in zip(order, keys, strict=True)]


def test_hostile_texts_are_inert_and_a_note_is_kept(tmp_path):
    long = "\n".join(f"line {n}" for n in range(60))
    source = task_file(tmp_path / "d.jsonl", [(text, text, f"{text}\n{long}") for text in HOSTILE])
    into = tmp_path / "votes"

    async def look(shown):
        seen, note = [], "<b>odd</b> = 1"
        async with served(source, rubric="rating", into=into, reviewer="ann") as (address, *_):
            await opened(shown, address)
            for _ in HOSTILE:
                seen.append(await shown.value("document.querySelector('.text').textContent"))
                short = await shown.value("document.querySelectorAll('.text')[2].textContent")
                assert "line 38" in short
                assert "line 39" not in short
                await shown.press("f")
                assert "line 59" in await shown.value(
                    "document.querySelectorAll('.text')[2].textContent"
                )
                await shown.press("/")
                await shown.call("Input.insertText", text=note)
                await shown.press("Escape")
                await pressed(shown, "s", "u", "d")
            title = await shown.value("document.title")
            scripts = await shown.value(
                "document.querySelectorAll('#card script, #card img').length"
            )
            await shown.press("?")
            helped = await shown.value("document.getElementById('help').open")
            await shown.press("Escape")
        return seen, title, scripts, helped, shown.messages

    seen, title, scripts, helped, messages = looked_at(look)
    assert sorted(seen) == sorted(HOSTILE)
    assert (title, scripts, helped) == ("Review", 0, True)
    assert messages == []
    assert "note" not in votes(into)[0]  # putting an item off lets its note go


def test_what_is_shown_is_readable_and_fits_the_window(tmp_path):
    words = "One word after the other, until the line is full and another begins. " * 8
    source = task_file(tmp_path / "a.jsonl", [("Ask. " + words, words, words)])
    other = task_file(tmp_path / "b.jsonl", [("Ask. " + words, words, words + "x" * 300)])
    shown_in = ({"rubric": "rating"}, {"rubric": "score"}, {"pairs": (str(source), str(other))})

    async def look(shown):
        found = []
        for number, given in enumerate(shown_in):
            async with served(source, into=tmp_path / str(number), reviewer="ann", **given) as (
                address,
                *_,
            ):
                for dark in (False, True):
                    await opened(
                        shown, address if not dark else address.partition("?")[0], dark=dark
                    )
                    found.append((await shown.value(CONTRASTS))[0][0])
                    for width in (380, 700, 1100):
                        await shown.resize(width, 720)
                        wide = await shown.value("document.documentElement.scrollWidth")
                        assert wide <= width, (given, width)
                await shown.call(
                    "Input.dispatchKeyEvent",
                    type="keyDown",
                    key="Tab",
                    code="Tab",
                    windowsVirtualKeyCode=9,
                )
                outline = await shown.value("getComputedStyle(document.activeElement).outlineStyle")
                assert outline == "solid"
                picture = await shown.picture()
        return found, picture

    contrasts, picture = looked_at(look)
    assert min(contrasts) >= 4.5
    assert picture.startswith(b"\x89PNG")


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_a_review_that_is_killed_goes_on_where_it_was(tmp_path):
    source = task_file(tmp_path / "d.jsonl", plain_tasks(5))
    command = [*PROGRAM, "review", str(source), "--into", str(tmp_path / "v"), "--rubric", "rating"]
    command += ["--reviewer", "ann", "--no-browser"]

    def begun():
        return subprocess.Popen(
            command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
        )

    def address_of(process):
        return re.search(r"http://\S+", process.stderr.readline())[0]

    async def look(shown):
        first = begun()
        await opened(shown, address_of(first))
        await pressed(shown, *"abc")
        first.kill()
        first.wait()
        await shown.press("d")
        await shown.until("!document.getElementById('trouble').hidden")
        second = begun()
        await opened(shown, address_of(second))
        count = await shown.value("document.getElementById('count').textContent")
        await pressed(shown, *"ab")
        await shown.press("Enter")
        return count, second.wait(timeout=60), first.stderr.close(), second.stderr.close()

    count, code, *_ = looked_at(look)
    assert (count, code) == ("3 of 5", 0)
    assert answers(tmp_path / "v") == ["A", "B", "C", "A", "B"]
    assert len({row["item"] for row in votes(tmp_path / "v")}) == 5


def test_the_judges_word_is_shown_after_ones_own(grow):
    pool, _, _ = grow("pool", 8)
    mock = si.Teacher("mock")
    judged = si.judge(pool, "rating", teacher=mock, settings=si.JudgeSettings(sample=4))

    async def look(shown):
        async with served(pool, reveal=judged.name, sample=4, reviewer="ann") as (address, *_):
            await opened(shown, address)
            before = await shown.value("document.body.innerText")
            await pressed(shown, "a")
            word = await shown.value("document.getElementById('word').innerText")
            await pressed(shown, "u", "b")  # changed, and not shown again
            return before, word, await shown.value("document.getElementById('word').hidden")

    before, word, hidden = looked_at(look)
    row = next(row for row in judged.rows if row["item"] == votes(pool / "reviews")[0]["item"])
    assert row["answers"]["rating"] in word
    assert not row["reason"] or (row["reason"] in word and row["reason"] not in before)
    assert hidden
    told = [(one.get("answer"), bool(one.get("revealed"))) for one in votes(pool / "reviews")]
    assert told == [("A", False), (None, True), (None, False), ("B", False)]
    changed = si.review_summary(pool, settings=si.ReviewSettings(rubric="rating")).reviews[0]
    assert (changed.changed.k, changed.changed.n) == (1, 1)
    assert changed.summary.answers[0].shares["B"].k == 1
    shutil.rmtree(pool)
