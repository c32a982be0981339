"""What relatives do for each other in a browser: give and take back, switch, and look in the log."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from digihelse_app import routes
from digihelse_app.standins.people import BY_KEY
from tests.e2e import people_at_work as at_work


def represents(page: Page, name: str) -> Locator:
    """The band that says for whom one acts."""
    return page.get_by_role("region", name=f"Du representerer {name}")


def switch_to(page: Page, name: str) -> None:
    """Choose by the header whom to act for; ends on the home page of hers."""
    tool = re.compile("velg hvem du bruker Digihelse for$")
    page.get_by_role("banner").get_by_role("link", name=tool).click()
    expect(at_work.heading(page, "Hvem vil du bruke Digihelse for?")).to_be_focused()
    page.get_by_role("link", name=re.compile(f"^{name}")).click()
    expect(represents(page, name)).to_be_visible()


def key_of(page: Page) -> str:
    """By which key the address says for whom one acts; empty for oneself."""
    return "".join(parse_qs(urlsplit(page.url).query).get(routes.FOR_QUERY, []))


def fill_delegation(page: Page, to: str, *rights: str) -> None:
    """Say on the form who is to have it and what for, and go on to be asked whether it is right."""
    page.get_by_label("Navn").fill(BY_KEY[to].name)
    page.get_by_label("Fødselsnummer").fill(BY_KEY[to].national_id)
    for right in rights:
        page.get_by_role("checkbox", name=right).check()
    page.get_by_role("button", name="Gå videre").click()
    expect(at_work.heading(page, "Stemmer dette?")).to_be_focused()


def give(page: Page, to: str, *rights: str) -> None:
    """Give a delegation from the page of delegations; ends on that page again."""
    at_work.go(page, "Fullmakter")
    page.get_by_role("link", name="Gi ny fullmakt").click()
    fill_delegation(page, to, *rights)
    page.get_by_role("button", name="Gi fullmakten").click()
    expect(at_work.heading(page, f"{BY_KEY[to].name} har fått fullmakt")).to_be_focused()
    page.get_by_role("link", name="Til fullmaktene").click()
    at_work.sees_heading(page, BY_KEY[to].name)


def withdraw(page: Page, name: str) -> None:
    """Take a delegation back on the page of delegations."""
    at_work.go(page, "Fullmakter")
    page.get_by_role("button", name=re.compile(f"^Trekk tilbake fullmakt.*{name}")).click()
    page.get_by_role("button", name="Ja, trekk tilbake").click()
    expect(page.get_by_role("status").filter(has_text=f"Fullmakten til {name} er trukket")).to_have_count(1)


def open_log(page: Page, who: str) -> None:
    """One's own log, narrowed to some."""
    at_work.go(page, "Profil")
    page.get_by_role("link", name="Se logg over bruk").click()
    expect(at_work.heading(page, "Logg over bruk")).to_be_focused()
    page.get_by_role("radio", name=who).check()


def log_line(page: Page, who: str, what: str) -> Locator:
    """A line of the log: who did what."""
    named = page.locator("strong").filter(has_text=re.compile(f"^{who}$"))
    return page.get_by_role("main").get_by_role("listitem").filter(has=named).filter(has_text=what)
