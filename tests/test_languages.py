"""Language packs: what belongs to a language stands in its folder; nothing else assumes English."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT, made_with
from hypothesis import given, settings
from hypothesis import strategies as st

from selfinstruct import rubrics
from selfinstruct.filters import InstructionRules
from selfinstruct.filters.keywords import finder
from selfinstruct.languages import available, load, tokenizer
from selfinstruct.languages.edits import load_edits, variants
from selfinstruct.languages.pack import PACKS
from selfinstruct.novelty import NoveltyIndex
from selfinstruct.novelty.calibration import (
    nearest_scores,
    pair_score,
    share_refused,
    threshold_for,
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
from selfinstruct.recipes.common import Replies
from selfinstruct.recipes.eliminations import Eliminations
from selfinstruct.seeds import load_seeds
from selfinstruct.tasks import Reason


@pytest.fixture
def program(inside):
    return inside


DATA = Path(__file__).parent / "data"
KO = load("ko")


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Whitespace:
    def tokenize(self, text):
        return text.split()


def judged_right(pairs, used, threshold):
    return sum((pair_score(one["a"], one["b"], used) >= threshold) == one["same"] for one in pairs)


# Korean.


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
    assert judged_right(pairs, tokenizer("unicode"), KO.threshold) == 49
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


# Every pack.


@pytest.mark.parametrize("code", available())
def test_a_pack_is_valid_and_its_seeds_pass_its_own_rules(code, program):
    done = program("validate", PACKS / code, check=0)
    assert done.stdout == ""
    seeds = load_seeds(load(code).seeds)
    assert len(seeds) >= (30 if load(code).starter else 175)
    assert any(seed.is_classification for seed in seeds)


def test_the_korean_seeds_are_as_many_as_the_papers():
    seeds = load_seeds(KO.seeds)
    assert len(seeds) == 175
    assert sum(seed.is_classification for seed in seeds) == 25


@pytest.mark.parametrize("code", ["ko", "ja", "zh"])
@pytest.mark.parametrize("recipe", ["self-instruct", "alpaca"])
@pytest.mark.parametrize("api", ["chat", "completions"])
def test_a_pool_in_another_language(code, recipe, api, grow):
    data = made_with(seed=1, language=code, recipe=recipe, api=api)
    folder, outcome, _ = grow("pool", 60, data=data)
    assert outcome.stopped == "target"
    text = (folder / "tasks.jsonl").read_text(encoding="utf-8")
    assert "\\u" not in text
    pack = load(code)
    instructions = [one["instruction"] for one in rows(folder / "tasks.jsonl")]
    assert all(reason(pack, one) is None for one in instructions)
    seeds = [seed.instruction for seed in load_seeds(pack.seeds)]
    scores = nearest_scores(seeds + instructions, tokenizer(pack.tokenizer))
    assert max(scores[len(seeds) :]) < pack.threshold


def test_a_korean_pool_holds_rejects_of_each_rule(program, tmp_path):
    run = ["--language", "ko", "--teacher", "mock", "--target", 300, "--quiet"]
    program("generate", "p", *run, check=0)
    reasons = {one["reason"] for one in rows(tmp_path / "p" / "rejects.jsonl")}
    assert {
        Reason.TOO_SHORT,
        Reason.TOO_LONG,
        Reason.KEYWORD,
        Reason.WRITE_A_PROGRAM,
        Reason.PUNCTUATION_FIRST,
        Reason.WRONG_SCRIPT,
        Reason.REPEATED_DEMONSTRATION,
    } <= reasons


@pytest.mark.parametrize("code", ["ko", "ja", "zh"])
def test_evolving_in_another_language(code, program, tmp_path):
    seeds = tmp_path / "few.jsonl"
    lines = (ROOT / "seeds" / f"{code}.jsonl").read_text(encoding="utf-8").splitlines()[:12]
    seeds.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = ["--language", code, "--teacher", "mock", "--rounds", 2, "--difficulty", "--skills"]
    done = program("evolve", seeds, "p", *run, "--json", check=0)
    kept = rows(tmp_path / "p" / "tasks.jsonl")
    assert json.loads(done.stdout)["tasks"] == len(kept) > 6
    assert all(isinstance(one["difficulty"], int) and one["skill"] for one in kept)


def test_any_script_keeps_what_the_language_would_refuse(program, tmp_path):
    run = ["--language", "ko", "--teacher", "mock", "--target", 200, "--quiet", "--seed", 3]
    program("generate", "own", *run, check=0)
    program("generate", "any", *run, "--any-script", check=0)

    def refused(name):
        return Counter(one["reason"] for one in rows(tmp_path / name / "rejects.jsonl"))

    assert refused("own")[Reason.WRONG_SCRIPT] > 0
    assert refused("any")[Reason.WRONG_SCRIPT] == 0
    done = program("generate", "any", "--own-script", "--teacher", "mock", "--target", 210, check=2)
    assert "any_script is True in the pool" in done.stderr


def test_english_rules_are_those_that_earlier_pools_were_made_with():
    pack = load("en")
    assert (pack.fingerprint, pack.answers_fingerprint) == ("d5313077392f24d7", "f027e5c1a9c021e6")


# Packs of one's own.


def test_a_pack_of_ones_own(program, tmp_path):
    own = tmp_path / "mypack"
    program("languages", "--copy", "ko", own, check=0)
    assert "is there already" in program("languages", "--copy", "ko", own, check=2).stderr
    assert rubrics.known(load(str(own))) == rubrics.known(load("ko"))
    text = (own / "pack.toml").read_text(encoding="utf-8")
    (own / "pack.toml").write_text(text.replace('code = "ko"', 'code = "mine"'), encoding="utf-8")
    program("validate", own, check=0)
    run = ["--language", "./mypack", "--teacher", "mock", "--target", 30, "--quiet"]
    program("generate", "p", *run, check=0)
    assert rows(tmp_path / "p" / "tasks.jsonl")


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("pack.toml", "[length]", "[lenght]", "pack"),
        ("keywords.toml", 'match = "stem"', 'match = "word"', "pack"),
        ("pack.toml", 'tokenizer = "unicode"', 'tokenizer = "mecab"', "tokenizer"),
        ("pack.toml", 'input = "입력"', 'input = "출력"', "labels"),
        ("pack.toml", "least = 10\n", "least = 60\n", "refused-seed"),
        ("edits.toml", 'kind = "ending"', 'kind = "tail"', "edits"),
        ("templates/judge.chat.jinja", "{{ role }}", "{{ rule }}", "template"),
        ("rubrics/rating.toml", 'value = "B"', 'value = "a"', "rubric"),
        ("training.toml", "{instruction}", "{text}", "training"),
        ("templates/classify.chat.jinja", "{{ instruction }}", "", "template"),
        ("templates/skill.chat.jinja", "{{ instruction }}", "{{ instruction[0][1] }}", "template"),
        ("pack.toml", 'code = "ko"', 'code = "ko"\nfolder = "x"', "pack"),
        ("pack.toml", '"가-힣"', '"힣-가"', "pack"),
        ("keywords.toml", 'stem = "도표"', 'stem = ""', "pack"),
    ],
)
def test_what_is_wrong_with_a_pack_is_named(name, old, new, rule, program, tmp_path):
    own = tmp_path / "mypack"
    shutil.copytree(PACKS / "ko", own)
    shutil.copy(ROOT / "seeds" / "ko.jsonl", own / "seeds.jsonl")
    path = own / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    done = program("validate", own, check=2)
    assert f": {rule}: " in done.stdout


def test_the_languages_are_listed(program):
    done = program("languages", "--json", check=0)
    found = {row["code"]: row for row in json.loads(done.stdout)["languages"]}
    assert set(found) == {"en", "ja", "ko", "zh"}
    assert found["ko"]["state"] == "complete"
    assert found["ja"]["state"] == found["zh"]["state"] == "starter"
    assert "ko    Korean" in program("languages", check=0).stdout


# Calibration.


@pytest.mark.parametrize("code", ["ko", "ja", "zh"])
def test_a_packs_threshold_is_what_calibration_finds(code, program):
    done = program("calibrate", "--language", code, "--json", check=0)
    found = json.loads(done.stdout)
    assert found["threshold"] == found["pack_threshold"] == load(code).threshold
    text = (ROOT / "docs" / "languages.md").read_text(encoding="utf-8")
    near = found["nearest"]
    assert f"| {code} | unicode | {found['threshold']:.2f} | {near['mean']:.2f} |" in text


def test_english_words_calibrate_to_themselves(program):
    done = program("calibrate", "--json", check=0)
    assert json.loads(done.stdout)["threshold"] == 0.7


def test_without_near_duplicates_there_is_nothing_to_calibrate(program, tmp_path):
    rows_ = '{"prompt": "a", "completion": "b"}\n{"prompt": "b", "completion": "b"}\n'
    (tmp_path / "x.jsonl").write_text(rows_)
    done = program("calibrate", "x.jsonl", check=2)
    assert "no near-duplicates can be made" in done.stderr
    done = program("calibrate", "x.jsonl", "--edits", ".", check=2)
    assert "holds no edits.toml" in done.stderr
    done = program("calibrate", "--language", "ko", "--tokenizer", "rouge", "--json", check=0)
    assert json.loads(done.stdout)["threshold"] is None


def test_a_file_is_calibrated_in_the_language_of_its_script(program):
    done = program("calibrate", ROOT / "seeds" / "ko.jsonl", "--json", check=0)
    assert json.loads(done.stdout)["language"] == "ko"


def test_another_tokenizer_or_threshold_is_refused_and_replay_named(grow, program, tmp_path):
    folder, _, _ = grow("p", 20)
    (tmp_path / "mine.py").write_text("def words(text):\n    return text.split()\n")
    for change in (["--threshold", 0.6], ["--tokenizer", "mine:words"]):
        run = [*change, "--teacher", "mock", "--seed", 1, "--target", 30]
        done = program("generate", folder, *run, check=2)
        assert f"{change[0].removeprefix('--')} is " in done.stderr
        assert "selfinstruct replay" in done.stderr
    program("replay", folder, "--into", "q", "--tokenizer", "mine:words", check=0)


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(0.01, 1))
def test_the_threshold_is_the_largest_that_refuses_the_share(scores, share):
    found = threshold_for(scores, share)
    assert share_refused(scores, found) >= share or found == 0.01
    if found < 1:
        assert share_refused(scores, round(found + 0.01, 2)) < share


@given(st.lists(st.text("abc ", min_size=1, max_size=12), min_size=1, max_size=8))
@settings(deadline=None)
def test_nearest_neighbours_are_those_of_a_slow_search(texts):
    used = tokenizer("rouge")
    slow = [
        max((pair_score(one, other, used) for m, other in enumerate(texts) if m != n), default=0.0)
        for n, one in enumerate(texts)
    ]
    assert nearest_scores(texts, used) == pytest.approx(slow)


def test_edits_change_a_text_and_keep_its_length():
    import random

    edits = load_edits(KO.folder)
    made = variants(
        "다음 글을 읽고 중심 내용을 한 문장으로 요약해 주세요.", edits, random.Random(0)
    )
    assert {"order", "spacing", "all", "ending"} <= set(made)
    assert made["spacing"].replace(" ", "") == "다음글을읽고중심내용을한문장으로요약해주세요."


# Spellings of one text.


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
@settings(deadline=None, max_examples=300)
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
