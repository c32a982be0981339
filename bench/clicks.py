"""From click to screen: `python -m bench.clicks http://localhost:3000` with the stand-ins.

Opening a conversation and sending a reply, in real Chromium, in turns with the least event the app has: the
one by which a page asks how long its session lasts (the gate, one handler, one value back). What both cost
beyond it is what the inbox costs. The queries are those of the whole event,
the gate's and all that follows from it, when the app was started as bench/counted.py (`--queries` names its
file). Timed in the page, from the click until the change is there to be painted, each time when nothing more
comes of what was done before.
"""

import argparse
import asyncio
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from bench import queries
from digihelse_app import routes
from tools import find_chromium

REPEATS = 25
WIDE = {"width": 1280, "height": 800}

_QUIET = """() => new Promise((done) => {
  const QUIET_MS = 500;
  const end = () => { watch.disconnect(); done(); };
  let waiting = setTimeout(end, QUIET_MS);
  const watch = new MutationObserver(() => { clearTimeout(waiting); waiting = setTimeout(end, QUIET_MS); });
  watch.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
})"""
_TIMED = """async ([press, look, before]) => {
  const button = document.querySelector(press);
  const seen = new Function("before", `return ${look}`);
  const began = performance.now();
  await new Promise((done) => {
    const watch = new MutationObserver(() => {
      if (seen(before)) { watch.disconnect(); requestAnimationFrame(done); }
    });
    watch.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    button.click();
  });
  return performance.now() - began;
}"""
_TOLD = "document.getElementById('pulse-check').dataset.told"
_MESSAGES = "document.querySelectorAll('#log article').length"
_TITLE = "document.getElementById('thread-title')?.textContent"
_EVENTS = {"no-op event": "check", "open a conversation": "on_load_internal", "send a reply": "reply"}
"""The event that each act begins with."""
_FILL = """(text) => {
  const field = document.getElementById("reply-body");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""


async def sign_in(page: Page, base_url: str) -> None:
    """As Kari, and to her inbox."""
    await page.goto(base_url)
    await page.get_by_role("link", name="Logg inn med BankID").click()
    await page.get_by_role("button", name="Kari Nordmann").click()
    await page.wait_for_url(f"**{routes.HOME}")
    await page.goto(base_url + routes.INBOX)
    await page.locator("a.item").nth(1).wait_for()
    await page.evaluate("() => new Promise((done) => requestIdleCallback(done))")


async def timed(page: Page, press: str, look: str, before: object) -> float:
    """Milliseconds from a click on `press` until `look` holds, in terms of what was `before`."""
    await page.evaluate(_QUIET)
    return await page.evaluate(_TIMED, [press, look, before])


async def no_op(page: Page) -> float:
    """How long the session lasts."""
    return await timed(page, "#pulse-check", f"{_TOLD} !== before", await page.evaluate(_TOLD))


async def open_thread(page: Page) -> float:
    """The conversation in the list that is not open."""
    shown = f"{_TITLE} && {_TITLE} !== before && {_MESSAGES} > 0"
    return await timed(page, "a.item:not([aria-current])", shown, await page.evaluate(_TITLE))


async def send(page: Page, text: str) -> float:
    """A reply in the open conversation."""
    await page.locator("#reply-body").wait_for()
    await page.evaluate(_FILL, text)
    press = "form.reply button[type=submit]"
    return await timed(page, press, f"{_MESSAGES} > before", await page.evaluate(_MESSAGES))


async def measure(base_url: str) -> dict[str, list[float]]:
    """Milliseconds of each act, in turns."""
    times: dict[str, list[float]] = {"no-op event": [], "open a conversation": [], "send a reply": []}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium.find(), args=[*find_chromium.ARGUMENTS]
        )
        page = await browser.new_page(viewport=WIDE, locale="nb-NO")  # pyright: ignore[reportArgumentType]
        await sign_in(page, base_url)
        await open_thread(page)
        for number in range(REPEATS):
            times["no-op event"].append(await no_op(page))
            times["open a conversation"].append(await open_thread(page))
            times["send a reply"].append(await send(page, f"Melding nummer {number}"))
        await browser.close()
    return times


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base_url")
    parser.add_argument("--queries", type=Path)
    wanted = parser.parse_args(arguments)
    times = asyncio.run(measure(wanted.base_url))
    counted = queries.by_event(wanted.queries) if wanted.queries else {}
    least = statistics.median(times["no-op event"])
    print(f"Click to screen, ms, {REPEATS} times in turns")
    print(f"{'':22}{'median':>8}{'95 %':>8}{'of a no-op':>12}{'queries':>10}")
    for name, found in times.items():
        late: Any = statistics.quantiles(found, n=20)[-1]
        median = statistics.median(found)
        told = queries.in_words(counted[_EVENTS[name]]) if counted else "–"
        print(f"{name:22}{median:8.0f}{late:8.0f}{median / least:11.1f}×{told:>10}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
