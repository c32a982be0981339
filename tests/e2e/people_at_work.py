"""What people do in a browser, in their own words: found by role and name, as a screen reader finds it."""

import re

from playwright.sync_api import Locator, Page, expect

from digihelse_app import routes

TERMS = "Bruksvilkår for Digihelse"
CONSENT = "Samtykke til dialogtjenester og personlig helsearkiv"
READY = "Digihelse er klar"
LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
"""The languages, each by its own name."""


def heading(page: Page, name: str | re.Pattern[str]) -> Locator:
    """A heading by its words."""
    return page.get_by_role("heading", name=name, exact=isinstance(name, str))


def sees_heading(page: Page, name: str | re.Pattern[str]) -> None:
    """The page has come to where it says this."""
    expect(heading(page, name)).to_be_visible()


def choose_language(page: Page, code: str) -> None:
    """Press the language at the foot of the page, unless the page is in it; ends when it is."""
    if page.locator("html").get_attribute("lang") != code:
        page.get_by_role("contentinfo").get_by_role("button", name=LANGUAGES[code]).click()
    expect(page.locator("html")).to_have_attribute("lang", code)


def sign_in(page: Page, name: str) -> None:
    """Where the button of the front page leads; ends inside, at home or at the first text to accept."""
    page.goto(routes.LOGIN)
    choose(page, name)


def sign_in_from_front(page: Page, name: str) -> None:
    """From the front page with BankID; ends where `sign_in` does."""
    page.goto("/")
    page.get_by_role("link", name="Logg inn med BankID").click()
    choose(page, name)


def choose(page: Page, name: str) -> None:
    """Be this person at the stand-in for BankID."""
    page.get_by_role("button", name=re.compile(f"^{name}")).click()
    page.wait_for_url(re.compile(r"/(hjem|samtykke|innboks)"))


def accept_terms(page: Page) -> None:
    """Read and accept the terms of use; ends at the consent."""
    sees_heading(page, TERMS)
    page.get_by_role("checkbox", name="Jeg har lest og godtar bruksvilkårene").check()
    page.get_by_role("button", name="Godta og gå videre").click()
    # The next text is read from its top, though the button that was pressed stands far down.
    expect(heading(page, CONSENT)).to_be_focused()
    expect(heading(page, CONSENT)).to_be_in_viewport()


def give_consent(page: Page) -> None:
    """Read and give the consent; ends at home."""
    sees_heading(page, CONSENT)
    page.get_by_role("checkbox", name="Jeg samtykker til dialogtjenester").check()
    page.get_by_role("button", name="Samtykk", exact=True).click()
    page.wait_for_url("**/hjem")


def become_ready(page: Page, staff: Page, name: str) -> None:
    """Sign in, accept what one has not accepted yet, and be set up; ends at home, where one can write."""
    sign_in(page, name)
    terms, consent = (heading(page, words) for words in (TERMS, CONSENT))
    ready = page.get_by_role("main").get_by_role("link", name="Skriv ny melding")
    expect(terms.or_(consent).or_(ready)).to_be_visible()
    if terms.is_visible():
        accept_terms(page)
    if consent.is_visible():
        give_consent(page)
        run_night_job(staff)
    expect(ready).to_be_visible()


def go(page: Page, place: str) -> None:
    """To a place in the navigation, and wait for its heading to take the focus."""
    page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name=place).click()


def start_message(page: Page) -> None:
    """Open the form from the inbox."""
    go(page, "Innboks")
    page.get_by_role("link", name="Skriv ny melding").click()
    sees_heading(page, "Skriv ny melding")


def fill_message(page: Page, recipient: str, subject: str, body: str) -> None:
    """Fill the form in."""
    page.get_by_role("radio", name=recipient).check()
    page.get_by_role("textbox", name="Emne").fill(subject)
    page.get_by_role("textbox", name="Melding").fill(body)


def send_message(page: Page, recipient: str, subject: str, body: str) -> None:
    """Write a new message and send it; ends in its conversation."""
    start_message(page)
    fill_message(page, recipient, subject, body)
    page.get_by_role("button", name="Send melding").click()
    sees_heading(page, subject)


def focused_summary(page: Page) -> Locator:
    """The summary of what must be put right, which has taken the focus."""
    summary = page.locator("#error-summary:focus-within")
    expect(summary).to_be_visible()
    return summary


def messages(page: Page) -> Locator:
    """The messages of the open conversation."""
    return page.get_by_role("log", name="Meldinger")


def reply(page: Page, body: str) -> None:
    """Answer in the open conversation."""
    page.get_by_role("textbox", name="Svar").fill(body)
    page.get_by_role("button", name="Send melding").click()
    expect(messages(page).get_by_text(body)).to_be_visible()


def sign_out(page: Page) -> None:
    """By the profile page; ends on the page that says so."""
    go(page, "Profil")
    page.get_by_role("button", name="Logg ut", exact=True).click()
    page.wait_for_url("**/logget-ut")
    sees_heading(page, "Du er logget ut")


def run_night_job(staff: Page) -> None:
    """The operator does not wait for the night."""
    staff.goto("/fagsystem/drift")
    staff.get_by_role("button", name="Kjør nattjobben nå").click()
    expect(staff.get_by_role("status")).to_have_text("Nattjobben er ferdig.")


def staff_opens(staff: Page, subject: str) -> None:
    """Open a conversation from the work list."""
    staff.goto("/fagsystem/")
    staff.get_by_role("link", name=subject).click()
    expect(staff.get_by_role("heading", name=subject)).to_be_visible()


def staff_answers(staff: Page, subject: str, text: str) -> None:
    """Open a conversation and answer it."""
    staff_opens(staff, subject)
    staff.get_by_role("textbox", name="Melding").fill(text)
    staff.get_by_role("button", name="Send svar").click()
    expect(staff.get_by_role("listitem").filter(has_text=text)).to_be_visible()


def staff_writes(staff: Page, patient_and_service: str, subject: str, text: str) -> None:
    """Begin a conversation, with whom the record system knows as `patient – service`."""
    staff.goto("/fagsystem/ny")
    staff.get_by_role("combobox", name="Pasient og tjeneste").select_option(patient_and_service)
    staff.get_by_role("textbox", name="Emne").fill(subject)
    staff.get_by_role("textbox", name="Melding").fill(text)
    staff.get_by_role("button", name="Send melding").click()
    expect(staff.get_by_text("Levert til Digihelse")).to_be_visible()
