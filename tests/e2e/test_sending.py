"""A message is sent once, and what was written is kept, however the finger trembles and the line breaks."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.e2e import people_at_work as at_work
from tests.e2e.conftest import Console

LOST_LINE = ("WebSocket", "ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET", "onnect")


class Restartable:
    """An app of one's own, at the same address before and after."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port, self._running = folder, servers.free_port(), ExitStack()

    @property
    def base_url(self) -> str:
        """Its address."""
        return f"http://localhost:{self._port}"

    def start(self) -> None:
        """Return when it answers."""
        self._running.enter_context(servers.app(self._folder, port=self._port))

    def stop(self) -> None:
        """Return when it is gone."""
        self._running.close()


@pytest.fixture
def restartable(tmp_path: Path) -> Iterator[Restartable]:
    """Started, and stopped in the end."""
    app = Restartable(tmp_path)
    app.start()
    yield app
    app.stop()


def test_double_tap_on_send_is_one_message(page: Page, staff: Page) -> None:
    # Given a message that Kari has written
    at_work.sign_in(page, "Kari Nordmann")
    at_work.start_message(page)
    at_work.fill_message(page, "Praktisk hjelp", "To trykk", "Jeg trykket visst to ganger.")
    # When she taps twice
    page.get_by_role("button", name="Send melding").dblclick()
    at_work.sees_heading(page, "To trykk")
    # Then it was sent once, a reply too
    page.get_by_role("textbox", name="Svar").fill("Og her også.")
    page.get_by_role("button", name="Send melding").dblclick()
    expect(at_work.messages(page).get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("textbox", name="Svar")).to_have_value("")
    at_work.go(page, "Innboks")
    expect(page.get_by_role("link", name=re.compile("To trykk"))).to_have_count(1)
    # And the staff has got it once
    staff.goto("/fagsystem/")
    staff.get_by_role("link", name="To trykk").click()
    expect(staff.get_by_text("Jeg trykket visst to ganger.")).to_have_count(1)
    expect(staff.get_by_text("Og her også.")).to_have_count(1)


def test_server_restarts_while_one_writes_and_the_text_is_kept(
    page: Page, restartable: Restartable, console: Console
) -> None:
    # Given a message that Kari is writing when the server goes away
    console.expect(*LOST_LINE)
    page.goto(restartable.base_url)
    page.get_by_role("link", name="Logg inn med BankID").click()
    at_work.choose(page, "Kari Nordmann")
    at_work.start_message(page)
    at_work.fill_message(page, "Praktisk hjelp", "Strømbrudd", "Det jeg skrev, skal ikke bli borte.")
    restartable.stop()
    banner = page.get_by_role("status").filter(has_text="Ingen forbindelse")
    expect(banner).to_be_visible()
    # When it is back
    restartable.start()
    expect(banner).to_have_count(0, timeout=30_000)
    # Then the text is there, and is sent once
    expect(page.get_by_role("textbox", name="Melding")).to_have_value("Det jeg skrev, skal ikke bli borte.")
    page.get_by_role("button", name="Send melding").click()
    at_work.sees_heading(page, "Strømbrudd")
    expect(at_work.messages(page).get_by_role("article")).to_have_count(1)
    at_work.go(page, "Innboks")
    expect(page.get_by_role("link", name=re.compile("Strømbrudd"))).to_have_count(1)
