"""The home page, the inbox and the form, for people with other stories than Ola's."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from digihelse_app.outside import clock
from digihelse_app.standins.record_system.catalogue import NURSING_HOME_OPENS_IN
from digihelse_app.text import dates
from tests.e2e import people_at_work as at_work

STORY = {
    "Senere besøk på torsdager": "Nytt svar",
    "Bytte dag for husvask": "Svar senest",
    "Nye øyedråper": "Besvart",
    "Rullator til gangen": "Avsluttet",
}
"""Kari's conversations from the start, newest first, and where each stands."""


def test_astrid_without_services_sees_why_and_whom_to_call(page: Page, staff: Page) -> None:
    # Given Astrid, whom the municipality has not registered with any service
    at_work.sign_in(page, "Astrid Lien")
    at_work.accept_terms(page)
    at_work.give_consent(page)
    # When the night has run
    at_work.run_night_job(staff)
    # Then she sees that nothing was found, and whom to call
    at_work.sees_heading(page, "Vi fant ingen tjeneste du kan skrive til")
    municipality = page.get_by_role("link", name="Ring Alvdal kommune")
    expect(municipality).to_have_attribute("href", "tel:62489000")
    help_line = page.get_by_role("link", name=re.compile("^Ring oss"))
    expect(help_line).to_have_attribute("href", "tel:23327000")
    # And that there is nobody to write to
    at_work.start_message(page)
    at_work.sees_heading(page, "Det er ingen du kan skrive til ennå")


def test_kari_reads_the_answer_that_waits_and_the_count_goes_away(page: Page) -> None:
    # Given Kari, who has one unread answer and one question that waits
    at_work.sign_in(page, "Kari Nordmann")
    inbox = page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Innboks")
    expect(inbox).to_have_accessible_name(re.compile("^Innboks ?, 1 ulest$"))
    at_work.sees_heading(page, "Hjemmebasert omsorg har svart deg")
    at_work.sees_heading(page, "Du venter på svar")
    waiting = page.get_by_role("listitem").filter(has_text="Bytte dag for husvask")
    expect(waiting).to_contain_text("Svar senest")
    # When she looks at the inbox
    at_work.go(page, "Innboks")
    # Then what came last is first, each with where it stands
    rows = (
        page.get_by_role("list", name="Samtaler")
        .get_by_role("listitem")
        .filter(has_text=re.compile("|".join(STORY)))
    )
    expect(rows).to_have_text([re.compile(f"{subject}.*{status}") for subject, status in STORY.items()])
    # And when she reads the answer, nothing is unread any more
    page.get_by_role("link", name=re.compile("Senere besøk på torsdager")).click()
    expect(at_work.messages(page).get_by_text("mellom kl. 14.00 og 15.30")).to_be_visible()
    expect(inbox).to_have_accessible_name("Innboks")
    page.get_by_role("main").get_by_role("link", name="Innboks").click()
    expect(rows.first).to_have_text(re.compile("Senere besøk på torsdager.*Besvart"))


def test_kari_sees_when_solsida_opens_and_whom_she_can_write_to(page: Page) -> None:
    # Given Kari, who is also registered at Solsida, which has not opened yet
    at_work.sign_in(page, "Kari Nordmann")
    # When she is about to write
    at_work.start_message(page)
    # Then she can choose between the two that are open, and reads when the third opens
    recipients = page.get_by_role("group", name="Mottaker").get_by_role("radio")
    expect(recipients).to_have_count(2)
    page.get_by_text("Finner du ikke tjenesten?").click()
    opens = dates.long_date("nb", clock.today() + timedelta(days=NURSING_HOME_OPENS_IN.days))
    expect(page.get_by_text(f"Solsida omsorgsheim åpner {opens}.")).to_be_visible()
