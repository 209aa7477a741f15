"""Votes: how they are kept, which of them count, and which side of a pair is which."""

from __future__ import annotations

import json

import pytest
from reviewing import SETTINGS, answer_all, plain_tasks, task_file, votes

import selfinstruct as si
from selfinstruct.api.review import asking
from selfinstruct.errors import PoolError, SettingsError
from selfinstruct.reviewing.blind import turned_sides
from selfinstruct.reviewing.session import StaleError
from selfinstruct.reviewing.votes import reviewer_name


@pytest.fixture
def source(tmp_path):
    return task_file(tmp_path / "data.jsonl", plain_tasks(12))


def given(tmp_path, **more):
    return {"rubric": "rating", "into": tmp_path / "v", "reviewer": "ann", **more}


def summary(source, tmp_path, **more):
    found = si.review_summary(source, settings=SETTINGS(**given(tmp_path, **more)))
    return found.reviews[0]


def test_the_sample_is_the_judges(grow):
    pool, _, _ = grow("pool", 60)
    judged = si.judge(pool, teacher=si.Teacher("mock"), settings=si.JudgeSettings(sample=20))
    with asking(pool, settings=SETTINGS(sample=20, reviewer="ann")) as asked:
        ours = [(card.item, card.digest) for card in asked.session._cards]
    theirs = [(row["item"], row["digest"]) for row in judged.rows if not row["control"]]
    assert ours == theirs


def test_the_last_row_counts_and_undo_is_a_row(source, tmp_path):
    with asking(source, settings=SETTINGS(**given(tmp_path))) as asked:
        session = asked.session
        first = session.now().card
        session.vote(0, "A")
        session.vote(1, "B")
        session.undo(2)
        session.undo(3)
        assert session.now().card == first  # back where the first was given
        assert session.now().done == 0
        session.vote(4, "D", "a note", 3.26)
        session.skip(5)
        skipped = session.now().skipped
        session.undo(6)  # of putting off, which writes nothing
        assert (skipped, session.now().skipped) == (1, 0)
        with pytest.raises(StaleError):
            session.vote(6, "A")
    rows = votes(tmp_path / "v")
    assert [(row.get("answer"), row.get("undo", False)) for row in rows] == [
        ("A", False),
        ("B", False),
        (None, True),
        (None, True),
        ("D", False),
    ]
    assert (rows[-1]["note"], rows[-1]["seconds"]) == ("a note", 3.3)
    found = summary(source, tmp_path)
    assert (found.items, found.summary.answers[0].shares["D"].k) == (1, 1)
    with asking(source, settings=SETTINGS(**given(tmp_path))) as asked:  # tomorrow
        assert (asked.session.now().done, asked.session.now().can_undo) == (1, True)
        asked.session.undo(0)
        assert asked.session.now().card == first


def test_what_was_put_off_comes_again_at_the_end(source, tmp_path):
    answer_all(source, lambda place, _: None if place in {0, 5} else "B", **given(tmp_path))
    with asking(source, settings=SETTINGS(**given(tmp_path))) as asked:
        session = asked.session
        assert (session.now().done, session.now().place) == (10, 0)
        session.skip(0)
        session.skip(1)
        assert (session.now().card, session.now().skipped) == (None, 2)
        session.go_on(2)
        session.vote(3, "A")
        assert (session.now().place, session.now().done) == (5, 11)


def test_a_line_that_was_cut_is_none_and_a_damaged_one_is_named(source, tmp_path):
    answer_all(source, lambda *_: "B", **given(tmp_path))
    path = tmp_path / "v" / "ann.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    assert summary(source, tmp_path).items == 11
    answer_all(source, lambda *_: "C", **given(tmp_path))
    assert [row["answer"] for row in votes(tmp_path / "v")] == ["B"] * 11 + ["C"]
    path.write_bytes(whole + b'{"item": 3}\n' + whole)
    with pytest.raises(PoolError, match=r"ann\.jsonl:13: "):
        summary(source, tmp_path)


def test_votes_on_what_has_changed_or_on_another_rubric_do_not_count(source, tmp_path):
    answer_all(source, lambda *_: "B", **given(tmp_path))
    task_file(
        source, [("Name the river number 0 on the list.", "", "Another."), *plain_tasks(9)[1:]]
    )
    found = summary(source, tmp_path)
    assert (found.items, found.gone) == (8, 4)
    own = tmp_path / "rating.toml"
    own.write_text(
        'about = "x"\n[[questions]]\nkey = "rating"\nname = "r"\nask = "?"\nscale = "letters"\n'
        'levels = [{value = "A"}, {value = "B"}]\n'
    )
    other = si.review_summary(source, settings=SETTINGS(**given(tmp_path, rubric=str(own))))
    assert other.reviews == ()


def test_half_of_the_pairs_are_turned_whatever_their_number():
    for count in (2, 7, 10, 21, 200):
        items = [f"pair_{n}" for n in range(count)]
        ours = turned_sides(items, 0, "ann")
        assert sum(ours) == count // 2
        assert ours == turned_sides(items, 0, "ann")
        for end in range(10, count, 10):  # and wherever one stops, after each ten
            assert sum(ours[:end]) == end // 2
    items = [f"pair_{n}" for n in range(200)]
    assert turned_sides(items, 0, "ann") != turned_sides(items, 0, "bob")
    assert turned_sides(items, 0, "ann") != turned_sides(items, 1, "ann")


def test_answers_about_pairs_are_stored_as_the_two_were_named(tmp_path):
    short, long = plain_tasks(20), plain_tasks(20, " It is the longer one.")
    one = task_file(tmp_path / "a.jsonl", [*short, ("Same.", "", "Same"), ("Only here.", "", "x")])
    other = task_file(tmp_path / "b.jsonl", [*long, ("Same.", "", "Same ")])
    into = {"into": tmp_path / "v"}

    def longer(**more):
        with asking("", settings=SETTINGS(**into, **more)) as asked:
            sides = []
            while (now := asked.session.now()).card is not None:
                sides.append(now.card.is_turned)
                place = max((0, 1), key=lambda at: len(now.card.outputs[at]))
                asked.session.vote(now.turn, ("first", "second")[place])
            return sides

    named, turned = (str(one), str(other)), (str(other), str(one))
    sides = longer(pairs=named, reviewer="ann")
    assert (len(sides), sum(sides)) == (20, 10)
    assert {row["answer"] for row in votes(tmp_path / "v")} == {"second"}
    assert {tuple(row["shown"]) for row in votes(tmp_path / "v")} == {(0, 1), (1, 0)}
    longer(pairs=turned, reviewer="bob")  # who names them the other way round
    assert {row["answer"] for row in votes(tmp_path / "v", "bob")} == {"first"}
    for pairs, share in ((named, 1.0), (turned, 0.0)):
        found = si.review_summary("", settings=SETTINGS(**into, pairs=pairs))
        assert [one.sides.second.share for one in found.reviews] == [share, share]
        assert [one.sides.left.k for one in found.reviews] == [10, 10]
        assert found.reviews[0].summary.answers[0].shares["second"].share == share
    agreed = si.review_agreement("", settings=SETTINGS(**into, pairs=named))
    assert agreed.questions[0].two[0].pairs.with_ties.share == 1.0


def test_what_is_answered_after_the_reason_does_not_count_as_ones_own(grow):
    pool, _, _ = grow("pool", 20)
    settings = si.JudgeSettings(sample=6, name="j")
    judged = si.judge(pool, "rating", teacher=si.Teacher("mock"), settings=settings)
    theirs = {row["item"]: row["answers"].get("rating") for row in judged.rows}
    with asking(pool, settings=SETTINGS(reveal="j", sample=6, reviewer="ann")) as asked:
        session = asked.session
        while (now := session.now()).card is not None:
            if now.word is not None:
                assert now.word.answers["rating"] == theirs[now.card.item]
                session.undo(now.turn)
                session.vote(session.now().turn, theirs[now.card.item])
            else:
                session.vote(now.turn, "D" if theirs[now.card.item] != "D" else "C")
    found = si.review_summary(pool, settings=SETTINGS(rubric="rating")).reviews[0]
    read = sum(row["status"] == "read" and not row["control"] for row in judged.rows)
    assert (found.changed.k, found.changed.n) == (read, read)
    (agreed,) = si.review_agreement(pool, settings=SETTINGS(rubric="rating")).questions
    assert agreed.two[0].raw.share == 0.0
    assert agreed.two[0].is_few


def test_only_what_a_judging_says_is_asked(grow):
    pool, _, _ = grow("pool", 60)
    judged = si.judge(
        pool, teacher=si.Teacher("mock"), settings=si.JudgeSettings(sample=50, name="j")
    )
    wanted = {
        row["item"]
        for row in judged.rows
        if not row["control"] and row["answers"].get("output") == "no"
    }
    assert wanted
    with asking(pool, settings=SETTINGS(only="j:output=no", reviewer="ann")) as asked:
        assert {card.item for card in asked.session._cards} == wanted
        asked.session.vote(0, "yes")
    assert votes(pool / "reviews")[0]["only"] == "j:output=no"
    for only, said in (
        ("j", "JUDGING:KEY=VALUE"),
        ("j:output=maybe", "--only 'output=maybe': output is yes or no or na"),
        ("nobody:output=no", "no judging 'nobody'"),
        ("j:recipe=alpaca", "about no question"),
    ):
        with pytest.raises((SettingsError, PoolError), match=said):
            si.write_review(pool, "-", settings=SETTINGS(only=only))


def test_what_makes_no_sense_is_refused(source, tmp_path):
    pairs = (str(source), str(source))
    other = task_file(tmp_path / "other.jsonl", plain_tasks(3))
    same = {"pairs": (str(source), str(other)), "rubric": None}
    for more, said in (
        ({"into": None}, "--into"),
        ({"rubric": "correctness"}, "asks nothing about these items"),
        ({"rubric": "overall"}, "--pairs"),
        ({"pairs": (str(source), str(other))}, "asks about one item"),
        ({"pairs": pairs, "rubric": None}, "named twice"),
        (same, "no prompt both and differently"),
        ({"rejects": 5}, "is no pool"),
        ({"sample": 0}, "--sample must be at least 1"),
        ({"reviewer": "../ann"}, "--reviewer"),
        ({"reviewer": ".ann"}, "--reviewer"),
        ({"pairs": pairs, "only": "a:b=c"}, "do not go together"),
    ):
        with (
            pytest.raises(SettingsError, match=said),
            asking(source, settings=SETTINGS(**given(tmp_path, **more))),
        ):
            pass
    with pytest.raises(SettingsError, match="is about a pair of answers"):
        si.judge(
            source,
            "overall",
            teacher=si.Teacher("mock"),
            settings=si.JudgeSettings(into=tmp_path / "j"),
        )
    assert not (tmp_path / "v").exists()
    assert reviewer_name("김민수") == "김민수"


def test_the_pool_is_neither_locked_nor_changed_and_status_tells_of_people(grow):
    pool, _, _ = grow("pool", 12)
    before = {path.name: path.read_bytes() for path in pool.iterdir() if path.is_file()}
    answer_all(pool, lambda place, _: "yes" if place else "no", reviewer="ann", sample=5)
    answer_all(pool, lambda *_: "B", reviewer="bob", rubric="rating", sample=3)
    assert {p.name: p.read_bytes() for p in pool.iterdir() if p.is_file()} == before
    told = {one.reviewer: one.line() for one in si.status(pool).reviews}
    assert told == {"ann": "5 items, validity", "bob": "3 items, rating"}
    assert json.loads(json.dumps(si.status(pool).row()))["reviews"][1]["items"] == {"rating": 3}
    with si.open_pool(pool).folder.joinpath("reviews", "ann.jsonl").open("a") as file:
        file.write('{"item": "half')  # somebody is writing just now
    assert si.status(pool).reviews[0].items == {"validity": 5}


def test_somebody_who_grows_tired_is_seen(source, tmp_path):
    answer_all(source, lambda place, _: "A" if place < 6 else "D", **given(tmp_path))
    (drift,) = summary(source, tmp_path).drift
    assert (drift.first.good.share, drift.second.good.share) == (1.0, 0.0)
    row = summary(source, tmp_path).row()
    assert row["drift"] == {
        "rating": [{"n": 6, "good": 1.0, "mean": None}, {"n": 6, "good": 0.0, "mean": None}]
    }
    assert (row["seconds"], row["halves"]) == (2.0, [2.0, 2.0])
    assert row["shares"]["rating"]["A"] | {"low": 0, "high": 0} == {
        "k": 6,
        "n": 12,
        "share": 0.5,
        "low": 0,
        "high": 0,
    }
