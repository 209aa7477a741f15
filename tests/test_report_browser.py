"""The page in a real Chromium: quiet, readable, and as wide as the window."""

from __future__ import annotations

import asyncio
import json

import pytest
from chromium import CONTRASTS, chromium, program
from conftest import made_with
from test_report_page import hostile_facts

import selfinstruct as si
from selfinstruct.report import page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(program() is None, reason="chromium is not installed"),
]

WIDTHS = (380, 640, 880, 1100, 1600)
SCROLL = "[document.documentElement.scrollWidth, window.innerWidth]"
# What stands outside of the window and is in nothing that scrolls by itself.
OUTSIDE = """
[...document.querySelectorAll('body *')].filter(one => {
  const place = one.getBoundingClientRect();
  if (place.width === 0 || one.closest('.scroll, nav, .skip, .hidden')) return false;
  return place.right > window.innerWidth + 1 || place.left < -1;
}).map(one => one.tagName + '.' + (one.className.baseVal ?? one.className)).slice(0, 5)
"""
OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"


def looked_at(path, look):
    async def body():
        async with chromium() as shown:
            return await look(shown, path)

    return asyncio.run(body())


async def everything(shown, path):
    """What is found of a page in both schemes, folded and unfolded, at each width."""
    found = {"scroll": [], "outside": [], "contrast": [], "elements": []}
    for dark in (False, True):
        await shown.open(path, dark=dark)
        for opens in (False, True):
            if opens:
                await shown.value(OPEN)
            for width in WIDTHS:
                await shown.resize(width)
                scroll, window = await shown.value(SCROLL)
                found["scroll"].append((width, scroll - window))
                found["outside"] += await shown.value(OUTSIDE)
            found["contrast"].append((await shown.value(CONTRASTS))[0])
    found["elements"] = await shown.value("document.scripts.length")
    return found | {"requests": shown.requests, "messages": shown.messages}


def must_be_quiet(path, found):
    assert set(found["requests"]) == {path.as_uri()}
    assert found["messages"] == []
    assert found["elements"] == 0
    assert [(width, more) for width, more in found["scroll"] if more > 0] == []
    assert found["outside"] == []
    assert min(ratio for ratio, *_ in found["contrast"]) >= 4.5


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_page_asks_for_nothing_and_fits_its_window(grow, tmp_path, language):
    folder, _, _ = grow("pool", 40, data=made_with(seed=1, language=language))
    path = tmp_path / "page.html"
    si.report(folder, path)
    must_be_quiet(path, looked_at(path, everything))


def test_a_page_of_two_sets_and_hostile_texts_is_as_quiet(tmp_path):
    told = hostile_facts()
    path = tmp_path / "page.html"
    path.write_bytes(page(told | {"against": told}).encode("utf-8", "replace"))
    must_be_quiet(path, looked_at(path, everything))


def test_what_is_folded_opens_by_the_keyboard_and_is_printed(grow, tmp_path):
    folder, _, _ = grow("pool", 20)
    path = tmp_path / "page.html"
    si.report(folder, path)

    async def look(shown, path):
        await shown.open(path)
        await shown.value("document.querySelector('.task > summary').focus()")
        for kind in ("keyDown", "keyUp"):
            enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
            text = {"text": "\r"} if kind == "keyDown" else {}
            await shown.call("Input.dispatchKeyEvent", type=kind, **enter, **text)
        opened = await shown.value("document.querySelector('.task').open")
        await shown.call("Emulation.setEmulatedMedia", media="print")
        seen = await shown.value(
            "document.querySelectorAll('.task')[3].querySelector('dd').checkVisibility()"
        )
        picture = await shown.picture(height=200)
        return opened, seen, picture

    opened, printed, picture = looked_at(path, look)
    assert opened
    assert printed
    assert picture.startswith(b"\x89PNG")


@pytest.mark.long
def test_the_page_of_an_evaluation_is_as_quiet(tmp_path):
    path = tmp_path / "evaluation.html"
    rows = [
        {
            "id": f"q{n}",
            "instruction": f"Name river {n}.",
            "output": f"River {n}.",
            "skill": "ab"[n % 2],
        }
        for n in range(30)
    ]
    for name in ("a-model-with-a-rather-long-name", "right"):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    sets = [tmp_path / f"{name}.jsonl" for name in ("a-model-with-a-rather-long-name", "right")]
    si.evaluate(sets, sets[1], path, teacher_answers=sets[1], ceiling=sets[0], by=["skill", "task"])
    must_be_quiet(path, looked_at(path, everything))
