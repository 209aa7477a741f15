"""The rules on instructions and on instances."""

from __future__ import annotations

import pytest

from selfinstruct.filters import InstructionRules, valid_instances
from selfinstruct.languages import load
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
