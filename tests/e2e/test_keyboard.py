"""With the keyboard alone, from the front page to a message that is sent."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e import people_at_work as at_work

MOST_STEPS = 60


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus."""
    expect(target).to_be_visible()
    for _ in range(MOST_STEPS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(target).to_be_focused()


def test_kari_signs_in_and_sends_a_message_without_a_mouse(page: Page) -> None:
    # Given Kari, who uses the keyboard alone
    page.goto("/")
    # When she signs in
    tab_to(page, page.get_by_role("link", name="Logg inn med BankID"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name=re.compile("^Kari Nordmann")))
    page.keyboard.press("Enter")
    at_work.sees_heading(page, "Du venter på svar")
    # And goes to the inbox, where the heading takes the focus
    navigation = page.get_by_role("navigation", name="Hovedmeny")
    tab_to(page, navigation.get_by_role("link", name="Innboks"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Innboks")).to_be_focused()
    # And to the form
    tab_to(page, page.get_by_role("link", name="Skriv ny melding"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Skriv ny melding")).to_be_focused()
    # And fills it in and sends it
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("textbox", name="Emne"))
    page.keyboard.type("Uten mus")
    tab_to(page, page.get_by_role("textbox", name="Melding"))
    page.keyboard.type("Dette er skrevet med tastaturet alene.")
    tab_to(page, page.get_by_role("button", name="Send melding"))
    page.keyboard.press("Enter")
    # Then it is in its conversation, and the conversation has the focus
    expect(at_work.heading(page, "Uten mus")).to_be_focused()
    expect(at_work.messages(page).get_by_text("med tastaturet alene")).to_be_visible()


def test_answer_sent_by_the_keyboard_has_the_focus(page: Page) -> None:
    # Given an answer, written without a mouse
    at_work.sign_in(page, "Kari Nordmann")
    at_work.go(page, "Innboks")
    page.get_by_role("link", name=re.compile("Bytte dag for husvask")).click()
    at_work.sees_heading(page, "Bytte dag for husvask")
    tab_to(page, page.get_by_role("textbox", name="Svar"))
    page.keyboard.type("Sendt uten mus.")
    tab_to(page, page.get_by_role("button", name="Send melding"))
    # When it is sent, and the button with it is gone
    page.keyboard.press("Enter")
    # Then one is where it now stands, not at the top of the page
    expect(at_work.messages(page).get_by_role("article").filter(has_text="Sendt uten mus.")).to_be_focused()


def test_skip_link_reaches_the_conversation_and_keeps_the_address(page: Page) -> None:
    # Given an open conversation
    at_work.sign_in(page, "Kari Nordmann")
    at_work.go(page, "Innboks")
    page.get_by_role("link", name=re.compile("Rullator til gangen")).click()
    at_work.sees_heading(page, "Rullator til gangen")
    address = page.url
    page.reload()
    at_work.sees_heading(page, "Rullator til gangen")
    # When the first stop, the skip link, is followed
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til innholdet")).to_be_focused()
    page.keyboard.press("Enter")
    # Then the content has the focus, the conversation is still there, and so is its address
    expect(page.get_by_role("main")).to_be_focused()
    expect(page).to_have_url(f"{address}#main")
    at_work.sees_heading(page, "Rullator til gangen")
