"""How far people and judges agree, from their files to the figures."""

from __future__ import annotations

import random

import pytest
from nltk.metrics.agreement import AnnotationTask
from reviewing import SETTINGS, answer_all, plain_tasks, task_file, votes

import selfinstruct as si
from selfinstruct.errors import SettingsError
from selfinstruct.judging.corrected import corrected
from selfinstruct.languages import load
from selfinstruct.rubrics import find
from selfinstruct.statistics import corrected_share

CLOSE = pytest.approx


@pytest.fixture
def source(tmp_path):
    return task_file(tmp_path / "data.jsonl", plain_tasks(60))


def drawn(seed, values):
    """An answer for each place and question, that only the seed decides."""

    def answer(place, key):
        return random.Random(f"{seed} {place} {key} {place % 3}").choice(values)

    return answer


def agreement(source, tmp_path, **more):
    settings = SETTINGS(into=tmp_path / "v", **more)
    return si.review_agreement(source, settings=settings)


def coded(tmp_path, question, *reviewers):
    return AnnotationTask(
        data=[
            (name, row["item"], row["answer"])
            for name in reviewers
            for row in votes(tmp_path / "v", name)
            if row["question"] == question
        ]
    )


def test_kappa_and_alpha_of_two_files_are_those_of_nltk(source, tmp_path):
    for name in ("ann", "bob"):
        answer_all(source, drawn(name, ["yes", "yes", "no"]), into=tmp_path / "v", reviewer=name)
    found = agreement(source, tmp_path)
    assert [one.key for one in found.questions] == ["instruction", "output", "all"]
    for one in found.questions[:2]:
        task = coded(tmp_path, one.key, "ann", "bob")
        (two,) = one.two
        assert two.kappa.value == CLOSE(task.kappa_pairwise("ann", "bob"), abs=1e-12)
        assert two.raw.share == CLOSE(task.avg_Ao(), abs=1e-12)
        assert one.people.value == CLOSE(task.alpha(), abs=1e-12)
        assert (two.n, two.is_few, one.everybody) == (60, False, None)
    by_item = {}
    for name in ("ann", "bob"):
        for row in votes(tmp_path / "v", name):
            by_item.setdefault((name, row["item"]), []).append(row["answer"])
    whole = {key: "yes" if said == ["yes", "yes"] else "no" for key, said in by_item.items()}
    task = AnnotationTask(data=[(name, item, said) for (name, item), said in whole.items()])
    assert found.questions[2].two[0].kappa.value == CLOSE(task.kappa(), abs=1e-12)


def test_letters_have_their_order_and_what_speaks_for_an_item(source, tmp_path):
    for name in ("ann", "bob", "cy"):
        answer_all(
            source,
            drawn(name, "ABCD"),
            into=tmp_path / "v",
            reviewer=name,
            rubric="rating",
            sample=20 if name == "cy" else 60,
        )
    found = agreement(source, tmp_path, rubric="rating")
    (one,) = found.questions
    assert [(two.first, two.second, two.n, two.is_few) for two in one.two] == [
        ("ann", "bob", 60, False),
        ("ann", "cy", 20, True),
        ("bob", "cy", 20, True),
    ]
    task = coded(tmp_path, "rating", "ann", "bob")
    assert one.two[0].kappa.value == CLOSE(task.kappa(), abs=1e-12)
    data = [
        (c, i, str(label in "AB"))
        for c, i, label in [(r["coder"], r["item"], next(iter(r["labels"]))) for r in task.data]
    ]
    assert one.two[0].good.value == CLOSE(AnnotationTask(data=data).kappa(), abs=1e-12)
    assert one.two[0].weighted.value != one.two[0].kappa.value
    assert -1 <= one.two[0].rho.value <= 1
    assert one.people.n == 60
    met = one.two[0].met
    assert met.levels == ("A", "B", "C", "D")
    assert sum(map(sum, met.counts)) == 60
    assert {figure.measure for figure in found.published} == {"kappa", "good", "rho"}
    row = found.row()
    assert row["questions"][0]["two"][1]["too_few"] is True
    assert row["published"][0]["value"] == 0.58


def test_both_bad_is_a_tie_and_an_opposite_choice_counts_nothing(tmp_path):
    one = task_file(tmp_path / "a.jsonl", plain_tasks(40))
    other = task_file(tmp_path / "b.jsonl", plain_tasks(40, " Long."))
    pairs = (str(one), str(other))
    said = {
        "ann": ["first", "second", "tie", "both_bad"],
        "bob": ["first", "first", "both_bad", "first"],
    }
    from selfinstruct.api.review import asking

    for name, answers in said.items():
        with asking(
            "", settings=SETTINGS(into=tmp_path / "v", pairs=pairs, reviewer=name)
        ) as asked:
            while (now := asked.session.now()).card is not None:
                # What both mean is decided by the pair, and not by the side that it is shown on.
                value = answers[now.place % 4]
                turn = {"first": "second", "second": "first"}
                shown = turn.get(value, value) if now.card.is_turned else value
                asked.session.vote(now.turn, shown)
    (question,) = agreement("", tmp_path, pairs=pairs).questions
    two = question.two[0]
    assert (two.pairs.with_ties.share, two.pairs.without_ties.share) == (0.5, 0.5)
    assert two.pairs.discounted.value == CLOSE((1 + 0 + 1 + 0.5) / 4)
    assert two.raw.share == 0.25


def test_judges_stand_beside_people_who_looked_at_the_same(grow):
    pool, _, _ = grow("pool", 80)
    settings = si.JudgeSettings(sample=60, name="j")
    judged = si.judge(pool, teacher=si.Teacher("mock"), settings=settings)
    assert judged.corrected == ()
    theirs = {row["item"]: row["answers"] for row in judged.rows}
    from selfinstruct.api.review import asking

    for name in ("ann", "bob"):
        with asking(pool, settings=SETTINGS(sample=40, reviewer=name)) as asked:
            while (now := asked.session.now()).question is not None:
                value = theirs[now.card.item].get(now.question.key, "yes")
                if name == "bob" and now.place % 4 == 0:
                    value = "no"
                asked.session.vote(now.turn, "yes" if value == "na" else value)
    found = si.review_agreement(pool)
    assert (found.people, found.judges) == (("ann", "bob"), ("j",))
    output = next(one for one in found.questions if one.key == "output")
    assert [(two.first, two.second) for two in output.two] == [
        ("j", "ann"),
        ("j", "bob"),
        ("ann", "bob"),
    ]
    assert output.two[0].raw.share == 1.0
    assert 30 < output.two[0].n < 41
    assert output.everybody is not None
    shares = {one.key: one.found for one in found.corrected["j"]}
    seen = [row for row in judged.rows if not row["control"]][:40]
    agreed = [  # of which the two say the same
        row["status"] == "read" and (place % 4 != 0 or row["answers"]["output"] == "no")
        for place, row in enumerate(seen)
    ]
    assert shares["output"].people.n == sum(agreed)
    again = si.judge(pool, teacher=si.Teacher("mock"), settings=settings)
    assert again.corrected == found.corrected["j"]
    assert again.row()["corrected"]["output"]["labelled"] == shares["output"].people.n
    other = si.judge(
        pool, "rating", teacher=si.Teacher("mock"), settings=si.JudgeSettings(sample=60)
    )
    assert other.corrected == ()
    assert si.review_agreement(pool).judges == ("j",)


def test_a_comparison_is_reviewed_and_its_judge_stands_beside(tmp_path):
    for name, more in (("one", ""), ("other", " It is the longer one.")):
        task_file(tmp_path / f"{name}.jsonl", [*plain_tasks(40, more), ("Same.", "", "Same")])
    sets = [str(tmp_path / "one.jsonl"), str(tmp_path / "other.jsonl")]
    folder = tmp_path / "versus"
    made = si.compare(sets, folder, teacher=si.Teacher("mock"))
    theirs = {
        row["item"]: row["ranks"]
        for row in made.rows
        if row["status"] == "read" and row["asked"] and not row["control"]
    }
    from selfinstruct.api.review import asking

    with asking(folder, settings=SETTINGS(reviewer="ann")) as asked:
        assert len(asked.session._cards) == 40
        while (now := asked.session.now()).card is not None:
            one, other = theirs.get(now.card.item, (1.5, 1.5))
            said = "tie" if one == other else "first" if one < other else "second"
            turn = {"first": "second", "second": "first"}
            asked.session.vote(now.turn, turn.get(said, said) if now.card.is_turned else said)
    assert len(votes(folder / "reviews")) == 40
    found = si.review_agreement(folder)
    assert (found.people, found.judges) == (("ann",), ("mock-en",))
    assert found.questions[0].two[0].pairs.with_ties.share == 1.0
    assert found.questions[0].two[0].n == len(theirs) > 30
    again = si.compare(sets, folder, teacher=si.Teacher("mock"))
    assert again.usage.calls == 0
    settings = SETTINGS(pairs=(sets[1], sets[0]), into=folder / "reviews", reviewer="bob")
    with asking("", settings=settings) as asked:
        asked.session.vote(0, "both_bad")
    found = si.review_agreement(folder)
    assert {(two.first, two.second, two.n) for two in found.questions[0].two} == {
        ("mock-en", "ann", len(theirs)),
        ("mock-en", "bob", 1),
        ("ann", "bob", 1),
    }
    with pytest.raises(SettingsError, match="--reveal"):
        si.review_agreement(folder, settings=SETTINGS(reveal="x"))
    task_file(tmp_path / "third.jsonl", plain_tasks(40, " Third."))
    three = [*sets, str(tmp_path / "third.jsonl")]
    si.compare(three, tmp_path / "three", teacher=si.Teacher("mock"))
    with pytest.raises(SettingsError, match="asks about one list"):
        si.review_summary(tmp_path / "three")


RUBRIC = find("rating", load("en"))


def row(place, value, **more):
    said = {"answers": {"rating": value}, "status": "read", "control": None}
    return {"item": f"i{place}", "digest": "d", **said, **more}


def test_what_a_condition_chose_corrects_no_share_by_itself():
    judged = [row(place, "AD"[place % 2]) for place in range(100)]
    plain = [row(place, "A") for place in range(40)]
    chosen = [row(place, "D", only="j:rating=D") for place in range(1, 100, 2)]
    assert corrected(judged, RUBRIC, [chosen]) == ()
    (one,) = corrected(judged, RUBRIC, [plain])
    said = [True] * 40 + [None] * 60
    assert one.found == corrected_share([place % 2 == 0 for place in range(100)], said)
    # An item of the first forty that a condition had chosen belongs to them all the same.
    part = [one for one in plain if int(one["item"][1:]) % 2 == 0] + chosen[:19]
    (mixed,) = corrected(judged, RUBRIC, [part])
    assert mixed.found.people.n == 39
    # Another sample is as random, and what was chosen is left out of it.
    rare = [row(place, "A") for place in range(0, 100, 2)][-5:]
    (few,) = corrected(judged, RUBRIC, [rare + chosen[:1]])
    assert (few.found.people.n, few.found.share) == (5, None)
    assert "too few" in few.found.why


def test_what_two_people_disagree_about_corrects_nothing():
    judged = [row(place, "A") for place in range(50)]
    one = [row(place, "A") for place in range(40)]
    other = [row(place, "D" if place < 5 else "B") for place in range(40)]
    (found,) = corrected(judged, RUBRIC, [one, other])
    assert (found.found.people.n, found.found.people.k) == (35, 35)
    (found,) = corrected(judged, RUBRIC, [one, other, other])
    assert (found.found.people.n, found.found.people.k) == (40, 35)


def test_without_anybody_there_is_no_agreement(source, tmp_path):
    with pytest.raises(SettingsError, match="nobody has answered validity"):
        agreement(source, tmp_path)
    answer_all(source, drawn(1, ["yes"]), into=tmp_path / "v", reviewer="ann")
    assert agreement(source, tmp_path).questions == ()
