"""Kari gives and takes back, Jonas and Ingrid act for her, and what ended empties the open tab kindly."""

import re

import pytest
from playwright.sync_api import Page, expect

from digihelse_app import routes
from digihelse_app.standins.people import BY_KEY
from tests.e2e import people_at_work as at_work
from tests.e2e.conftest import OpenBrowser
from tests.e2e.inspection import Inspection

JONAS_ASKED = re.compile("^Trekk tilbake fullmakt.*Jonas")


@pytest.fixture
def inspection(page: Page) -> Inspection:
    """Looks at the page of who gives."""
    return Inspection(page)


def acts_for_kari(page: Page, name: str) -> None:
    """Sign in, and choose Kari on the home page."""
    at_work.sign_in(page, name)
    expect(at_work.heading(page, "Du kan hjelpe")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Kari Nordmann")).click()
    expect(page.get_by_role("region", name="Du representerer Kari Nordmann")).to_be_visible()


def test_giving_is_said_first_and_has_one_answer_for_who_cannot_hold(
    page: Page, inspection: Inspection
) -> None:
    at_work.sign_in(page, "Kari Nordmann")
    at_work.go(page, "Fullmakter")
    inspection.look_and_reach("delegations")
    page.get_by_role("link", name="Gi ny fullmakt").click()
    page.get_by_role("button", name="Gå videre").click()
    at_work.focused_summary(page)
    inspection.look_and_reach("giving, with errors")
    mina = BY_KEY["mina"]
    page.get_by_label("Navn").fill(mina.name)
    page.get_by_label("Fødselsnummer").fill(mina.national_id)
    page.get_by_role("checkbox", name="Skrive meldinger").check()
    page.get_by_role("button", name="Gå videre").click()
    expect(at_work.heading(page, "Stemmer dette?")).to_be_focused()
    expect(page.get_by_text(f"{mina.name} får lese og skrive meldinger for deg.")).to_be_visible()
    inspection.look_and_reach("giving, to be confirmed")
    page.get_by_role("button", name="Gi fullmakten").click()
    refused = at_work.focused_summary(page)
    expect(refused).to_contain_text("Vi kan ikke gi fullmakt til denne personen.")
    expect(page.get_by_label("Fødselsnummer")).to_have_value(mina.national_id)
    astrid = BY_KEY["astrid"]
    page.get_by_label("Navn").fill(astrid.name)
    page.get_by_label("Fødselsnummer").fill(astrid.national_id)
    page.get_by_role("button", name="Gå videre").click()
    page.get_by_role("button", name="Gi fullmakten").click()
    expect(at_work.heading(page, "Astrid Lien har fått fullmakt")).to_be_focused()
    inspection.look_and_reach("giving, done")
    page.get_by_role("link", name="Til fullmaktene").click()
    expect(at_work.heading(page, "Astrid Lien")).to_be_visible()
    assert inspection.found == []


def test_who_may_only_cancel_visits_reaches_no_messages_and_is_out_when_it_is_withdrawn(
    page: Page, open_browser: OpenBrowser, inspection: Inspection
) -> None:
    jonas = open_browser()
    acts_for_kari(jonas, "Jonas Nordmann")
    looked_at = Inspection(jonas)
    looked_at.look_and_reach("home, acting")
    expect(jonas.get_by_role("link", name="Innboks")).to_have_count(0)
    key = jonas.url.partition("?")[2]
    for address in (routes.INBOX, routes.COMPOSE):
        jonas.goto(f"{address}?{key}")
        expect(jonas.get_by_text("Du kan ikke lese meldinger.")).to_be_visible()
        looked_at.look_and_reach(f"{address}, not allowed")
    jonas.goto(f"{routes.DELEGATIONS}?{key}")
    expect(at_work.heading(jonas, "Denne siden er bare for Kari Nordmann selv")).to_be_visible()
    jonas.goto(f"{routes.VISITS}?{key}")
    expect(jonas.get_by_role("region", name="Du representerer Kari Nordmann")).to_be_visible()

    at_work.sign_in(page, "Kari Nordmann")
    at_work.go(page, "Fullmakter")
    page.get_by_role("button", name=JONAS_ASKED).click()
    expect(at_work.heading(page, "Trekke tilbake fullmakten til Jonas Nordmann?")).to_be_focused()
    inspection.look_and_reach("withdrawing")
    page.get_by_role("button", name="Ja, trekk tilbake").click()
    expect(at_work.heading(page, "Du har gitt fullmakt til")).to_be_focused()
    expect(page.get_by_role("button", name=JONAS_ASKED)).to_have_count(0)

    expect(at_work.heading(jonas, "Du kan ikke lenger bruke Digihelse for Kari Nordmann")).to_be_visible()
    expect(jonas.get_by_role("region", name=re.compile("Du representerer"))).to_have_count(0)
    looked_at.look_and_reach("lost")
    expect(jonas.get_by_role("link", name="Bruk Digihelse for deg selv")).to_be_visible()
    assert looked_at.found + inspection.found == []


def test_a_proxy_finds_the_way_between_herself_and_who_she_helps(page: Page, inspection: Inspection) -> None:
    acts_for_kari(page, "Ingrid Nordmann")
    page.get_by_role("link", name="Skriv ny melding").click()
    expect(page.get_by_role("button", name="Send melding for Kari")).to_be_visible()
    page.get_by_role("link", name="Bytt person").click()
    expect(page.get_by_role("heading", name="Hvem vil du bruke Digihelse for?")).to_be_focused()
    inspection.look_and_reach("choosing whom to act for")
    page.get_by_role("link", name=re.compile("^Meg selv")).click()
    expect(page.get_by_role("region", name=re.compile("Du representerer"))).to_have_count(0)
    at_work.go(page, "Fullmakter")
    expect(page.get_by_role("link", name="Bruk Digihelse for Kari Nordmann")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Si fra deg fullmakten")).click()
    expect(at_work.heading(page, "Si fra deg fullmakten for Kari Nordmann?")).to_be_focused()
    inspection.look_and_reach("letting go")
    page.get_by_role("button", name="Behold fullmakten").click()
    expect(at_work.heading(page, "Du kan hjelpe")).to_be_focused()
    assert inspection.found == []


def test_asking_is_answered_in_the_open_page_of_who_is_asked(
    page: Page, open_browser: OpenBrowser, inspection: Inspection
) -> None:
    kari = open_browser()
    at_work.sign_in(kari, "Kari Nordmann")
    at_work.go(kari, "Fullmakter")
    at_work.sign_in(page, "Erik Solberg")
    page.goto(routes.ASK)
    page.get_by_label("Navnet til den du vil hjelpe").fill("Kari Nordmann")
    page.get_by_label("Fødselsnummeret til den du vil hjelpe").fill(BY_KEY["kari"].national_id)
    page.get_by_role("checkbox", name="Se besøk").check()
    inspection.look_and_reach("asking")
    page.get_by_role("button", name="Send spørsmålet").click()
    expect(at_work.heading(page, "Spørsmålet er sendt")).to_be_focused()
    expect(at_work.heading(kari, "Noen ber om fullmakt")).to_be_visible()
    kari.get_by_role("button", name=re.compile("^Godkjenn")).click()
    expect(at_work.heading(kari, "Gi fullmakt til Erik Solberg?")).to_be_focused()
    kari.get_by_role("button", name="Godkjenn", exact=True).click()
    page.goto(routes.CHOOSE_PERSON)
    expect(page.get_by_role("link", name=re.compile("^Kari Nordmann.*Du kan se besøk"))).to_be_visible()
    assert inspection.found == []
