"""Every address can be reloaded, gone back to and kept; what is not there says so."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import people_at_work as at_work
from tests.e2e.conftest import Console

OLD, OLDER = "Nye øyedråper", "Rullator til gangen"


def test_conversations_can_be_reloaded_gone_back_to_and_kept(page: Page) -> None:
    # Given Kari, who opens one conversation and then another
    at_work.sign_in(page, "Kari Nordmann")
    at_work.go(page, "Innboks")
    for subject in (OLD, OLDER):
        page.get_by_role("link", name=re.compile(subject)).click()
        at_work.sees_heading(page, subject)
        expect(page).to_have_url(re.compile(r"/innboks\?samtale="))
        if subject == OLD:
            page.get_by_role("main").get_by_role("link", name="Innboks", exact=True).click()
    # Then she can reload, go back and go forward
    page.reload()
    at_work.sees_heading(page, OLDER)
    page.go_back()
    expect(page.get_by_role("list", name="Samtaler")).to_be_visible()
    page.go_back()
    at_work.sees_heading(page, OLD)
    page.go_forward()
    page.go_forward()
    at_work.sees_heading(page, OLDER)
    # And open a kept address in a new tab
    kept = page.context.new_page()
    kept.goto(page.url)
    at_work.sees_heading(kept, OLDER)


def test_kept_address_leads_through_signing_in(page: Page) -> None:
    # Given an address that Kari has kept, in a browser where she is not signed in
    page.goto("/innboks")
    # Then she is told that she is not, and comes where she wanted by signing in
    expect(page).to_have_url("/logget-ut?neste=%2Finnboks")
    page.get_by_role("link", name="Logg inn med BankID").click()
    at_work.choose(page, "Kari Nordmann")
    at_work.sees_heading(page, "Innboks")


def test_unknown_conversation_says_so_kindly(page: Page) -> None:
    # Given Kari
    at_work.sign_in(page, "Kari Nordmann")
    # When she opens a conversation that does not exist, or is not hers
    page.goto("/innboks?samtale=0190a1b2-0000-7000-8000-000000000000")
    # Then she is told so, and can go on
    at_work.sees_heading(page, "Vi finner ikke samtalen")
    page.get_by_role("link", name="Til innboksen").click()
    expect(page.get_by_role("list", name="Samtaler")).to_be_visible()


def test_unknown_address_says_so_with_the_right_status(page: Page, console: Console) -> None:
    # Given an address that leads nowhere
    console.expect("status of 404")
    # When it is opened
    answer = page.goto("/finnes-ikke")
    # Then both the browser and the reader are told
    assert answer is not None
    assert answer.status == 404
    at_work.sees_heading(page, "Vi finner ikke siden")
    page.get_by_role("link", name="Til forsiden").click()
    expect(page.get_by_role("link", name="Logg inn med BankID")).to_be_visible()
