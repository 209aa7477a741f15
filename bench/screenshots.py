"""The pictures of README and docs: two mock pools as a report and a review show them in Chromium.

    make screenshots        (or python bench/screenshots.py FOLDER)

The pools are always the same, and so is what is seen, as far as fonts are.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from chromium import chromium  # noqa: E402 - tests are not a package
from reviewing import served  # noqa: E402 - likewise

import selfinstruct as si  # noqa: E402 - behind them by the order of imports

# Picture, pool, width, dark, and the first and the last section that it shows.
PICTURES = (
    ("report", "pool-en", 1100, False, "", "lengths"),
    ("report-verbs", "pool-en", 1100, False, "verbs", "verbs"),
    ("report-dark", "pool-ko", 1100, True, "verbs", "verbs"),
)
PLACE = "document.getElementById({!r}).getBoundingClientRect()"
MARGIN = 16
REVIEW_HEIGHT = 700
FORM = {"form": "webp", "quality": 88}  # a third of the size of PNG
MOST_BYTES = 150_000  # of a picture


def grown(folder: Path, language: str) -> None:
    command = [sys.executable, "-m", "selfinstruct", "generate", str(folder), "--teacher", "mock"]
    command += ["--language", language, "--price", "0.4/1.6", "--target", "1000", "--quiet"]
    subprocess.run([*command, "--concurrency", "1"], check=True)


def kept(path: Path, picture: bytes) -> None:
    assert len(picture) <= MOST_BYTES, f"{path.name} has {len(picture):,} bytes"
    path.write_bytes(picture)
    print(f"{path.name}  {len(picture) / 1000:.0f} kB")


async def taken(place: Path, goal: Path) -> None:
    async with chromium() as page:
        for name, pool, width, dark, first, last in PICTURES:
            await page.open((place / f"{pool}.html").resolve(), width=width, dark=dark)
            top = (await page.value(PLACE.format(first) + ".top") - MARGIN) if first else 0
            end = await page.value(PLACE.format(last) + ".bottom") + MARGIN
            kept(goal / f"{name}.webp", await page.picture(top, end - top, **FORM))
        # Of a review the first items of the sample are rated, and the next one is seen.
        about = {"rubric": "rating", "reviewer": "ann", "into": place / "votes"}
        async with served(place / "pool-en", **about) as (address, *_):
            await page.open(address, width=1000, height=REVIEW_HEIGHT)
            for turn, key in enumerate("abacab"):
                await page.until(f"document.body.dataset.ready == {turn}")
                await page.press(key)
            await page.until("document.body.dataset.ready == 6")
            kept(goal / "review.webp", await page.picture(0, REVIEW_HEIGHT, **FORM))


def main() -> None:
    goal = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "img"
    goal.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for language in ("en", "ko"):
            pool = place / f"pool-{language}"
            grown(pool, language)
            si.report(pool, place / f"{pool.name}.html")
        asyncio.run(taken(place, goal))


if __name__ == "__main__":
    main()
