"""A real Chromium, driven over its own protocol with what the tests have anyway: aiohttp."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import shutil
import tempfile
import time
from pathlib import Path

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome")
WAIT = 60  # seconds for a busy machine
CODES = {
    "Enter": ("Enter", 13),
    "Escape": ("Escape", 27),
    "ArrowLeft": ("ArrowLeft", 37),
    "ArrowRight": ("ArrowRight", 39),
    "ㅛ": ("KeyY", 89),  # what the key says that is y elsewhere
}

# What has text of its own is compared with the nearest ground behind it.
CONTRASTS = """
(() => {
  const channel = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) + .0722 * channel(c[2]);
  const read = s => (s.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const found = [];
  for (const one of document.querySelectorAll('body *')) {
    const own = [...one.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || ['TITLE', 'STYLE'].includes(one.tagName.toUpperCase())) continue;
    const style = getComputedStyle(one);
    const ink = read(one instanceof SVGElement ? style.fill : style.color);
    let ground = null;
    const before = one.previousElementSibling;
    if (one.classList.contains('name') && before) ground = read(getComputedStyle(before).fill);
    for (let up = one; !ground && up; up = up.parentElement) {
      const behind = read(getComputedStyle(up).backgroundColor);
      if (behind.length === 3 || behind[3] === 1) ground = behind;
    }
    const [a, b] = [light(ink), light(ground || [255, 255, 255])].sort((x, y) => y - x);
    found.push([(a + .05) / (b + .05), one.tagName, one.className.baseVal ?? one.className]);
  }
  found.sort((x, y) => x[0] - y[0]);
  return found.slice(0, 5);
})()
"""


def program() -> str | None:
    """Where Chromium is; None where it is not installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """A page that is open in Chromium.

    Attributes:
        requests: The addresses that it asked for.
        messages: What it said on the console, and what the browser said of it.
    """

    def __init__(self, socket):
        self._socket = socket
        self._number = 0
        self.requests = []
        self.messages = []

    async def call(self, method, **params):
        """Call a method of the protocol, and give its result."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        while (said := await self._receive()).get("id") != self._number:
            pass
        assert "error" not in said, said
        return said["result"]

    async def _receive(self):
        said = await self._socket.receive_json(timeout=WAIT)
        method, params = said.get("method"), said.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method in {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}:
            self.messages.append(params)
        return said

    async def open(self, where, *, width=1100, height=900, dark=False):
        """Open a file, by its absolute path, or an address, in a window of this width."""
        for domain in ("Page", "Network", "Log", "Runtime"):
            await self.call(f"{domain}.enable")
        await self.resize(width, height)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        await self.call("Emulation.setEmulatedMedia", features=features)
        url = where if isinstance(where, str) else where.as_uri()
        await self.call("Page.navigate", url=url)
        while (await self._receive()).get("method") != "Page.loadEventFired":
            pass

    async def resize(self, width, height=900):
        """Give the window another size."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self.call("Emulation.setDeviceMetricsOverride", **size)

    async def press(self, key):
        """Press a key of the keyboard and let it go."""
        code, number = CODES.get(key, ("", 0))
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        about = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **about, text=text)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    async def until(self, expression):
        """Wait until an expression is true in the page, which looks at each frame."""
        script = f"""new Promise((done, fail) => {{
          const ends = performance.now() + {WAIT * 1000};
          const look = () => {{
            if ({expression}) done();
            else if (performance.now() > ends) fail(new Error("never: " + {expression!r}));
            else setTimeout(look, 5);
          }};
          look();
        }})"""
        found = await self.call("Runtime.evaluate", expression=script, awaitPromise=True)
        assert "exceptionDetails" not in found, found

    async def value(self, expression):
        """What an expression comes to in the page."""
        found = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def picture(self, top=0, height=None, *, form="png", **more):
        """A picture of the whole page, or of a part of it: "png", or "webp" with its quality."""
        size = (await self.call("Page.getLayoutMetrics"))["cssContentSize"]
        height = height or size["height"] - top
        clip = {"x": 0, "y": top, "width": size["width"], "height": height, "scale": 1}
        more |= {"captureBeyondViewport": True, "clip": clip}
        found = await self.call("Page.captureScreenshot", format=form, **more)
        return base64.b64decode(found["data"])


@contextlib.asynccontextmanager
async def chromium():
    """Around a browser of its own, with one page."""
    folder = tempfile.mkdtemp(prefix="selfinstruct-chromium-")
    command = [
        program(),
        "--headless=new",
        "--no-sandbox",  # containers have none to offer; what is opened is our own page
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        "--disable-background-networking",
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
        "about:blank",
    ]
    silent = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
    process = await asyncio.create_subprocess_exec(*command, **silent)
    try:
        port = await _port(Path(folder) / "DevToolsActivePort", process)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as reply:
                pages = [one for one in await reply.json() if one["type"] == "page"]
            address = pages[0]["webSocketDebuggerUrl"]
            async with session.ws_connect(address, max_msg_size=1 << 28) as socket:
                yield Page(socket)
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), WAIT)
        shutil.rmtree(folder, ignore_errors=True)


async def _port(path, process):
    ends = time.monotonic() + WAIT
    while time.monotonic() < ends and process.returncode is None:
        if path.exists() and (lines := path.read_text().splitlines()):
            return int(lines[0])
        await asyncio.sleep(0.05)
    raise AssertionError(f"Chromium did not start ({process.returncode})")
