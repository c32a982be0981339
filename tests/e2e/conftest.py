"""What the journeys ask for: a phone, more browsers for other people, and consoles that stay silent."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, WebError, expect

from tests.e2e.inspection import PHONE, WIDE
from tests.servers import RunningApp

LEAVING = "Disconnect websocket on page navigation"
"""What Reflex itself notes when a page is left."""

SAY_WHAT_IS_CAUGHT = """
addEventListener("error", ({ message }) => console.error("caught: " + message));
addEventListener("unhandledrejection", ({ reason }) => console.error("caught: " + (reason?.stack ?? reason)));
"""

expect.set_options(timeout=20_000)

OpenBrowser = Callable[[], Page]


class Console:
    """What the browsers' consoles have said; a journey names beforehand what it provokes."""

    def __init__(self) -> None:
        self.browsers: list[BrowserContext] = []
        self._said: list[str] = []
        self._expected: list[str] = []

    def listen(self, context: BrowserContext) -> None:
        """Hear every page of this browser, also what Reflex catches and keeps from the console."""
        self.browsers.append(context)
        context.add_init_script(SAY_WHAT_IS_CAUGHT)
        context.on("console", self._on_message)
        context.on("weberror", self._on_error)

    def _on_message(self, message: ConsoleMessage) -> None:
        if message.text != LEAVING:
            self._said.append(f"{message.type}: {message.text}")

    def _on_error(self, error: WebError) -> None:
        self._said.append(f"uncaught: {error.error}")

    def expect(self, *patterns: str) -> None:
        """Messages that match one of these are what the journey provokes."""
        self._expected.extend(patterns)

    def unexpected(self) -> list[str]:
        """All that was said and not named beforehand."""
        return [said for said in self._said if not any(re.search(known, said) for known in self._expected)]


@pytest.fixture
def console() -> Iterator[Console]:
    """Fails the journey when a browser's console said anything: an error, a refused script, a warning."""
    console = Console()
    yield console
    assert console.unexpected() == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show what stood on every open page, and what the consoles said, with a journey that failed."""
    report: Any = yield
    console = getattr(item, "funcargs", {}).get("console")
    if report.failed and report.when == "call" and isinstance(console, Console):
        for browser in console.browsers:
            report.sections.extend((f"the page {page.url}", _shown(page)) for page in browser.pages)
        report.sections.append(("the consoles", "\n".join(console.unexpected())))
    return report


def _shown(page: Page) -> str:
    try:
        return page.locator("body").aria_snapshot(timeout=2000)
    except Error as failure:
        return str(failure)


@pytest.fixture(scope="session")
def base_url() -> None:
    """None for the whole run: each file of journeys has an app of its own."""


@pytest.fixture(scope="module")
def browser_context_args(browser_context_args: dict[str, Any], app_server: RunningApp) -> dict[str, Any]:
    """A phone in Norway; `page.goto("/")` is the app's front page."""
    norway = {"locale": "nb-NO", "timezone_id": "Europe/Oslo"}
    phone = {"viewport": PHONE, "has_touch": True, "base_url": app_server.base_url}
    return {**browser_context_args, **phone, **norway}


@pytest.fixture
def open_browser(new_context: Callable[..., BrowserContext], console: Console) -> OpenBrowser:
    """Opens a browser that knows nothing of the others, and gives its first page."""

    def open_one() -> Page:
        context = new_context()
        console.listen(context)
        return context.new_page()

    return open_one


@pytest.fixture
def page(open_browser: OpenBrowser) -> Page:
    """The citizen's phone."""
    return open_browser()


@pytest.fixture
def staff(open_browser: OpenBrowser) -> Page:
    """A machine at the municipality, for staff and operator."""
    page = open_browser()
    page.set_viewport_size(WIDE)
    return page
