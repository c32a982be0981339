"""What people do with visits, in their own words: the citizen on her phone, the staff at its machine."""

import re
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from digihelse_app.outside import clock
from digihelse_app.text import dates
from tests.e2e import people_at_work as at_work

EVENING, MEDICINE = "Kveldsstell", "Medisiner og tilsyn"
WHY = "Vil du si hvorfor? (valgfritt)"
SOUGHT_SECONDS = 60
"""What is late or missed is found by a job that looks now and then."""


def ahead(days: int) -> date:
    """The date so many days from now, in Norway."""
    return clock.today() + timedelta(days=days)


def in_words(text: str) -> re.Pattern[str]:
    """The text with a small or a capital first letter, and whatever kind of space between its words."""
    return re.compile(r"\s+".join(map(re.escape, text.split())), re.IGNORECASE)


def agenda_day(page: Page, day: date) -> Locator:
    """The agenda's section of a day."""
    title = page.get_by_role("heading", level=2, name=in_words(dates.long_date("nb", day)))
    return page.locator("section").filter(has=title)


def visit_of_day(page: Page, day: date, title: str) -> Locator:
    """The link to a visit in the agenda."""
    return agenda_day(page, day).get_by_role("link", name=re.compile(title))


def open_visit(page: Page, day: date, title: str) -> None:
    """From the agenda; ends on the visit's page."""
    at_work.go(page, "Besøk")
    visit_of_day(page, day, title).click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_focused()


def ask_to_cancel(page: Page, comment: str) -> None:
    """From the open visit, by the step where one confirms; ends where the request is told of."""
    page.get_by_role("link", name="Avbestill besøk").click()
    expect(at_work.heading(page, "Vil du avbestille besøket?")).to_be_focused()
    page.get_by_role("textbox", name=WHY).fill(comment)
    page.get_by_role("button", name="Bekreft avbestilling").click()
    at_work.sees_heading(page, "Avbestillingen er sendt")


def choose_period(page: Page, first: date, last: date) -> None:
    """From the agenda to the visits that being away hits."""
    at_work.go(page, "Besøk")
    page.get_by_role("link", name="Meld fra at du er borte").click()
    page.get_by_label("Første dag du er borte").fill(first.isoformat())
    page.get_by_label("Siste dag du er borte").fill(last.isoformat())
    page.get_by_role("button", name="Se hvilke besøk det gjelder").click()
    span = f"{dates.long_date('nb', first)} til {dates.long_date('nb', last)}"
    expect(at_work.heading(page, in_words(span))).to_be_focused()


def staff_finds_request(staff: Page, title: str, comment: str) -> None:
    """Open the visit that somebody asks to have cancelled with this comment, the first of several."""
    staff.goto("/fagsystem/besok")
    asked = staff.get_by_role("row").filter(has_text=comment)
    asked.get_by_role("link", name=title).first.click()
    at_work.sees_heading(staff, title)


def staff_answers(staff: Page, answer: str, words: str) -> None:
    """Answer the request on the visit's page: *Godta* or *Avslå*."""
    staff.get_by_role("textbox", name="Svar til pasienten").fill(words)
    staff.get_by_role("button", name=answer).click()
    expect(staff.get_by_text(words)).to_be_visible()


def staff_opens_visit(staff: Page, day: date, title: str) -> None:
    """From the plan of a day."""
    staff.goto(f"/fagsystem/besok?dag={day.isoformat()}")
    plan = staff.get_by_role("table", name=re.compile("^Besøk "))
    plan.get_by_role("row").filter(has_text="Kari Nordmann").filter(has_text=title).get_by_role(
        "link"
    ).click()
    at_work.sees_heading(staff, title)


def staff_moves(staff: Page, start: str, end: str) -> None:
    """Move the open visit within its day."""
    staff.get_by_text("Flytt besøket", exact=True).click()
    staff.get_by_label("Fra").fill(start)
    staff.get_by_label("Til", exact=True).last.fill(end)
    staff.get_by_role("button", name="Flytt", exact=True).click()
    expect(
        staff.get_by_text(re.compile(f"{start.replace(':', '.')} og {end.replace(':', '.')}"))
    ).to_be_visible()


def staff_plans_today(staff: Page, title: str, start: str, end: str) -> None:
    """Plan a visit of Kari's, for today."""
    staff.goto("/fagsystem/besok/nytt")
    staff.get_by_role("combobox", name="Pasient og tjeneste").select_option(
        "Kari Nordmann – Hjemmebasert omsorg"
    )
    staff.get_by_label("Hva besøket gjelder").fill(title)
    staff.get_by_label("Fra", exact=True).fill(start)
    staff.get_by_label("Til", exact=True).fill(end)
    staff.get_by_role("button", name="Planlegg").click()
    expect(staff.get_by_role("row").filter(has_text=title)).to_be_visible()


def operator_lives_a_day(staff: Page, steps: int) -> None:
    """Lay today out and take so many steps of it."""
    staff.goto("/fagsystem/drift")
    staff.get_by_role("button", name="Legg opp dagen").click()
    for _ in range(steps):
        staff.get_by_role("button", name="Ta neste steg").click()


def exceptions(page: Page) -> Locator:
    """What did not go as planned."""
    return page.get_by_role("list", name="Endringer").get_by_role("listitem")
