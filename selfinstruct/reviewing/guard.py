"""Who may talk to the page's server: the one browser that was given the address.

The server listens on the loopback alone. Other programs and other sites on this machine's browser
can reach that too, so each request must name this server as its host (a name that somebody else
points here is another host), show the cookie that came with the address's token, and come from the
page itself; what changes something must also carry a header that no form and no other site can
send.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

TOKEN = "token"  # noqa: S105 - what it is called in the address
HEADER = "X-Selfinstruct"
_MARK = "review"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OURS = {"same-origin", "none"}  # what a browser says of a page's own requests, and of an address

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Lets requests in, or refuses them.

    Attributes:
        token: What stands in the address once; whoever brings it first gets the cookie.
    """

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self._secret = secrets.token_urlsafe(32)
        self._is_used = False

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer by ``handler`` what may be answered."""
        refusal, is_first = self._refusal(request)
        try:
            response = refusal or await handler(request)
        except web.HTTPException as error:  # what is not there, too large, of another method
            response = web.Response(status=error.status, text=f"{error.reason}.\n")
        if is_first:
            name = _cookie(_port(request))
            response.set_cookie(name, self._secret, httponly=True, samesite="Strict", path="/")
        response.headers.update(_HEADERS)
        return response

    def _refusal(self, request: web.Request) -> tuple[web.Response | None, bool]:
        """What is answered instead, if anything is, and whether the token came just now."""
        port = _port(request)
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        if request.headers.get("Host", "").casefold() not in hosts:
            return _refused(400, "This is another host."), False
        is_known = _same(request.cookies.get(_cookie(port), ""), self._secret)
        is_first = not is_known and self._takes(request)
        if not is_known and not is_first:
            said = "Open the address that stands in the terminal; it works once. "
            return _refused(
                403, said + "After that, end the review there and start it again."
            ), False
        if not is_first and not _is_from_here(request, hosts):
            return _refused(403, "This came from another site."), False
        if request.method not in {"GET", "HEAD"} and not _is_ours(request):
            return _refused(403, "This did not come from the page."), False
        return None, is_first

    def _takes(self, request: web.Request) -> bool:
        """Whether this is the address with its token, for the first time."""
        is_address = request.method == "GET" and request.path == "/"
        if self._is_used or not is_address or not _same(request.query.get(TOKEN, ""), self.token):
            return False
        self._is_used = True
        return True


def _is_from_here(request: web.Request, hosts: set[str]) -> bool:
    origin = request.headers.get("Origin")
    if origin is not None and origin not in {f"http://{host}" for host in hosts}:
        return False
    return request.headers.get("Sec-Fetch-Site", "none") in _OURS


def _is_ours(request: web.Request) -> bool:
    return request.headers.get(HEADER) == _MARK and request.content_type == "application/json"


def _same(said: str, secret: str) -> bool:
    return secrets.compare_digest(said.encode("utf-8", "replace"), secret.encode())


def _cookie(port: int) -> str:
    """The name of the cookie: browsers tell hosts apart, and not ports."""
    return f"selfinstruct-review-{port}"


def _port(request: web.Request) -> int:
    transport = request.transport
    return int(transport.get_extra_info("sockname")[1]) if transport is not None else 0


def _refused(status: int, said: str) -> web.Response:
    return web.Response(status=status, text=f"{said}\n")
