"""Taking the consent back: explained first, then it bites, and it can be given again."""

import re

from playwright.sync_api import Page, expect

from digihelse_app.pages.profile import CONSEQUENCES
from digihelse_app.text.catalogue import lookup
from tests.e2e import people_at_work as at_work

EXPLAINED = [lookup("nb", f"profile.withdraw_{name}") for name in CONSEQUENCES]


def test_nils_takes_his_consent_back_and_gives_it_again(page: Page, staff: Page) -> None:
    # Given Nils, who is set up
    at_work.become_ready(page, staff, "Nils Fjell")
    # When he asks to take his consent back, it is explained before it is done
    at_work.go(page, "Profil")
    page.get_by_role("button", name=re.compile("^Trekk tilbake.*Dialogtjenester")).click()
    question = at_work.heading(page, re.compile("^Trekke tilbake «Dialogtjenester"))
    expect(question).to_be_focused()
    for sentence in EXPLAINED:
        expect(page.get_by_text(sentence)).to_be_visible()
    # And he may change his mind
    page.get_by_role("button", name="Behold samtykket").click()
    expect(question).to_have_count(0)
    expect(at_work.heading(page, "Samtykker")).to_be_focused()
    # When he does it
    page.get_by_role("button", name=re.compile("^Trekk tilbake.*Dialogtjenester")).click()
    page.get_by_role("button", name="Ja, trekk tilbake").click()
    expect(page.get_by_role("listitem").filter(has_text="Dialogtjenester")).to_contain_text("Trukket tilbake")
    expect(at_work.heading(page, "Samtykker")).to_be_focused()
    # Then the inbox is closed, and the home page says why
    at_work.go(page, "Innboks")
    at_work.sees_heading(page, "Innboksen er ikke klar ennå")
    at_work.go(page, "Hjem")
    at_work.sees_heading(page, "Du har ikke samtykket ennå")
    # And he can consent again
    page.get_by_role("link", name="Les og samtykk").click()
    at_work.give_consent(page)
    at_work.run_night_job(staff)
    at_work.sees_heading(page, at_work.READY)
