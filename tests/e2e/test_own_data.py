"""What is one's own on a phone: all of it in one file, the devices used, and notes in the circle."""

import hashlib
import json
import re
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.e2e import people_at_work as at_work
from tests.e2e import relatives_at_work as relatives
from tests.e2e.conftest import OpenBrowser

THREAD = "Nye øyedråper"


def test_kari_takes_all_of_it_home_in_one_file(page: Page) -> None:
    # Given Kari, who asks for everything
    at_work.sign_in(page, "Kari Nordmann")
    at_work.go(page, "Profil")
    page.get_by_role("button", name="Be om alt om meg").click()
    fetch = page.get_by_role("link", name="Last ned alt om meg")
    # When it is made, which the open page says by itself
    expect(fetch).to_be_visible()
    with page.expect_download() as download:
        fetch.click()
    # Then the file can be read, and nothing in it has changed since it was made
    with ZipFile(download.value.path()) as bundle:
        lines = (line.split("  ") for line in bundle.read("SHA256SUMS").decode().splitlines())
        sums = {name: digest for digest, name in lines}
        assert sums.keys() == set(bundle.namelist()) - {"SHA256SUMS"}
        assert [name for name in sums if hashlib.sha256(bundle.read(name)).hexdigest() != sums[name]] == []
        assert THREAD in bundle.read("les-meg.html").decode()
        told = [json.loads(bundle.read(name)) for name in sums if name.endswith(".json")]
        assert any(THREAD in json.dumps(part, ensure_ascii=False) for part in told)
    # And the log has both the asking and the fetching
    relatives.open_log(page, "Jeg selv")
    for what in ("Ba om «Alt om meg»", "Lastet ned «Alt om meg»"):
        expect(relatives.log_line(page, "Du", what).first).to_be_visible()


def test_sign_in_from_a_new_device_is_told_of_and_can_be_ended(page: Page, open_browser: OpenBrowser) -> None:
    # Given Astrid, who signs in, and somebody who signs in as her on another device
    at_work.sign_in(page, "Astrid Lien")
    other = open_browser()
    at_work.sign_in(other, "Astrid Lien")
    other.goto("/profil")
    expect(at_work.heading(other, "Enheter som har logget inn")).to_be_visible()
    # When she says that it was not her
    page.goto("/profil")
    page.get_by_role("button", name=re.compile("^Det var ikke meg")).first.click()
    expect(at_work.heading(page, re.compile("^Var det ikke du"))).to_be_focused()
    page.get_by_role("button", name="Logg ut alle enheter").click()
    # Then every device is out at once, the other one in its open page
    for opened in (page, other):
        opened.wait_for_url("**/logget-ut*")


def test_notes_reach_the_circle_at_once_and_the_service_never(
    page: Page, staff: Page, open_browser: OpenBrowser
) -> None:
    # Given Kari and Ingrid, who look at the same conversation
    at_work.sign_in(page, "Kari Nordmann")
    at_work.go(page, "Innboks")
    page.get_by_role("link", name=re.compile(THREAD)).click()
    ingrid = open_browser()
    at_work.sign_in(ingrid, "Ingrid Nordmann")
    relatives.switch_to(ingrid, "Kari Nordmann")
    at_work.go(ingrid, "Innboks")
    ingrid.get_by_role("link", name=re.compile(THREAD)).click()
    # When Ingrid shares a note
    ingrid.get_by_text("Notater", exact=True).click()
    ingrid.get_by_role("textbox", name="Nytt notat").fill("Jeg henter dråpene på apoteket fredag.")
    ingrid.get_by_role("button", name="Del notatet").click()
    # Then Kari's open page says so, and the note says who wrote it
    expect(page.get_by_role("status").filter(has_text="Nytt notat fra Ingrid")).to_have_count(1)
    page.get_by_text("Notater (1)", exact=True).click()
    note = page.get_by_role("listitem").filter(has_text="Jeg henter dråpene på apoteket fredag.")
    expect(note.get_by_text("Ingrid Nordmann")).to_be_visible()
    # And the service sees the conversation without it
    at_work.staff_opens(staff, THREAD)
    expect(staff.get_by_text("Øyelegen har gitt meg nye dråper")).to_be_visible()
    expect(staff.get_by_text("apoteket")).to_have_count(0)
