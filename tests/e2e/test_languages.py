"""Three languages, complete with dates, chosen where one is and kept."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import people_at_work as at_work


def test_kari_reads_in_english_and_nynorsk_and_it_is_kept(page: Page) -> None:
    # Given Kari, who reads in bokmål
    at_work.sign_in(page, "Kari Nordmann")
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "nb")
    # When she chooses English on the profile page
    at_work.go(page, "Profil")
    page.get_by_role("radio", name="English").click()
    # Then the page, its language and the dates follow
    at_work.sees_heading(page, "Profile")
    expect(html).to_have_attribute("lang", "en")
    expect(page.get_by_text(re.compile(r"Given\s\w+\s\d+\s\w+\sat\s\d\d:\d\d"))).to_have_count(2)
    # And stay after reloading, on other pages too
    page.reload()
    at_work.sees_heading(page, "Profile")
    menu = page.get_by_role("navigation", name="Main menu")
    menu.get_by_role("link", name="Inbox").click()
    expect(page.get_by_role("heading", level=1, name="Inbox")).to_be_focused()
    expect(html).to_have_attribute("lang", "en")
    # When she chooses nynorsk in the footer
    menu.get_by_role("link", name="Home").click()
    page.get_by_role("contentinfo").get_by_role("button", name="Nynorsk").click()
    # Then that is what she reads
    expect(page.get_by_role("navigation", name="Hovudmeny").get_by_role("link", name="Heim")).to_be_visible()
    expect(html).to_have_attribute("lang", "nn")
    page.reload()
    expect(page.get_by_role("navigation", name="Hovudmeny")).to_be_visible()


def test_visitor_chooses_a_language_before_signing_in(page: Page) -> None:
    # Given someone on the front page
    page.goto("/")
    # When she chooses English
    page.get_by_role("contentinfo").get_by_role("button", name="English").click()
    # Then she can read how to sign in, and each language is named in itself
    expect(page.get_by_role("link", name="Log in with BankID")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    nynorsk = page.get_by_role("contentinfo").get_by_role("button", name="Nynorsk")
    expect(nynorsk).to_have_attribute("lang", "nn")
