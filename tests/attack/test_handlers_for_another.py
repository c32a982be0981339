"""Every handler and address, for another: nothing beyond what was given is told, and nothing is written."""

import asyncio

import httpx
import pytest

from digihelse_app import routes
from digihelse_app.models.database import new_id
from digihelse_app.models.representation import Representation
from tests import servers
from tests.attack.reach import (
    READING,
    SEEING,
    Astrid,
    delegation,
    end,
    furnish,
    payloads,
    written,
)
from tests.attacked import belongings_of, consent, data_of, sign_in
from tests.sign_in_site import COOKIE
from tests.tab import Tab, tab

EVERYTHING: dict[str, list[str] | None] = {
    "read_messages": None,
    "write_messages": None,
    "see_visits": None,
    "cancel_visits": None,
    "get_notices": None,
}
HOME = ["hjem"]
NAMES = ("hjem", "fysio", "gammel", "skjult")
GIVES_NOTHING = ["none", "not yet", "expired", "another's key", "no scope", "withdrawn"]
REACHES: dict[str, tuple[dict[str, list[str] | None], bool, frozenset[str]]] = {
    "home visits": ({"see_visits": HOME, "cancel_visits": HOME}, False, SEEING),
    "home messages since": ({"read_messages": HOME, "write_messages": ["fysio"]}, True, READING),
    "notices alone": ({"get_notices": None}, False, frozenset({"accesslogentry"})),
}
BEYOND = {
    "home visits": ("fysio", "skjult"),
    "home messages since": ("fysio", "gammel", "skjult"),
    "notices alone": ("hjem", "skjult"),
}
"""What nothing may be done with; beginning a conversation with home care may not either."""
SHOWN = {
    "home visits": {"visit hjem"},
    "home messages since": {"thread hjem"},
    "notices alone": set[str](),
}


@pytest.fixture(scope="module")
def astrid(attacked: servers.RunningApp) -> Astrid:
    """Astrid and what is hers."""

    async def make() -> Astrid:
        await consent(attacked.base_url, await sign_in(attacked.base_url, "astrid"))
        async with data_of(attacked):
            return await furnish((await belongings_of("astrid")).person_id)

    return asyncio.run(make())


@pytest.fixture
async def ola_id(ola: str, data: None) -> str:
    """Ola's person id."""
    return (await belongings_of("ola")).person_id


async def row_of(case: str, astrid: Astrid, ola_id: str) -> Representation:
    """The row of a case that gives nothing; Ola gets its key."""
    if case == "another's key":
        return await delegation(astrid, (await belongings_of("ingrid")).person_id, EVERYTHING)
    if case == "not yet":
        return await delegation(astrid, ola_id, EVERYTHING, begins=1)
    if case == "expired":
        return await delegation(astrid, ola_id, EVERYTHING, ends=-0.001)
    return await delegation(astrid, ola_id, {} if case == "no scope" else EVERYTHING)


async def call_all(page: Tab, astrid: Astrid, row_id: str, key: str, *names: str) -> None:
    """Every handler, aimed at things of Astrid's by arguments and by the address."""
    for name in names:
        query = {
            routes.FOR_QUERY: key,
            routes.THREAD_QUERY: astrid.threads[name].id,
            routes.VISIT_QUERY: astrid.visits[name].id,
            routes.DELEGATION_QUERY: row_id,
        }
        page.query = query
        for handler, payload in payloads(astrid, key, row_id, name):
            page.emit("event", page.event(handler, payload))
        await page.settle(2)
    await page.settle()


@pytest.mark.parametrize("case", GIVES_NOTHING)
async def test_no_handler_tells_or_writes_anything_without_a_right_in_force(
    url: str, ola: str, ingrid: str, ola_id: str, astrid: Astrid, case: str
) -> None:
    row = await row_of(case, astrid, ola_id)
    key = new_id() if case == "none" else row.key
    async with tab(url, routes.INBOX, cookie=ola, query={routes.FOR_QUERY: key}) as page:
        await page.alive()
        if case == "withdrawn":
            assert "thread hjem" in astrid.seen_in(page.everything)
            await end(row)
            page.frames.clear()
        before = await written(astrid.person.id)
        await call_all(page, astrid, row.id, key, "hjem")
        assert [one for one in page.redirects if one.startswith(routes.SIGNED_OUT)] == []
        assert astrid.seen_in(page.everything) == set()
    assert await written(astrid.person.id) == before
    await end(row)


@pytest.mark.parametrize("case", REACHES)
async def test_no_handler_goes_beyond_what_was_given(
    url: str, ola: str, ola_id: str, astrid: Astrid, case: str
) -> None:
    scopes, since, may_change = REACHES[case]
    row = await delegation(astrid, ola_id, scopes, since=since)
    before = await written(astrid.person.id, may_change)
    async with tab(url, routes.INBOX, cookie=ola, query={routes.FOR_QUERY: row.key}) as page:
        await page.alive()
        await call_all(page, astrid, row.id, row.key, *BEYOND[case])
        assert astrid.seen_in(page.everything) == SHOWN[case]
    assert await written(astrid.person.id, may_change) == before
    await end(row)


def addresses(astrid: Astrid, name: str) -> list[str]:
    """Of one of her things: its file, the conversation as a PDF, the visit for a calendar, its draft."""
    return [
        f"{routes.ATTACHMENTS}/{astrid.files[name].id}",
        routes.THREAD_PDF.format(thread_id=astrid.threads[name].id),
        routes.VISIT_ICS.format(visit_id=astrid.visits[name].id),
        f"{routes.DRAFT}?sted={astrid.threads[name].id}",
    ]


@pytest.mark.parametrize("case", GIVES_NOTHING)
async def test_no_address_gives_anything_without_a_right_in_force(
    url: str, ola: str, ingrid: str, ola_id: str, astrid: Astrid, case: str
) -> None:
    row = await row_of(case, astrid, ola_id)
    key = new_id() if case == "none" else row.key
    if case == "withdrawn":
        await end(row)
    before = await written(astrid.person.id)
    async with httpx.AsyncClient(base_url=url, cookies={COOKIE: ola}, headers={"Origin": url}) as http:
        given = {routes.FOR_QUERY: key}
        answers = [
            await http.get(address.partition("?")[0], params=given | _sted(address))
            for name in NAMES
            for address in addresses(astrid, name)
        ]
        answers += [
            await http.get(routes.LOG_FILE.format(form=form), params=given) for form in ("csv", "json")
        ]
        answers.append(await http.get(routes.DRAFT_KEY, params=given))
        answers.append(await http.put(routes.DRAFT, json={"body": "Hei", "key": new_id()}, params=given))
        answers.append(await http.post(routes.ATTACHMENTS, content=b"%PDF-1.4", params=given))
        answers.append(await http.delete(f"{routes.ATTACHMENTS}/{astrid.files['hjem'].id}", params=given))
    assert {answer.status_code for answer in answers} == {404}
    assert astrid.seen_in("".join(answer.text for answer in answers)) == set()
    assert await written(astrid.person.id) == before
    await end(row)


def _sted(address: str) -> dict[str, str]:
    return {"sted": address.partition("sted=")[2]} if "sted=" in address else {}


@pytest.mark.parametrize("case", REACHES)
async def test_addresses_give_what_was_given_and_no_more(
    url: str, ola: str, ola_id: str, astrid: Astrid, case: str
) -> None:
    scopes, since, _ = REACHES[case]
    row = await delegation(astrid, ola_id, scopes, since=since)
    found: set[str] = set()
    async with httpx.AsyncClient(base_url=url, cookies={COOKIE: ola}) as http:
        for name in NAMES:
            file, pdf, ics, draft = addresses(astrid, name)
            for kind, address in (("file", file), ("pdf", pdf), ("ics", ics)):
                if (await http.get(address, params={routes.FOR_QUERY: row.key})).status_code == 200:
                    found.add(f"{kind} {name}")
            params = {routes.FOR_QUERY: row.key} | _sted(draft)
            assert (await http.get(routes.DRAFT, params=params)).status_code in (204, 404)
    shown = {
        "home visits": {"ics hjem", "ics gammel"},
        "home messages since": {"file hjem", "pdf hjem"},
        "notices alone": set[str](),
    }
    assert found == shown[case]
    await end(row)
