"""Real runs against servers that go wrong: over HTTP, in processes of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import time
import urllib.request

import pytest
from conftest import PROGRAM, ROOT, environment
from serving import LLMOCK, foreign

from selfinstruct.api import check as checking

FAULTS = "429=0.11,500=0.05,timeout=0.01,disconnect=0.03,truncate=0.05,garbage=0.05"
KEY = "sk-canary-5f3a9b7c1d"
FILES = ("tasks.jsonl", "rejects.jsonl")


def over_http(address, *more):
    teacher = ("--teacher", "vllm", "--model", "mock", "--base-url", address)
    # Four seconds: a call that a busy machine answers late must not count as one more attempt,
    # for which the server would draw another fault.
    return (*teacher, "--seed", "1", "--timeout", "4", *more)


def contents(folder):
    return [(folder / name).read_bytes() for name in FILES]


@pytest.mark.slow
def test_a_run_reaches_its_target_through_thirty_per_cent_faults(program, server, tmp_path):
    key = {"VLLM_API_KEY": KEY}
    seen = []
    for name, concurrency in (("a", 24), ("b", 5)):
        address = server("--fault", FAULTS, "--fault-seed", 4, "--key", KEY)
        arguments = over_http(address, "--target", 25, "--concurrency", concurrency)
        done = program("generate", name, *arguments, "--json", env=key, check=0)
        said = json.loads(done.stdout)
        assert said["tasks"] == 25
        assert said["repeated_calls"] > 12
        seen.append(contents(tmp_path / name))
        for text in (done.stdout, done.stderr, program("status", name, check=0).stdout):
            assert KEY not in text
    # What goes wrong does not depend on the order of arrival, and so neither do the data.
    assert seen[0] == seen[1]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path


@pytest.mark.long
def test_without_faults_in_what_is_said_the_data_are_those_of_a_calm_run(program, server, tmp_path):
    calm = server()
    program("generate", "calm", *over_http(calm, "--target", 20), "--quiet", check=0)
    rough = server("--fault", "429=0.05,500=0.1,disconnect=0.05,garbage=0.1")
    program("generate", "rough", *over_http(rough, "--target", 20), "--quiet", check=0)
    assert contents(tmp_path / "calm") == contents(tmp_path / "rough")


def test_a_quota_on_the_server_is_kept_to(program, server):
    address = server("--rpm", 60)
    arguments = over_http(address, "--target", 10, "--concurrency", 32)
    done = program("generate", "p", *arguments, "--json", check=0)
    said = json.loads(done.stdout)
    assert said["tasks"] == 10
    assert said["calls"] < 60
    assert said["repeated_calls"] <= 2


def test_sustained_refusal_ends_with_exit_4_and_keeps_everything(program, server, tmp_path):
    address = server()
    program("generate", "p", *over_http(address, "--target", 10), "--quiet", check=0)
    before = contents(tmp_path / "p")
    refusing = server("--fault", "429=1")
    started = time.monotonic()
    done = program(
        "generate", "p", *over_http(refusing, "--target", 40, "--give-up-after", 3), "--json"
    )
    assert time.monotonic() - started >= 3
    assert done.returncode == 4
    assert json.loads(done.stdout)["stopped"] == "teacher"
    assert "Nothing was answered for 3 seconds (--give-up-after)" in done.stderr
    assert "Run the same command again" in done.stderr
    for now, then in zip(contents(tmp_path / "p"), before, strict=True):
        assert now.startswith(then)
    program("generate", "p", *over_http(address, "--target", 40), "--quiet", check=0)


def test_check_stands_one_call_that_hangs(inside, server):
    teacher = ("--teacher", "vllm", "--model", "mock", "--base-url")
    address = server("--fault", "timeout=0.5", "--hang", 0.2, "--fault-seed", 0)
    done = inside("check", *teacher, address, "--recipe", "alpaca", "--json", check=0)
    assert json.loads(done.stdout)["calls"] == 2


def test_check_says_in_its_own_words_that_nothing_was_answered(inside, server, monkeypatch):
    monkeypatch.setattr(checking, "_LONGEST", 0.5)
    teacher = ("--teacher", "vllm", "--model", "mock", "--base-url")
    done = inside("check", *teacher, server("--fault", "429=1"), "--timeout", 0.1, check=4)
    assert "this teacher cannot be checked now; nothing was kept" in done.stderr
    assert "the same command" not in done.stderr


@pytest.mark.slow
def test_a_hanging_call_does_not_hold_up_a_run(inside, server, tmp_path):
    teacher = ("--teacher", "vllm", "--model", "mock", "--seed", 1, "--base-url")
    calm = server()
    inside("generate", "calm", *teacher, calm, "--target", 40, "--quiet", check=0)
    hangs = server("--fault", "timeout=0.03", "--hang", 300)
    started = time.monotonic()
    done = inside("generate", "p", *teacher, hangs, "--target", 40, "--json", check=0)
    assert time.monotonic() - started < 120
    assert json.loads(done.stdout)["unmetered_calls"] >= 1
    assert "made again beside the first" in done.stderr
    assert contents(tmp_path / "p") == contents(tmp_path / "calm")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_while_waiting_ends_at_once(server, tmp_path, number):
    address = server("--fault", "429=1")
    log = (tmp_path / "log").open("w+")
    run = subprocess.Popen(
        [*PROGRAM, "generate", "p", *over_http(address), "--target", "9"],
        cwd=tmp_path,
        env=environment(),
        stderr=log,
        stdout=log,
    )
    while calls(address) < 2:  # it was refused, and has waited
        assert run.poll() is None
        time.sleep(0.02)
    run.send_signal(number)
    assert run.wait(30) == 128 + number  # it would wait for 600 s
    log.close()


def calls(address):
    """How many calls a server has seen so far."""
    with urllib.request.urlopen(f"{address}/usage") as answer:  # noqa: S310 - a server of ours
        return json.load(answer)["calls"]


def test_a_password_in_the_address_is_sent_as_one_and_shown_nowhere(program, server, tmp_path):
    address = server("--key", "nobody-knows").replace("http://", "http://me:hidden-pass@")
    done = program("generate", "p", *over_http(address, "--target", 5))
    assert done.returncode == 4
    assert "The key was refused (401)" in done.stderr
    both = program("generate", "q", *over_http(address, "--target", 5), env={"VLLM_API_KEY": KEY})
    assert both.returncode == 2
    assert "a server takes one of them" in both.stderr
    shown = done.stdout + done.stderr + both.stdout + both.stderr
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in ("hidden-pass", "bWU6aGlkZGVuLXBhc3M=", KEY):
        assert secret not in shown
        assert secret.encode() not in files


def test_the_mock_server_names_a_fault_that_it_does_not_know(program):
    for text, said in (
        ("wrong=0.1", "There is no fault 'wrong': use 429"),
        ("429=x", "must be a number"),
        ("429=0.9,500=0.9", "at most 1"),
    ):
        done = program("serve-mock", "--fault", text)
        assert done.returncode == 2
        assert said in done.stderr


@pytest.mark.long
def test_an_outside_fake_with_a_quota_finds_nothing_wrong(program):
    """A second opinion on rate limits: llmock, which is not ours, judges its clients."""
    limits = ["--rpm", "30", "--error-rate", "500=0.1", "--response-style", "varied"]
    with foreign(*limits) as address:
        # Its replies are no lists of tasks, but any text is an answer.
        done = program(
            "answer", ROOT / "seeds" / "en.jsonl", "--into", "a", "--sample", 45,
            "--teacher", "vllm", "--model", "gpt-4o-mini", "--base-url", f"{address}/v1", "--json",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        report = subprocess.run(
            [*LLMOCK, "report", "--url", address], capture_output=True, text=True, check=False
        )
    assert report.returncode == 0, report.stdout
    said = json.loads(done.stdout)
    assert said["answers"] == 45
    assert said["calls"] == 45 + said["repeated_calls"]
