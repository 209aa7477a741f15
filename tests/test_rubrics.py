"""Rubrics: what makes one valid, what its answers come to, the same questions in each language."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from selfinstruct.errors import PromptError, SettingsError
from selfinstruct.languages import available, load
from selfinstruct.parsing import yes_or_no
from selfinstruct.rubrics import NA, Level, Part, Question, Rubric, Scale, Unit, find, known
from selfinstruct.rubrics.rubric import ALL, Whole, tidy

ENGLISH = load("en")
LETTERS = (Level(value="A"), Level(value="B"), Level(value="C"))


def question(**more):
    return Question(**{"key": "form", "name": "form", "ask": "?", "scale": "numbers"} | more)


def rubric(*questions, **more):
    return Rubric(about="x", questions=questions or (question(),), **more)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"key": "Form"}, "should match pattern"),
        ({"key": "2nd"}, "should match pattern"),
        ({"key": "in put"}, "should match pattern"),
        ({"scale": "stars"}, "'yes-no', 'letters', 'choice', 'numbers' or 'tags'"),
        ({"needs": ("title",)}, "'instruction', 'input', 'output' or 'reference'"),
        ({"scale": "letters"}, "'form' needs at least two levels"),
        ({"scale": "letters", "levels": LETTERS[:1]}, "'form' needs at least two levels"),
        ({"scale": "choice", "levels": ()}, "'form' needs at least two levels"),
        ({"low": 5, "high": 5}, "'form': low, high and step make no scale"),
        ({"low": 5, "high": 1}, "'form': low, high and step make no scale"),
        ({"low": 1, "high": 5, "step": 3}, "'form': low, high and step make no scale"),
        ({"low": 0, "high": 201}, "'form': low, high and step make no scale"),
        ({"low": float("nan")}, "'form': low, high and step make no scale"),
        ({"high": float("inf")}, "'form': low, high and step make no scale"),
        ({"step": 0}, "greater than 0"),
        ({"most": 0}, "greater than or equal to 1"),
        ({"most": 51}, "less than or equal to 50"),
        ({"published": 1.1}, "less than or equal to 1"),
        ({"published": -0.1}, "greater than or equal to 0"),
        (
            {"scale": "choice", "levels": (Level(value="Yes"), Level(value="yes"))},
            "'form': two levels have one value",
        ),
        (
            {"scale": "letters", "levels": LETTERS, "good": ("E",)},
            "good: 'E' is none of its answers",
        ),
        ({"scale": "yes-no", "good": ("na",), "na": True}, "good: 'na' is none of its answers"),
        ({"good": ("4",)}, "good: '4' is none of its answers"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
        *(
            ({"key": key}, f"'{key}' is taken: name the question otherwise")
            for key in ("all", "reason", "item", "digest", "status", "control")
        ),
    ],
)
def test_a_question_that_is_none_is_refused(more, said):
    with pytest.raises(ValidationError, match=re.escape(said)):
        question(**more)


@pytest.mark.parametrize(
    "more",
    [
        {"low": 0, "high": 200},
        {"low": 0, "high": 1, "step": 0.1},
        {"low": -3, "high": 3, "step": 0.25},
        {"most": 50},
        {"published": 0},
        {"published": 1},
        {"scale": "tags", "good": ("poem",)},
        {"scale": "letters", "levels": LETTERS[:2], "good": ()},
    ],
)
def test_what_just_makes_a_question_is_one(more):
    assert question(**more)


@pytest.mark.parametrize(
    ("questions", "more", "said"),
    [
        ((question(), question(name="other")), {}, "two questions have one key"),
        (
            (question(),),
            {"all": Whole(name="all")},
            "no question says which of its answers are good",
        ),
        ((question(scale="tags"),), {"all": Whole(name="all")}, "no question says which"),
        ((), {"questions": ()}, "at least 1 item"),
        ((question(),), {"unit": "pool"}, "'item', 'pair' or 'list'"),
    ],
)
def test_a_rubric_that_is_none_is_refused(questions, more, said):
    with pytest.raises(ValidationError, match=re.escape(said)):
        Rubric(**{"about": "x", "questions": questions} | more)


def test_the_answers_of_each_scale():
    assert question(scale="yes-no").values == ("yes", "no")
    assert question(scale="letters", levels=LETTERS).values == ("A", "B", "C")
    assert question(scale="tags").values == ()
    assert question(high=3).values == (1, 2, 3)
    tenths = question(low=0, high=1, step=0.1).values
    assert tenths == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)
    assert [type(one) for one in tenths] == [int, *[float] * 9, int]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0.1 + 0.2, 0.3), (3.0, 3), (2.9999999999, 3), (-0.0, 0), (1 / 3, 0.333333)],
)
def test_numbers_lose_the_dust_of_binary_fractions(number, expected):
    assert tidy(number) == expected
    assert isinstance(tidy(number), type(expected))


@pytest.mark.parametrize(
    ("more", "value", "expected"),
    [
        ({"scale": "yes-no"}, "yes", True),
        ({"scale": "yes-no"}, "no", False),
        ({"scale": "yes-no", "good": ("no",)}, "no", True),
        ({"scale": "yes-no", "good": ("no",)}, "yes", False),
        ({"scale": "yes-no", "good": ()}, "yes", None),
        ({"scale": "yes-no", "na": True}, NA, None),
        ({"scale": "yes-no"}, None, None),
        ({"scale": "letters", "levels": LETTERS}, "A", None),
        ({"scale": "letters", "levels": LETTERS, "good": ("A", "B")}, "B", True),
        ({"scale": "letters", "levels": LETTERS, "good": ("A", "B")}, "C", False),
        ({"scale": "letters", "levels": LETTERS, "good": ()}, "A", None),
        ({}, 5, None),
        ({"good_from": 4.5}, 4.5, True),
        ({"good_from": 4.5}, 4, False),
        ({"good_from": 4}, "4", None),
        ({"good_from": 4, "na": True}, NA, None),
        ({"scale": "tags"}, ("poem",), None),
    ],
)
def test_whether_an_answer_is_good(more, value, expected):
    assert question(**more).is_good(value) is expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"scale": "yes-no"}, True),
        ({"scale": "yes-no", "good": ()}, False),
        ({"scale": "letters", "levels": LETTERS}, False),
        ({"scale": "letters", "levels": LETTERS, "good": ("A",)}, True),
        ({}, False),
        ({"good_from": 0}, True),
        ({"scale": "tags"}, False),
    ],
)
def test_whether_some_answer_would_be_good(more, expected):
    assert question(**more).tells_good is expected


def test_only_what_can_be_asked_is_asked():
    validity = find("validity", ENGLISH)
    keys = [one.key for one in validity.asked_of(frozenset({Part.INSTRUCTION, Part.OUTPUT}))]
    assert keys == ["instruction", "output"]
    assert validity.asked_of(frozenset()) == ()
    assert validity.question("input").needs == (Part.INSTRUCTION, Part.INPUT)
    assert validity.question("reason") is None
    assert ALL == "all"


def test_a_digest_tells_rubrics_apart_and_stays():
    one = find("validity", ENGLISH)
    assert one.digest == "fae0ed7a142648f8"
    assert one.model_copy(update={"version": 2}).digest != one.digest
    first, *others = one.questions
    asked = (first.model_copy(update={"ask": first.ask + " "}), *others)
    assert one.model_copy(update={"questions": asked}).digest != one.digest
    assert re.fullmatch("[0-9a-f]{16}", one.digest)


def test_a_rubric_is_found_by_name_and_by_file(tmp_path):
    assert "validity" in known(ENGLISH)
    assert known(ENGLISH) == sorted(known(ENGLISH))
    path = tmp_path / "mine.toml"
    path.write_text(
        'about = "x"\n[[questions]]\nkey = "form"\nname = "f"\nask = "?"\nscale = "yes-no"\n'
    )
    found = find(str(path), ENGLISH)
    assert (found.name, found.unit, found.version) == ("mine", Unit.ITEM, 1)


def test_a_rubric_that_is_not_there_is_named_with_those_that_are(tmp_path):
    names = ", ".join(known(ENGLISH))
    for said in ("beauty", "validity.toml", "../validity", str(tmp_path / "no.toml")):
        with pytest.raises(
            SettingsError, match=re.escape(f"no rubric {said!r} in English: there are {names};")
        ):
            find(said, ENGLISH)
    empty = ENGLISH.model_copy(update={"folder": tmp_path})
    assert known(empty) == []
    with pytest.raises(SettingsError, match="there are none;"):
        find("validity", empty)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("about =", "not valid TOML"),
        ("", "about: Field required"),
        ('about = "x"\nquestions = []\n', "questions: "),
        (
            'about = "x"\n[[questions]]\nkey = "all"\nname = "f"\nask = "?"\nscale = "yes-no"\n',
            "questions.0: ",
        ),
        (
            'about = "x"\n[[questions]]\nkey = "f"\nname = "f"\nask = "?"\nscale = "n"\n',
            "questions.0.scale: ",
        ),
    ],
)
def test_a_file_that_is_no_rubric_is_named_with_the_key(text, said, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(PromptError, match=re.escape(f"{path}: {said}")):
        find(str(path), ENGLISH)


def shape(one):
    """What must be the same in every language: all but texts."""
    return {
        "unit": one.unit,
        "version": one.version,
        "references": one.references,
        "anchors": len(one.anchors),
        "all": one.all and one.all.published,
        "texts": (bool(one.source), bool(one.role)),
        "questions": [
            {
                **asked.model_dump(exclude={"name", "ask", "levels", "also"}),
                "levels": [
                    (level.value, bool(level.name), bool(level.meaning)) for level in asked.levels
                ],
            }
            for asked in one.questions
        ],
    }


OTHERS = [code for code in available() if code != "en"]


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_asks_the_same_questions(code):
    pack = load(code)
    assert known(pack) == known(ENGLISH)
    for name in known(pack):
        ours, english = find(name, pack), find(name, ENGLISH)
        assert shape(ours) == shape(english), name
        assert ours.digest != english.digest
        for asked in ours.questions:
            for text in (ours.about, ours.role, asked.name, asked.ask):
                assert not text.isascii(), text


@pytest.mark.parametrize("code", available())
def test_no_two_questions_of_a_rubric_share_a_name(code):
    pack = load(code)
    for name in known(pack):
        asked = find(name, pack).questions
        spelled = [{text.casefold() for text in (one.key, one.name, *one.also)} for one in asked]
        assert len(set().union(*spelled)) == sum(map(len, spelled)), name


@pytest.mark.parametrize("code", available())
def test_every_language_has_words_for_yes_and_no(code):
    labels = load(code).labels
    assert yes_or_no(labels.yes[0], labels.yes, labels.no, labels.either_or) is True
    assert yes_or_no(labels.no[0], labels.yes, labels.no, labels.either_or) is False


def test_scales_are_called_what_files_say():
    assert [scale.value for scale in Scale] == ["yes-no", "letters", "choice", "numbers", "tags"]
