"""The program as a person or a cron job meets it: exit codes, messages, settings, help."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from conftest import PROGRAM, environment, rows

MOCK = ("--teacher", "mock")


@pytest.fixture
def program(inside):
    """Verbs run in this process: starting one takes longer than most of what is tested here."""
    return inside


def generate(program, *arguments, **more):
    return program("generate", "p", *arguments, **more)


def test_a_run_ends_with_one_json_object_and_the_pool_holds_the_target(program, tmp_path):
    done = generate(program, *MOCK, "--target", 30, "--json", check=0)
    summary = json.loads(done.stdout)
    assert {
        "pool",
        "target",
        "tasks",
        "instances",
        "accepted",
        "rejected",
        "calls",
        "prompt_tokens",
        "completion_tokens",
        "cost_usd",
        "seconds",
        "stopped",
    } <= summary.keys()
    assert (summary["tasks"], summary["stopped"], summary["cost_usd"]) == (30, "target", None)
    assert len(rows(tmp_path / "p" / "tasks.jsonl")) == 30


def test_a_second_call_with_the_same_or_a_smaller_target_does_nothing(program):
    generate(program, *MOCK, "--target", 20, "--seed", 1, check=0)
    for target in (20, 5):
        done = generate(program, *MOCK, "--target", target, check=0)
        assert "nothing to do" in done.stderr
        done = generate(program, *MOCK, "--target", target, "--json", check=0)
        assert json.loads(done.stdout)["accepted"] == 0


def test_price_and_reported_tokens_give_the_cost(program):
    done = generate(program, *MOCK, "--target", 10, "--price", "1/2", "--json", check=0)
    run = json.loads(done.stdout)
    expected = (run["prompt_tokens"] + 2 * run["completion_tokens"]) / 1e6
    assert run["cost_usd"] == pytest.approx(expected, abs=1e-6)


def test_a_cap_ends_the_run_with_3_and_is_not_passed(program):
    done = generate(program, *MOCK, "--target", 50, "--max-calls", 7, "--json", check=3)
    run = json.loads(done.stdout)
    assert (run["calls"], run["stopped"]) == (7, "budget")
    assert "cap of 7 calls" in done.stderr
    arguments = ("--target", 50, "--budget", 0.05, "--price", "1/1", "--json")
    run = json.loads(generate(program, *MOCK, *arguments, check=3).stdout)
    assert 0.03 < run["cost_usd"] <= 0.05
    run = json.loads(
        generate(
            program, *MOCK, "--target", 50, "--max-tokens-total", 30000, "--json", check=3
        ).stdout
    )
    assert 20000 < run["prompt_tokens"] + run["completion_tokens"] <= 30000


def test_flag_goes_before_variable_before_file_before_default(program, tmp_path):
    (tmp_path / "selfinstruct.toml").write_text(
        'target = 4\nteacher = "mock"\n[generate]\nseed = 9\n'
    )
    run = json.loads(generate(program, "--json", check=0).stdout)
    assert run["target"] == 4
    run = json.loads(generate(program, "--json", env={"SELFINSTRUCT_TARGET": "6"}, check=0).stdout)
    assert run["target"] == 6
    done = generate(program, "--json", "--target", 8, env={"SELFINSTRUCT_TARGET": "6"}, check=0)
    assert json.loads(done.stdout)["target"] == 8
    assert json.loads((tmp_path / "p" / "manifest.json").read_text())["seed"] == 9


def test_every_decoding_value_can_be_set_in_the_file(program, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('teacher = "mock"\n[decoding.instances]\nmax_tokens = 5\n')
    done = generate(program, "--target", 3, "--config", path, "--json")
    assert json.loads(done.stdout)["stopped"] == "teacher"  # five tokens hold no instance
    assert "max_tokens" in done.stderr
    path.write_text("[decoding.instances]\nmax_token = 5\n")
    done = generate(program, *MOCK, "--target", 3, "--config", path, check=2)
    assert "decoding.instances.max_token" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("targt = 5", "unknown key 'targt'. Did you mean 'target'?"),
        ("[generate]\nhumans = 5", "unknown key 'humans'. Did you mean 'human'?"),
        ("target = ", "not valid TOML"),
        ('target = "many"', "Invalid value for '--target'"),
        ("[switches]\nstop_it = true", "switches"),
    ],
)
def test_a_wrong_settings_file_is_refused_by_name(program, tmp_path, content, message):
    (tmp_path / "selfinstruct.toml").write_text(content)
    teacher = ("--teacher", "vllm", "--model", "m") if "switches" in content else MOCK
    target = () if content.startswith("target") else ("--target", 3)
    done = generate(program, *teacher, *target, check=2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


WRONG = {
    "no target": ((*MOCK,), "--target"),
    "target of zero": ((*MOCK, "--target", 0), "--target must be at least 1"),
    "negative target": ((*MOCK, "--target", -3), "--target must be at least 1"),
    "no teacher": (("--target", 3), "OPENAI_API_KEY"),
    "no key": (("--target", 3, "--teacher", "openai"), "set OPENAI_API_KEY"),
    "no model": (("--target", 3, "--teacher", "vllm"), "--model"),
    "no address": (("--target", 3, "--teacher", "azure", "--model", "m"), "AZURE_OPENAI_API_KEY"),
    "unknown teacher": (("--target", 3, "--teacher", "oracle"), "use one of mock, openai"),
    "odd address": (
        ("--target", 3, "--teacher", "vllm", "--model", "m", "--base-url", "localhost"),
        "must be an address",
    ),
    "missing seeds": ((*MOCK, "--target", 3, "--seeds", "none.jsonl"), "none.jsonl: no such file"),
    "too few seeds": ((*MOCK, "--target", 3, "--human", 200), "175 seed tasks are too few"),
    "unknown language": ((*MOCK, "--target", 3, "--language", "tlh"), "language pack 'tlh'"),
    "unknown recipe": ((*MOCK, "--target", 3, "--recipe", "soup"), "no recipe 'soup'"),
    "unknown tokenizer": ((*MOCK, "--target", 3, "--tokenizer", "x"), "no tokenizer 'x'"),
    "no such tokenizer": ((*MOCK, "--target", 3, "--tokenizer", "nope:x"), "cannot be imported"),
    "budget without price": ((*MOCK, "--target", 3, "--budget", 1), "needs --price"),
    "odd price": ((*MOCK, "--target", 3, "--price", "cheap"), "--price is written IN/OUT"),
    "threshold of zero": ((*MOCK, "--target", 3, "--threshold", 0), "--threshold must be above 0"),
    "no prompts": ((*MOCK, "--target", 3, "--prompts", "none"), "none: no such folder"),
    "no settings": ((*MOCK, "--target", 3, "--config", "no.toml"), "no.toml: no such settings"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_gets_a_sentence_and_2_and_leaves_nothing(program, tmp_path, name):
    arguments, message = WRONG[name]
    done = generate(program, *arguments, check=2)
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "p").exists()


def test_a_seed_file_nested_beyond_reason_is_refused(program, tmp_path):
    (tmp_path / "deep.jsonl").write_text('{"id": ' + "[" * 100_000)
    done = generate(program, *MOCK, "--target", 3, "--seeds", "deep.jsonl", check=2)
    assert "deep.jsonl:1: JSON nested too deeply" in done.stderr


def test_a_pool_path_that_is_a_file_is_named(program, tmp_path):
    (tmp_path / "p").write_text("x")
    assert "is a file" in generate(program, *MOCK, "--target", 3, check=2).stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("--human", 5), "human"),
        (("--machine", 1), "machine"),
        (("--threshold", 0.6), "threshold"),
        (("--seed", 2), "seed"),
        (("--api", "completions"), "api"),
        (("--classification-only",), "classification_only"),
    ],
)
def test_a_pool_made_with_other_settings_is_refused_by_name_unless_accepted(program, change, named):
    generate(program, *MOCK, "--target", 5, check=0)
    done = generate(program, *MOCK, "--target", 6, *change, check=2)
    assert f"{named} is " in done.stderr
    generate(program, *MOCK, "--target", 6, *change, "--accept-change", check=0)
    generate(program, *MOCK, "--target", 7, check=0)  # what was accepted is the pool's now


def test_other_seeds_are_refused_and_a_pool_keeps_its_own(program, tmp_path):
    generate(program, *MOCK, "--target", 20, check=0)
    own = tmp_path / "p" / "tasks.jsonl"
    done = generate(program, *MOCK, "--target", 25, "--seeds", own, check=2)
    assert "seeds are not those of the pool" in done.stderr
    program("generate", "q", *MOCK, "--target", 5, "--seeds", own, check=0)
    program("generate", "q", *MOCK, "--target", 6, check=0)


def test_a_pool_in_use_is_refused_with_5(program, tmp_path):
    generate(program, *MOCK, "--target", 5, check=0)
    hold = (
        "import sys, filelock, pathlib\n"
        "lock = filelock.FileLock(pathlib.Path('p') / '.lock'); lock.acquire()\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        done = generate(program, *MOCK, "--target", 9, check=5)
        assert "another run holds this pool" in done.stderr
        program("status", "p", check=0)  # looking needs no lock
        holder.communicate("")


def test_a_torn_last_line_is_cut_back_and_said(program, tmp_path):
    generate(program, *MOCK, "--target", 10, "--seed", 1, check=0)
    with (tmp_path / "p" / "tasks.jsonl").open("a") as file:
        file.write('{"id": "torn", "instr')
    done = generate(program, *MOCK, "--target", 12, check=0)
    assert "cut back" in done.stderr
    program("generate", "whole", *MOCK, "--target", 12, "--seed", 1, check=0)
    whole = (tmp_path / "whole" / "tasks.jsonl").read_bytes()
    assert (tmp_path / "p" / "tasks.jsonl").read_bytes() == whole


def test_status_tells_tasks_refusals_calls_and_cost(program):
    generate(program, *MOCK, "--target", 30, "--price", "1/2", check=0)
    found = json.loads(program("status", "p", "--json", check=0).stdout)
    assert found["tasks"] == 30
    assert sum(found["rejected"].values()) == found["rejects"] > 0
    assert found["calls"] == sum(step["calls"] for step in found["steps"].values())
    assert found["cost_usd"] > 0
    shown = program("status", "p", check=0).stdout
    assert "30 with" in shown
    assert next(iter(found["rejected"])) in shown
    assert "is no pool" in program("status", "nothing", check=2).stderr


def test_quiet_says_nothing(program):
    done = generate(program, *MOCK, "--target", 5, "--quiet", check=0)
    assert (done.stdout, done.stderr) == ("", "")


def test_help_is_there_for_every_verb_and_imports_nothing_heavy():
    code = (
        "import sys\n"
        "sys.argv = ['selfinstruct', *{!r}]\n"
        "from selfinstruct.cli import run\n"
        "try:\n    run()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "heavy = {{'openai', 'numpy', 'rouge_score', 'rapidfuzz', 'nltk', 'aiohttp'}}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    for arguments in (["--help"], ["generate", "--help"], ["status", "--help"], ["check", "-h"]):
        done = subprocess.run(
            [sys.executable, "-c", code.format(arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=environment(),
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Usage" in done.stdout


def test_the_version_is_printed(program):
    assert program("--version", check=0).stdout.startswith("selfinstruct ")
    assert PROGRAM[-1] == "selfinstruct"
