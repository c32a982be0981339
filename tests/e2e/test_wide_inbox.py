"""The list and the conversation side by side: what is read stays in view."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import people_at_work as at_work
from tests.e2e.inspection import WIDE

HOW_FAR_DOWN = """words => {
  const pane = words.closest(".pane").getBoundingClientRect();
  return (words.getBoundingClientRect().top - pane.top) / pane.height;
}"""
LEFT_BELOW = "log => log.scrollHeight - log.scrollTop - log.clientHeight"


@pytest.fixture
def wide(page: Page) -> Page:
    """The citizen's laptop."""
    page.set_viewport_size(WIDE)
    return page


def test_newest_message_stays_in_view_when_more_stands_below_it(wide: Page) -> None:
    # Given Kari, who reads the newest message of a conversation that scrolls by itself
    at_work.sign_in(wide, "Kari Nordmann")
    at_work.go(wide, "Innboks")
    wide.get_by_role("link", name=re.compile("Bytte dag for husvask")).click()
    expect(at_work.messages(wide).get_by_role("article").first).to_be_visible()
    log = wide.locator("#log")  # what scrolls
    height = log.evaluate("log => log.clientHeight")
    # When the notice of words that sound urgent takes some of its room
    wide.get_by_role("textbox", name="Svar").fill("Jeg får ikke puste")
    expect(wide.get_by_role("alert").filter(has_text="Det du skriver, kan haste")).to_be_visible()
    wide.wait_for_function("before => document.getElementById('log').clientHeight < before", arg=height)
    # Then the end of the message is still there
    wide.wait_for_function(f"() => ({LEFT_BELOW})(document.getElementById('log')) < 2")
    assert log.evaluate("log => log.scrollHeight > log.clientHeight")


def test_empty_pane_tells_what_it_is_for_in_its_middle(wide: Page) -> None:
    # Given the inbox with nothing opened
    at_work.sign_in(wide, "Kari Nordmann")
    at_work.go(wide, "Innboks")
    words = at_work.heading(wide, "Velg en samtale")
    expect(words).to_be_visible()
    # Then the words stand well inside the pane
    assert words.evaluate(HOW_FAR_DOWN) > 1 / 4
