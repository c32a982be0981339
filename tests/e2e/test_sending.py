"""A message is sent once, and what was written is kept, however the finger trembles and the line breaks."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import servers
from tests.e2e import people_at_work as at_work
from tests.e2e.conftest import Console
from tests.e2e.slow_line import DRAFTS, SlowEvents, SlowLine

LOST_LINE = ("WebSocket", "net::ERR_", "onnect", "Failed to load resource", "Failed to fetch")


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
def restartable(story: Path, tmp_path: Path) -> Iterator[Restartable]:
    """Started, and stopped in the end."""
    app = Restartable(servers.begin_with(story, tmp_path))
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


def answer(page: Page, subject: str, text: str) -> Locator:
    """Open a conversation and write in it; gives the field."""
    at_work.go(page, "Innboks")
    page.get_by_role("link", name=re.compile(subject)).first.click()
    at_work.sees_heading(page, subject)
    field = page.get_by_role("textbox", name="Svar")
    if text:
        field.fill(text)
        expect(page.get_by_text("Utkastet er lagret.")).to_be_visible()
    return field


def is_there_once(page: Page, staff: Page, subject: str, text: str) -> None:
    """Whether or not the first press came through: who still sees her words presses again, and it is one."""
    field, sent = page.get_by_role("textbox", name="Svar"), at_work.messages(page).get_by_text(text)
    expect(sent.or_(page.get_by_text("Vi tok vare på det du hadde begynt å skrive.")).first).to_be_visible()
    if field.input_value():
        page.get_by_role("button", name="Send melding").click()
    expect(field).to_have_value("")
    expect(sent).to_have_count(1)
    page.reload()
    expect(sent).to_have_count(1)
    staff.goto(urljoin(page.url, "/fagsystem/"))
    staff.get_by_role("link", name=subject).click()
    expect(staff.get_by_role("listitem").filter(has_text=text)).to_have_count(1)


def test_page_reloaded_while_sending_is_one_message(page: Page, staff: Page, console: Console) -> None:
    console.expect(*LOST_LINE)
    at_work.sign_in(page, "Kari Nordmann")
    answer(page, "Bytte dag for husvask", "Jeg lastet siden på nytt.")
    page.get_by_role("button", name="Send melding").click(no_wait_after=True)
    page.reload()
    is_there_once(page, staff, "Bytte dag for husvask", "Jeg lastet siden på nytt.")


def test_line_lost_while_sending_is_one_message(page: Page, staff: Page, console: Console) -> None:
    console.expect(*LOST_LINE)
    at_work.sign_in(page, "Kari Nordmann")
    answer(page, "Bytte dag for husvask", "Nettet ble borte.")
    page.get_by_role("button", name="Send melding").click(no_wait_after=True)
    page.context.set_offline(True)
    expect(page.get_by_role("status").filter(has_text="Ingen forbindelse").first).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    is_there_once(page, staff, "Bytte dag for husvask", "Nettet ble borte.")


def test_server_restarted_while_sending_is_one_message(
    page: Page, staff: Page, restartable: Restartable, console: Console
) -> None:
    console.expect(*LOST_LINE)
    page.goto(restartable.base_url)
    page.get_by_role("link", name="Logg inn med BankID").click()
    at_work.choose(page, "Kari Nordmann")
    answer(page, "Bytte dag for husvask", "Serveren startet på nytt.")
    page.get_by_role("button", name="Send melding").click(no_wait_after=True)
    restartable.stop()
    restartable.start()
    page.reload()
    is_there_once(page, staff, "Bytte dag for husvask", "Serveren startet på nytt.")


def test_words_in_a_tab_that_was_left_open_are_another_message(page: Page) -> None:
    # Given an answer that Kari began in one tab and sent in another
    at_work.sign_in(page, "Kari Nordmann")
    field = answer(page, "Bytte dag for husvask", "Ja, det går fint.")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("textbox", name="Svar")).to_have_value("Ja, det går fint.")
    other.get_by_role("button", name="Send melding").click()
    sent = at_work.messages(page)
    expect(sent.get_by_text("Ja, det går fint.")).to_have_count(1)
    # When she writes something else where she began, and sends it at once
    field.fill("Og en ting til.")
    page.get_by_role("button", name="Send melding").click()
    # Then it is a message too, and what was sent is not sent again
    expect(sent.get_by_text("Og en ting til.")).to_have_count(1)
    expect(sent.get_by_text("Ja, det går fint.")).to_have_count(1)
    expect(field).to_have_value("")


def test_words_added_while_the_send_is_on_its_way_are_kept(page: Page) -> None:
    # Given an answer that is on its way
    line = SlowEvents(page)
    at_work.sign_in(page, "Kari Nordmann")
    field = answer(page, "Bytte dag for husvask", "Kan dere ringe?")
    line.hold()
    page.get_by_role("button", name="Send melding").click()
    # When she adds to it before it has arrived
    with page.expect_response(DRAFTS):
        field.press_sequentially(" Helst i dag.")
    line.let_through()
    # Then what she sent is sent, and what she wrote since is there to be sent
    sent = at_work.messages(page)
    expect(sent.get_by_text("Kan dere ringe?", exact=True)).to_have_count(1)
    expect(field).to_have_value("Kan dere ringe? Helst i dag.")
    page.get_by_role("button", name="Send melding").click()
    expect(sent.get_by_text("Kan dere ringe? Helst i dag.")).to_have_count(1)
    expect(field).to_have_value("")


def test_words_added_while_a_mended_send_is_on_its_way_are_kept(page: Page) -> None:
    # Given an answer that was refused, and is on its way once it is mended
    line = SlowEvents(page)
    at_work.sign_in(page, "Kari Nordmann")
    field = answer(page, "Nye øyedråper", "")
    send = page.get_by_role("button", name="Send melding")
    send.click()
    expect(page.get_by_text("Skriv meldingen din.")).to_be_visible()
    field.fill("De svir litt.")
    expect(page.get_by_text("Utkastet er lagret.")).to_be_visible()
    line.hold()
    send.click()
    # When Kari adds to it before it has arrived, while the page still says what was wrong
    with page.expect_response(DRAFTS):
        field.press_sequentially(" Mest om kvelden.")
    line.let_through()
    # Then both are there
    expect(at_work.messages(page).get_by_text("De svir litt.", exact=True)).to_have_count(1)
    expect(field).to_have_value("De svir litt. Mest om kvelden.")


def test_message_that_was_refused_mended_and_sent_leaves_no_draft(page: Page) -> None:
    # Given a message without a subject, which was refused and whose words are kept
    line = SlowLine(page.context)
    at_work.sign_in(page, "Kari Nordmann")
    at_work.start_message(page)
    page.get_by_role("radio", name="Praktisk hjelp").check()
    page.get_by_role("textbox", name="Melding").fill("Skal være ferdig før jul.")
    expect(page.get_by_text("Utkastet er lagret.")).to_be_visible()
    page.get_by_role("button", name="Send melding").click()
    at_work.focused_summary(page)
    # When Kari changes it and it is sent, before what she changed is kept
    line.is_slow = True
    page.get_by_role("textbox", name="Melding").fill("Vasken skal være ferdig før jul.")
    page.get_by_role("textbox", name="Emne").fill("Før jul")
    page.get_by_role("button", name="Send melding").click()
    at_work.sees_heading(page, "Før jul")
    line.mend()
    # Then nothing of it is left as begun
    at_work.go(page, "Innboks")
    expect(page.get_by_role("link", name=re.compile("Før jul"))).to_have_count(1)
    expect(page.get_by_text("Du har begynt på en melding")).to_have_count(0)


def test_send_that_takes_time_is_told_of_and_pressing_again_is_safe(page: Page, staff: Page) -> None:
    # Given Kari, whose answer is on a slow line
    page.clock.install()
    line = SlowEvents(page)
    at_work.sign_in(page, "Kari Nordmann")
    field = answer(page, "Senere besøk på torsdager", "Det passer fint.")
    line.hold()
    send = page.get_by_role("button", name="Send melding")
    send.click()
    # Then she is told that it is on its way
    on_its_way = page.get_by_role("status").filter(has_text="Meldingen er på vei.")
    expect(on_its_way).to_be_visible()
    # And when no answer comes, that she may press again
    page.clock.fast_forward("00:31")
    expect(on_its_way).to_have_count(0)
    expect(page.get_by_text("Vi fikk ikke svar på om meldingen kom frem.")).to_be_visible()
    send.click()
    expect(on_its_way).to_be_visible()
    # When the line is good again, it is sent once, and nothing is said any more
    line.let_through()
    expect(at_work.messages(page).get_by_text("Det passer fint.")).to_have_count(1)
    expect(field).to_have_value("")
    expect(on_its_way).to_have_count(0)
    # And what is wrong with a message is said in stead
    send.click()
    expect(page.get_by_text("Skriv meldingen din.")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    page.clock.run_for(2000)
    expect(on_its_way).to_have_count(0)
    at_work.staff_opens(staff, "Senere besøk på torsdager")
    expect(staff.get_by_role("listitem").filter(has_text="Det passer fint.")).to_have_count(1)


def test_what_was_begun_before_survives_whoever_is_quicker_than_the_line(page: Page) -> None:
    # Given a message that Kari has begun
    at_work.sign_in(page, "Kari Nordmann")
    at_work.start_message(page)
    at_work.fill_message(page, "Praktisk hjelp", "Langt brev", "Alt jeg skrev i går.")
    expect(page.get_by_text("Utkastet er lagret.")).to_be_visible()
    # When she has chosen and written before the page has learnt of it
    line = SlowLine(page.context)
    line.is_slow_to_tell = True
    with page.expect_request(DRAFTS):
        page.reload()
    page.get_by_role("radio", name="Hjemmebasert omsorg").check()
    page.get_by_role("textbox", name="Melding").fill("Hei igjen.")
    line.mend()
    # Then nothing of either is lost
    expect(page.get_by_role("textbox", name="Melding")).to_have_value("Alt jeg skrev i går.\n\nHei igjen.")
    expect(page.get_by_role("textbox", name="Emne")).to_have_value("Langt brev")
    expect(page.get_by_role("radio", name="Hjemmebasert omsorg")).to_be_checked()
    page.get_by_role("textbox", name="Melding").fill("")
    page.get_by_role("textbox", name="Emne").fill("")
