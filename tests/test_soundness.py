"""The rules besides the papers': each refuses its garbage, and lets good texts through."""

from __future__ import annotations

import time

import pytest
from conftest import ROOT, rows
from hypothesis import given
from hypothesis import strategies as st

from selfinstruct.filters import InstructionRules, Soundness, valid_instances
from selfinstruct.filters.loops import looped
from selfinstruct.languages import LanguagePack, available, load
from selfinstruct.parsing import collapse
from selfinstruct.tasks import Instance, Reason

SOUND = {code: Soundness(load(code)) for code in available()}
EN, KO = SOUND["en"], SOUND["ko"]


def case(given, out):
    return Instance(input=given, output=out)


def of_instance(instruction, given, out, sound=EN):
    refusal = sound.of_instance(instruction, case(given, out))
    return refusal and refusal[0]


@pytest.mark.parametrize("code", SOUND)
def test_no_seed_written_by_people_is_refused(code):
    for seed in rows(ROOT / "seeds" / f"{code}.jsonl"):
        assert SOUND[code].of_instruction(collapse(seed["instruction"])) is None, seed["id"]
        for one in seed["instances"]:
            assert SOUND[code].of_instance(seed["instruction"], case(**_renamed(one))) is None


def _renamed(instance):
    return {"given": instance["input"], "out": instance["output"]}


@pytest.mark.parametrize(
    "name", ["ko_keywords", "ko_keywords_more", "ko_keywords_blind", "ko_pairs"]
)
def test_no_korean_instruction_of_the_test_data_is_taken_for_a_statement(name):
    for row in rows(ROOT / "tests" / "data" / f"{name}.jsonl"):
        for text in (row[key] for key in ("text", "a", "b") if key in row):
            assert KO.of_instruction(text) is None, text


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Tagging: Grateful, complaining, asking a favour.", "label"),
        ("2019-08-22: My favorite food and drink.", "label"),
        ("2019-08-03: My favorite book to read in my free time.", "label"),
        ("The gag relies mainly on wordplay, exaggeration, or understatement.", "statement"),
        ("A simple math problem involving integers and operators.", "statement"),
        ("My neighbour has a dog. It barks all night.", "statement"),
        ("Best Dog Food for Small Puppies", "title"),
    ],
)
def test_a_label_a_statement_and_a_title_are_no_instructions(text, form):
    reason, detail = EN.of_instruction(text)
    assert reason is Reason.NOT_AN_INSTRUCTION
    assert detail["form"] == form


@pytest.mark.parametrize(
    "text",
    [
        "Untangle these rambling directions: numbered steps, one action apiece.",
        "A train covers 210 km in 2.5 hours. Work out its average speed.",
        "A train covers 210 km in 2.5 hours. At which speed does it go",
        "The lamp flickers. Is the bulb at fault?",
        "My dog ate chocolate, tell me what to do.",
        "Translate: the cat sat on the mat.",
        "Matching: connect each animal with its home.",
        "Rendering the sign in German, keep it polite.",
        "2019-08-22: tell me which weekday it was.",
        "Our shop received the complaint below; answer it politely.",
        "Haiku about rain, please.",
        "Summarize The Great Gatsby Without Spoilers",
        "Proving Fermat's theorem for n = 4: show each step.",
        "The instruction is to add the numbers and give the sum.",
    ],
)
def test_what_asks_for_something_in_any_form_is_an_instruction(text):
    assert EN.of_instruction(text) is None


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("세금이 뭐냐고 묻습니다.", True),
        ("60년대 대형 화물차 운전사에게 물어볼 때 이 차를 타고 다니는 것을 보고 말았습니다.", True),
        ("영어를 직역한 티가 역력하다. 우리말답게 매만져 다오.", False),
        ("글에 나온 고유 명사를 한 줄씩 모아 적으면 됩니다.", False),
        ("세종 시대의 과학 기구 세 가지, 그 쓰임새와 원리를 한두 문장으로.", False),
    ],
)
def test_a_korean_text_of_statements_alone_is_no_instruction(text, refused):
    assert (KO.of_instruction(text) is not None) is refused


MISSING = [
    "What is the most famous quote in the passage?",
    "Which one of these words has been repeated 50 times?",
    "Paraphrase the following text using no more than 100 words.",
    "What do you think about this article? How can we improve it?",
    "The text below contains some errors. Find and correct them.",
    "Write a story using the given words and connect them together.",
    "Say in one word what comes to mind when you see:",
    "Find three mistakes in the following paragraph. Then write a new one without them.",
]
GIVEN = [
    "What is the most famous quote in the passage: to be or not to be?",
    "Which of the following is a fruit: an apple or a carrot?",
    'Rewrite the text "I go home" in the past tense.',
    "Rewrite the text in the past tense.\n\nI go home and eat.",
    "Write an email to a friend. The email should be short, and this email must rhyme.",
    "Write a function that counts the vowels in the text.",
    "Describe the passage of time in a poem.",
    "Please do the following. Name three birds.",
    "Sort the following numbers 7, 3, 9.",
    "The king was bald and nobody dared to say so. Do you agree with this text?",
    "How many words does this sentence have?",
    "Check whether a given email address is valid.",
]


@pytest.mark.parametrize("text", MISSING)
def test_an_instruction_that_points_to_a_text_needs_it(text):
    assert of_instance(text, "", "Something.") is Reason.INPUT_MISSING
    assert of_instance(text, "the very text", "Something.") is None
    assert EN.of_instruction(text, stands_alone=True)[0] is Reason.INPUT_MISSING
    assert EN.of_instruction(text) is None


@pytest.mark.parametrize("text", GIVEN)
def test_an_instruction_that_holds_its_text_needs_no_input(text):
    assert of_instance(text, "", "Something.") is None


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("다음 글을 읽고 중심 내용을 한 문장으로 요약해 주세요.", True),
        ("아래 영어 안내문을 자연스러운 우리말로 옮기세요.", True),
        ("이 이메일이 스팸인지 아닌지 판단하세요.", True),
        ("다음 문장을 영어로 번역하세요: 나는 집에 간다.", False),
        ("재료를 모두 씻은 다음 목록을 어떻게 적을지 알려 주세요.", False),
        ("사람이 글을 쓰는 까닭을 설명해 주세요.", False),
        ("이 시간에 할 만한 운동을 추천해 줘.", False),
    ],
)
def test_a_korean_instruction_that_points_to_a_text_needs_it(text, refused):
    assert of_instance(text, "", "답입니다.", KO) is (Reason.INPUT_MISSING if refused else None)


BACK = [
    "Certainly! I'd be happy to help with that. Please share the recipe note so I can assist you.",
    "Sure, what else do you want to explore in this space?",
    "I'm here to help, but I need the essay. Could you please provide the essay and its weakness?",
    "Please provide the paragraph.",
]


@pytest.mark.parametrize("answer", BACK)
def test_a_short_answer_that_asks_for_its_material_is_refused(answer):
    assert of_instance("Mend the recipe.", "", answer) is Reason.ASKS_BACK
    long = f"{answer} {' '.join(f'Step {n} mends it a little more.' for n in range(9))}"
    assert of_instance("Mend the recipe.", "", long) is None


@pytest.mark.parametrize(
    ("instruction", "given", "answer"),
    [
        ("Write a polite email to a supplier.", "", "Could you please share your price list?"),
        ("Reply to the customer.", "My lamp broke.", "Please send us your order number."),
        ("Play a waiter who greets a guest.", "", "Good evening! How can I help you?"),
        ("Name a question for a librarian.", "", "What would you like to know about books?"),
        ("Turn this into a request.", "give me salt", "Could you please share the salt?"),
        ("Name a notice that hangs in cafés.", "", "Please share your table."),
        ("Give one rule of good talks.", "", "Sure! Begin with a story, and end with a question."),
    ],
)
def test_an_answer_that_speaks_to_somebody_else_may_ask(instruction, given, answer):
    assert of_instance(instruction, given, answer) is None


def test_korean_answers_ask_back_too():
    answer = "물론입니다! 글을 제공해 주시면 요약해 드리겠습니다."
    assert of_instance("글을 요약해 줘.", "", answer, KO) is Reason.ASKS_BACK


GIRAFFE = "Giraffe: its green eyes are green and its yellow tongue is small."


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("\n".join(f"{n}. {GIRAFFE}" for n in range(1, 5)), 4),
        ("The biggest city is " + "Taipei, " * 40, 40),
        ("He said that the owner of the café had written a kind reply. " * 5, 5),
        ("好的，我来帮你写这个故事。" * 8, 8),
    ],
)
def test_a_text_that_says_one_thing_over_and_over_is_a_loop(text, times):
    detail = looped(text)
    assert detail is not None
    assert detail["times"] == times
    assert of_instance("Say it.", "", text) is Reason.LOOPS
    assert EN.of_instruction(text)[0] is Reason.LOOPS


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{n}. {n} x 7 = {7 * n}" for n in range(1, 30)),
        " ".join(map(str, range(400))),
        "0 0 0 0 1 0 0 0 " * 30,
        "| name | age | city |\n|---|---|---|\n" + "| Ann | 3 | Rome |\n| Bob | 4 | Oslo |\n" * 2,
        "for i in range(3):\n    print(i)\n" * 3,
        "We should make it easier for people to get a job.\nWe should make it easier for people to "
        "learn.\nWe should make it easier for people to stay.",
        "Row, row, row your boat\nGently down the stream\nMerrily, merrily, merrily, merrily\nLife "
        "is but a dream",
        "\n".join(
            f"{' la '.join(name)} tells of a different day\nand nobody knows what the {name} will "
            "say\nSing the old song again with me"
            for name in ("robin", "raven", "wren")
        ),
        "ha ha ha ha ha",
        "",
    ],
)
def test_tables_counting_code_and_refrains_are_no_loops(text):
    assert looped(text) is None


LINE = "the old clock strikes again at noon"  # seven tokens


def words(count):
    return [f"w{n}" for n in range(count)]


@pytest.mark.parametrize(("others", "times"), [(14, 3), (15, None)])
def test_a_line_said_three_times_is_a_loop_where_it_makes_up_six_tenths(others, times):
    # Such lines stand first, so that the text ends in no repetition.
    text = "\n".join([LINE] * 3 + [" ".join(words(others))])
    assert (looped(text) or {}).get("times") == times
    assert looped("\n".join([LINE] * 2 + [" ".join(words(10))])) is None


@pytest.mark.parametrize(("times", "size", "found"), [(4, 14, 4), (3, 20, None), (4, 9, None)])
def test_a_run_of_words_said_four_times_is_a_loop_in_a_long_text(times, size, found):
    sentence = " ".join(words(size))
    text = " ".join(f"{sentence} x{n} y{n}." for n in range(times))
    assert (looped(text) or {}).get("times") == found


@pytest.mark.parametrize(("times", "found"), [(4, 4), (3, None)])
def test_an_end_said_four_times_is_a_loop(times, found):
    text = " ".join([*words(30), *["in the end all is one and the same"] * times])
    assert (looped(text) or {}).get("times") == found


@pytest.mark.parametrize(("rest", "asks"), [(20, True), (21, False)])
def test_an_answer_that_asks_back_may_say_twenty_words_besides(rest, asks):
    answer = f"Please provide the paragraph. {' '.join(words(rest))}."
    assert (of_instance("Mend the recipe.", "", answer) is Reason.ASKS_BACK) is asks


@pytest.mark.parametrize(("more", "asks"), [(56, True), (57, False)])
def test_an_answer_of_more_than_sixty_words_asks_nothing_back(more, asks):
    answer = f"Please provide the paragraph {' '.join(words(more))}."
    assert (of_instance("Mend the recipe.", "", answer) is Reason.ASKS_BACK) is asks


def test_what_was_asked_for_may_be_said_over_and_over():
    line = "I will not be late for school again"
    text = "\n".join([line] * 10)
    assert looped(text) is not None
    assert of_instance(f"Write ten times: {line}", "", text) is None


def test_a_question_without_input_keeps_its_first_answer():
    cases = [case("", "20 times"), case("", "40 times"), case("", "20 times"), case("a", "b")]
    kept, rejects = valid_instances("How often?", cases, judge=EN.judge("How often?"))
    assert kept == (cases[0], cases[3])
    assert [one.reason for one in rejects] == [
        Reason.CONTRADICTORY_OUTPUTS,
        Reason.DUPLICATE_INSTANCE,
    ]
    assert len(valid_instances("How often?", cases)[0]) == 3


def test_the_rules_on_instructions_ask_the_papers_first():
    rules = InstructionRules(load("en"), sound=EN)
    assert rules.refuse("The image relies on colour.")[0] is Reason.KEYWORD
    assert rules.refuse("The gag relies on mere wordplay.")[0] is Reason.NOT_AN_INSTRUCTION


def test_a_pack_that_lists_no_words_goes_without_the_rules_that_need_them():
    silent: LanguagePack = load("en").in_edition(1)
    sound = Soundness(silent)
    assert sound.of_instruction("The gag relies mainly on wordplay.") is None
    assert sound.of_instance(MISSING[0], case("", BACK[0])) is None


PIECES = st.sampled_from(
    [
        *MISSING,
        *GIVEN,
        *BACK,
        GIRAFFE,
        "the following ",
        "this text ",
        "다음 글을 ",
        "以下の文章",
        ": ",
        *(
            "2019-08-22: ",
            "\n",
            " ",
            ".",
            "?",
            "!",
            "'",
            '"',
            "the ",
            "(",
            "1. ",
            "\ud800",
            "\0",
            "İ",
        ),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=30).map("".join)


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(sorted(SOUND)))
def test_the_rules_judge_any_text_and_say_why(instruction, given_, answer, code):
    sound = SOUND[code]
    found = [
        sound.of_instruction(instruction),
        sound.of_instruction(instruction, stands_alone=True),
        sound.of_instance(instruction, Instance.model_construct(input=given_, output=answer)),
    ]
    for refusal in filter(None, found):
        reason, detail = refusal
        assert reason.value in {"not_an_instruction", "input_missing", "asks_back", "loops"}
        assert detail
        assert found[0] is None or found[1] is not None


HOSTILE = [
    "the following ",
    "the following text ",
    "this text below ",
    "the given " + "a" * 50,
    "the \t \n ",
    " ",
    "!?.",
    "2019-",
    "1",
    "a",
    "a\n",
    "'x ",
    "다음 글",
    "以下",
    "Sure! ",
    "please ",
    "aaab",
]


@pytest.mark.parametrize("code", SOUND)
@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_texts_take_linear_time(unit, code):
    sound, text = SOUND[code], unit * (100_000 // len(unit))
    started = time.process_time()
    sound.of_instruction(text, stands_alone=True)
    sound.of_instance(text, case("", text))
    sound.of_instance("Do it.", case(text, f"{text}\n{text[::-1]}"))
    assert time.process_time() - started < 5
