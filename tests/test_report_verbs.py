"""Verb and object by the rules of each language, case by case; spaCy where it is installed."""

from __future__ import annotations

import json
import shutil
import sys
import types

import pytest
from conftest import ROOT
from sets import source_of

from selfinstruct.errors import SettingsError
from selfinstruct.languages import available, load
from selfinstruct.languages.verbs import load_verbs
from selfinstruct.report.finding import finder
from selfinstruct.report.parsed_verbs import parsed
from selfinstruct.report.verbs import refuse_unknown_method, verbs

ENGLISH = [
    ("Write a short story about a fox.", ("write", "story")),
    ("Give me three examples of irregular verbs.", ("give", "example")),
    ("You are given a list of tweets. Answer the following questions.", ("answer", "question")),
    ("Please list all of the countries in Europe.", ("list", "country")),
    ("Can you recommend me a book on gardening?", ("recommend", "book")),
    ("Given a paragraph, find the most important sentence.", ("find", "sentence")),
    ("Your task is to classify the reviews below.", ("classify", "review")),
    ("I want you to write down two children's names.", ("write", "name")),
    ("Make up a dialogue between two strangers.", ("make", "dialogue")),
    ("Come up with a catchy slogan for a bakery.", ("come up with", "slogan")),
    ("Translate the provided text into French.", ("translate", "text")),
    ("Explain the meaning of this proverb.", ("explain", "meaning")),
    ("Compare women and men.", ("compare", "woman")),
    ("Rewrite “the old boxes” in capitals.", ("rewrite", "box")),
    ("Briefly describe your family.", ("describe", "family")),
    ("Detect the analyses that fail.", ("detect", "analysis")),
    ("Find a series that converges.", ("find", "series")),
    ("Don’t forget: summarize the author's news.", ("summarize", "news")),
    ("Find the top 10 most common words in this article.", ("find", "word")),
    ("Predict the next word given a context.", ("predict", "word")),
    ("List of countries by area.", None),
    ("Explain why the sky is blue.", None),
    ("What is the capital of France?", None),
    ("Tell me what you think.", None),
    ("Output.", None),
    ("", None),
    ("12345 !!", None),
]
KOREAN = [
    ("짧은 시를 써 주세요.", ("쓰다", "시")),
    ("다음 문장을 읽고 감정을 분류하세요.", ("분류하다", "감정")),
    ("이 글의 요점을 세 줄로 요약해줘.", ("요약하다", "요점")),
    ("가장 알맞은 속담을 고르시오.", ("고르다", "속담")),
    ("회의록을 표로 정리해 주시겠어요?", ("정리하다", "회의록")),
    ("요가의 장점 세 가지를 말해 보세요.", ("말하다", "장점")),
    ("질문 5개를 만드세요.", ("만들다", "질문")),
    ("예를 들어 설명하고, 뜻을 밝혀라.", ("밝히다", "뜻")),
    ("아래 낱말들을 알려 줘.", ("알리다", "낱말")),
    ("용기를 주세요.", ("주다", "용기")),
    ("오류를 찾아보세요.", ("찾다", "오류")),
    ("‘사과’를 영어로 옮기십시오.", ("옮기다", "사과")),  # noqa: RUF001 - as people write
    ("이메일 초안을 다듬어 달라.", ("다듬다", "초안")),
    ("마을에서 가을이 가장 아름다운 때는?", None),  # 을 here is no mark: the syllable is open
    ("프랑스의 수도는 어디인가요?", None),
    ("뜻을 알고 싶다.", None),
    ("을", None),
    ("", None),
]
JAPANESE = [
    ("短い詩を書いてください。", ("書く", "詩")),
    ("次の文章を要約しなさい。", ("要約する", "文章")),
    ("敬語の誤りを直してほしいです。", ("直す", "誤り")),
    ("長所を三つ挙げてください。", ("挙げる", "長所")),
    ("この文を英語に翻訳してください。", ("翻訳する", "文")),
    ("会議のあらすじをまとめてもらえますか。", ("まとめる", "あらすじ")),
    ("正しい答えを選べ。", ("選ぶ", "答え")),
    ("筆者の本音を言い当ててください。", ("言い当てる", "本音")),
    ("メールを代わりに書いて。", ("書く", "メール")),
    ("次の語を説明せよ。", ("説明する", "語")),
    ("買う物のリストを作りましょう。", ("作る", "リスト")),
    ("話をほぐしていただけますか。", None),
    ("フランスの首都はどこですか。", None),
    ("を", None),
    ("", None),
]


def tables():
    for language, table in (("en", ENGLISH), ("ko", KOREAN), ("ja", JAPANESE)):
        yield from (pytest.param(language, text, pair, id=text[:24] or language)
                    for text, pair in table)  # fmt: skip


@pytest.mark.parametrize(("language", "text", "pair"), list(tables()))
def test_the_rules_find_verb_and_object(language, text, pair):
    assert finder(load_verbs(load(language).folder))(text) == pair


def test_three_languages_have_rules_and_each_form_is_listed_for_one_verb():
    found = {code: load_verbs(load(code).folder) for code in available()}
    assert sorted(code for code, words in found.items() if finder(words)) == ["en", "ja", "ko"]
    for code in ("ko", "ja"):
        forms = [form for forms in found[code].last.forms.values() for form in forms]
        assert len(forms) == len(set(forms)), code
    assert len(found["en"].first.verbs) > 250


@pytest.mark.parametrize(("language", "least"), [("en", 0.4), ("ko", 0.4), ("ja", 0.25)])
def test_of_the_seeds_which_people_wrote_so_many_are_found(language, least):
    rows = (ROOT / "seeds" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    find = finder(load_verbs(load(language).folder))
    found = [find(json.loads(row)["instruction"]) for row in rows]
    assert sum(pair is not None for pair in found) / len(found) >= least


def test_the_words_for_verbs_are_in_no_fingerprint(tmp_path):
    # So that they may grow, and pools go on all the same.
    for code in ("en", "ko"):
        shutil.copytree(load(code).folder, tmp_path / code)
        before = load(str(tmp_path / code))
        (tmp_path / code / "verbs.toml").unlink()
        after = load(str(tmp_path / code))
        for edition in (1, 2):
            digests = [pack.digest(edition, with_answers=True) for pack in (before, after)]
            assert digests[0] == digests[1]


def test_the_commonest_verbs_and_objects_are_counted():
    texts = ["Write a poem."] * 3 + ["Write an essay."] * 2 + ["List ten rivers.", "Why not?"]
    told = verbs(source_of(texts), "rules")
    assert (told["n"], told["found"], told["share"]) == (7, 6, 0.8571)
    assert told["top"][0] == {
        "verb": "write",
        "count": 5,
        "drawn": 5,
        "objects": [{"object": "poem", "count": 3}, {"object": "essay", "count": 2}],
    }
    assert (told["method"], told["distinct_pairs"]) == ("rules", 3)


def test_a_parser_that_is_not_there_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(SettingsError, match=r"needs spaCy.*pip install spacy"):
        verbs(source_of(["Write a poem."]), "spacy:en_core_web_sm")


def test_a_model_that_is_not_there_is_named_too(monkeypatch):
    def nothing(name):
        raise OSError(name)

    monkeypatch.setitem(sys.modules, "spacy", types.SimpleNamespace(load=nothing))
    with pytest.raises(SettingsError, match="no model 'mine'"):
        verbs(source_of(["Write a poem."]), "spacy:mine")


def test_a_parser_gives_the_root_of_the_first_sentence_and_its_noun_object(monkeypatch):
    def token(lemma, pos, dep="", children=()):
        return types.SimpleNamespace(lemma_=lemma, pos_=pos, dep_=dep, children=list(children))

    def document(*roots):
        return types.SimpleNamespace(sents=[types.SimpleNamespace(root=root) for root in roots])

    poem = token("poem", "NOUN", "dobj")
    found = document(token("Write", "VERB", children=[token("me", "PRON", "dative"), poem]))
    others = [
        document(token("be", "AUX", children=[poem])),
        document(token("write", "VERB", children=[token("it", "PRON", "dobj")])),
        document(),
    ]
    model = types.SimpleNamespace(pipe=lambda texts: [found, *others][: len(list(texts))])
    monkeypatch.setitem(sys.modules, "spacy", types.SimpleNamespace(load=lambda _: model))
    assert list(parsed(["a", "b", "c", "d"], "mine")) == [("write", "poem"), None, None, None]
    assert verbs(source_of(["a"]), "spacy:mine")["method"] == "spacy:mine"


@pytest.mark.parametrize("method", ["spacy", "spacy:", "stanza:x", ""])
def test_a_method_that_is_none_is_refused(method):
    with pytest.raises(SettingsError, match="auto, rules, none or spacy:MODEL"):
        refuse_unknown_method(method)


def test_a_real_parser_mostly_agrees_with_the_rules():
    spacy = pytest.importorskip("spacy", reason="spaCy is not installed")
    if not spacy.util.is_package("en_core_web_sm"):
        pytest.skip("the model en_core_web_sm is not installed")
    texts = [text for text, _ in ENGLISH]
    find = finder(load_verbs(load("en").folder))
    both = [
        (mine, theirs)
        for mine, theirs in zip(map(find, texts), parsed(texts, "en_core_web_sm"), strict=True)
        if mine and theirs
    ]
    assert sum(mine == theirs for mine, theirs in both) >= 0.6 * len(both)
