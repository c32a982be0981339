"""The main job, from the first visit to the answer that was read: Ola Hansen and his home care."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import people_at_work as at_work

SUBJECT = "Vondt i foten"
QUESTION = "Foten er hoven. Kan dere se på den i morgen?"
ANSWER = "Ja, Ola. Vi ser på den når vi kommer i morgen tidlig."
THANKS = "Takk skal dere ha."


def test_ola_signs_in_for_the_first_time_and_gets_an_answer_from_home_care(page: Page, staff: Page) -> None:
    # Given Ola, who has never been here
    at_work.sign_in_from_front(page, "Ola Hansen")
    # When he accepts what he must, after forgetting to tick
    _forgets_to_tick(page)
    at_work.accept_terms(page)
    at_work.give_consent(page)
    # Then he is told that it takes until tonight, and when he can begin
    _is_told_to_wait(page)
    # And the form says the same to one who will not wait
    at_work.start_message(page)
    page.get_by_text("Du er ikke koblet til noen tjeneste ennå.").wait_for()
    page.get_by_role("link", name="Gå til Hjem").click()
    at_work.sees_heading(page, "Digihelse klargjøres i natt")
    # And when the night has run, his page says so by itself
    at_work.run_night_job(staff)
    at_work.sees_heading(page, "Digihelse er klar")
    expect(page.get_by_role("status").filter(has_text="Digihelse er klar.")).to_be_attached()

    # When he writes to the one service he receives
    _writes(page)
    # Then it is on its way, and arrives while he looks
    chain = page.get_by_role("list", name="Hvor langt meldingen er kommet")
    expect(chain.get_by_role("listitem").filter(has_text="Sendt, ferdig")).to_be_visible()
    expect(chain.get_by_role("listitem").filter(has_text="Overlevert, ferdig")).to_be_visible()

    # When the staff answers
    at_work.staff_answers(staff, SUBJECT, ANSWER)
    # Then the answer stands in his open page, and is announced
    expect(at_work.messages(page).get_by_text(ANSWER)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Nytt svar fra Hjemmebasert omsorg.")).to_be_attached()
    # And what he replies reaches them
    at_work.reply(page, THANKS)
    at_work.staff_opens(staff, SUBJECT)
    expect(staff.get_by_text(THANKS)).to_be_visible()

    # When he signs out, nothing of his remains behind him
    at_work.sign_out(page)
    page.go_back()
    expect(page).to_have_url(re.compile("/logget-ut"))
    expect(page.get_by_text(SUBJECT)).to_have_count(0)
    # And when he comes back, everything is there
    at_work.sign_in_from_front(page, "Ola Hansen")
    at_work.go(page, "Innboks")
    page.get_by_role("link", name=SUBJECT).click()
    for text in (QUESTION, ANSWER, THANKS):
        expect(at_work.messages(page).get_by_text(text)).to_be_visible()


def _forgets_to_tick(page: Page) -> None:
    at_work.sees_heading(page, at_work.TERMS)
    page.get_by_role("button", name="Godta og gå videre").click()
    summary = at_work.focused_summary(page)
    summary.get_by_role("link", name="Kryss av for at du godtar, før du går videre.").click()
    expect(page.get_by_role("checkbox")).to_be_focused()
    expect(page.get_by_role("checkbox")).not_to_be_checked()


def _is_told_to_wait(page: Page) -> None:
    at_work.sees_heading(page, "Digihelse klargjøres i natt")
    steps = page.get_by_role("main").get_by_role("listitem")
    expect(steps.filter(has_text="Klargjøres i natt (pågår)")).to_contain_text("kl. 02.00")
    expect(steps.filter(has_text="Klar til bruk")).to_contain_text("fra kl. 07.00")
    expect(page.get_by_role("link", name="Ring Alvdal kommune")).to_be_visible()


def _writes(page: Page) -> None:
    at_work.start_message(page)
    recipients = page.get_by_role("group", name="Mottaker").get_by_role("radio")
    expect(recipients).to_have_count(1)
    expect(page.get_by_text("Solsida")).to_have_count(0)
    page.get_by_role("textbox", name="Melding").fill(QUESTION)
    page.get_by_role("button", name="Send melding").click()
    summary = at_work.focused_summary(page)
    summary.get_by_role("link", name="Skriv et emne.").click()
    expect(page.get_by_role("textbox", name="Emne")).to_be_focused()
    expect(page.get_by_role("textbox", name="Melding")).to_have_value(QUESTION)
    at_work.fill_message(page, "Hjemmebasert omsorg", SUBJECT, QUESTION)
    page.get_by_role("button", name="Send melding").click()
    at_work.sees_heading(page, SUBJECT)
    expect(at_work.messages(page).get_by_text(QUESTION)).to_be_visible()
