"""Settings from files and variables: one call's value does not break another's, and errors say
where a value stands.
"""

from __future__ import annotations

import json
import shutil

import pytest

from selfinstruct.errors import PromptError
from selfinstruct.languages import load
from selfinstruct.prompts import Prompts, Step

MOCK = ("--teacher", "mock")
GROW = ("generate", "p", *MOCK, "--target", 6, "--quiet")


@pytest.fixture
def pool(inside, tmp_path):
    inside(*GROW, check=0)
    talk = [
        {"from": "human", "value": "Name three rivers of Europe."},
        {"from": "gpt", "value": "Rhine, Loire, Ebro."},
    ]
    (tmp_path / "chat.jsonl").write_text(json.dumps({"conversations": talk}) + "\n")
    return tmp_path


IDLE = {
    "seed": "seed = 7",
    "format": 'format = "alpaca"',
    "threshold": "threshold = 0.7",
    "decontaminate's threshold": "[decontaminate]\nthreshold = 0.01",
    "recipe": 'recipe = "alpaca"',
    "structured": "structured = true",
    "settings of recipes": "human = 6\nper_request = 8\nsupport = 0.5\ngrow = true",
    "keep_reasoning": "keep_reasoning = true",
    "system": 'system = "Be brief."',
    "target": "target = 6\n[replay]\ntarget = 3",
    "the mock": '[serve-mock]\nport = 9123\nkey = "k"\nrpm = 3',
}
CALLS = {
    "generate": ("generate", "p", *MOCK, "--target", 7),
    "alpaca": ("generate", "q", *MOCK, "--target", 3, "--recipe", "alpaca"),
    "completions": ("generate", "q", *MOCK, "--target", 3, "--api", "completions"),
    "estimate": ("estimate", "p", "--target", 9),
    "export": ("export", "p", "--format", "alpaca", "-o", "o.jsonl"),
    "export chat": ("export", "p", "--format", "sharegpt", "-o", "o.jsonl"),
    "replay": ("replay", "p", "--into", "q"),
    "import": ("import", "chat.jsonl", "--into", "p", "--no-filter"),
    "validate": ("validate", "chat.jsonl"),
    "decontaminate": ("decontaminate", "p", "--against", "chat.jsonl"),
    "filter": ("filter", "chat.jsonl", "-o", "o.jsonl", "--field", "id", "--on-error", "skip"),
    "status": ("status", "p"),
}


@pytest.mark.parametrize("settings", IDLE.values(), ids=IDLE)
def test_a_setting_for_one_verb_or_pool_breaks_no_other(inside, pool, settings):
    (pool / "selfinstruct.toml").write_text(settings)
    for name, call in CALLS.items():
        if settings.startswith(("seed", "keep_reasoning")) and name == "generate":
            continue  # that asks for another pool
        inside(*call, check=0)
        for made in ("q", "o.jsonl", "o.jsonl.README.md"):
            path = pool / made
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)


@pytest.mark.parametrize(
    "env",
    [
        {"SELFINSTRUCT_SEED": "7"},
        {"SELFINSTRUCT_FORMAT": "alpaca"},
        {"SELFINSTRUCT_STRUCTURED": "1"},
        {"SELFINSTRUCT_RECIPE": "targeted"},
    ],
)
def test_nor_does_a_variable(inside, pool, env):
    for name in ("export", "validate", "decontaminate", "estimate"):
        inside(*CALLS[name], env=env, check=0)
        (pool / "o.jsonl").unlink(missing_ok=True)


@pytest.mark.usefixtures("pool")
def test_typed_it_is_refused_as_before(inside):
    done = inside(*CALLS["export"], "--seed", 7, check=2)
    assert "--seed says nothing to the format alpaca" in done.stderr
    done = inside(*CALLS["generate"], "--structured", check=2)
    assert "--structured is no setting of the recipe self-instruct" in done.stderr
    done = inside(*CALLS["generate"], "--recipe", "alpaca", check=2)
    assert "recipe is 'self-instruct' in the pool and 'alpaca' now" in done.stderr


def test_an_export_says_how_it_was_made_without_what_said_nothing(inside, pool):
    (pool / "selfinstruct.toml").write_text('seed = 7\nsystem = "Be brief."')
    inside(*CALLS["export"], check=0)
    assert "--seed" not in (pool / "o.jsonl.README.md").read_text(encoding="utf-8")
    (pool / "o.jsonl").unlink()
    inside(*CALLS["export chat"], check=0)
    assert "Be brief." not in (pool / "o.jsonl").read_text(encoding="utf-8")


def test_a_table_of_a_verb_names_its_teacher_by_option_or_by_table(inside, tmp_path):
    settings = tmp_path / "selfinstruct.toml"
    settings.write_text('teacher = "openai"\n[generate]\nteacher = "mock"')
    inside("generate", "p", "--target", 2, "--quiet", check=0)
    settings.write_text('teacher = "openai"\n[generate.teacher]\nname = "mock"')
    inside("generate", "q", "--target", 2, "--quiet", check=0)


def test_a_table_of_a_verb_may_hold_tables(inside, tmp_path):
    (tmp_path / "selfinstruct.toml").write_text("[generate.decoding.instances]\nmax_tokens = 5\n")
    done = inside("generate", "p", *MOCK, "--target", 3, check=4)  # five tokens hold no instance
    assert "max_tokens" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('api_key = "sk-1"', "'api_key' would hold a secret"),
        ('key = "sk-1"', "'key' would hold a secret"),
        ('OPENAI_API_KEY = "sk-1"', "'OPENAI_API_KEY' would hold a secret"),
        ('[generate]\ntoken = "sk-1"', "'token' would hold a secret"),
        ('[teacher]\nkey = "sk-1"', "'key' would hold a secret"),
        ("port = 9123", "'port' stands in the table of its verb: [review] or [serve-mock]"),
        (
            'output = "x"',
            "'output' stands in the table of its verb: "
            "[report] or [evaluate] or [select] or [export] or [filter]",
        ),
        ("[serve-mock]\nprt = 1", "unknown key 'prt'. Did you mean 'port'?"),
        ("[generat]\nseed = 1", "unknown key 'generat'. Did you mean 'generate'?"),
        ("a = " + "[" * 5000, "not valid TOML"),
        (
            "concurrency = 0",
            "It stands in selfinstruct.toml: concurrency.",
        ),
        (
            '[generate]\nconcurrency = "\x1b]0;x[/nope]"'.replace("\x1b", "\\u001b"),
            "It stands in selfinstruct.toml: generate.concurrency.",
        ),
        ("threshold = 3", "(--threshold stands in selfinstruct.toml: threshold.)"),
        ("[decoding.instructions]\ntempereture = 1", "no such key. Did you mean 'temperature'?\n"),
        ("[decoding.instructions]\ntemperature = 3", "temperature: must be at most 2, not 3"),
        (
            '[decoding.instructions]\nmax_tokens = "x"',
            "max_tokens: must be a whole number, not 'x'",
        ),
        ('[decoding]\ninstructions = "x"', "instructions: must be a table, not 'x'"),
        ("[retry]\nattemps = 3", "no such key. Did you mean 'attempts'?\n"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_key(inside, tmp_path, content, message):
    (tmp_path / "selfinstruct.toml").write_text(content, encoding="utf-8")
    done = inside(*GROW, env={"COLUMNS": "400"}, check=2)
    assert message in done.stderr
    assert "sk-1" not in done.stderr
    assert "\x1b]" not in done.stderr


def test_switches_are_checked_in_our_own_words(inside, tmp_path):
    path = tmp_path / "selfinstruct.toml"
    for content, message in (
        ("[switches]\nstpo = true", "switches.stpo: there is no such key. Did you mean 'stop'?"),
        ("[switches]\nstop = 5", "switches.stop: must be true or false, not 5"),
        (
            '[switches]\njson_schema = "xml"',
            "switches.json_schema: must be 'json_schema' or 'none'",
        ),
    ):
        path.write_text(content)
        done = inside(*GROW[:2], "--teacher", "vllm", "--model", "m", "--target", 3, check=2)
        assert message in done.stderr


def test_a_byte_order_mark_is_passed_over(inside, tmp_path):
    (tmp_path / "selfinstruct.toml").write_text('teacher = "mock"', encoding="utf-8-sig")
    inside("generate", "p", "--target", 3, check=0)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SELFINSTRUCT_TRESHOLD", "Did you mean SELFINSTRUCT_THRESHOLD?"),
        ("SELFINSTRUCT_API_KEY", "such as OPENAI_API_KEY"),
        ("SELFINSTRUCT_HOBBY", "says nothing to this program."),
    ],
)
def test_a_variable_that_is_none_is_named(inside, name, said):
    done = inside(*GROW, env={name: "0.5"}, check=0)
    assert name in done.stderr
    assert said in done.stderr


def test_an_error_names_the_variable_that_a_value_stands_in(inside):
    done = inside(*GROW, env={"SELFINSTRUCT_CONCURRENCY": "0", "COLUMNS": "300"}, check=2)
    assert "It stands in the variable SELFINSTRUCT_CONCURRENCY." in done.stderr
    done = inside(*GROW, env={"SELFINSTRUCT_PRICE": "cheap"}, check=2)
    assert "(--price stands in the variable SELFINSTRUCT_PRICE.)" in done.stderr


def test_the_mock_server_reads_its_table(inside, tmp_path):
    (tmp_path / "selfinstruct.toml").write_text('[serve-mock]\nfault = "frogs=1"\n')
    assert "There is no fault 'frogs'" in inside("serve-mock", check=2).stderr
    (tmp_path / "selfinstruct.toml").write_text("rpm = 0.5\n")  # of a run: no whole number here
    assert "There is no fault" in inside("serve-mock", "--fault", "frogs=1", check=2).stderr


def test_a_misnamed_template_beside_a_good_one_is_refused(tmp_path):
    (tmp_path / "classify.chat.jinja").write_text("{{ instruction }}")
    (tmp_path / "README.md").write_text("mine")
    Prompts(load("en"), "chat", tmp_path, (Step.CLASSIFY,))
    (tmp_path / "clasify.completions.jinja").write_text("{{ instruction }}")
    with pytest.raises(PromptError, match=r"Did you mean 'classify\.completions\.jinja'"):
        Prompts(load("en"), "chat", tmp_path, (Step.CLASSIFY,))
