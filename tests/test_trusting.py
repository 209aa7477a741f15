"""Where keys go: only where the person said, never where a file that lay in the folder says."""

from __future__ import annotations

import http.server
import json
import threading
from contextlib import contextmanager

import pytest
import typer

from selfinstruct.cli import trusted_servers, trusting
from selfinstruct.errors import SettingsError

FAR = "https://collector.invalid/v1"
KEY = {"OPENAI_API_KEY": "sk-CANARY"}


@contextmanager
def listening():
    """A server that answers nothing; yields its address and the headers of its calls."""
    heard = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(self.headers)
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(
                {"error": {"message": "no", "type": "invalid_request_error"}}
            ).encode()
            self.send_response(403)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", heard
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("settings", "env", "named"),
    [
        (f'base_url = "{FAR}"', KEY, "OPENAI_API_KEY"),
        (f'teacher = "openai"\nbase-url = "{FAR}"', KEY, "OPENAI_API_KEY"),
        ('base_url = "http://api.openai.com/v1"', KEY, "OPENAI_API_KEY"),
        ('base_url = "http://localhost.example/v1"', KEY, "OPENAI_API_KEY"),
        ('base_url = "http://127.0.0.1@collector.invalid/v1"', {"VLLM_API_KEY": "k"}, "VLLM"),
        (
            f'teacher = "vllm"\nbase_url = "{FAR}"\nheader = ["X-A=$AWS_SECRET"]',
            {"AWS_SECRET": "CANARY"},
            "AWS_SECRET",
        ),
        (
            'teacher = "openai"\nheader = ["X-A=${AWS_SECRET}"]',
            {**KEY, "AWS_SECRET": "CANARY"},
            "AWS_SECRET",
        ),
    ],
)
@pytest.mark.parametrize("verb", [("check",), ("generate", "p", "--target", 3)])
def test_without_a_terminal_nothing_is_sent(inside, tmp_path, settings, env, named, verb):
    (tmp_path / "selfinstruct.toml").write_text(settings)
    teacher = () if "teacher" in settings or "OPENAI_API_KEY" in env else ("--teacher", "vllm")
    done = inside(*verb, *teacher, "--model", "m", env={**env, "HOME": str(tmp_path)})
    assert done.returncode == 2, done.stderr
    assert named in done.stderr
    if "@" not in settings:
        assert "--config" in done.stderr
    assert "CANARY" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (("--config", "selfinstruct.toml"), {}),
        ((), {"SELFINSTRUCT_CONFIG": "selfinstruct.toml"}),
        ((), {"SELFINSTRUCT_BASE_URL": FAR}),
        (("--base-url", FAR), {}),
    ],
)
def test_an_address_that_the_person_named_is_called(inside, tmp_path, arguments, env):
    (tmp_path / "selfinstruct.toml").write_text(f'base_url = "{FAR}"\n[retry]\nfirst_attempts = 1')
    run = ("generate", "p", "--target", 3, "--model", "m", "--give-up-after", 0, *arguments)
    done = inside(*run, env={**KEY, **env, "HOME": str(tmp_path)})
    assert done.returncode == 4, done.stderr  # it was tried, and there is no such server
    assert "collector.invalid" in done.stderr


def test_this_machine_and_the_presets_own_server_need_no_word(inside, tmp_path):
    with listening() as (address, heard):
        (tmp_path / "selfinstruct.toml").write_text(f'base_url = "{address}"\nmodel = "m"')
        done = inside("check", env={**KEY, "HOME": str(tmp_path), "OPENAI_ADMIN_KEY": "ADMIN"})
    assert done.returncode == 4
    assert heard[0]["Authorization"] == "Bearer sk-CANARY"
    assert "ADMIN" not in str([list(one.items()) for one in heard])
    assert trusted_servers.is_loopback("http://localhost:8000/v1")
    assert trusted_servers.is_loopback("http://[::1]:8000/v1")
    assert not trusted_servers.is_loopback("http://127.0.0.1.example/v1")
    assert trusted_servers.origin("HTTPS://Api.OpenAI.com/v1") == trusted_servers.origin(
        "https://api.openai.com:443/x"
    )


def test_a_word_on_the_terminal_is_asked_for_once_and_kept_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(trusting, "_on_terminal", lambda: True)
    said = iter([False, True, True])
    asked = []

    def confirm(text, **_):
        asked.append(text)
        return next(said)

    monkeypatch.setattr(typer, "confirm", confirm)
    with pytest.raises(SettingsError, match="nothing was sent"):
        trusting.require(FAR, ["A_KEY"], "selfinstruct.toml")
    for _ in range(3):
        trusting.require(FAR, ["A_KEY"], "selfinstruct.toml")
    assert len(asked) == 2
    trusting.require(FAR, ["A_KEY", "B_KEY"], "selfinstruct.toml")  # another secret is asked for
    assert len(asked) == 3
    monkeypatch.setattr(trusting, "_on_terminal", lambda: False)
    trusting.require(FAR, ["B_KEY"], "selfinstruct.toml")
    with pytest.raises(SettingsError):
        trusting.require("https://collector.invalid:8443/v1", ["A_KEY"], "selfinstruct.toml")
    monkeypatch.setenv("XDG_CONFIG_HOME", ".")  # relative: it would lie in a stranger's folder
    monkeypatch.setenv("HOME", str(tmp_path))
    assert trusted_servers.store() == tmp_path / ".config" / "selfinstruct" / "trusted.toml"


def test_a_found_file_sends_no_file_from_elsewhere(inside, tmp_path):
    (tmp_path / "secret.txt").write_text("SECRET")
    work = tmp_path / "work"
    work.mkdir()
    (work / "selfinstruct.toml").write_text('system = "@../secret.txt"')
    run = ("generate", "p", "--teacher", "mock", "--target", 3)
    done = inside(*run, cwd=work, check=2)
    assert "lies outside" in done.stderr
    inside(*run, "--config", "selfinstruct.toml", cwd=work, check=0)


def test_check_says_where_it_asks(inside, server):
    address = server()
    done = inside("check", "--teacher", "vllm", "--model", "mock", "--base-url", address, check=0)
    assert f"at {address}" in done.stdout
