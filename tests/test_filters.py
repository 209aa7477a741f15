"""The rules on instructions and on instances."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfinstruct.filters import ContentRule, InstructionRules, NoveltyRule, valid_instances
from selfinstruct.languages import load, tokenizer
from selfinstruct.novelty import NoveltyIndex
from selfinstruct.tasks import Instance, Reason

RULES = InstructionRules(load("en"))


def reason(instruction):
    refusal = RULES.refuse(instruction)
    return refusal and refusal[0]


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("Name three rivers", Reason.TOO_SHORT),
        ("Name three long rivers", None),
        ("word " * 149 + "end", None),
        ("word " * 150 + "end", Reason.TOO_LONG),
        ("Describe what this Image shows", Reason.KEYWORD),
        ("Say what you imagine today", None),
        ("Tell me where to go tomorrow", None),
        ("Decide where we go to eat", Reason.KEYWORD),
        ("Profile the famous person below", None),
        ("Sort the files by their size", Reason.KEYWORD),
        ("Write a program that adds numbers", Reason.WRITE_A_PROGRAM),
        ("write a PROGRAM that adds numbers", Reason.WRITE_A_PROGRAM),
        ("Write a programme for the fete", Reason.WRITE_A_PROGRAM),
        ('"Be kind" means what, exactly?', Reason.PUNCTUATION_FIRST),
        ("¿Cómo se dice water in Spanish?", Reason.PUNCTUATION_FIRST),
        ("$5 is how many cents?", Reason.PUNCTUATION_FIRST),
        ("Élan is a word: define it", Reason.WRONG_SCRIPT),
        ("한국의 음식을 세 가지 소개해 주세요", Reason.WRONG_SCRIPT),
        ("3 facts about the moon, please", None),
        ("Explain NASA and FBI to a child", None),
    ],
)
def test_an_instruction_is_judged_by_the_published_rules(instruction, expected):
    assert reason(instruction) is expected


def case(given, out):
    return Instance(input=given, output=out)


def test_each_instance_rule_names_its_reason():
    cases = [
        case("a", ""),
        case("b", " b "),
        case("c:", "d"),
        case("e", "f:"),
        case("g", "h"),
        case("g", "h"),
        *(case(str(n), f"{n}!") for n in range(9)),
    ]
    kept, rejects = valid_instances("Do it", cases)
    assert [one.input for one in kept] == ["g", "0", "1", "2", "3"]
    assert [reject.reason for reject in rejects] == [
        Reason.EMPTY_OUTPUT,
        Reason.INPUT_EQUALS_OUTPUT,
        Reason.ENDS_WITH_COLON,
        Reason.ENDS_WITH_COLON,
        Reason.DUPLICATE_INSTANCE,
        *[Reason.TOO_MANY_INSTANCES] * 5,
    ]


def test_one_input_with_two_outputs_spoils_all_instances():
    kept, rejects = valid_instances("Do it", [case("a", "1"), case("b", "2"), case("a", "3")])
    assert kept == ()
    assert [reject.reason for reject in rejects] == [Reason.CONTRADICTORY_OUTPUTS] * 3


def test_a_task_without_input_may_have_several_outputs():
    kept, rejects = valid_instances("Do it", [case("", "1"), case("", "2")])
    assert len(kept) == 2
    assert rejects == []


QUESTIONS = ContentRule(tokenizer("rouge"), load("en").reading.sound.small_words)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("What is the capital of Japan?", "What is the capital of Australia?", True),
        ("What is the capital of Austria?", "What is the capital of Australia?", True),
        ("What is the capital of Japan?", "What's the capital city of Japan?", False),
        ("What is the capital of Japan?", "Name the capital of Japan.", False),
        ("What is the longest river in Asia?", "What is the longest river in South America?", True),
        ("Who was first to walk on the moon?", "Who is the first to walk on the moon?", False),
        ("Which planet is nearest to us?", "Which planets are nearest to us?", False),
        ("Where was Einstein born?", "When was Einstein born?", True),
        ("What is 3 times 5?", "What is 3 times 6?", True),
        ("Was it national?", "Was it nationalist?", False),  # three letters of an ending …
        ("Was it national?", "Was it nationalism?", False),
        ("Was it national?", "Was it nationalistic?", True),  # … are no five
        ("one two three four five six seven eight nine ten eleven red", "one two blue", False),
        ("", "", False),
    ],
)
def test_short_texts_differ_where_a_word_of_content_takes_the_place_of_another(
    one, other, expected
):
    assert QUESTIONS.differ(one, other) is expected
    assert QUESTIONS.differ(other, one) is expected


@pytest.mark.parametrize(
    ("code", "one", "other", "expected"),
    [
        ("ko", "일본의 수도는 어디인가요?", "호주의 수도는 어디인가요?", True),
        ("ko", "일본의 수도는 어디인가요?", "일본의 수도는 어디입니까?", False),
        ("ja", "日本の首都はどこですか。", "フランスの首都はどこですか。", True),
        ("ja", "日本の首都はどこですか。", "日本の首都はどこでしょうか。", False),
        ("zh", "日本的首都是哪里？", "法国的首都是哪里？", True),
        ("zh", "日本的首都是哪里？", "日本的首都在哪里？", False),
    ],
)
def test_each_language_knows_its_words_without_content(code, one, other, expected):
    pack = load(code)
    rule = ContentRule(tokenizer(pack.tokenizer), pack.reading.sound.small_words)
    assert rule.differ(one, other) is expected


WORDS = st.lists(
    st.sampled_from(["what", "is", "the", "capital", "of", "japan", "rome", "city", "s", "3", "5"]),
    max_size=9,
)


@given(WORDS.map(" ".join), WORDS.map(" ".join))
def test_no_text_differs_from_itself_and_none_from_one_that_it_holds(one, other):
    assert not QUESTIONS.differ(one, one)
    assert not QUESTIONS.differ(one, f"{one} {other}")
    assert QUESTIONS.differ(one, other) is QUESTIONS.differ(other, one)


def test_the_paraphrase_is_found_behind_a_nearer_text_about_something_else():
    rule = NoveltyRule(NoveltyIndex(tokenizer("rouge"), 0.7), differ=QUESTIONS.differ)
    assert rule.refuse("What's the capital city of Japan?") is None
    assert rule.refuse("What is the capital of Australia?") is None
    reason, detail = rule.refuse("What is the capital of Japan?")
    assert reason is Reason.TOO_SIMILAR
    assert detail["nearest"] == "What's the capital city of Japan?"
    assert 0.7 <= detail["score"] < 0.83
    assert rule.refuse("What is the capital of Canada?") is None
    assert len(rule) == 3
