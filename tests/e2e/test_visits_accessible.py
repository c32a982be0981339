"""Every page of visits in each language: axe-core finds nothing, nothing scrolls sideways or is small."""

import re

import pytest
from playwright.sync_api import Page, expect

from digihelse_app.text.catalogue import lookup
from tests.e2e import people_at_work as at_work
from tests.e2e import visits_at_work as visits
from tests.e2e.inspection import IN_OTHER_WORDS, VIEWS, Inspection

LANGUAGES = tuple(at_work.LANGUAGES)


def of(text: str) -> re.Pattern[str]:
    """The text, whatever stands around it, with any kind of space between its words."""
    return re.compile(r"\s+".join(map(re.escape, text.split())))


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_visits_are_accessible(page: Page, language: str) -> None:
    def said(key: str) -> str:
        return lookup(language, key)

    inspection, views = Inspection(page), VIEWS if language == "nb" else IN_OTHER_WORDS
    at_work.sign_in(page, "Kari Nordmann")
    at_work.sees_heading(page, "Neste besøk")
    at_work.choose_language(page, language)
    page.goto("/besok")
    first = page.get_by_role("main").get_by_role("link", name=visits.EVENING)
    expect(first.first).to_be_visible()
    inspection.look_and_reach("agenda", views)
    page.get_by_role("radio", name=said("visits.view_past")).click()
    expect(page.get_by_role("heading", level=3).first).to_be_visible()
    inspection.look_and_reach("agenda, past", views)
    page.get_by_role("main").get_by_role("link", name=visits.MEDICINE).first.click()
    expect(page.get_by_role("heading", level=1, name=visits.MEDICINE)).to_be_visible()
    inspection.look_and_reach("visit, past", views)
    page.goto("/besok")
    page.get_by_role("radio", name=said("visits.view_coming")).click()
    expect(page.get_by_role("heading", level=3)).to_have_count(0)
    first.nth(4 + LANGUAGES.index(language)).click()
    page.get_by_role("link", name=said("visit.cancel")).click()
    at_work.sees_heading(page, said("cancel.title"))
    inspection.look_and_reach("visit, cancelling", views)
    page.get_by_role("button", name=said("cancel.confirm")).click()
    at_work.sees_heading(page, said("visit_row.asked_title_requested"))
    inspection.look_and_reach("visit, asked to be cancelled", views)
    page.goto("/besok?besok=0190a1b2-0000-7000-8000-000000000000")
    at_work.sees_heading(page, said("visit.not_found_title"))
    inspection.look_and_reach("visit, not found", views)
    assert inspection.found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_being_away_are_accessible(page: Page, language: str) -> None:
    def said(key: str) -> str:
        return lookup(language, key)

    inspection, views = Inspection(page), VIEWS if language == "nb" else IN_OTHER_WORDS
    day = visits.ahead(10 + LANGUAGES.index(language)).isoformat()
    at_work.sign_in(page, "Kari Nordmann")
    at_work.sees_heading(page, "Neste besøk")
    at_work.choose_language(page, language)
    page.goto("/besok/borte")
    find = page.get_by_role("button", name=said("away.find"))
    find.click()
    expect(page.get_by_label(said("away.first"))).to_be_focused()
    inspection.look_and_reach("away, no days", views)
    page.get_by_label(said("away.first")).fill(day)
    page.get_by_label(said("away.last")).fill(day)
    find.click()
    medicine = page.get_by_role("group", name=of(said("away.essential_title")))
    expect(medicine).to_be_visible()
    inspection.look_and_reach("away, choosing", views)
    page.get_by_role("button", name=said("cancel.confirm")).click()
    at_work.focused_summary(page)
    inspection.look_and_reach("away, not confirmed", views)
    medicine.get_by_role("checkbox", name=said("away.essential_confirm")).check()
    page.get_by_role("button", name=said("cancel.confirm")).click()
    expect(page.get_by_role("list", name=said("away.asked"))).to_be_visible()
    inspection.look_and_reach("away, asked for", views)
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
