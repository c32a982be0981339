"""Every page of visits in each language: axe-core finds nothing, nothing scrolls sideways or is small."""

import re

from playwright.sync_api import Page, expect

from digihelse_app.text.catalogue import lookup
from tests.e2e import people_at_work as at_work
from tests.e2e import visits_at_work as visits
from tests.e2e.inspection import IN_OTHER_WORDS, Inspection


def of(text: str) -> re.Pattern[str]:
    """The text, whatever stands around it, with any kind of space between its words."""
    return re.compile(r"\s+".join(map(re.escape, text.split())))


def test_pages_of_visits_are_accessible(page: Page) -> None:
    inspection = Inspection(page)
    at_work.sign_in(page, "Kari Nordmann")
    at_work.go(page, "Besøk")
    first = page.get_by_role("main").get_by_role("link", name=visits.EVENING)
    expect(first.first).to_be_visible()
    inspection.look_and_reach("agenda")
    page.get_by_role("radio", name="Tidligere").click()
    expect(page.get_by_role("heading", level=3).first).to_be_visible()
    inspection.look_and_reach("agenda, past")
    page.get_by_role("main").get_by_role("link", name=visits.MEDICINE).first.click()
    expect(page.get_by_role("heading", level=1, name=visits.MEDICINE)).to_be_visible()
    inspection.look_and_reach("visit, past")
    page.goto("/besok")
    page.get_by_role("radio", name="Kommende").click()
    expect(page.get_by_role("heading", level=3)).to_have_count(0)
    first.nth(4).click()
    page.get_by_role("link", name="Avbestill besøk").click()
    at_work.sees_heading(page, lookup("nb", "cancel.title"))
    inspection.look_and_reach("visit, cancelling")
    page.get_by_role("button", name="Bekreft avbestilling").click()
    at_work.sees_heading(page, lookup("nb", "visit_row.asked_title_requested"))
    inspection.look_and_reach("visit, asked to be cancelled")
    page.goto("/besok?besok=0190a1b2-0000-7000-8000-000000000000")
    at_work.sees_heading(page, lookup("nb", "visit.not_found_title"))
    inspection.look_and_reach("visit, not found")
    assert inspection.found == []


def test_pages_of_being_away_are_accessible(page: Page) -> None:
    inspection, day = Inspection(page), visits.ahead(10).isoformat()
    at_work.sign_in(page, "Kari Nordmann")
    page.goto("/besok/borte")
    find = page.get_by_role("button", name=lookup("nb", "away.find"))
    find.click()
    expect(page.get_by_label(lookup("nb", "away.first"))).to_be_focused()
    inspection.look_and_reach("away, no days")
    page.get_by_label(lookup("nb", "away.first")).fill(day)
    page.get_by_label(lookup("nb", "away.last")).fill(day)
    find.click()
    medicine = page.get_by_role("group", name=of(lookup("nb", "away.essential_title")))
    expect(medicine).to_be_visible()
    inspection.look_and_reach("away, choosing")
    page.get_by_role("button", name="Bekreft avbestilling").click()
    at_work.focused_summary(page)
    inspection.look_and_reach("away, not confirmed")
    medicine.get_by_role("checkbox", name=lookup("nb", "away.essential_confirm")).check()
    page.get_by_role("checkbox", name=visits.EVENING).uncheck()
    page.get_by_role("button", name="Bekreft avbestilling").click()
    expect(page.get_by_role("list", name=lookup("nb", "away.asked"))).to_be_visible()
    remaining = page.get_by_role("list", name=lookup("nb", "away.remaining"))
    expect(remaining.get_by_role("listitem")).to_contain_text(visits.EVENING)
    inspection.look_and_reach("away, asked for")
    assert inspection.found == []


def test_pages_of_visits_are_accessible_in_the_other_languages(page: Page) -> None:
    inspection = Inspection(page)
    at_work.sign_in(page, "Kari Nordmann")
    at_work.go(page, "Besøk")
    evening = page.get_by_role("main").get_by_role("link", name=visits.EVENING)
    for place in ("agenda", "visit", "step to cancel it", "away"):
        if place == "visit":
            evening.nth(5).click()
        elif place == "step to cancel it":
            page.get_by_role("link", name=lookup("en", "visit.cancel")).click()
        elif place == "away":
            page.goto("/besok/borte")
        for language in ("nn", "en"):
            at_work.choose_language(page, language)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            inspection.look_and_reach(f"{place}, {language}", IN_OTHER_WORDS)
    assert inspection.found == []


def test_record_systems_pages_of_visits_are_accessible(staff: Page) -> None:
    inspection = Inspection(staff)
    for address in ("/fagsystem/besok", "/fagsystem/besok/nytt"):
        staff.goto(address)
        expect(staff.get_by_role("heading", level=1)).to_be_visible()
        inspection.look(address)
    visits.staff_opens_visit(staff, visits.ahead(3), visits.EVENING)
    inspection.look("/fagsystem/besok, a visit")
    assert inspection.found == []
