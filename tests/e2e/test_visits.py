"""Kari's visits: she sees them, cancels one and a week, and is told at once when something changes."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import people_at_work as at_work
from tests.e2e import visits_at_work as visits
from tests.e2e.test_keyboard import tab_to
from tests.e2e.visits_at_work import EVENING, MEDICINE

AWAY_FROM, AWAY_UNTIL = 9, 15
"""Days ahead of a week in hospital; each has two visits, and one of them a house cleaning too."""


def test_kari_sees_her_week(page: Page) -> None:
    # Given Kari, who has visits every day
    at_work.sign_in(page, "Kari Nordmann")
    at_work.sees_heading(page, "Neste besøk")
    # When she opens the agenda
    at_work.go(page, "Besøk")
    expect(page.get_by_role("heading", level=1, name="Besøk")).to_be_focused()
    # Then each day of the week has its visits, with time and service
    for days in range(1, 8):
        row = visits.visit_of_day(page, visits.ahead(days), EVENING)
        expect(row).to_contain_text("20–22")
        expect(row).to_contain_text("Hjemmebasert omsorg")
        expect(visits.visit_of_day(page, visits.ahead(days), MEDICINE)).to_be_visible()
    # And the past is by month, with what was done
    page.get_by_role("radio", name="Tidligere").click()
    expect(page.get_by_text(re.compile(r"^Utført")).first).to_be_visible()


def test_kari_cancels_a_visit_and_sees_the_yes_without_reloading(page: Page, staff: Page) -> None:
    # Given Kari with a visit open, and the agenda in another tab
    at_work.sign_in(page, "Kari Nordmann")
    agenda = page.context.new_page()
    agenda.goto("/besok")
    row = visits.visit_of_day(agenda, visits.ahead(8), EVENING)
    expect(row).to_be_visible()
    visits.open_visit(page, visits.ahead(8), EVENING)
    # When she asks for it to be cancelled
    visits.ask_to_cancel(page, "Jeg er hos søsteren min.")
    # Then it is sent, and the other tab knows too
    expect(page.get_by_role("status").filter(has_text="Avbestillingen er sendt.")).to_be_visible()
    expect(row).to_contain_text("Avbestilling sendt")
    # And when the staff says yes
    visits.staff_finds_request(staff, EVENING, "Jeg er hos søsteren min.")
    visits.staff_answers(staff, "Godta", "God tur!")
    # Then she sees it in both, live, with their words
    at_work.sees_heading(page, "Besøket er avbestilt")
    expect(page.get_by_text("Tjenesten skriver: «God tur!»")).to_be_visible()
    expect(row).to_contain_text("Avbestilt")


def test_kari_takes_a_request_back_and_is_told_no_to_another(page: Page, staff: Page) -> None:
    # Given Kari, who has asked for a visit to be cancelled
    at_work.sign_in(page, "Kari Nordmann")
    visits.open_visit(page, visits.ahead(7), EVENING)
    visits.ask_to_cancel(page, "Får besøk.")
    # When she takes it back, and asks anew
    page.get_by_role("button", name="Angre avbestillingen").click()
    expect(page.get_by_role("status").filter(has_text="Besøket kommer som planlagt.")).to_be_visible()
    visits.ask_to_cancel(page, "Får besøk likevel.")
    # And the staff says no
    visits.staff_finds_request(staff, EVENING, "Får besøk likevel.")
    visits.staff_answers(staff, "Avslå", "Vi må se til deg.")
    # Then she sees that they come, and why
    at_work.sees_heading(page, "Avbestillingen er avslått")
    expect(page.get_by_text("Tjenesten skriver: «Vi må se til deg.»")).to_be_visible()


def test_kari_cancels_a_hospital_week_is_warned_and_takes_one_back(page: Page, staff: Page) -> None:
    # Given Kari, who is going to hospital for a week
    at_work.sign_in(page, "Kari Nordmann")
    visits.choose_period(page, visits.ahead(AWAY_FROM), visits.ahead(AWAY_UNTIL))
    # Then the visits that she depends on stand first, with a warning
    medicine = page.get_by_role("group", name="Besøk du er avhengig av")
    expect(medicine.get_by_role("checkbox", name=MEDICINE)).to_have_count(7)
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(15)
    # When she asks without having said that she has arranged for it
    page.get_by_role("button", name="Bekreft avbestilling").click()
    # Then nothing is sent before she has
    expect(at_work.focused_summary(page)).to_contain_text("Kryss av for at det som trengs, er ordnet.")
    medicine.get_by_role("checkbox", name="Jeg har ordnet det jeg trenger mens jeg er borte").check()
    page.get_by_role("textbox", name=visits.WHY).fill("Innlagt.")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(16)
    page.get_by_role("button", name="Bekreft avbestilling").click()
    expect(at_work.heading(page, "Du har bedt om å avbestille 15 besøk")).to_be_focused()
    # And when she takes one back
    asked = page.get_by_role("list", name="Sendt til tjenestene").get_by_role("listitem")
    expect(asked).to_have_count(15)
    asked.first.get_by_role("button", name=re.compile("^Angre")).click()
    # Then that one comes, and the others are asked for still
    expect(asked.first).to_contain_text("Angret. Besøket kommer som planlagt.")
    expect(asked.filter(has_text="Avbestilling sendt")).to_have_count(14)
    # And when the staff says yes to another, that is told where it stands
    visits.staff_finds_request(staff, EVENING, "Innlagt.")
    visits.staff_answers(staff, "Godta", "Lykke til!")
    expect(asked.filter(has_text="Avbestilt")).to_have_count(1)
    expect(asked).to_have_count(15)


def test_moved_and_missed_visits_are_told_at_home(page: Page, staff: Page) -> None:
    # Given Kari at home, and two visits of today whose time has been
    at_work.sign_in(page, "Kari Nordmann")
    at_work.sees_heading(page, "Neste besøk")
    visits.staff_plans_today(staff, "Blodprøve", "00:05", "00:06")
    visits.staff_plans_today(staff, "Øyedråper", "00:07", "00:08")
    # When the staff moves one that comes, and the day is lived: the second is not registered as done
    visits.staff_opens_visit(staff, visits.ahead(16), EVENING)
    visits.staff_moves(staff, "18:00", "19:00")
    visits.operator_lives_a_day(staff, 4)
    # Then the page that stands open says both, and whom to call
    moved = visits.exceptions(page).filter(has_text=f"{EVENING} er flyttet")
    expect(moved).to_be_visible()
    missed = visits.exceptions(page).filter(has_text="Øyedråper er ikke registrert som utført.")
    expect(missed).to_be_visible(timeout=visits.SOUGHT_SECONDS * 1000)
    expect(missed.get_by_role("link", name=re.compile("^Ring Hjemmebasert omsorg"))).to_be_visible()
    # And so does the agenda, from which the visit is opened
    missed.get_by_role("link", name=re.compile("^Se besøket")).click()
    expect(page.get_by_role("heading", level=1, name="Øyedråper")).to_be_focused()
    expect(page.get_by_text("Ikke registrert utført").first).to_be_visible()


def test_visit_is_cancelled_by_the_keyboard_alone(page: Page) -> None:
    # Given Kari, who uses the keyboard alone
    at_work.sign_in(page, "Kari Nordmann")
    tab_to(page, page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Besøk"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Besøk")).to_be_focused()
    # When she opens a visit and asks for it to be cancelled
    tab_to(page, visits.visit_of_day(page, visits.ahead(8), MEDICINE))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=MEDICINE)).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Avbestill besøk"))
    page.keyboard.press("Enter")
    expect(at_work.heading(page, "Vil du avbestille besøket?")).to_be_focused()
    tab_to(page, page.get_by_role("textbox", name=visits.WHY))
    page.keyboard.type("Uten mus.")
    tab_to(page, page.get_by_role("button", name="Bekreft avbestilling"))
    page.keyboard.press("Enter")
    at_work.sees_heading(page, "Avbestillingen er sendt")
    # And takes it back
    tab_to(page, page.get_by_role("button", name="Angre avbestillingen"))
    page.keyboard.press("Enter")
    # Then what came of it has the focus
    expect(page.get_by_role("status").filter(has_text="Besøket kommer som planlagt.")).to_be_focused()


def test_addresses_of_visits_can_be_reloaded_gone_back_to_and_kept(page: Page) -> None:
    # Given Kari, who is about to cancel a visit
    at_work.sign_in(page, "Kari Nordmann")
    visits.open_visit(page, visits.ahead(7), MEDICINE)
    expect(page).to_have_url(re.compile(r"/besok\?besok=[0-9a-f-]+$"))
    page.get_by_role("link", name="Avbestill besøk").click()
    at_work.sees_heading(page, "Vil du avbestille besøket?")
    expect(page).to_have_url(re.compile(r"&steg=avbestill$"))
    # Then she can reload, and go back step by step
    page.reload()
    at_work.sees_heading(page, "Vil du avbestille besøket?")
    kept = page.context.new_page()
    kept.goto(page.url)
    at_work.sees_heading(kept, "Vil du avbestille besøket?")
    page.go_back()
    at_work.sees_heading(page, MEDICINE)
    page.go_back()
    expect(visits.agenda_day(page, visits.ahead(7))).to_be_visible()
    # And a visit that is not there says so kindly
    page.goto("/besok?besok=0190a1b2-0000-7000-8000-000000000000")
    at_work.sees_heading(page, "Vi finner ikke besøket")
    page.get_by_role("link", name="Til besøkene").click()
    expect(visits.agenda_day(page, visits.ahead(7))).to_be_visible()
