"""Everyone can use every page: axe-core finds nothing, nothing scrolls sideways, nothing is hard to hit."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from digihelse_app import routes
from tests import files
from tests.e2e import people_at_work as at_work
from tests.e2e.conftest import Console, OpenBrowser
from tests.e2e.inspection import IN_OTHER_WORDS, VIEWS, Inspection
from tests.e2e.test_session import make_idle
from tests.servers import RunningApp


@pytest.fixture
def inspection(page: Page) -> Inspection:
    """Looks at the citizen's page."""
    return Inspection(page)


def test_public_pages_are_accessible(page: Page, inspection: Inspection, console: Console) -> None:
    console.expect("status of 404")
    for address in (*sorted(routes.PUBLIC_PAGES), "/finnes-ikke"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        inspection.look_and_reach(address)
    assert inspection.found == []


def test_first_use_is_accessible(page: Page, staff: Page, inspection: Inspection) -> None:
    page.goto("/")
    page.get_by_role("link", name="Logg inn med BankID").click()
    at_work.sees_heading(page, "Hvem vil du logge inn som?")
    inspection.look("choosing whom to be")
    at_work.choose(page, "Mina Berg")
    at_work.sees_heading(page, at_work.TERMS)
    inspection.look_and_reach("terms")
    page.get_by_role("button", name="Godta og gå videre").click()
    at_work.focused_summary(page)
    inspection.look_and_reach("terms, not ticked")
    at_work.accept_terms(page)
    inspection.look_and_reach("consent")
    at_work.give_consent(page)
    at_work.sees_heading(page, "Digihelse klargjøres i natt")
    inspection.look_and_reach("home, set up tonight")
    at_work.run_night_job(staff)
    at_work.sees_heading(page, "Vi fant ingen tjeneste du kan skrive til")
    inspection.look_and_reach("home, no service")
    at_work.start_message(page)
    at_work.sees_heading(page, "Det er ingen du kan skrive til ennå")
    inspection.look_and_reach("new message, nobody to write to")
    assert inspection.found == []


def test_empty_inbox_and_withdrawing_are_accessible(page: Page, staff: Page, inspection: Inspection) -> None:
    at_work.become_ready(page, staff, "Nils Fjell")
    inspection.look_and_reach("home, ready")
    at_work.go(page, "Innboks")
    at_work.sees_heading(page, "Ingen samtaler ennå")
    inspection.look_and_reach("inbox, empty")
    at_work.go(page, "Profil")
    page.get_by_role("button", name=re.compile("^Trekk tilbake.*Dialogtjenester")).click()
    expect(at_work.heading(page, re.compile("^Trekke tilbake"))).to_be_focused()
    inspection.look_and_reach("profile, withdrawing")
    page.get_by_role("button", name="Behold samtykket").click()
    assert inspection.found == []


def test_signed_in_pages_are_accessible(page: Page, inspection: Inspection, app_server: RunningApp) -> None:
    at_work.sign_in(page, "Kari Nordmann")
    at_work.sees_heading(page, "Du venter på svar")
    inspection.look_and_reach("home")
    for place in ("Besøk", "Fullmakter", "Profil", "Innboks"):
        at_work.go(page, place)
        expect(page.get_by_role("heading", level=1, name=place)).to_be_focused()
        inspection.look_and_reach(place)
    page.get_by_role("link", name=re.compile("Nye øyedråper")).click()
    at_work.sees_heading(page, "Nye øyedråper")
    inspection.look_and_reach("conversation")
    page.get_by_role("button", name="Send melding").click()
    field = page.get_by_role("textbox", name="Svar")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("Skriv meldingen din"))
    inspection.look_and_reach("conversation, nothing written")
    page.goto("/innboks?samtale=0190a1b2-0000-7000-8000-000000000000")
    at_work.sees_heading(page, "Vi finner ikke samtalen")
    inspection.look_and_reach("conversation, not found")
    at_work.start_message(page)
    inspection.look_and_reach("new message")
    page.get_by_role("button", name="Send melding").click()
    at_work.focused_summary(page)
    inspection.look_and_reach("new message, errors")
    make_idle(app_server, timedelta(minutes=1))
    page.reload()
    expect(page.get_by_role("dialog")).to_be_visible()
    inspection.look("session warning")
    assert inspection.found == []


def test_writing_in_full_and_searching_are_accessible(page: Page, inspection: Inspection) -> None:
    at_work.sign_in(page, "Kari Nordmann")
    at_work.start_message(page)
    # Words in the subject raise the notice, in another language than the page's, whatever follows
    urgent = page.get_by_role("alert").filter(has_text="Det du skriver, kan haste")
    at_work.fill_message(page, "Hjemmebasert omsorg", "Eg får ikkje puste", "Se på disse.")
    expect(urgent).to_be_visible()
    # They go, and so does the notice; it comes again with words in the message
    page.get_by_role("textbox", name="Emne").fill("Bilde av esken")
    expect(urgent).to_be_hidden()
    page.get_by_role("textbox", name="Melding").fill("Jeg får ikke puste av disse.")
    expect(urgent).to_be_visible()
    taken = {"name": "esken.jpg", "mimeType": "image/jpeg", "buffer": files.photo((400, 200))}
    page.locator("input[type=file]").set_input_files(taken)  # pyright: ignore[reportArgumentType]
    expect(page.get_by_role("button", name=re.compile("^Fjern"))).to_be_visible()
    inspection.look_and_reach("new message, urgent words and a file")
    page.get_by_role("button", name="Send melding").click()
    at_work.sees_heading(page, "Bilde av esken")
    inspection.look_and_reach("conversation with a file")
    at_work.go(page, "Innboks")
    search = page.get_by_role("searchbox")
    search.fill("esken")
    search.press("Enter")
    expect(page.get_by_role("list", name="Samtaler").get_by_role("listitem")).to_have_count(1)
    inspection.look_and_reach("inbox, one found")
    search.fill("finnesikke")
    search.press("Enter")
    at_work.sees_heading(page, "Ingen samtaler passer")
    inspection.look_and_reach("inbox, none found")
    page.goto("/varsler-test/")
    inspection.look("/varsler-test")
    assert inspection.found == []


def test_record_system_is_accessible(staff: Page) -> None:
    inspection = Inspection(staff)
    for address in ("/fagsystem/", "/fagsystem/drift", "/fagsystem/ny"):
        staff.goto(address)
        expect(staff.get_by_role("heading", level=1)).to_be_visible()
        inspection.look(address)
    at_work.staff_opens(staff, "Bytte dag for husvask")
    inspection.look("/fagsystem/samtale")
    staff.goto("/testid/annen-tjeneste")
    inspection.look("/testid/annen-tjeneste")
    assert inspection.found == []


def test_pages_of_delegations_are_accessible_in_every_language(
    page: Page, inspection: Inspection, open_browser: OpenBrowser
) -> None:
    helper = open_browser()
    at_work.sign_in(page, "Kari Nordmann")
    at_work.sign_in(helper, "Ingrid Nordmann")
    own = (routes.DELEGATIONS, routes.GIVE, routes.ASK, routes.LOG, routes.PAPER_FORM)
    looks = ((page, inspection, own), (helper, Inspection(helper), (routes.CHOOSE_PERSON,)))
    for reader, eye, addresses in looks:
        kept = "nb"
        for address in addresses:
            reader.goto(address)
            expect(reader.locator("html")).to_have_attribute("lang", kept)
            for code in at_work.LANGUAGES:
                at_work.choose_language(reader, code)
                expect(reader.get_by_role("heading", level=1)).to_be_visible()
                expect(reader.locator("[aria-busy]")).to_have_count(0)
                eye.look_and_reach(f"{address}, {code}", VIEWS if code == "nb" else IN_OTHER_WORDS)
                kept = code
    assert [found for _, eye, _ in looks for found in eye.found] == []
