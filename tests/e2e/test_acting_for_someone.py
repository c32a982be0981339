"""Relatives act for somebody on a phone: what each reaches, what the others see of it, and how it ends."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from digihelse_app import routes
from digihelse_app.standins.people import BY_KEY
from tests.e2e import people_at_work as at_work
from tests.e2e import relatives_at_work as relatives
from tests.e2e.conftest import OpenBrowser

LOST = "Du kan ikke lenger bruke Digihelse for Kari Nordmann"
CANNOT_BE_HELD = "Vi kan ikke gi fullmakt til denne personen."


def test_who_may_see_and_cancel_visits_does_that_and_nothing_else_until_it_is_withdrawn(
    page: Page, staff: Page, open_browser: OpenBrowser
) -> None:
    # Given Kari, who gives Jonas just that
    at_work.sign_in(page, "Kari Nordmann")
    relatives.withdraw(page, "Jonas Nordmann")
    relatives.give(page, "jonas", "Avbestille besøk")
    at_work.go(page, "Innboks")
    page.get_by_role("link", name=re.compile("Nye øyedråper")).click()
    at_work.sees_heading(page, "Nye øyedråper")
    thread_id = parse_qs(urlsplit(page.url).query)[routes.THREAD_QUERY][0]

    # When Jonas switches to her and asks for a visit to be cancelled
    jonas = open_browser()
    at_work.sign_in(jonas, "Jonas Nordmann")
    relatives.switch_to(jonas, "Kari Nordmann")
    expect(jonas.get_by_text("Du kan se og avbestille besøk for Kari Nordmann.")).to_be_visible()
    at_work.go(jonas, "Besøk")
    jonas.get_by_role("link", name=re.compile("Husvask")).last.click()
    jonas.get_by_role("link", name="Avbestill besøk").click()
    expect(jonas.get_by_text("Du avbestiller på vegne av Kari Nordmann.")).to_be_visible()
    jonas.get_by_role("button", name="Bekreft avbestilling for Kari").click()
    at_work.sees_heading(jonas, "Avbestillingen er sendt")
    # Then staff see who asked and for whom, and the answer comes in his open page
    staff.goto("/fagsystem/besok")
    asked = staff.get_by_role("table", name="Ønsker om avbestilling")
    asked.get_by_role("link", name="Husvask").click()
    expect(staff.get_by_text("Jonas Nordmann på vegne av Kari Nordmann (fullmakt)")).to_be_visible()
    staff.get_by_role("button", name="Godta").click()
    at_work.sees_heading(jonas, "Besøket er avbestilt")

    # And no message can be reached, neither by link nor by address
    key = relatives.key_of(jonas)
    visit = jonas.url
    expect(jonas.get_by_role("link", name="Innboks")).to_have_count(0)
    for address in (routes.INBOX, routes.thread(thread_id), routes.COMPOSE):
        jonas.goto(routes.acting_for(key, address))
        expect(jonas.get_by_text("Du kan ikke lese meldinger.")).to_be_visible()
        expect(jonas.get_by_text(re.compile("øyedråper|Dråpene"))).to_have_count(0)
    assert jonas.request.get(routes.acting_for(key, routes.thread_pdf(thread_id))).status == 404
    jonas.goto(visit)
    at_work.sees_heading(jonas, "Besøket er avbestilt")
    jonas.get_by_role("contentinfo").get_by_role("link", name="Personvern").click()
    expect(jonas.get_by_role("heading", level=1, name="Personvern")).to_be_focused()

    # When Kari withdraws it, his next tap leads nowhere but to a kind sentence
    relatives.withdraw(page, "Jonas Nordmann")
    jonas.go_back()
    at_work.sees_heading(jonas, LOST)
    expect(jonas.get_by_text("Snakk med den du hjalp hvis du lurer på hvorfor.")).to_be_visible()
    expect(jonas.get_by_text("Husvask")).to_have_count(0)
    calendar = routes.visit_ics(parse_qs(urlsplit(visit).query)[routes.VISIT_QUERY][0])
    assert jonas.request.get(routes.acting_for(key, calendar)).status == 404
    jonas.get_by_role("link", name="Bruk Digihelse for deg selv").click()
    expect(relatives.represents(jonas, "Kari Nordmann")).to_have_count(0)

    # Then all of it stands in Kari's log
    relatives.open_log(page, "Fullmakt")
    his = relatives.log_line(page, "Jonas Nordmann", "Avbestilte et besøk: ")
    expect(his).to_contain_text("(Praktisk hjelp)")
    expect(his).to_contain_text("Fullmakt fra deg, ")
    page.get_by_role("radio", name="Jeg selv").check()
    expect(relatives.log_line(page, "Du", "Ga en fullmakt: Jonas Nordmann")).to_have_count(2)
    expect(relatives.log_line(page, "Du", "Trakk tilbake en fullmakt: Jonas Nordmann")).to_have_count(2)


def test_who_may_do_everything_answers_for_her_and_loses_what_is_kept_to_oneself(
    page: Page, staff: Page, open_browser: OpenBrowser
) -> None:
    # Given Kari with a conversation open, and Ingrid who reads it for her
    at_work.sign_in(page, "Kari Nordmann")
    at_work.go(page, "Innboks")
    page.get_by_role("link", name=re.compile("Senere besøk på torsdager")).click()
    at_work.sees_heading(page, "Senere besøk på torsdager")
    ingrid = open_browser()
    at_work.sign_in(ingrid, "Ingrid Nordmann")
    relatives.switch_to(ingrid, "Kari Nordmann")
    at_work.go(ingrid, "Innboks")
    ingrid.get_by_role("link", name=re.compile("Senere besøk på torsdager")).click()
    at_work.sees_heading(ingrid, "Senere besøk på torsdager")
    # When she answers
    at_work.reply(ingrid, "Mamma sier at det passer fint.")
    # Then Kari sees who wrote, and so does the service
    hers = at_work.messages(page).get_by_role("article").filter(has_text="Mamma sier at det passer fint.")
    expect(hers).to_contain_text("Ingrid Nordmann")
    expect(hers).to_contain_text("på vegne av Kari Nordmann (fullmakt)")
    at_work.staff_opens(staff, "Senere besøk på torsdager")
    expect(staff.get_by_text("Ingrid Nordmann på vegne av Kari Nordmann (fullmakt)")).to_be_visible()

    # When Kari keeps the conversation to herself, Ingrid's open page is emptied of it
    page.get_by_role("button", name="Skjul for dem som hjelper deg").click()
    expect(page.get_by_text("Bare du ser samtalen, og nye svar i den.")).to_be_visible()
    at_work.sees_heading(ingrid, "Samtalen er ikke her lenger")
    expect(ingrid.get_by_text(re.compile("på torsdager|Mamma sier|trim til klokka"))).to_have_count(0)
    ingrid.reload()
    at_work.sees_heading(ingrid, "Vi finner ikke samtalen")
    at_work.go(ingrid, "Innboks")
    listed = ingrid.get_by_role("list", name="Samtaler")
    expect(listed.get_by_role("link", name=re.compile("Nye øyedråper"))).to_be_visible()
    expect(listed.get_by_role("link", name=re.compile("Senere besøk"))).to_have_count(0)

    # Then Kari's log has both, and Ingrid's her own part of it
    relatives.open_log(page, "Fullmakt")
    wrote = "Skrev en melding: «Senere besøk på torsdager»"
    expect(relatives.log_line(page, "Ingrid Nordmann", wrote)).to_contain_text("Fullmakt fra deg, ")
    expect(
        relatives.log_line(page, "Ingrid Nordmann", "Leste en samtale: «Senere besøk").first
    ).to_be_visible()
    page.get_by_role("radio", name="Jeg selv").check()
    expect(
        relatives.log_line(page, "Du", "Skjulte en samtale for dem med fullmakt: «Senere besøk")
    ).to_have_count(1)
    ingrid.goto(routes.acting_for(relatives.key_of(ingrid), routes.LOG))
    expect(relatives.log_line(ingrid, "Du", "Skrev en melding")).to_have_count(1)
    expect(ingrid.get_by_text(re.compile("Senere besøk|Skjulte en samtale"))).to_have_count(0)


def test_who_was_assigned_sees_what_it_is_how_long_it_holds_and_when_it_begins(page: Page) -> None:
    at_work.sign_in(page, "Erik Solberg")
    at_work.go(page, "Fullmakter")
    card = page.get_by_role("listitem").filter(has=at_work.heading(page, "Per Solberg"))
    expect(card).to_contain_text(re.compile(r"Tildelt av \w+"))
    expect(card).to_contain_text(re.compile(r"\d{4} til .*\d{4}"))
    page.get_by_role("link", name="Bruk Digihelse for Per Solberg").click()
    expect(relatives.represents(page, "Per Solberg")).to_be_visible()
    at_work.sees_heading(page, re.compile(r"^Solsida omsorgsheim åpner .*\d\. \w+"))
    expect(page.get_by_text("Fram til da ringer du tjenesten som vanlig.")).to_be_visible()
    page.reload()
    at_work.sees_heading(page, re.compile("^Solsida omsorgsheim åpner"))
    expect(relatives.represents(page, "Per Solberg")).to_be_visible()


def test_young_and_protected_are_refused_in_the_same_words(
    page: Page, staff: Page, open_browser: OpenBrowser
) -> None:
    # Given Kari on the form, when she tries Mina, who is 17, and Nils, whose address is protected
    at_work.sign_in(page, "Kari Nordmann")
    page.goto(routes.GIVE)
    said: list[str] = []
    for one in ("mina", "nils"):
        relatives.fill_delegation(page, one, "Lese meldinger")
        page.get_by_role("button", name="Gi fullmakten").click()
        refused = at_work.focused_summary(page)
        expect(refused).to_contain_text(CANNOT_BE_HELD)
        said.append(refused.inner_text())
    # Then the answer is the same, and nobody has got anything
    assert said[0] == said[1]
    at_work.go(page, "Fullmakter")
    at_work.sees_heading(page, "Ingrid Nordmann")
    for one in ("mina", "nils"):
        expect(at_work.heading(page, BY_KEY[one].name)).to_have_count(0)
    # And Nils is told himself why he can neither give nor be given, whichever way he comes
    nils = open_browser()
    at_work.become_ready(nils, staff, "Nils Fjell")
    at_work.go(nils, "Fullmakter")
    at_work.sees_heading(nils, "Du kan ikke gi fullmakt her")
    expect(nils.get_by_text("Da kan du verken gi eller få fullmakt her.")).to_be_visible()
    expect(nils.get_by_role("link", name="Gi ny fullmakt")).to_have_count(0)
    nils.goto(routes.GIVE)
    at_work.sees_heading(nils, "Du kan ikke gi fullmakt her")
    expect(nils.get_by_role("button", name="Gå videre")).to_have_count(0)


def test_own_tab_and_acting_tab_never_mix(page: Page, staff: Page, open_browser: OpenBrowser) -> None:
    # Given Ola, who has services of his own and may write for Kari, with a tab for each
    at_work.become_ready(page, staff, "Ola Hansen")
    kari = open_browser()
    at_work.sign_in(kari, "Kari Nordmann")
    relatives.give(kari, "ola", "Skrive meldinger")
    own, acting = page, page.context.new_page()
    acting.goto(routes.HOME)
    relatives.switch_to(acting, "Kari Nordmann")
    at_work.start_message(own)
    at_work.start_message(acting)
    at_work.fill_message(own, "Hjemmebasert omsorg", "Egen hofte", "Hofta mi er bedre.")
    at_work.fill_message(acting, "Hjemmebasert omsorg", "Karis kne", "Kneet til Kari er verre.")
    # When one tab and then the other is loaded anew
    own.reload()
    acting.reload()
    # Then each has its own person and its own text
    expect(own.get_by_role("textbox", name="Melding")).to_have_value("Hofta mi er bedre.")
    expect(acting.get_by_role("textbox", name="Melding")).to_have_value("Kneet til Kari er verre.")
    expect(own.get_by_role("region", name=re.compile("^Du representerer"))).to_have_count(0)
    expect(relatives.represents(acting, "Kari Nordmann")).to_be_visible()
    # And what is sent from each goes where it belongs
    own.get_by_role("button", name="Send melding", exact=True).click()
    at_work.sees_heading(own, "Egen hofte")
    acting.get_by_role("button", name="Send melding for Kari").click()
    at_work.sees_heading(acting, "Karis kne")
    for tab, theirs, others in ((own, "Egen hofte", "Karis kne"), (acting, "Karis kne", "Egen hofte")):
        at_work.go(tab, "Innboks")
        listed = tab.get_by_role("list", name="Samtaler")
        expect(listed.get_by_role("link", name=re.compile(theirs))).to_be_visible()
        expect(listed.get_by_role("link", name=re.compile(others))).to_have_count(0)
    at_work.staff_opens(staff, "Egen hofte")
    expect(staff.get_by_text("Ola Hansen · Hjemmebasert omsorg")).to_be_visible()
    at_work.staff_opens(staff, "Karis kne")
    expect(staff.get_by_text("Ola Hansen på vegne av Kari Nordmann (fullmakt)")).to_be_visible()
    # And when an answer comes, the tab it is for shows it, and the other does not
    at_work.staff_answers(staff, "Karis kne", "Vi ser på kneet i morgen.")
    expect(
        acting.get_by_role("link", name=re.compile("Karis kne.*Nytt svar|Nytt svar.*Karis kne"))
    ).to_be_visible()
    expect(own.get_by_text(re.compile("kneet", re.I))).to_have_count(0)
