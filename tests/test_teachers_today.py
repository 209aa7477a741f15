"""Today's kinds of teachers, at the defaults: what they refuse, how they think, what they bill."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
import urllib.request

import pytest
from conftest import rows

from selfinstruct.journal import LEDGER
from selfinstruct.pool.teachers import NAME as TEACHERS
from selfinstruct.teachers import Api, Decoding, Prompt, Reply
from selfinstruct.teachers.base import Usage
from selfinstruct.teachers.budget import Budgeted, BudgetEndedError, Caps, Price

REFUSED = "temperature,top_p,presence_penalty,frequency_penalty,stop,max_tokens"
KINDS = {
    "openai": ("openai", "--refuse", REFUSED, "--thinking", 300, "--thinking-style", "hidden"),
    "field": ("vllm", "--thinking", 300),
    "tags": ("vllm", "--thinking", 300, "--thinking-style", "tags"),
    "unopened": ("vllm", "--thinking", 1500, "--thinking-style", "unopened"),
    "channels": ("vllm", "--thinking", 300, "--thinking-style", "channels"),
    "parts": ("vllm", "--thinking", 5000, "--thinking-style", "parts"),
    "mistral": ("mistral", "--strict"),
    "claude": ("anthropic", "--refuse", "temperature+top_p"),
    "no schema": ("vllm", "--refuse", "response_format"),
}
KEYS = dict.fromkeys(("OPENAI_API_KEY", "MISTRAL_API_KEY", "ANTHROPIC_API_KEY"), "key")
MOST = 1.3 * 158 + 12  # calls; an ordinary server takes 158 for 60 tasks


@contextlib.contextmanager
def serving_drips():
    """A server that begins to answer, and then sends a blank every now and then for ever."""

    def answer(connection):
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                connection.sendall(b"1\r\n \r\n")
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def take():
            with contextlib.suppress(OSError):
                while True:
                    one, _ = server.accept()
                    threading.Thread(target=answer, args=(one,), daemon=True).start()

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"


def bill(address):
    with urllib.request.urlopen(f"{address}/usage") as answer:  # noqa: S310 - a server of ours
        return json.load(answer)


def without_teacher(path):
    found = rows(path)
    for row in found:
        for key in ("teacher", "model"):
            row.get("provenance", {}).pop(key, None)
    return found


@pytest.fixture
def asked(inside, server):
    """Run the program against a server of some kind; returns the process and the address."""

    def start(kind):
        teacher, *behaviour = KINDS[kind]
        address = server(*behaviour)

        def run(verb, *arguments, check=None):
            given = ("--teacher", teacher, "--model", "mock", "--base-url", address)
            return inside(verb, *arguments, *given, env=KEYS, check=check)

        return run, address

    return start


def kinds():
    """All of them; those that are much like another only in the long run of tests."""
    alike = {"field", "channels", "no schema", "claude", "tags", "parts", "mistral"}
    long, slow = pytest.mark.long, pytest.mark.slow
    return [pytest.param(kind, marks=long if kind in alike else slow) for kind in KINDS]


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_of_teacher_works_at_the_defaults(asked, inside, tmp_path, kind):
    run, address = asked(kind)
    found = json.loads(run("check", "--json", check=0).stdout)
    assert found["readable"]
    before = bill(address)["calls"]
    done = run("generate", "p", "--target", 60, "--seed", 1, "--json", check=0)
    summary = json.loads(done.stdout)
    calls = bill(address)["calls"] - before
    assert summary["calls"] == calls <= MOST
    ordinary = ("--teacher", "mock", "--target", 60, "--seed", 1, "--quiet")
    inside("generate", "m", *ordinary, check=0)
    assert without_teacher(tmp_path / "p" / "tasks.jsonl") == without_teacher(
        tmp_path / "m" / "tasks.jsonl"
    )
    assert sum(row["is_classification"] for row in rows(tmp_path / "p" / "tasks.jsonl")) >= 6
    assert not any(
        "reasoning" in case
        for row in rows(tmp_path / "p" / "tasks.jsonl")
        for case in row["instances"]
    )
    # A second run has nothing to learn.
    refused, starved = bill(address)["refused"], summary["starved_calls"]
    again = run("generate", "p", "--target", 90, "--json", check=0)
    assert bill(address)["refused"] == refused
    assert json.loads(again.stdout)["starved_calls"] == 0
    assert "takes no" not in again.stderr
    assert (starved > 0) == (kind in {"unopened", "parts"})
    run("generate", "a", "--recipe", "alpaca", "--target", 60, "--quiet", check=0)
    assert len(rows(tmp_path / "a" / "tasks.jsonl")) == 60


def test_what_was_learned_is_said_once_and_stands_in_the_pool(asked, inside, tmp_path):
    run, _ = asked("openai")
    done = run("generate", "p", "--target", 9, check=0)
    said = [line for line in done.stderr.splitlines() if line.startswith("mock ")]
    assert [line.partition(".")[0] for line in said] == [
        "mock takes no temperature but 1, which is sent instead",
        "mock takes no top_p, which is left out",
        "mock takes no presence_penalty, which is left out",
        "mock thinks before it answers: 4,096 more tokens are given for that",
    ] or len(said) == 4
    text = (tmp_path / "p" / TEACHERS).read_text(encoding="utf-8")
    assert "key" not in text.replace("prompt_cache_key", "")
    (known,) = json.loads(text).values()
    assert known["fixed"] == {"temperature": 1.0}
    assert known["room"] == 4096
    unapplied = rows(tmp_path / "p" / LEDGER)[-1]["unapplied"]
    assert unapplied == ["temperature", "top_p", "presence_penalty"]
    status = inside("status", "p", check=0).stdout
    assert "temperature" in status
    inside("export", "p", "--format", "sharegpt", "-o", "x.jsonl", check=0)
    assert "not taken as meant by openai mock" in (tmp_path / "x.jsonl.README.md").read_text(
        "utf-8"
    )


def test_a_damaged_file_of_teachers_names_what_to_do(asked, tmp_path):
    run, _ = asked("field")
    run("generate", "p", "--target", 3, "--quiet", check=0)
    (tmp_path / "p" / TEACHERS).write_text("{")
    assert "Remove it" in run("generate", "p", "--target", 9, check=2).stderr


def test_what_is_insisted_on_ends_the_run_with_the_servers_words(asked):
    run, _ = asked("openai")
    for more, words in (
        (("--sampling",), "'temperature' does not support"),
        (("--body", '{"logprobs": true, "temperature": 0.3}'), "does not support 0.3"),
    ):
        done = run("generate", "p", "--target", 3, *more, check=4)
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_a_step_that_cannot_be_read_ends_the_run(inside, server, tmp_path):
    address = server("--thinking", 500, "--thinking-style", "tags")
    teacher = ("--teacher", "vllm", "--model", "mock", "--base-url", address)
    done = inside(
        "generate", "p", "--target", 50, "--reasoning-tokens", 0, *teacher, "--json", check=4
    )
    assert "The first 20 replies to the step 'classify' ran out of tokens" in done.stderr
    assert "--reasoning-tokens" in done.stderr
    summary = json.loads(done.stdout)
    assert summary["tasks"] == 0
    assert 20 <= summary["starved_calls"] <= 60  # those in flight, and a few of another step
    status = inside("status", "p", check=0).stdout
    assert "starved" in status
    # With room again, the same pool goes on, and nothing that was read is asked again.
    inside("generate", "p", "--target", 5, *teacher, "--quiet", check=0)
    keys = [row["key"] for row in rows(tmp_path / "p" / "replies.jsonl") if not row.get("starved")]
    assert len(keys) == len(set(keys))


def test_thoughts_are_kept_when_wanted_and_by_a_replay(asked, inside, tmp_path):
    run, _ = asked("tags")
    run("generate", "a", "--target", 12, "--seed", 1, "--quiet", check=0)
    run("generate", "b", "--target", 12, "--seed", 1, "--keep-reasoning", "--quiet", check=0)
    inside("replay", "a", "--into", "c", "--keep-reasoning", "--quiet", check=0)
    kept = (tmp_path / "b" / "tasks.jsonl").read_bytes()
    assert (tmp_path / "c" / "tasks.jsonl").read_bytes() == kept
    assert b'"reasoning"' in kept
    assert b'"reasoning"' not in (tmp_path / "a" / "tasks.jsonl").read_bytes()
    inside("replay", "b", "--into", "d", "--drop-reasoning", "--quiet", check=0)
    plain = (tmp_path / "a" / "tasks.jsonl").read_bytes()
    assert (tmp_path / "d" / "tasks.jsonl").read_bytes() == plain
    done = run("generate", "e", "--recipe", "alpaca", "--keep-reasoning", "--target", 3, check=2)
    assert "no thoughts belong to one output" in " ".join(done.stderr.split())


def test_thoughts_are_exported_as_trainers_read_them(asked, inside, tmp_path):
    run, _ = asked("field")
    run("generate", "p", "--target", 14, "--keep-reasoning", "--quiet", check=0)

    def export(*options):
        inside("export", "p", "-o", "x.jsonl", "--force", "--quiet", *options, check=0)
        inside("validate", "x.jsonl", check=0)
        return rows(tmp_path / "x.jsonl")

    thoughts = [
        case.get("reasoning", "")
        for row in rows(tmp_path / "p" / "tasks.jsonl")
        for case in row["instances"]
    ]
    said = [row["messages"][-1] for row in export("--format", "chat", "--reasoning", "field")]
    assert [turn["reasoning_content"] for turn in said] == thoughts
    trl = export("--format", "chat", "--reasoning", "field", "--config-for", "trl")
    assert [row["messages"][-1]["thinking"] for row in trl] == thoughts
    tags = export("--format", "alpaca", "--reasoning", "tags")
    assert [row["output"].startswith("<think>\n") for row in tags] == list(map(bool, thoughts))
    plain = export("--format", "chat")
    assert not any("reasoning_content" in row["messages"][-1] for row in plain)
    export("--format", "chat", "--reasoning", "field", "--config-for", "axolotl")
    assert "field_thinking: reasoning_content" in (tmp_path / "axolotl.yml").read_text()
    for options, words in (
        (("--format", "flan", "--reasoning", "field"), "has no place for it"),
        (
            ("--format", "chat", "--reasoning", "field", "--config-for", "llama-factory"),
            "--reasoning tags",
        ),
    ):
        done = inside("export", "p", "-o", "y.jsonl", *options, check=2)
        assert words in done.stderr


@pytest.mark.slow
def test_a_cache_that_bills_writes_never_passes_the_budget(inside, server):
    address = server("--cache")
    teacher = ("--teacher", "vllm", "--model", "mock", "--base-url", address)
    done = inside(
        "generate", "p", *teacher, "--target", 500, "--price", "2/0.2/2.5/10", "--budget", 0.2,
        "--json", check=3,
    )  # fmt: skip
    used, summary = bill(address), json.loads(done.stdout)
    fresh = used["prompt_tokens"] - used["cached_tokens"] - used["cache_write_tokens"]
    dollars = fresh * 2 + used["cached_tokens"] * 0.2 + used["cache_write_tokens"] * 2.5
    dollars = (dollars + used["completion_tokens"] * 10) / 1e6
    assert summary["cost_usd"] == pytest.approx(dollars, rel=0.01)
    assert 0.1 < dollars <= 0.2
    assert summary["cached_tokens"] == used["cached_tokens"] > 0
    assert summary["written_tokens"] == used["cache_write_tokens"] > 0


def test_the_cap_reserves_at_the_dearest_price_and_with_the_room_for_thoughts():
    price = Price(prompt=1, cached=0.1, written=2, completion=10)
    usage = Usage(100, 10, cached_tokens=40, written_tokens=20)
    assert price.cost(usage) == pytest.approx((40 + 40 * 0.1 + 20 * 2 + 100) / 1e6)
    assert price.worst(usage) == pytest.approx((100 * 2 + 100) / 1e6)
    assert Price(prompt=1, completion=10).cost(usage) == pytest.approx(200 / 1e6)

    class Free:
        name, model, api, more = "t", "m", Api.CHAT, ""

        async def complete(self, _):
            return Reply("x", "stop", Usage(0, 0))

    prompt = Prompt("x", Decoding(temperature=0, top_p=0, max_tokens=100), "answer", 0, room=900)
    worst = (1 + 64, 1000)
    dollars = (worst[0] * 2 + worst[1] * 10) / 1e6
    for cap, fits in ((dollars * 1.001, True), (dollars * 0.999, False)):
        budgeted = Budgeted(Free(), Caps(dollars=cap), price)
        if fits:
            asyncio.run(budgeted.complete(prompt))
        else:
            with pytest.raises(BudgetEndedError):
                asyncio.run(budgeted.complete(prompt))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--price", "1"), "IN/CACHED/WRITE/OUT"),
        (("--price", "1/2/3/4/5"), "IN/CACHED/WRITE/OUT"),
        (("--body", "x"), "no JSON"),
        (("--body", "[]"), "must be a JSON object"),
        (("--body", '{"model": "x"}'), "'model' is set by the run itself"),
        (("--header", "x"), "NAME=VALUE"),
        (("--header", "X-A=$NOT_THERE"), "NOT_THERE is not set"),
        (("--system", "@nothing"), "cannot be read"),
        (("--system", "x", "--api", "completions"), "knows none"),
    ],
)
def test_odd_options_are_usage_errors(inside, options, words):
    done = inside(
        "generate", "p", "--teacher", "vllm", "--model", "m", "--target", 3, *options, check=2
    )
    assert words in " ".join(done.stderr.split())


def test_what_cannot_change_a_reply_is_no_part_of_its_digest(inside, server, tmp_path):
    address = server("--strict")
    teacher = ("--teacher", "vllm", "--model", "mock", "--base-url", address, "--quiet")

    def grow(name, *more):
        inside("generate", name, *teacher, "--target", 3, "--seed", 1, *more, check=0)
        return {row["key"] for row in rows(tmp_path / name / "replies.jsonl")}

    plain = grow("plain")
    same = ("--body", '{"metadata": {"a": "b"}}', "--header", "X-Secret=hush-hush")
    assert grow("same", *same) == plain
    assert not grow("other", "--body", '{"random_seed": 3}') & plain
    assert not grow("system", "--system", "Be brief.") & plain
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"hush-hush" not in path.read_bytes()


def test_check_reckons_a_thousand_tasks_of_every_recipe(inside):
    for recipe, least in (("self-instruct", 2000), ("alpaca", 50), ("evolve", 2500)):
        done = inside("check", "--teacher", "mock", "--recipe", recipe, "--json", check=0)
        assert json.loads(done.stdout)["for_1000_tasks"]["calls"] > least


def test_check_writes_what_it_found_beside_what_stands_there(asked, tmp_path):
    run, address = asked("openai")
    path = tmp_path / "selfinstruct.toml"
    path.write_text("# mine\nseed = 3  # kept\n\n[decoding.classify]\nmax_tokens = 9\n")
    run("check", "--write", "--json", check=0)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# mine\nseed = 3  # kept\n")
    for line in ('teacher = "openai"', 'model = "mock"', f'base-url = "{address}"'):
        assert line in text
    assert "[switches]\nsampling = false" in text
    assert "max_tokens = 9" in text
    # The file says it now, so nothing is refused any more.
    refused = bill(address)["refused"]
    run("generate", "p", "--target", 5, "--quiet", check=0)
    assert bill(address)["refused"] == refused


def test_a_server_that_drips_is_given_up_in_time(inside):
    # Its blanks reset a limit of silence; the whole call has one, too.
    with serving_drips() as address:
        teacher = ("--teacher", "vllm", "--model", "m", "--base-url", address)
        done = inside("check", *teacher, "--timeout", 1, check=4)
    assert "(--timeout)" in done.stderr
