"""The page's server: one page, one person, on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from selfinstruct.errors import DiskError, SettingsError
from selfinstruct.jsonl import dumps
from selfinstruct.languages import LanguagePack
from selfinstruct.reviewing.choices import read_answer
from selfinstruct.reviewing.guard import TOKEN, Guard
from selfinstruct.reviewing.session import Session, StaleError
from selfinstruct.reviewing.view import about, shown

_PAGE = Path(__file__).with_name("page")
_FILES = {
    "/": ("index.html", "text/html"),
    "/app.js": ("app.js", "text/javascript"),
    "/app.css": ("app.css", "text/css"),
}
_LARGEST = 64 << 10  # bytes of what a page sends: an answer and a note
_LAST = 1.0  # seconds that the end waits for a request under way

Ending = Callable[[Callable[[], None]], AbstractContextManager[None]]


class Page:
    """What a page asks for, answered by a session.

    Args:
        session: Whose cards are shown.
        pack: The language.
        reviewer: Who looks at them.
        finish: Called when the person says that it is enough.
        trouble: Told what could not be written.
    """

    def __init__(
        self,
        session: Session,
        pack: LanguagePack,
        reviewer: str,
        finish: Callable[[], None],
        trouble: Callable[[str], None],
    ) -> None:
        self._session = session
        self._pack = pack
        self._reviewer = reviewer
        self._finish = finish
        self._trouble = trouble

    def application(self, guard: Guard) -> web.Application:
        """The server's routes, with ``guard`` before them."""
        app = web.Application(middlewares=[guard.check], client_max_size=_LARGEST)
        for path, (name, kind) in _FILES.items():
            app.router.add_get(path, partial(_file, name, kind))
        app.router.add_get("/about", self.about)
        app.router.add_get("/state", self.state)
        app.router.add_post("/votes", self.vote)
        app.router.add_post("/moves", self.move)
        return app

    async def about(self, _: web.Request) -> web.Response:
        """``GET /about``: the rubric, and how it is answered."""
        return _json(about(self._session.rubric, self._pack, self._reviewer))

    async def state(self, _: web.Request) -> web.Response:
        """``GET /state``: the card at hand, and how far one is."""
        return self._state()

    async def vote(self, request: web.Request) -> web.Response:
        """``POST /votes``: an answer; it is on disk before this says so."""
        said = await _said(request)
        question = self._session.now().question
        answer = None
        if question is not None and said is not None and said.get("question") == question.key:
            answer = read_answer(said.get("answer"), question, self._pack)
        if said is None or (answer is None and self._is_now(said)):
            return _error(400, "That is no answer to this question.")
        note, seconds = said.get("note", ""), said.get("seconds")
        note = note if isinstance(note, str) else ""
        seconds = float(seconds) if isinstance(seconds, int | float) else None
        value = "" if answer is None else answer  # which is for another step, and is refused
        return self._done(lambda turn: self._session.vote(turn, value, note, seconds), said)

    async def move(self, request: web.Request) -> web.Response:
        """``POST /moves``: undo, skip, next or finish."""
        said = await _said(request)
        if said is None:
            return _error(400, "That is no move.")
        match said.get("move"):
            case "undo":
                return self._done(self._session.undo, said)
            case "skip":
                return self._done(self._session.skip, said)
            case "next":
                return self._done(self._session.go_on, said)
            case "finish":
                self._finish()
                return self._state()
        return _error(400, "That is no move.")

    def _is_now(self, said: dict[str, Any]) -> bool:
        return said.get("turn") == self._session.now().turn

    def _done(self, step: Callable[[int], None], said: dict[str, Any]) -> web.Response:
        turn = said.get("turn")
        try:
            step(turn if isinstance(turn, int) and not isinstance(turn, bool) else -1)
        except StaleError:
            return self._state(409)
        except DiskError as error:  # it names a file, and a file may name a model
            self._trouble(str(error))
            return _error(507, "This could not be stored and does not count; see the terminal.")
        return self._state()

    def _state(self, status: int = 200) -> web.Response:
        return _json(shown(self._session.now(), self._session.rubric, self._pack), status)


async def serve(
    session: Session,
    pack: LanguagePack,
    reviewer: str,
    port: int,
    ready: Callable[[str], None],
    trouble: Callable[[str], None],
    ending: Ending,
) -> None:
    """Serve the page until somebody ends it, here or there.

    Args:
        session: Whose cards are shown.
        pack: The language.
        reviewer: Who looks at them.
        port: Where to listen; 0 takes a free port.
        ready: Called with the address, token included, once it can be opened.
        trouble: Told what could not be written.
        ending: What ends it from outside: see :meth:`selfinstruct.api.stop.Stop.ending`.

    Raises:
        SettingsError: The port is taken.
    """
    over = asyncio.Event()
    guard = Guard()
    app = Page(session, pack, reviewer, over.set, trouble).application(guard)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_LAST)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        except OSError as error:
            said = f"--port {port}: cannot be used: {error.strerror}. Leave it out for a free one."
            raise SettingsError(said) from error
        with ending(over.set):
            ready(f"http://127.0.0.1:{runner.addresses[0][1]}/?{TOKEN}={guard.token}")
            await over.wait()
    finally:
        await runner.cleanup()


async def _file(name: str, kind: str, _: web.Request) -> web.Response:
    text = (_PAGE / name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=kind, charset="utf-8")


async def _said(request: web.Request) -> dict[str, Any] | None:
    try:
        found = await request.json()
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _json(value: object, status: int = 200) -> web.Response:
    text = dumps(value).encode("utf-8", "replace").decode()
    return web.Response(text=text, status=status, content_type="application/json")


def _error(status: int, said: str) -> web.Response:
    return _json({"error": said}, status)
