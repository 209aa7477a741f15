"""The page: it holds what was told, and nothing that anybody else wrote can do anything on it."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from sets import SUMMARY, grown, item, some_texts, source_of

from selfinstruct.journal import StepCount
from selfinstruct.pool import Spent
from selfinstruct.report import Example, Refusal, Wanted, facts, page, shapes
from selfinstruct.report.sections import SECTIONS, widened

STYLE = (ROOT / "selfinstruct" / "report" / "pages" / "style.css").read_text(encoding="utf-8")
OURS = {
    "html", "head", "meta", "title", "style", "body", "a", "header",
    "p", "span", "h1", "h2", "h3", "h4", "bdi", "strong",
    "ul", "ol", "li", "small", "nav", "main", "section", "div",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "details",
    "summary", "footer", "code", "dl", "dt", "dd", "i", "svg",
    "rect", "line", "text", "circle", "path",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "href", "id",
    "aria-labelledby", "aria-label", "aria-hidden", "role", "dir", "scope", "width", "height",
    "x", "y", "x1", "x2", "y1", "y2", "cx", "cy",
    "r", "rx", "dy", "d", "transform", "viewbox", "text-anchor", "preserveaspectratio",
    "vector-effect", "open",
}  # fmt: skip
EMPTY = {"meta"}


class Reader(HTMLParser):
    """The elements of a page, as a browser would find them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.texts, self.ids, self.links = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.ids += [value for name, value in attributes if name == "id"]
        self.links += [value for name, value in attributes if name in {"href", "src"}]
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader


def told_of(items, **more):
    return facts(source_of(items, **more), Wanted())


HOSTILE = [
    '</title></style></script><img src=x onerror="alert(1)"><script>alert(1)</script>',
    '" onmouseover="alert(1)" style="background:url(https://example.com)',
    "<svg/onload=alert(1)>{{ 7 * 7 }}{% raw %}<!-- --> ]]>",
    "\u202e gnirts desrever \u2066 shalom \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "a lone half \ud800 of a pair, a \x00 nought, a \x1b[31m colour and \x07 a bell",
    "<a href='javascript:alert(1)'>click</a>" * 2000,
]


def hostile_facts():
    items = [
        item(f"<b>{n}", text, (text, text), is_classification=True, model=text, recipe=text,
             skill=text, operation=text, difficulty=3, round=1, request=n,
             demonstrations=("task_<i>s",))
        for n, text in enumerate(HOSTILE)
    ]  # fmt: skip
    seeds = [item("<i>s", HOSTILE[0]), item("s2", HOSTILE[1])]
    refused = [Refusal(text, 1, 1, text) for text in HOSTILE] * 4
    examples = {text: [Example(text, 1, {text: text})] for text in HOSTILE}
    pool = grown(
        models=HOSTILE[:2],
        recipe=HOSTILE[0],
        seeds=seeds,
        refused=refused,
        examples=examples,
        evolves=True,
        steps={HOSTILE[0]: StepCount(calls=3)},
        yields=[(10, 30), (10, 30)],
        spent=[Spent(10, 30, 100, 0.1), Spent(10, 30, 100, 0.1)],
    )
    bad = {HOSTILE[0]: {HOSTILE[1]: {"share": 0.5, "n": 2, "low": 0.1, "high": 0.9}}}
    said = [
        {"name": HOSTILE[0], "rubric": HOSTILE[1], "judged": 2, "shares": bad,
         "controls": {HOSTILE[2]: HOSTILE[0], "doubt": HOSTILE[1]}, "model": HOSTILE[0],
         "worst": [{"item": HOSTILE[0], "text": HOSTILE[1], "reason": HOSTILE[2],
                    "answers": {HOSTILE[0]: HOSTILE[1]}}]}
    ]  # fmt: skip
    source = source_of(items, grown=pool, judgements=said, reviews=said, name=HOSTILE[0])
    return facts(source, Wanted())


def test_a_page_of_hostile_texts_holds_no_element_that_is_not_ours():
    told = hostile_facts()
    assert {one.key for one in SECTIONS} <= told.keys() | told["left_out"].keys()
    text = page(told | {"against": told})
    found = read(text)
    tags = {tag for tag, _ in found.elements}
    assert tags <= OURS, tags - OURS
    names = {name for _, attributes in found.elements for name in attributes}
    assert names <= ATTRIBUTES, names - ATTRIBUTES
    assert "script" not in tags
    assert all(link.startswith("#") for link in found.links)
    whole = "".join(found.texts)
    for said in HOSTILE[:3]:
        assert said in whole  # shown as it is, and nothing of it is markup
    assert "alert(1)" not in "".join(
        str(value) for _, attributes in found.elements for value in attributes.values()
        if value and value.startswith("javascript")
    )  # fmt: skip
    assert text.encode("utf-8", "replace")


def test_the_policy_lets_nothing_in_but_the_style_that_is_there():
    text = page(told_of(some_texts(5)))
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(
        attributes["content"]
        for tag, attributes in read(text).elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert "url(" not in style
    assert "@import" not in style


def test_every_section_has_a_heading_that_a_link_leads_to():
    told = hostile_facts()
    found = read(page(told))
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    shown = [one.key for one in SECTIONS if one.key in told]
    assert [name for name in found.ids if name in shown] == shown
    named = [at for tag, at in found.elements if tag == "svg" and at.get("role") == "img"]
    assert named
    assert all(at["aria-label"] for at in named)
    assert all("role" in at or "aria-hidden" in at or "viewbox" in at
               for tag, at in found.elements if tag == "svg")  # fmt: skip


def test_every_table_says_what_it_is_and_every_text_its_language():
    found = read(page(facts(source_of(["시를 써 주세요.", "글을 쓰세요."], "ko"), Wanted())))
    tags = [tag for tag, _ in found.elements]
    assert tags.count("table") == tags.count("caption")
    texts = [at for tag, at in found.elements if tag == "div" and at.get("class") == "text"]
    assert texts
    assert all(at["dir"] == "auto" and at["lang"] == "ko" for at in texts)


def test_the_page_says_what_is_left_out_and_why():
    text = page(told_of(some_texts(3)))
    assert "This set is no pool: it has no ledger" in text
    assert 'id="rejects"' not in text
    assert 'id="sample"' in text


def test_two_sets_stand_beside_each_other():
    left, right = told_of(some_texts(9)), told_of(some_texts(7, 5), name="other")
    text = page(left | {"against": right})
    assert text.count('class="whose"') == 2 * len([one for one in SECTIONS if one.key in left])
    lacking = told_of(["Write a poem."], name="small")
    assert "It takes two tasks." in page(left | {"against": lacking})


def test_what_judges_and_reviewers_said_is_drawn_with_intervals():
    told = told_of(some_texts(3), judgements=[SUMMARY], reviews=[SUMMARY | {"name": "ana"}])
    text = page(told)
    assert text.count('class="interval"') == 4
    for said in ("71.0%", "64.4%–76.8%", "38 of 40", "The worst 1", "validity-m", "ana", "off"):
        assert said in text
    for said in ("It finds fault with all.", "score 3.50 (3.10–3.90)"):
        assert said in text


def test_a_judging_without_answers_is_still_a_page():
    empty = {"rubric": "x", "shares": {"q": {"yes": {"share": None, "n": 0}}}}
    assert "–" in page(told_of(some_texts(3), judgements=[empty]))


def test_a_narrow_section_never_leaves_a_hole_beside_it():
    for count in range(1, len(SECTIONS) + 1):
        shown = widened(SECTIONS[-count:])
        is_open = False
        for one in shown:
            assert not (one.is_wide and is_open)
            is_open = not one.is_wide and not is_open
        assert not is_open


# Pictures.


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_bars_stay_inside_of_their_picture(counts):
    drawn = shapes.upright(counts, 132)
    for bar in drawn.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= 100
        assert bar.y >= -0.02
        assert bar.y + bar.height == pytest.approx(132, abs=0.02)
    assert sum(bar.share for bar in drawn.bars) == pytest.approx(1 if sum(counts) else 0)


@given(st.floats(1e-6, 1e9))
def test_axes_end_at_a_round_number_that_is_not_too_far(value):
    top = shapes.ceiling(value)
    assert value * (1 - 1e-6) <= top <= 2.6 * value


@given(st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=4), min_size=1, max_size=20))
def test_the_ring_is_whole_and_objects_lie_under_their_verb(counts):
    top = [
        {
            "verb": f"v{n}",
            "drawn": sum(row),
            "objects": [{"object": f"o{m}", "count": count} for m, count in enumerate(row)],
        }
        for n, row in enumerate(counts)
    ]
    arcs = shapes.ring(top)
    assert len(arcs) == len(counts) + sum(map(len, counts))
    verbs = [arc for arc in arcs if not arc.within]
    assert sum(arc.count for arc in verbs) == sum(map(sum, counts))
    assert all(-90 <= arc.turn <= 90 for arc in arcs)  # no name stands on its head
    assert all("nan" not in arc.path for arc in arcs)


def test_long_names_are_cut_by_how_wide_their_letters_are():
    assert shapes.clipped("anecdote") == "anecdote"
    assert shapes.clipped("incomprehensibilities").endswith("…")
    assert len(shapes.clipped("자기소개서를쓰는방법")) < 8


def test_a_curve_of_one_point_is_none():
    assert shapes.curve([{"x": 1, "y": 2}], "x", "y", 100) is None
    drawn = shapes.curve([{"x": 5, "y": 2}, {"x": 10, "y": 4}, {"x": 9, "y": None}], "x", "y", 100)
    assert [point[:2] for point in drawn.points] == [(50.0, 50.0), (100.0, 0.0)]


# Colours: what is read has a contrast of 4.5 at least, in both schemes.


def schemes():
    light = re.search(r":root\{(.*?)\}", STYLE, re.DOTALL)[1]
    dark = re.search(r"prefers-color-scheme:dark\)\{:root\{(.*?)\}", STYLE, re.DOTALL)[1]
    colours = r"--(\w+):(#[0-9a-f]{3,8})"
    return dict(re.findall(colours, light)), dict(re.findall(colours, dark))


def luminance(colour):
    digits = colour.lstrip("#")[:6]
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("scheme", [0, 1])
def test_what_is_read_stands_out(scheme):
    colours = schemes()[scheme]
    for ink in ("ink", "soft", "deep"):
        for ground in ("bg", "card", "faint", "key"):
            low, high = sorted((luminance(colours[ink]), luminance(colours[ground])))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)
    for mark in ("bar", "limit"):  # pictures need 3
        low, high = sorted((luminance(colours[mark]), luminance(colours["card"])))
        assert (high + 0.05) / (low + 0.05) >= 3, mark
