"""The site of the documents (`make docs`): every page has its place, links lead to what it has."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
CONFIG = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def hooks():
    spec = importlib.util.spec_from_file_location("hooks", ROOT / CONFIG["hooks"][0])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pages(nav):
    if isinstance(nav, str):
        return [nav]
    entries = nav.values() if isinstance(nav, dict) else nav
    return [page for entry in entries for page in pages(entry)]


def test_every_page_stands_in_the_order_of_reading_once():
    own = [page for page in pages(CONFIG["nav"]) if not page.startswith("repository/")]
    assert sorted(own) == sorted(path.name for path in (ROOT / "docs").glob("*.md"))


def test_pages_from_elsewhere_are_there():
    others = [page for page in pages(CONFIG["nav"]) if page.startswith("repository/")]
    assert others
    assert all((ROOT / page.removeprefix("repository/")).is_file() for page in others)


def test_a_missing_page_or_anchor_ends_the_build_and_nothing_is_fetched():
    assert CONFIG["strict"] is True
    assert {*CONFIG["validation"]["links"].values(), *CONFIG["validation"]["nav"].values()} == {
        "warn"
    }
    assert CONFIG["theme"]["font"] is False
    assert "repo_url" not in CONFIG  # the theme would ask the host for its stars


@pytest.mark.parametrize(
    ("page", "before", "after"),
    [
        ("formats.md", "[a](quality.md#samples)", "[a](quality.md#samples)"),
        ("formats.md", "[a](../SECURITY.md)", "[a](repository/SECURITY.md)"),
        ("formats.md", "![a](img/session.svg)", "![a](img/session.svg)"),
        ("formats.md", "[a](../README.md#limits)", "[a](index.md#limits)"),
        ("repository/SECURITY.md", "[a](docs/teachers.md#presets)", "[a](../teachers.md#presets)"),
        ("repository/examples/circle/README.md", "[a](run.sh)", "[a](run.sh)"),
        ("formats.md", "[a](https://a.example/b.md)", "[a](https://a.example/b.md)"),
        ("formats.md", "[a](../nowhere.md)", "[a](../nowhere.md)"),
        ("formats.md", "```\n[a](../SECURITY.md)\n```", "```\n[a](../SECURITY.md)\n```"),
    ],
)
def test_links_lead_to_what_the_site_has(hooks, page, before, after):
    assert hooks.relinked(page, before) == after


def test_what_is_linked_outside_the_documents_is_copied(hooks):
    text = "[a](../SECURITY.md) [b](quality.md) [c](../examples/run-batch.sh) [d](../nowhere.md)"
    assert hooks.copies("formats.md", text) == [
        "repository/SECURITY.md",
        "repository/examples/run-batch.sh",
    ]


def test_the_versions_that_build_the_site_are_exact():
    lines = (ROOT / "docs" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"#.*|[\w-]+==[\w.]+", line) for line in lines)


def test_pictures_are_small_and_each_is_shown():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    for picture in (ROOT / "docs" / "img").iterdir():
        assert picture.stat().st_size < 150_000, picture.name
        assert f"img/{picture.name})" in text, picture.name


def test_language_models_get_a_list_of_the_pages_with_what_each_says_first(hooks):
    text = hooks.llms(CONFIG)
    assert text.startswith(f"# {CONFIG['site_name']}\n\n> {CONFIG['site_description']}\n\n")
    listed = re.findall(r"^- \[(.+)\]\((\S+)\.html\): (.+)$", text, re.MULTILINE)
    assert [f"{page}.md" for _, page, _ in listed] == pages(CONFIG["nav"])
    assert all(len(said) > 10 and "](" not in said for _, _, said in listed)
