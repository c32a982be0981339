"""The inbox in full: a photo and its answer, a sentence that outlives the line, a promise that passes."""

import io
import re
import sqlite3
from contextlib import closing
from datetime import timedelta

from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from digihelse_app.outside import clock
from tests import files
from tests.e2e import people_at_work as at_work
from tests.e2e.conftest import Console, OpenBrowser
from tests.e2e.slow_line import DRAFTS, SlowLine
from tests.e2e.test_session import make_idle
from tests.servers import RunningApp

LOST_LINE = ("WebSocket", "ERR_INTERNET_DISCONNECTED", "onnect", "Failed to load resource")
KEPT_HERE = "() => Object.entries(localStorage).filter(([name]) => name.startsWith('dh-draft:'))"
NOTHING_KEPT_HERE = f"() => ({KEPT_HERE})().length === 0"
BEGUN, REST = "Kan dere komme på fredag", " i stedet?"


def step(page: Page, name: str) -> Locator:
    """A step of the newest message's way that is done."""
    chain = page.get_by_role("list", name="Hvor langt meldingen er kommet").last
    return chain.get_by_role("listitem").filter(has_text=f"{name}, ferdig")


def test_photo_goes_upright_without_its_place_and_the_answer_comes_live(page: Page, staff: Page) -> None:
    # Given Kari, who writes about her medicines with a photo that was taken sideways at home
    at_work.sign_in(page, "Kari Nordmann")
    at_work.start_message(page)
    at_work.fill_message(page, "Hjemmebasert omsorg", "Etiketten på esken", "Er dette riktig styrke?")
    page.get_by_role("combobox", name="Hva gjelder det?").select_option(label="Medisiner")
    add_one_too_many(page)
    page.get_by_role("button", name="Send melding").click()
    # Then it is handed over
    at_work.sees_heading(page, "Etiketten på esken")
    expect(page.get_by_role("main").get_by_text("· Medisiner")).to_be_visible()
    expect(step(page, "Overlevert")).to_be_visible()
    # And the municipality has the photo upright, and not where it was taken
    at_work.staff_opens(staff, "Etiketten på esken")
    expect(staff.get_by_text("Gjelder: Medisiner")).to_be_visible()
    link = staff.get_by_role("link", name="Esken hjemme.jpg")
    received = staff.request.get(str(link.get_attribute("href"))).body()
    with Image.open(io.BytesIO(received)) as photo:
        assert (photo.size, dict(photo.getexif())) == ((400, 800), {})
        top, bottom = photo.convert("RGB").getpixel((200, 50)), photo.convert("RGB").getpixel((200, 750))
    assert [colour.index(max(colour)) for colour in (top, bottom)] == [0, 2]  # pyright: ignore
    assert b"Kamera" not in received
    # When staff passes it on
    expect(step(page, "Åpnet")).to_be_visible()
    staff.get_by_text("Send videre").first.click()
    staff.get_by_role("textbox", name="Internt notat").fill("Kan du sjekke styrken?")
    staff.get_by_role("button", name="Send videre").click()
    expect(staff.get_by_text("Kan du sjekke styrken?")).to_be_visible()
    # And answers with a PDF
    plan = {"name": "Medisinliste.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
    staff.get_by_role("textbox", name="Melding").fill("Ja, det er riktig. Her er hele listen.")
    staff.get_by_label("Legg ved filer").set_input_files(plan)  # pyright: ignore[reportArgumentType]
    staff.get_by_role("button", name="Send svar").click()
    # Then Kari sees it without doing anything, and nothing of what was said in the house
    expect(at_work.messages(page).get_by_text("Her er hele listen.")).to_be_visible()
    expect(step(page, "Besvart").or_(at_work.messages(page).get_by_text("Besvart")).first).to_be_visible()
    expect(page.get_by_text("Kan du sjekke styrken?")).to_have_count(0)
    with page.expect_download() as downloading:
        at_work.messages(page).get_by_role("link", name=re.compile("Medisinliste.pdf")).click()
    downloaded = downloading.value
    assert downloaded.suggested_filename == "Medisinliste.pdf"
    assert downloaded.path().read_bytes() == files.pdf()


def add_one_too_many(page: Page) -> None:
    """The photo and four more, and one that there is no room for; one of them takes its time."""
    taken = [{"name": "Esken hjemme.jpg", "mimeType": "image/jpeg", "buffer": files.photo((800, 400))}]
    taken += [{"name": f"{n}.pdf", "mimeType": "application/pdf", "buffer": files.pdf()} for n in range(1, 6)]
    slow: list[Route] = []
    page.route("**/attachments?*", lambda route: slow.append(route), times=1)
    page.locator("input[type=file]").set_input_files(taken)  # pyright: ignore[reportArgumentType]
    buttons = page.get_by_role("list", name="Vedlegg").get_by_role("button")
    added = buttons.filter(has_text="Fjern")
    expect(added).to_have_count(4)
    # That there were too many is said for as long as it takes to read it
    problem = page.get_by_text("Du kan legge ved høyst fem filer.")
    expect(problem).to_be_visible()
    # And whose button goes when the last has come has the focus on the next
    buttons.filter(has_text="Avbryt").focus()
    slow[0].continue_()
    expect(added).to_have_count(5)
    expect(added.and_(page.locator(":focus"))).to_have_count(1)
    expect(problem).to_be_visible()


def open_conversation(page: Page, subject: str) -> Locator:
    """From the inbox; gives the field to answer in."""
    at_work.go(page, "Innboks")
    page.get_by_role("link", name=re.compile(subject)).first.click()
    at_work.sees_heading(page, subject)
    return page.get_by_role("textbox", name="Svar")


def test_sentence_survives_a_dead_line_a_closed_tab_and_an_ended_session(
    page: Page, app_server: RunningApp, console: Console
) -> None:
    # Given Kari, who loses the line in the middle of a sentence
    console.expect(*LOST_LINE)
    at_work.sign_in(page, "Kari Nordmann")
    answer = open_conversation(page, "Bytte dag for husvask")
    answer.press_sequentially(BEGUN[:9])
    expect(page.get_by_text("Utkastet er lagret.")).to_be_visible()
    page.context.set_offline(True)
    answer.press_sequentially(BEGUN[9:])
    expect(page.get_by_text("Utkastet er lagret på denne enheten.")).to_be_visible()
    # Then what the browser keeps can be read by nobody
    kept = page.evaluate(KEPT_HERE)
    assert len(kept) == 1
    assert [word for word in ("Kan", "komme", "fredag", "Kari") if word in str(kept)] == []
    # When she closes the tab, the session ends, and she signs in again
    context = page.context
    page.close()
    make_idle(app_server, timedelta(seconds=-1))
    context.set_offline(False)
    later = context.new_page()
    later.goto("/")
    later.get_by_role("link", name="Logg inn med BankID").click()
    later.wait_for_url("**/hjem")
    answer = open_conversation(later, "Bytte dag for husvask")
    # Then her words are there, and she finishes the sentence
    expect(answer).to_have_value(BEGUN)
    expect(later.get_by_text("Vi tok vare på det du hadde begynt å skrive.")).to_be_visible()
    answer.press("Control+End")
    answer.press_sequentially(REST)
    later.get_by_role("button", name="Send melding").click()
    expect(at_work.messages(later).get_by_text(BEGUN + REST)).to_have_count(1)
    # And nothing is kept any more
    expect(answer).to_have_value("")
    later.wait_for_function(NOTHING_KEPT_HERE)
    later.reload()
    expect(answer).to_have_value("")
    assert later.evaluate(KEPT_HERE) == []


def test_slow_line_neither_loses_newer_words_nor_brings_back_what_was_sent(
    page: Page, console: Console
) -> None:
    # Given Kari, who writes on while her first words are still on their way
    console.expect("ERR_FAILED", "Disconnect websocket on pagehide")
    at_work.sign_in(page, "Kari Nordmann")
    answer = open_conversation(page, "Bytte dag for husvask")
    line = SlowLine(page.context)
    line.is_slow = True
    with page.expect_request(DRAFTS):
        answer.press_sequentially(BEGUN[:9])
    page.wait_for_function(f"() => ({KEPT_HERE})().length === 1")
    [first] = page.evaluate(KEPT_HERE)
    answer.press_sequentially(BEGUN[9:])
    page.wait_for_function(f"first => ({KEPT_HERE})()[0][1] !== first", arg=first[1])
    # When they arrive, and the rest does not before she closes the tab
    line.is_dead = True
    line.let_through()
    expect(page.get_by_text("Utkastet er lagret på denne enheten.")).to_be_visible()
    page.close()
    line.is_dead = line.is_slow = False
    # Then all of it is there; and when she sends faster than the line, nothing is kept of what was sent
    later = page.context.new_page()
    later.goto("/hjem")
    answer = open_conversation(later, "Bytte dag for husvask")
    expect(answer).to_have_value(BEGUN)
    expect(later.get_by_text("Vi tok vare på det du hadde begynt å skrive.")).to_be_visible()
    answer.press("Control+End")
    line.is_slow_back = True
    with later.expect_request(DRAFTS):
        answer.press_sequentially(" igjen?")
    kept = later.evaluate(KEPT_HERE)
    later.get_by_role("button", name="Send melding").click()
    expect(at_work.messages(later).get_by_text(f"{BEGUN} igjen?")).to_have_count(1)
    later.wait_for_function(NOTHING_KEPT_HERE)
    with later.expect_response(DRAFTS):
        line.let_through()
    later.evaluate("() => fetch('/utkast/nokkel').then((answer) => answer.json())")  # after the answer above
    assert later.evaluate(KEPT_HERE) == []
    expect(answer).to_have_value("")
    # Nor does it come back as a draft where the receipt never came
    later.evaluate("kept => kept.forEach(([name, sealed]) => localStorage.setItem(name, sealed))", kept)
    line.mend()
    elsewhere = page.context.new_page()
    elsewhere.goto("/hjem")
    answer = open_conversation(elsewhere, "Bytte dag for husvask")
    elsewhere.wait_for_function(NOTHING_KEPT_HERE)
    expect(answer).to_have_value("")


def test_words_outlive_a_reload_and_are_nobody_elses_on_a_shared_device(
    page: Page, staff: Page, open_browser: OpenBrowser
) -> None:
    # Given Kari, who has begun a message on a device that she shares with Ola
    at_work.become_ready(open_browser(), staff, "Ola Hansen")
    at_work.sign_in(page, "Kari Nordmann")
    at_work.start_message(page)
    at_work.fill_message(page, "Praktisk hjelp", "Bare mitt", "Dette er bare mellom oss.")
    expect(page.get_by_text("Utkastet er lagret.")).to_be_visible()
    kept, dropped = [
        {"name": name, "mimeType": "application/pdf", "buffer": files.pdf()} for name in ("A.pdf", "B.pdf")
    ]
    page.locator("input[type=file]").set_input_files([kept, dropped])  # pyright: ignore[reportArgumentType]
    added = page.get_by_role("list", name="Vedlegg").get_by_role("listitem")
    expect(added.get_by_role("button", name=re.compile("^Fjern"))).to_have_count(2)
    page.reload()
    expect(added).to_have_count(2)  # side by side they went up, and either may have come first
    for name in ("A", "B"):
        expect(added.filter(has_text=re.compile(rf"{name}\.pdf.*kB"))).to_have_count(1)
    page.get_by_role("button", name="Fjern: B.pdf").click()
    expect(added).to_have_count(1)
    expect(page.get_by_role("textbox", name="Melding")).to_have_value("Dette er bare mellom oss.")
    expect(page.get_by_role("radio", name="Praktisk hjelp")).to_be_checked()
    at_work.sign_out(page)
    # When Ola signs in
    at_work.sign_in(page, "Ola Hansen")
    at_work.start_message(page)
    # Then he finds nothing of hers, and what he writes is apart
    expect(page.get_by_role("textbox", name="Melding")).to_have_value("")
    page.get_by_role("textbox", name="Melding").fill("Olas egne ord.")
    expect(page.get_by_text("Utkastet er lagret.")).to_be_visible()
    expect(added).to_have_count(0)
    assert len(page.evaluate(KEPT_HERE)) == 2
    page.get_by_role("textbox", name="Melding").fill("")
    at_work.sign_out(page)
    # And hers are there when she is back
    at_work.sign_in(page, "Kari Nordmann")
    at_work.start_message(page)
    expect(page.get_by_role("textbox", name="Melding")).to_have_value("Dette er bare mellom oss.")
    expect(added).to_have_text([re.compile(r"A\.pdf.*kB")])
    page.get_by_role("button", name="Send melding").click()
    at_work.sees_heading(page, "Bare mitt")
    expect(at_work.messages(page).get_by_role("link", name=re.compile(r"A\.pdf"))).to_be_visible()


def test_promise_that_passes_is_said_on_the_open_page(page: Page, app_server: RunningApp) -> None:
    # Given Kari, who waits for an answer that was promised
    at_work.sign_in(page, "Kari Nordmann")
    at_work.send_message(page, "Praktisk hjelp", "Når kommer dere?", "Jeg lurer på neste uke.")
    expect(page.get_by_role("main").get_by_text("Svar senest").last).to_be_visible()
    # When the day goes by, and the page looks again as it does by itself
    move_promise(app_server, "Når kommer dere?")
    page.evaluate("() => document.getElementById('pulse-refresh').click()")
    # Then it says so, and whom to call
    passed = page.locator("section").get_by_text("Svaret skulle ha kommet")
    expect(passed).to_be_visible()
    call = passed.get_by_role("link").or_(page.locator("section").get_by_role("link", name="62 48 90 10"))
    expect(call.first).to_have_attribute("href", "tel:62489010")
    # And so does the list
    at_work.go(page, "Innboks")
    row = page.get_by_role("link", name=re.compile("Når kommer dere"))
    expect(row).to_contain_text("Svaret skulle ha kommet")


def move_promise(app: RunningApp, subject: str) -> None:
    """The answer was promised for last week."""
    due = (clock.today() - timedelta(days=7)).isoformat()
    with closing(sqlite3.connect(app.folder / "var" / "digihelse.db", timeout=10)) as database, database:
        database.execute("UPDATE thread SET reply_due_on = ? WHERE subject = ?", (due, subject))
