"""The real client against real servers on loopback: the mock served, and servers that misbehave."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import time

import pytest
from aiohttp import web
from conftest import PROGRAM, environment, rows

from selfinstruct.bootstrap import Limits
from selfinstruct.errors import RequestError, TeacherError, TransientError, UnreachableError
from selfinstruct.teachers import Api, Decoding, Prompt
from selfinstruct.teachers.openai import OpenAITeacher, without_password
from selfinstruct.teachers.pacing import Pace, Rates
from selfinstruct.teachers.presets import Switches
from selfinstruct.teachers.pulse import Pulse
from selfinstruct.teachers.retrying import Patience, Retrying
from selfinstruct.teachers.timing import Timing

KEY = "sk-canary-5f2c"
DECODING = Decoding(temperature=0.5, top_p=0.5, presence_penalty=1, max_tokens=7, stop=("END",))
PROMPT = Prompt("Say hello", DECODING, "instructions", 3)


def over_http(address, *more):
    return ("--teacher", "vllm", "--model", "mock", "--base-url", address, *more)


@pytest.mark.parametrize("api", ["chat", "completions"])
def test_a_run_over_http_gives_what_the_mock_gives_in_the_process(program, server, tmp_path, api):
    address = server("--key", KEY)
    arguments = ("--target", 40, "--seed", 1, "--api", api, "--json")
    done = program(
        "generate", "h", *over_http(address), *arguments, env={"VLLM_API_KEY": KEY}, check=0
    )
    assert json.loads(done.stdout)["prompt_tokens"] > 0
    program("generate", "m", "--teacher", "mock", *arguments, check=0)
    for name in ("tasks.jsonl", "rejects.jsonl"):
        there, here = rows(tmp_path / "h" / name), rows(tmp_path / "m" / name)
        for row in there + here:
            for key in ("teacher", "model"):
                row.get("provenance", {}).pop(key, None)
        assert there == here


def test_check_makes_one_call_and_tells_what_works(program, server):
    address = server("--key", KEY)
    done = program("check", *over_http(address), "--json", env={"VLLM_API_KEY": KEY}, check=0)
    found = json.loads(done.stdout)
    assert found["readable"] is True
    assert found["reports_usage"] is True
    for arguments, env, message in (
        (over_http(address), {"VLLM_API_KEY": "wrong"}, "The key was refused"),
        (over_http(address, "--model", "other"), {"VLLM_API_KEY": KEY}, "'other'"),
        (over_http("http://127.0.0.1:9/v1"), {}, "cannot be reached"),
    ):
        done = program("check", *arguments, env=env, check=4)
        assert message in done.stderr
        assert "Traceback" not in done.stderr


def test_a_wrong_key_ends_a_run_at_once_with_4(program, server):
    address = server("--key", KEY)
    done = program(
        "generate", "p", *over_http(address), "--target", 5, env={"VLLM_API_KEY": "wrong"}, check=4
    )
    assert "The key was refused (401)" in done.stderr


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.long)],
)
def test_a_signal_ends_a_run_soon_and_it_goes_on_later(program, server, tmp_path, number, code):
    address = server("--latency", "0.3")
    command = [*PROGRAM, "generate", "p", *over_http(address), "--target", "60", "--seed", "1"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE) as run:
        tasks = tmp_path / "p" / "tasks.jsonl"
        while not tasks.exists() or tasks.stat().st_size == 0:
            assert run.poll() is None
            time.sleep(0.02)
        run.send_signal(number)
        said = run.stderr.read().decode()
        assert run.wait(10) == code
    assert Limits().drain_interrupted <= 1  # seconds that calls in flight are still waited for
    kept = rows(tasks)
    assert kept
    assert f"interrupted; {len(kept)} tasks are kept. Run the same command again" in said
    program("generate", "p", *over_http(address), "--target", 60, check=0)
    assert rows(tasks)[: len(kept)] == kept


@pytest.fixture
def talk():
    """Serve ``handler`` on loopback while ``body(address)`` runs."""

    def run(handler, body):
        async def both():
            app = web.Application()
            app.router.add_route("*", "/{tail:.*}", handler)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            try:
                return await body(f"http://127.0.0.1:{runner.addresses[0][1]}/v1")
            finally:
                await runner.cleanup()

        return asyncio.run(both())

    return run


def teacher(address, api=Api.CHAT, timing=None, **switches):
    return OpenAITeacher(
        name="vllm",
        model="m",
        api=api,
        base_url=address,
        key=KEY,
        switches=Switches(**switches),
        timing=timing or Timing(Pulse(), 2),
    )


def completing(one):
    async def body(address):
        asked = one(address)
        try:
            return await asked.complete(PROMPT)
        finally:
            await asked.close()

    return body


@pytest.mark.parametrize(
    ("api", "switches", "expected"),
    [
        (
            Api.CHAT,
            {},
            {
                "max_completion_tokens": 7,
                "temperature": 0.5,
                "top_p": 0.5,
                "presence_penalty": 1.0,
                "stop": ["END"],
                "messages": [{"role": "user", "content": "Say hello"}],
            },
        ),
        (
            Api.CHAT,
            {"token_limit_field": "max_tokens", "stop": False, "sampling": False},
            {"max_tokens": 7, "messages": [{"role": "user", "content": "Say hello"}]},
        ),
        (
            Api.COMPLETIONS,
            {"sampling": False},
            {"max_tokens": 7, "stop": ["END"], "prompt": "Say hello"},
        ),
    ],
)
def test_a_request_says_what_the_server_takes_and_nothing_more(talk, api, switches, expected):
    seen = []

    async def handler(request):
        seen.append((request.path, await request.json(), request.headers["Authorization"]))
        choice = {"text": "hi"} if api is Api.COMPLETIONS else {"message": {"content": "hi"}}
        return web.json_response({"choices": [choice | {"finish_reason": "length"}]})

    reply = talk(handler, completing(lambda address: teacher(address, api, **switches)))
    assert (reply.text, reply.finish, reply.usage) == ("hi", "length", None)
    path, body, key = seen[0]
    assert body == {"model": "m", **expected}
    assert path == ("/v1/chat/completions" if api is Api.CHAT else "/v1/completions")
    assert key == f"Bearer {KEY}"


def error_body(message, code=None):
    return {"error": {"message": message, "code": code, "type": "x", "param": None}}


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, error_body(f"Incorrect key {KEY}"), TeacherError, "The key was refused (401)"),
        (403, error_body("no"), TeacherError, "The key was refused (403)"),
        (404, error_body("no model"), TeacherError, "Check --model and --base-url"),
        (402, error_body("pay"), TeacherError, "cannot pay"),
        (429, error_body("quota", "insufficient_quota"), TeacherError, "quota is used up"),
        (429, error_body("slow down"), TransientError, "answered 429"),
        (500, error_body("oops"), TransientError, "answered 500"),
        (503, "<html>loading</html>", TransientError, "answered 503"),
        (408, error_body("late"), TransientError, "answered 408"),
        (409, error_body("busy"), TransientError, "answered 409"),
        (400, error_body("too long"), RequestError, "refused (400): too long"),
        (200, "garbage \x00\xff", TransientError, "no JSON"),
        (200, {"choices": []}, TransientError, "no completion"),
        (200, [1, 2], TransientError, "no completion"),
    ],
)
def test_every_failure_becomes_the_error_that_says_whether_to_try_again(
    talk, status, body, kind, words
):
    async def handler(_):
        if isinstance(body, str):
            return web.Response(status=status, text=body)
        return web.json_response(body, status=status)

    with pytest.raises(TeacherError) as caught:
        talk(handler, completing(teacher))
    assert type(caught.value) is kind
    assert words in str(caught.value)
    seen: BaseException | None = caught.value
    while seen is not None:
        assert KEY not in f"{seen!s}{seen!r}"
        seen = seen.__cause__


def test_odd_but_valid_replies_are_replies(talk):
    bodies = iter(
        [
            {"choices": [{"message": {"content": None}}]},
            {"choices": [{"message": {"content": "half \ud83d done"}, "finish_reason": "stop"}]},
            {"choices": [{"message": {"refusal": "I won't"}}]},
            {"choices": [{"message": {"content": "x"}, "finish_reason": "content_filter"}]},
        ]
    )

    async def handler(_):
        return web.Response(text=json.dumps(next(bodies)), content_type="application/json")

    async def body(address):
        asked = teacher(address)
        replies = [await asked.complete(PROMPT) for _ in range(4)]
        await asked.close()
        return replies

    empty, half, refusal, filtered = talk(handler, body)
    assert empty.text == ""
    assert half.text == "half ? done"
    assert refusal.refused
    assert filtered.refused


def test_retrying_obeys_retry_after_and_says_how_often_it_asked(talk):
    waits = []
    answers = iter([(429, {"Retry-After": "7"}), (500, {}), (200, {})])

    async def handler(_):
        status, headers = next(answers)
        body = {"choices": [{"message": {"content": "ok"}}]} if status == 200 else error_body("x")
        return web.json_response(body, status=status, headers=headers)

    async def nap(seconds):
        waits.append(seconds)

    def patient(address):
        pace = Pace(8, Rates(), nap=nap)
        return Retrying(teacher(address), Patience(), pace, random.Random(1))

    reply = talk(handler, completing(patient))
    assert (reply.text, reply.attempts) == ("ok", 3)
    assert 7 <= waits[0] < 8
    assert 0.5 <= waits[1] <= 1


def test_an_address_that_never_answered_is_given_up_soon():
    async def nap(_):
        pass

    async def body():
        pace = Pace(8, Rates(), nap=nap)
        asked = Retrying(teacher("http://127.0.0.1:9/v1"), Patience(), pace, random.Random(1))
        try:
            await asked.complete(PROMPT)
        finally:
            await asked.close()

    with pytest.raises(TeacherError) as caught:
        asyncio.run(body())
    assert not isinstance(caught.value, UnreachableError)
    assert caught.value.attempts == 4


def test_neither_representation_nor_shown_address_holds_a_secret():
    asked = teacher("http://user:secret@127.0.0.1:9/v1?token=secret")
    assert "secret" not in repr(asked)
    assert KEY not in repr(asked)
    assert without_password("http://user:secret@h:1/v1/?k=v") == "http://h:1/v1"
    asyncio.run(asked.close())


NASTY = [
    "",
    "I'm sorry, but I can't help with that.",
    "\x1b[31mred\x1b]0;title\x07",
    "9. ../../etc/passwd is a path, name its parts\n10. " + "x" * 3_000_000,
    "\x00\x01\x02",
]


def test_a_teacher_of_nothing_but_nonsense_ends_saturated_and_every_reply_is_a_reject(
    program, talk, tmp_path
):
    count = 0

    async def handler(_):
        nonlocal count
        count += 1
        return web.json_response({"choices": [{"message": {"content": NASTY[count % len(NASTY)]}}]})

    async def body(address):
        return await asyncio.to_thread(
            program, "generate", "p", *over_http(address), "--target", 5, "--json"
        )

    done = talk(handler, body)
    assert done.returncode == 6, done.stderr
    run = json.loads(done.stdout)
    assert run["stopped"] == "saturated"
    assert run["tasks"] == 0
    assert {"empty_reply", "refused"} <= run["rejected"].keys()
    assert "\x1b" not in done.stderr
    assert sum(run["rejected"].values()) == len(rows(tmp_path / "p" / "rejects.jsonl"))
    assert run["unmetered_calls"] == run["calls"] == count
