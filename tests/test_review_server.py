"""The page's server: whom it lets in, and what it tells before the vote."""

from __future__ import annotations

import asyncio
import errno
import json
import os

import aiohttp
import pytest
from reviewing import SETTINGS, plain_tasks, served, task_file, votes

import selfinstruct as si
from selfinstruct.api.review import asking
from selfinstruct.errors import PoolBusyError
from selfinstruct.reviewing.guard import HEADER

OURS = {HEADER: "review"}


def talked(source, talk, **given):
    """What ``talk(get, post, address)`` finds; each call is (path, headers, …)."""

    async def body():
        jar = aiohttp.CookieJar(unsafe=True)  # which keeps cookies of addresses too
        async with (
            served(source, **given) as (address, asked, _),
            aiohttp.ClientSession(cookie_jar=jar) as client,
        ):
            root = address.partition("/?")[0]

            async def call(method, path, **more):
                where = path if path.startswith("http") else root + path
                async with client.request(method, where, **more) as reply:
                    return reply.status, await reply.text(), reply.headers

            return await talk(call, address, asked)

    return asyncio.run(body())


@pytest.fixture
def source(tmp_path):
    return task_file(tmp_path / "data.jsonl", plain_tasks(4))


def test_only_the_browser_that_was_given_the_address_is_let_in(source, tmp_path):
    async def talk(call, address, _):
        said = {}
        said["no token"] = (await call("GET", "/"))[0]
        said["no token, a text"] = (await call("GET", "/state"))[0]
        said["another token"] = (await call("GET", "/?token=guessed"))[0]
        said["token elsewhere"] = (await call("GET", address.replace("/?", "/state?")))[0]
        foreign = {"Host": "example.org"}
        said["foreign host, with the token"] = (await call("GET", address, headers=foreign))[0]
        status, text, headers = await call("GET", address)
        said["token"] = status
        cookie = headers["Set-Cookie"]
        said["cookie"] = (await call("GET", "/state"))[0]
        post = {"turn": 0, "question": "rating", "answer": "A"}
        for name, headers_ in {
            "foreign host": {**OURS, "Host": "rebound.example:80"},
            "another port": {**OURS, "Host": "127.0.0.1:1"},
            "foreign origin": {**OURS, "Origin": "https://example.org"},
            "no origin": {**OURS, "Origin": "null"},
            "cross-site": {**OURS, "Sec-Fetch-Site": "cross-site"},
            "another port's site": {**OURS, "Sec-Fetch-Site": "same-site"},
            "no private header": {},
        }.items():
            said[name] = (await call("POST", "/votes", json=post, headers=headers_))[0]
        said["form"] = (await call("POST", "/votes", data=post, headers=OURS))[0]
        plain = {**OURS, "Content-Type": "text/plain"}
        said["plain"] = (await call("POST", "/votes", data=json.dumps(post), headers=plain))[0]
        said["read across"] = (await call("GET", "/state", headers={"Origin": "http://x"}))[0]
        said["stored until here"] = votes(tmp_path / "v")
        said["ours"] = (await call("POST", "/votes", json=post, headers=OURS))[0]
        said["too much"] = (
            await call("POST", "/votes", json={**post, "note": "x" * 99_999}, headers=OURS)
        )[0]
        said["no such path"] = (await call("GET", "/none"))[0]
        said["deep"] = (
            await call(
                "POST",
                "/votes",
                data="[" * 60_000,
                headers={**OURS, "Content-Type": "application/json"},
            )
        )[0]
        return said, cookie, headers, text, address

    said, cookie, headers, text, address = talked(
        source, talk, rubric="rating", into=tmp_path / "v", reviewer="ann"
    )
    assert said == {
        "no token": 403,
        "no token, a text": 403,
        "another token": 403,
        "token elsewhere": 403,
        "foreign host, with the token": 400,
        "token": 200,
        "cookie": 200,
        "foreign host": 400,
        "another port": 400,
        "foreign origin": 403,
        "no origin": 403,
        "cross-site": 403,
        "another port's site": 403,
        "no private header": 403,
        "form": 403,
        "plain": 403,
        "read across": 403,
        "stored until here": [],
        "ours": 200,
        "too much": 413,
        "no such path": 404,
        "deep": 400,
    }
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "HttpOnly",
        "Path=/",
        "SameSite=Strict",
    }
    assert cookie.partition("=")[0].endswith(address.partition("/?")[0].rpartition(":")[2])
    assert address.partition("token=")[2] not in cookie
    policy = headers["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == (
        "nosniff",
        "no-referrer",
    )
    assert headers["Cache-Control"] == "no-store"
    assert "onclick" not in text
    assert "style=" not in text


def test_the_address_works_once(source, tmp_path):
    async def talk(call, address, _):
        first = (await call("GET", address))[0]
        async with aiohttp.ClientSession() as other, other.get(address) as reply:
            return first, reply.status, await reply.text(), dict(reply.headers)

    first, second, said, headers = talked(source, talk, into=tmp_path / "v", reviewer="ann")
    assert (first, second) == (200, 403)
    assert "works once" in said
    assert "Set-Cookie" not in headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_nothing_served_before_the_vote_names_a_model_a_file_or_a_judge(tmp_path, grow):
    pool, _, _ = grow("pool-of-gpt-4", 12)
    judged = si.judge(
        pool, "rating", teacher=si.Teacher("mock"), settings=si.JudgeSettings(name="by-claude")
    )
    one = task_file(tmp_path / "gpt-4.jsonl", plain_tasks(6))
    other = task_file(tmp_path / "claude.jsonl", plain_tasks(6, " Good."))
    model = next(si.open_pool(pool).tasks()).provenance.model
    reasons = {row["reason"] for row in judged.rows if row["reason"]}
    assert model
    assert reasons

    async def talk(call, address, asked):
        found = []
        _, text, headers = await call("GET", address)
        found += [text, *headers.values()]
        for path in ("/app.js", "/app.css", "/about", "/state", "/none"):
            _, text, headers = await call("GET", path)
            found += [text, *headers.values()]
        for _ in range(3):
            now = asked.session.now()
            value = "first" if now.card.pair else "A"
            said = {"turn": now.turn, "question": now.question.key, "answer": value}
            _, text, _ = await call("POST", "/votes", json=said, headers=OURS)
            told = json.loads(text)
            if told["word"]:
                assert told["card"]["question"] is None  # one's own vote is on disk already
                del told["word"]
                text = json.dumps(told)
                said = {"turn": told["turn"], "move": "next"}
                found.append((await call("POST", "/moves", json=said, headers=OURS))[1])
            found.append(text)
        return "\n".join(found).casefold()

    names = [
        "gpt",
        "claude",
        model.casefold(),
        "jsonl",
        str(tmp_path).casefold(),
        "task_",
        "prompt_",
    ]
    seen = talked(pool, talk, rubric="rating", reveal="by-claude", reviewer="ann")
    assert [name for name in names if name in seen] == []
    assert not any(
        json.dumps(reason, ensure_ascii=False)[1:-1].casefold() in seen for reason in reasons
    )
    seen = talked("", talk, pairs=(str(one), str(other)), into=tmp_path / "v", reviewer="ann")
    assert [name for name in names if name in seen] == []
    assert '"shown"' not in seen


def test_a_vote_for_another_step_changes_nothing(source, tmp_path):
    async def talk(call, address, asked):
        await call("GET", address)
        post = {"turn": 0, "question": "rating", "answer": "A"}
        votes_sent = (
            post,
            post,  # the same again: a key that was pressed twice, or a second tab
            {**post, "turn": 1, "answer": "E"},
            {**post, "turn": 1, "question": "output"},
            {**post, "turn": True, "answer": "B"},
            {"turn": 1, "question": "rating"},
            ["no", "object"],
        )
        moves = ({"turn": 1, "move": "undo"}, {"turn": 1, "move": "undo"}, {"move": "dance"})
        sent = [("/votes", said) for said in votes_sent] + [("/moves", said) for said in moves]
        statuses = [(await call("POST", path, json=said, headers=OURS))[0] for path, said in sent]
        return statuses, asked.session.now().done

    statuses, done = talked(source, talk, rubric="rating", into=tmp_path / "v", reviewer="ann")
    assert statuses[:7] == [200, 409, 400, 400, 409, 400, 400]
    assert statuses[7:] == [200, 409, 400]
    assert done == 0
    assert [row.get("answer") for row in votes(tmp_path / "v")] == ["A", None]


def test_a_vote_that_cannot_be_stored_does_not_count(source, tmp_path, monkeypatch):
    troubles = []

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    async def talk(call, address, asked):
        await call("GET", address)
        post = {"turn": 0, "question": "rating", "answer": "A"}
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            failed = await call("POST", "/votes", json=post, headers=OURS)
        state = asked.session.now()
        return failed, state.done, (await call("POST", "/votes", json=post, headers=OURS))[0]

    (status, text, _), done, later = talked(
        source, talk, troubles=troubles, rubric="rating", into=tmp_path / "v", reviewer="ann"
    )
    assert (status, done, later) == (507, 0, 200)
    assert str(tmp_path) not in text
    assert "No space left on device" in troubles[0]
    assert [row["answer"] for row in votes(tmp_path / "v")] == ["A"]


def test_one_process_asks_one_reviewer(source, tmp_path):
    given = {"into": tmp_path / "v", "reviewer": "ann"}
    with asking(source, settings=SETTINGS(**given)):
        with (
            pytest.raises(PoolBusyError, match="review by ann"),
            asking(source, settings=SETTINGS(**given)),
        ):
            pass
        with asking(source, settings=SETTINGS(**given | {"reviewer": "bob"})) as other:
            assert other.reviewer == "bob"
