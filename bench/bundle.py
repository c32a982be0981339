"""What the browser fetches for a page, cold: `python -m bench.bundle http://localhost:3000/innboks`.

Counted by Chromium itself (bodies as they travel, without headers), once with gzip alone, once with brotli.
"Before first act" is every script the page names: React waits for them all. Designsystemet's elements come
later, when the browser is idle. Budgets, both in gzip: scripts before the first act at most 175 kB, styles at
most 28 kB and sent once.
"""

import argparse
import asyncio
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, CDPSession, async_playwright

from tools import find_chromium

SCRIPT_BUDGET_KB = 175
STYLE_BUDGET_KB = 28
PHONE = {"width": 390, "height": 844}

_IDLE = "() => new Promise((done) => requestIdleCallback(done))"


@dataclass
class Request:
    """One request: kind as Chromium names it, path, and bytes of head and whole answer."""

    kind: str
    path: str
    head: int = 0
    whole: int = 0


@dataclass
class Fetched:
    """Bytes on the wire and number of requests by kind."""

    size: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    count: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, kind: str, size: int) -> None:
        """One request more."""
        self.size[kind] += size
        self.count[kind] += 1

    def kilobytes(self, kind: str) -> float:
        """Kilobytes (1000) of a kind."""
        return self.size[kind] / 1000


async def measure(browser: Browser, address: str, encoding: str, cookie: str) -> Fetched:
    """Open `address` in a new context with `encoding` alone, and add up until nothing more comes."""
    context = await browser.new_context(viewport=PHONE, service_workers="block")  # pyright: ignore[reportArgumentType]
    if cookie:
        name, _, value = cookie.partition("=")
        await context.add_cookies([{"name": name, "value": value, "url": address}])
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    requests = await _listen(session, encoding)
    answer = await page.goto(address)
    html = await answer.text() if answer else ""
    for _ in range(2):
        await page.wait_for_load_state("networkidle")
        await page.evaluate(_IDLE)
    await page.wait_for_load_state("networkidle")
    await context.close()
    fetched = Fetched()
    for request in requests.values():
        fetched.add(_kind(request.kind, late=request.path not in html), request.whole - request.head)
    return fetched


async def _listen(session: CDPSession, encoding: str) -> dict[str, Request]:
    requests: dict[str, Request] = {}

    def started(event: dict[str, Any]) -> None:
        url = urlsplit(event["request"]["url"])
        if url.scheme.startswith("http"):
            requests[event["requestId"]] = Request(event.get("type", "Other"), url.path)

    def answered(event: dict[str, Any]) -> None:
        if event["requestId"] in requests:
            requests[event["requestId"]].head = event["response"]["encodedDataLength"]

    def finished(event: dict[str, Any]) -> None:
        if event["requestId"] in requests:
            requests[event["requestId"]].whole = event["encodedDataLength"]

    session.on("Network.requestWillBeSent", started)
    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", finished)
    await session.send("Network.enable")
    await session.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": encoding}})
    return requests


def _kind(kind: str, *, late: bool) -> str:
    if kind == "Script":
        return "scripts later" if late else "scripts before first act"
    return {"Stylesheet": "styles", "Document": "page", "Font": "fonts"}.get(kind, "other")


async def compare(address: str, cookie: str) -> dict[str, Fetched]:
    """Measures with gzip and with brotli, by name."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium.find(), args=[*find_chromium.ARGUMENTS]
        )
        measured = {
            name: await measure(browser, address, encoding, cookie)
            for name, encoding in (("gzip", "gzip"), ("brotli", "br"))
        }
        await browser.close()
    return measured


def main() -> int:
    """Print the table; 1 when a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--cookie", default="", help="name=value, to measure a page that needs a session")
    wanted = parser.parse_args()
    measured = asyncio.run(compare(wanted.address, wanted.cookie))
    gzip, brotli = measured["gzip"], measured["brotli"]
    print(f"{wanted.address}, cold, kB on the wire without headers")
    print(f"{'':26}{'requests':>9}{'gzip':>8}{'brotli':>8}")
    for kind in sorted(gzip.size):
        print(f"{kind:26}{gzip.count[kind]:9}{gzip.kilobytes(kind):8.1f}{brotli.kilobytes(kind):8.1f}")
    scripts, styles = gzip.kilobytes("scripts before first act"), gzip.kilobytes("styles")
    kept = scripts <= SCRIPT_BUDGET_KB and styles <= STYLE_BUDGET_KB
    limits = f"scripts {scripts:.0f} of {SCRIPT_BUDGET_KB} kB, styles {styles:.0f} of {STYLE_BUDGET_KB} kB"
    print(f"{'within' if kept else 'OVER'} budget: {limits}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
