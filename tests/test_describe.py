"""``describe``: what the program says of itself is so."""

from __future__ import annotations

import json
import re
import shlex
from fnmatch import fnmatch
from pathlib import Path

import pytest
import typer
import yaml

from selfinstruct import errors, recipes
from selfinstruct.cli import described, ending, exit_codes, known_names
from selfinstruct.cli.app import app
from selfinstruct.cli.describe import SKILL
from selfinstruct.formats import importing, registry, trainers
from selfinstruct.formats.preferences import PREFERENCES
from selfinstruct.languages import available, load
from selfinstruct.pool.known_files import FILES
from selfinstruct.reasons import Reason
from selfinstruct.rubrics import known
from selfinstruct.teachers.presets import preset_names

ROOT = Path(__file__).parents[1]
FORMAT_PAGE = (ROOT / "docs" / "pool-format.md").read_text(encoding="utf-8")
PROGRAM = typer.main.get_command(app)


@pytest.fixture(scope="module")
def said():
    return described.described(PROGRAM, "1")


def verb_of(said, name):
    return next(one for one in said["verbs"] if one["name"] == name)


def option_of(said, verb, flag):
    return next(one for one in verb_of(said, verb)["options"] if one["name"] == flag)


def test_every_verb_argument_and_option_is_there(said):
    assert [one["name"] for one in said["verbs"]] == list(PROGRAM.commands)
    for name, command in PROGRAM.commands.items():
        found = verb_of(said, name)
        flags = {flag for one in found["options"] for flag in one["flags"]}
        wanted = [one for one in command.params if one.param_type_name == "option"]
        assert flags == {flag for one in wanted for flag in (*one.opts, *one.secondary_opts)}
        assert len(found["arguments"]) == len(command.params) - len(wanted)
        assert found["about"].endswith(".")
        assert all(one["help"] for one in (*found["options"], *found["arguments"])), name


def test_options_are_what_their_declarations_say(said):
    target = option_of(said, "generate", "--target")
    assert (target["type"], target["required"], target["default"]) == ("integer", True, None)
    assert target["variable"] == "SELFINSTRUCT_TARGET"
    assert target["subject"] == "What to make"
    api = option_of(said, "generate", "--api")
    assert (api["type"], api["choices"]) == ("choice", ["chat", "completions"])
    assert option_of(said, "generate", "--hedge")["flags"] == ["--hedge", "--no-hedge"]
    temperature = option_of(said, "generate", "--temperature")
    assert (temperature["type"], temperature["least"], temperature["most"]) == ("number", 0, 2)
    assert option_of(said, "export", "--where")["repeated"]
    assert option_of(said, "export", "--output")["flags"] == ["-o", "--output"]
    assert option_of(said, "review", "--pairs")["values"] == 2
    pool = verb_of(said, "generate")["arguments"][0]
    assert (pool["name"], pool["type"], pool["default"]) == ("POOL", "path", "./pool")
    assert (
        "selfinstruct generate demo --teacher mock --target 100"
        in (verb_of(said, "generate")["examples"])
    )


def tree(kind):
    yield kind
    for one in kind.__subclasses__():
        yield from tree(one)


def test_every_exit_code_is_told_with_the_errors_that_end_in_it(said):
    codes = {one["code"]: one for one in said["exit_codes"]}
    own = [kind for kind in tree(errors.SelfInstructError) if kind.__module__ == errors.__name__]
    for kind in own:
        assert kind.__name__ in codes[kind.exit_code]["errors"]
    assert errors.InterruptionError(143).exit_code in codes
    assert set(ending._EXITS.values()) <= set(codes)
    page = (ROOT / "docs" / "cron-and-ci.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\d, ]+) \|", page, re.MULTILINE)
    assert {int(code) for row in rows for code in row.split(",")} == set(codes)
    assert all(f"{code} " in exit_codes.sentence() for code in codes)


def test_reasons_and_files_are_those_of_the_page_on_pools(said):
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", FORMAT_PAGE, re.MULTILINE)
    assert rows == [(one.value, one.meaning) for one in Reason]
    assert [one["name"] for one in said["reasons"]] == list(Reason)
    table = FORMAT_PAGE.split("| file | what |\n|---|---|\n")[1].split("\n\n")[0]
    assert table.splitlines() == [
        f"| {', '.join(f'`{name}`' for name in one.name.split(', '))} | {one.about} |"
        for one in FILES
    ]


def test_what_stands_in_a_grown_pool_is_known(inside, tmp_path):
    inside("generate", "p", "--teacher", "mock", "--target", 5, "--quiet", check=0)
    inside("judge", "p", "--teacher", "mock", "--sample", 2, "--quiet", check=0)
    names = [name.rstrip("/") for one in FILES for name in one.name.split(", ")]
    found = {path.name for path in (tmp_path / "p").iterdir()}
    assert {"tasks.jsonl", "judgements"} <= found
    assert [one for one in found if not any(fnmatch(one, name) for name in names)] == []


def test_names_that_are_told_without_loading_anything_are_those_there_are():
    assert known_names.recipes() == [kind.name for kind in recipes.shipped()]
    assert known_names.teachers() == ["mock", *(one for one in preset_names() if one != "mock")]
    assert known_names.written() == [*registry.written_names(), *PREFERENCES]
    assert known_names.read() == importing.names()
    assert known_names.languages() == sorted(available())
    assert all(known_names.rubrics() == known(load(code)) for code in available())
    assert list(known_names.TRAINERS) == [one.name for one in trainers._TRAINERS.shipped()]


def test_a_script_gets_one_object_of_all_or_of_one_verb(inside):
    whole = json.loads(inside("describe", "--json", check=0).stdout)
    assert whole["version"]
    assert whole["names"]["languages"] == ["en", "ja", "ko", "zh"]
    one = json.loads(inside("describe", "generate", "--json", check=0).stdout)
    assert one == verb_of(whole, "generate")


def test_a_person_gets_a_line_for_each(inside):
    text = inside("describe", check=0).stdout
    assert re.search(r"^generate +Grow a pool", text, re.MULTILINE)
    assert re.search(r"^exit 3 +A cap", text, re.MULTILINE)
    narrow = inside("describe", "judge", check=0, env={"COLUMNS": "60"}).stdout
    assert max(map(len, narrow.splitlines())) <= 60
    assert re.search(r"^--rubric +validity", narrow, re.MULTILINE)


def test_what_cannot_be_described_is_said(inside):
    assert "There is no verb 'grow': there are generate" in (
        inside("describe", "grow", check=2).stderr
    )
    assert "give it alone" in inside("describe", "--skill", "--json", check=2).stderr


def test_the_skill_is_a_page_with_a_name_and_a_description(inside):
    text = inside("describe", "--skill", check=0).stdout
    assert text == SKILL.read_text(encoding="utf-8")
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["name"] == "selfinstruct"
    assert 100 < len(front["description"]) < 1024
    assert len(text) < 8000


def test_the_skills_commands_do_in_order_what_it_says(inside, tmp_path):
    blocks = re.findall(r"```sh\n(.*?)```", SKILL.read_text(encoding="utf-8"), re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) > 12
    for command in commands:
        words, _, code = command.partition("  # exit ")
        done = inside(*shlex.split(words)[1:], check=int(code or 0))
        if "--json" in words:
            assert isinstance(json.loads(done.stdout), dict), command
    for name in ("train", "ko"):
        lines = (tmp_path / name / "chat.jsonl").read_text(encoding="utf-8").splitlines()
        assert all(json.loads(line)["messages"] for line in lines)
        assert len(lines) > 5
        assert (tmp_path / name / "trl.yml").exists()
    assert re.search("[가-힣]", lines[0])
