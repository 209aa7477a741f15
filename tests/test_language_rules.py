"""The rules, words and readers of languages: what a text in another script is taken for."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfinstruct.filters import InstructionRules
from selfinstruct.filters.keywords import finder
from selfinstruct.languages import load, tokenizer
from selfinstruct.novelty import NoveltyIndex
from selfinstruct.novelty.calibration import (
    pair_score,
)
from selfinstruct.parsing import (
    collapse,
    input_first,
    list_items,
    output_first,
    rewritten,
    skill,
    whole_items,
    yes_or_no,
)
from selfinstruct.recipes.eliminations import Eliminations
from selfinstruct.recipes.replies import Replies
from selfinstruct.tasks import Reason

DATA = Path(__file__).parent / "data"


KO = load("ko")


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Whitespace:
    def tokenize(self, text):
        return text.split()


def judged_right(pairs, used, threshold):
    return sum((pair_score(one["a"], one["b"], used) >= threshold) == one["same"] for one in pairs)


def test_pairs_of_korean_instructions_are_judged_by_syllables_as_people_do():
    pairs = rows(DATA / "ko_pairs.jsonl")
    assert Counter(one["same"] for one in pairs) == {True: 30, False: 30}
    right = {
        "unicode": judged_right(pairs, tokenizer("unicode"), KO.threshold),
        "whitespace": judged_right(pairs, Whitespace(), 0.7),
        "rouge": judged_right(pairs, tokenizer("rouge"), 0.7),
    }
    assert right["unicode"] >= 57
    assert right == {"unicode": 60, "whitespace": 51, "rouge": 25}  # as docs/languages.md says


def test_short_pairs_with_one_frame_are_the_limit():
    # Ten syllables of which seven are "다음 문장을 …": no threshold tells these apart.
    pairs = rows(DATA / "ko_pairs_short.jsonl")
    assert judged_right(pairs, tokenizer("unicode"), 0.75) == 49
    assert judged_right(pairs, Whitespace(), 0.7) == 36


@pytest.mark.parametrize("name", ["ko_keywords", "ko_keywords_more", "ko_keywords_blind"])
def test_keywords_are_found_with_their_particles_and_not_in_other_words(name):
    find = finder(KO.keywords)
    sentences = rows(DATA / f"{name}.jsonl")
    wrong = [one["text"] for one in sentences if bool(find(one["text"])) != one["hit"]]
    assert len(wrong) <= len(sentences) // 50, wrong


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("이 이미지를 설명해 주세요.", True),
        ("사진에서 보이는 것을 적어 줘.", True),
        ("그래프가 뜻하는 바를 쓰세요.", True),
        ("'그래프'라는 말의 뜻을 쓰세요.", True),
        ("지도자의 덕목을 적어 주세요.", False),
        ("그림자 연극의 역사를 알려 줘.", False),
        ("파일럿이 되는 길을 알려 줘.", False),
        ("영상 5도에 입을 옷을 골라 줘.", False),
        ("저작권 인지도 조사를 요약해 줘.", False),
        ("엑셀 파일로 정리해 저장하세요.", True),  # 로 after ㄹ, as after a vowel
        ("엑셀 파일으로 정리해 저장하세요.", False),
        ("이 그래프로 설명해 주세요.", True),
        ("이 사진으로 설명해 주세요.", True),
        ("이 사진로 설명해 주세요.", False),
    ],
)
def test_particles_agree_with_the_last_syllable(text, found):
    assert bool(finder(KO.keywords)(text)) is found
    assert bool(finder(KO.keywords)(unicodedata.normalize("NFD", text))) is found


def reason(pack, text):
    refusal = InstructionRules(pack).refuse(collapse(text))
    return refusal[0] if refusal else None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("봄을 주제로 짧은 시를 한 편 지어 주세요.", None),
        ("'봄'을 주제로 짧은 시를 한 편 지어 주세요.", None),
        ("Python의 list comprehension을 설명해 주세요.", None),
        ("SNS에 올릴 가게 소개 글을 써 주세요.", None),
        ("요약해 줘.", Reason.TOO_SHORT),
        ("가" * 401, Reason.TOO_LONG),
        ("두 수의 합을 구하는 프로그램을 작성해 주세요.", Reason.WRITE_A_PROGRAM),
        ("동네 도서관의 방송 프로그램을 작성해 주세요.", None),
        ("신입 사원 온보딩 프로그램을 만들어 주세요.", None),
        ("두 수의 합을 계산하는 프로그램을 만들어 줘.", Reason.WRITE_A_PROGRAM),
        ("１번 문장을 높임말로 바꿔 주세요.", None),
        ("- 봄을 주제로 짧은 시를 지어 주세요.", Reason.PUNCTUATION_FIRST),
        ("三日間の山歩きに必要な持ち物を書いてください。", Reason.WRONG_SCRIPT),
        ("Please write a short poem about the spring.", Reason.WRONG_SCRIPT),
    ],
)
def test_korean_rules(text, wanted):
    assert reason(KO, text) == wanted
    assert reason(KO, unicodedata.normalize("NFD", text)) == wanted


def test_replies_in_korean_are_read():
    labels = KO.labels
    items = list_items("좋습니다! 새 과제입니다:\n\n9번. 하나\n10번. 둘\n\n더 필요하세요?", labels)
    assert items == ["하나", "둘"]
    assert list_items("과제 9: 하나\n작업 10: 둘", labels) == ["하나", "둘"]

    def verdict(text):
        return yes_or_no(text, labels.yes, labels.no, labels.either_or)

    assert verdict("(예 또는 아니요) 아니요.") is False
    assert verdict("네, 분류 과제입니다.") is True
    assert verdict("아니요입니다") is False
    assert (
        rewritten("물론입니다. 고쳐 쓴 지시문은 다음과 같습니다:\n\n시를 쓰세요.", labels)
        == "시를 쓰세요."
    )
    assert skill("필요한 능력: 글쓰기", labels) == "글쓰기"


@pytest.mark.parametrize(
    ("text", "cases_"),
    [
        ("[입력] 가\n[출력] 나", [("가", "나")]),
        ("입력값: 가\n출력값: 나", [("가", "나")]),
        ("입력： 가\n출력： 나", [("가", "나")]),
        (
            "예시 1번:\n입력: 가\n출력: 나\n예시 2번:\n입력: 다\n출력: 라",
            [("가", "나"), ("다", "라")],
        ),
        (
            "입력: 없음\n출력: 퀴즈입니다.\n문제: 3+4는?\n정답: 7",
            [("", "퀴즈입니다.\n문제: 3+4는?\n정답: 7")],
        ),
        (
            "입력: 가\n출력: 문장입니다.\n예 1: 하나\n예 2: 둘",
            [("가", "문장입니다.\n예 1: 하나\n예 2: 둘")],
        ),
        (
            "입력: 가\n출력: 나\n입력값: 3이라고 쓰면 됩니다.",
            [("가", "나\n입력값: 3이라고 쓰면 됩니다.")],
        ),
    ],
)
def test_instances_in_korean_are_read_and_outputs_left_whole(text, cases_):
    found = input_first(text, KO.labels, continues=True)
    assert [(case.input, case.output) for case in found.cases] == cases_


@pytest.mark.parametrize(
    "text",
    [
        "① 하나\n② 둘",
        "・하나\n・둘",
        "[과제 9] 하나\n[과제 10] 둘",
        "9번 과제: 하나\n10번 과제: 둘",
        "９. 하나\n１０. 둘",
    ],
)
def test_lists_in_the_forms_of_korean_replies(text):
    assert list_items(text, KO.labels) == ["하나", "둘"]


def test_whole_tasks_with_korean_keys():
    text = '[{"지시문": "더하세요.", "입력": "1 2", "출력": "3"}]'
    (item,) = whole_items(text, KO.labels, with_instruction=True).items
    assert (item.instruction, item.case.input, item.case.output) == ("더하세요.", "1 2", "3")


@pytest.mark.parametrize(
    ("code", "text", "kept"),
    [
        ("ja", "以下の文を要約してください:\n\n本文です", True),
        ("zh", "下面的表格是销量，请求平均值：\n\nA,B", True),
        ("ko", "다음 표를 요약하세요:\n가, 나", True),
        ("ja", "はい、書き換えた指示は次のとおりです:\n\n詩を書いてください。", False),
        ("zh", "好的，改写后的指令如下：\n\n请写一首诗。", False),
    ],
)
def test_only_announcements_are_taken_off_a_rewritten_instruction(code, text, kept):
    assert (rewritten(text, load(code).labels) == text) is kept


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("ja", "二つの指示は同じです。", True),
        ("ja", "いいえ。", False),
        ("zh", "这两条指令等同", True),
        ("zh", "这个任务不是分类任务。", False),
        ("zh", "这个任务是分类任务。", True),
        ("ko", "예 / 아니요: 아니요", False),
    ],
)
def test_verdicts_in_scripts_without_spaces(code, text, verdict):
    labels = load(code).labels
    assert yes_or_no(text, labels.yes, labels.no, labels.either_or) is verdict


def test_an_instruction_about_an_apology_is_no_refusal():
    replies = Replies(load("zh"))
    assert not replies.declines_instead("我无法入睡，请给我三条建议。")
    assert replies.declines_instead("抱歉，我无法提供这样的内容。")


@given(st.text(max_size=60))
@settings(deadline=None)
def test_composed_and_decomposed_texts_are_one(text):
    used = tokenizer("unicode")
    composed, decomposed = (
        used.tokenize(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")
    )
    assert composed == decomposed


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zs", "Cf", "Mn"])
        | st.sampled_from("\u202e\u200f🙂“”１２"),
        min_size=1,
        max_size=40,
    )
)
@settings(deadline=None)
def test_no_text_passes_as_novel_twice(text):
    index = NoveltyIndex(tokenizer("unicode"), 0.75)
    rules = InstructionRules(KO)
    rules.refuse(text.strip() or "x")
    if tokenizer("unicode").tokenize(text):
        assert index.admit(text) is None
        assert index.admit(text) is not None
        wide = text.replace("1", "１").replace("2", "２")
        assert index.admit(wide) is not None


PIECES = [
    "입력:", "출력:", "입력값：", "[입력]", "【出力】", "入力:", "出力:", "输入：",
    "输出：", "指令:",
    "예시 1번:", "例2：", "示例3", "과제 9:",
    "9번 과제:", "①",
    "・", "第9个任务：", "９．", "**",
    "\n", "\n\n", " ", "예", "아니요", "はい", "不是",
    "예 또는 아니요", "다음은 고쳐 쓴 지시문입니다:",
    "```", "{", '"입력": "', "가나다", "漢字", "かな", "<없음>", "없음",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=60).map("".join))
@settings(max_examples=2 * settings().max_examples)
def test_no_reply_in_any_language_makes_a_parser_raise(text):
    for code in ("ko", "ja", "zh"):
        pack = load(code)
        labels = pack.labels
        for continues in (True, False):
            list_items(text, labels, continues=continues)
            input_first(text, labels, continues=continues)
            output_first(text, labels, continues=continues)
            whole_items(text, labels, with_instruction=True, continues=continues)
        yes_or_no(text, labels.yes, labels.no, labels.either_or)
        rewritten(text, labels)
        skill(text, labels)
        if collapse(text):
            InstructionRules(pack).refuse(collapse(text))
        Eliminations(pack.answers).of_answer(text)


@pytest.mark.parametrize("code", ["ko", "ja", "zh"])
@pytest.mark.parametrize("piece", PIECES)
def test_a_reply_that_repeats_itself_for_ever_is_read(code, piece):
    # In quadratic time this would take minutes.
    labels = load(code).labels
    text = piece * (60_000 // len(piece))
    list_items(text, labels)
    input_first(text, labels)
    whole_items(text, labels, with_instruction=True)
    yes_or_no(text, labels.yes, labels.no, labels.either_or)
    rewritten(text, labels)
    Eliminations(load(code).answers).of_answer(text)
    finder(load(code).keywords)(text)
