"""How a session ends: warned and extended, left alone, signed out in another tab, or by another service."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from digihelse_app.outside import clock
from digihelse_app.settings import Settings
from tests.e2e import people_at_work as at_work
from tests.servers import RunningApp

IDLE = timedelta(minutes=Settings.idle_minutes)
WARNING = "Du blir snart logget ut"
RING = 6
"""Pixels that the mark of focus takes around a button."""
BETWEEN = """(button, words) =>
  button.getBoundingClientRect().top - words.getBoundingClientRect().bottom"""
"""Measured at one instant: the warning may still be on its way to its place."""


def make_idle(app: RunningApp, left: timedelta) -> None:
    """Nobody has done anything for so long that only `left` remains, in every session."""
    _set(app, "last_seen_at", clock.now() - IDLE + left)


def make_over(app: RunningApp, left: timedelta) -> None:
    """Everyone signed in so long ago that only `left` remains, whatever is done."""
    _set(app, "expires_at", clock.now() + left)


def _set(app: RunningApp, column: str, instant: datetime) -> None:
    with closing(sqlite3.connect(app.folder / "var" / "digihelse.db", timeout=10)) as database, database:
        database.execute(
            f"UPDATE login_session SET {column} = ? WHERE ended_at IS NULL",  # noqa: S608 (a name of ours)
            (instant.replace(tzinfo=None).isoformat(" "),),
        )


def another_tab(page: Page, address: str) -> Page:
    """One more tab of the same browser."""
    tab = page.context.new_page()
    tab.goto(address)
    return tab


def test_session_about_to_end_is_warned_of_and_can_be_kept(page: Page, app_server: RunningApp) -> None:
    # Given Kari, who has not touched anything for 29 minutes
    at_work.sign_in(page, "Kari Nordmann")
    make_idle(app_server, timedelta(minutes=1))
    page.reload()
    # Then she is warned, and the warning has the focus
    warning = page.get_by_role("dialog", name=WARNING)
    stay = warning.get_by_role("button", name="Fortsett å være innlogget")
    expect(stay).to_be_focused()
    # And the button, with its ring, covers none of the words
    words = warning.get_by_text("Du har ikke gjort noe").element_handle()
    assert stay.evaluate(BETWEEN, words) >= RING
    # When she stays
    stay.click()
    # Then the warning goes, and does not come back
    expect(warning).to_be_hidden()
    page.reload()
    at_work.sees_heading(page, "Du venter på svar")
    expect(warning).to_be_hidden()
    # When her two hours are over in a minute, she is told so, by a warning that asks for nothing
    make_over(app_server, timedelta(minutes=1))
    page.reload()
    expect(warning).to_contain_text("En innlogging varer i høyst to timer.")
    close = warning.get_by_role("button")
    expect(close).to_have_text(["Lukk"])
    expect(close).to_be_focused()
    close.click()
    # Then it goes, and does not come back, while she finishes what she is doing
    expect(warning).to_be_hidden()
    at_work.go(page, "Profil")
    at_work.sees_heading(page, "Samtykker")
    expect(warning).to_be_hidden()


def test_escape_keeps_the_session_as_any_key_would(page: Page, app_server: RunningApp) -> None:
    # Given a warning
    at_work.sign_in(page, "Kari Nordmann")
    make_idle(app_server, timedelta(minutes=1))
    page.reload()
    warning = page.get_by_role("dialog", name=WARNING)
    expect(warning).to_be_visible()
    # When Kari presses Escape
    page.keyboard.press("Escape")
    # Then she stays signed in
    expect(warning).to_be_hidden()
    at_work.go(page, "Profil")
    at_work.sees_heading(page, "Samtykker")


def test_session_left_alone_ends_in_every_tab(page: Page, app_server: RunningApp) -> None:
    # Given two tabs that nobody touches any more
    at_work.sign_in(page, "Kari Nordmann")
    other = another_tab(page, "/innboks")
    at_work.sees_heading(other, "Innboks")
    make_idle(app_server, timedelta(seconds=4))
    page.reload()
    other.reload()
    # Then both end on the page that says so, with nothing of hers
    for tab in (page, other):
        expect(tab).to_have_url("/logget-ut")
        at_work.sees_heading(tab, "Du er logget ut")
        expect(tab.get_by_text("Hjemmebasert omsorg")).to_have_count(0)


def test_signing_out_in_one_tab_ends_the_other_at_once(page: Page) -> None:
    # Given two tabs
    at_work.sign_in(page, "Kari Nordmann")
    other = another_tab(page, "/innboks")
    expect(other.get_by_role("list", name="Samtaler")).to_be_visible()
    # When Kari signs out in the first
    at_work.sign_out(page)
    # Then the second shows nothing of hers
    expect(other).to_have_url("/logget-ut")
    expect(other.get_by_role("list", name="Samtaler")).to_have_count(0)


def test_signing_out_of_another_service_ends_the_open_tab(page: Page) -> None:
    # Given Kari, who by single sign-on is also signed in at another service
    at_work.sign_in(page, "Kari Nordmann")
    other = another_tab(page, "/testid/annen-tjeneste")
    other.get_by_role("link", name="Logg inn").click()
    expect(other.get_by_text("Du er logget inn.")).to_be_visible()
    # When she signs out there
    other.get_by_role("button", name="Logg ut").click()
    # Then her tab here has ended too
    expect(page).to_have_url("/logget-ut")
    at_work.sees_heading(page, "Du er logget ut")
