"""Knowing the id of another person's visit, request or calendar gives nothing; nor does asking too late."""

import httpx
from sqlmodel import func, select

from digihelse_app import routes
from digihelse_app.access.context import ActingContext
from digihelse_app.models.codes import COMING, OutboxKind
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.visit import CalendarFeed, Cancellation, Visit
from digihelse_app.outside import clock
from digihelse_app.services import calendar_feeds, cancellation, visit_rules
from digihelse_app.services.cancellation import CancelRequest
from digihelse_app.services.logins import digest
from digihelse_app.services.representation import acting_context
from digihelse_app.services.visit_rules import WhyNot
from digihelse_app.state.away import CHOICE, AwayState
from digihelse_app.state.calendar_feeds import CalendarState
from digihelse_app.state.cancelling import CancellingState
from digihelse_app.state.failures import FailureState
from digihelse_app.state.visit import VisitState
from digihelse_app.state.visits import VisitsState
from digihelse_app.text.catalogue import lookup
from tests.attacked import Belongings, leaks_of
from tests.tab import Tab, tab
from tests.world import rows


async def visits_of(owner: Belongings, verdict: WhyNot | None) -> list[Visit]:
    """The owner's coming visits of which this would be said to who asks now."""
    services = {service.id: service for service in await rows(CareService)}
    coming = [each for each in await rows(Visit) if each.person_id == owner.person_id]
    now = clock.now()
    return [
        visit
        for visit in sorted(coming, key=lambda each: each.starts_at)
        if visit.status in COMING
        and visit_rules.verdict(visit, services[visit.service_id], now, pending=False).why_not is verdict
    ]


async def stored() -> tuple[int, int, int]:
    """How many requests there are, of them in the outbox, and calendar addresses that are turned off."""
    async with unit_of_work(reading=True) as session:
        requests = (await session.exec(select(func.count()).select_from(Cancellation))).one()
    outbox = [item for item in await rows(OutboxItem) if item.kind is OutboxKind.CANCELLATION]
    revoked = [feed for feed in await rows(CalendarFeed) if feed.revoked_at is not None]
    return requests, len(outbox), len(revoked)


async def refused(page: Tab) -> None:
    """It is told as if there were no such, and what was called before is over."""
    await page.until(lambda tab: tab.value(FailureState, "kind") == "not_found")
    await page.settle()


async def kari_herself(karis: Belongings) -> ActingContext:
    """Kari, who has done what another now tries to undo."""
    return await acting_context(karis.person_id)


async def asked_by(karis: Belongings, place: int) -> str:
    """A request of Kari's that waits for an answer."""
    visit = (await visits_of(karis, None))[place]
    asked = await cancellation.request(await kari_herself(karis), CancelRequest(visit.id, new_id()))
    assert asked.cancellation_id
    return asked.cancellation_id


async def test_address_of_anothers_visit_shows_none(url: str, ola: str, karis: Belongings) -> None:
    visit = (await visits_of(karis, None))[0]
    seen: list[dict[str, object]] = []
    for visit_id in (visit.id, new_id()):
        async with tab(url, routes.VISITS, cookie=ola, query={routes.VISIT_QUERY: visit_id}) as page:
            await page.alive()
            seen.append(page.state[VisitState.get_full_name()])
            for handler in ("refresh", "load"):
                page.call(VisitState, handler)
            page.call(VisitsState, "load")
            await page.settle()
            assert page.value(VisitState, "missing") is True
            assert leaks_of(karis, page) == []
            assert visit.title not in page.everything
    assert seen[0] == seen[1]


async def test_cancelling_anothers_visit_is_not_found_and_stores_nothing(
    url: str, ola: str, karis: Belongings
) -> None:
    before = await stored()
    visit = (await visits_of(karis, None))[0]
    async with tab(url, routes.VISITS, cookie=ola) as page:
        await page.alive()
        form = {"visit": visit.id, "key": new_id(), "comment": "", "person": ""}
        page.call(CancellingState, "cancel", {"form": form})
        await refused(page)
        assert leaks_of(karis, page) == []
    assert await stored() == before


async def test_cancelling_anothers_week_is_not_found_and_stores_nothing(
    url: str, ola: str, karis: Belongings
) -> None:
    before = await stored()
    visit = (await visits_of(karis, None))[0]
    day = visit.starts_at.astimezone(clock.OSLO).date().isoformat()
    async with tab(url, routes.AWAY, cookie=ola) as page:
        await page.alive()
        days = {"first": day, "last": day, "key": new_id(), "person": "", "essentials": "yes"}
        page.call(AwayState, "ask", {"form": {**days, f"{CHOICE}{visit.id}": "yes"}})
        await refused(page)
        assert leaks_of(karis, page) == []
    assert await stored() == before


async def test_taking_anothers_request_back_is_not_found_and_changes_nothing(
    url: str, ola: str, karis: Belongings
) -> None:
    request = await asked_by(karis, 1)
    for state, address in ((CancellingState, routes.VISITS), (AwayState, routes.AWAY)):
        before = await stored()
        async with tab(url, address, cookie=ola) as page:
            await page.alive()
            page.call(state, "take_back", {"form": {"cancellation": request, "person": ""}})
            await refused(page)
        assert await stored() == before


async def test_anothers_calendar_cannot_be_turned_off(url: str, ola: str, karis: Belongings) -> None:
    made = await calendar_feeds.create(await kari_herself(karis), "nb")
    [feed] = [row for row in await rows(CalendarFeed) if row.secret_hash == digest(made.secret)]
    before = await stored()
    async with tab(url, routes.VISITS, cookie=ola) as page:
        await page.alive()
        page.call(CalendarState, "ask_revoke", {"feed_id": feed.id})
        page.call(CalendarState, "revoke", {"composed_for": "", "feed_id": feed.id})
        await refused(page)
        assert page.value(CalendarState, "revoking") in ("", None)
    assert await stored() == before
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        assert (await http.get(routes.calendar_feed(made.secret))).status_code == httpx.codes.OK


async def test_anothers_visit_is_no_calendar_file(url: str, ola: str, karis: Belongings) -> None:
    visit = (await visits_of(karis, None))[0]
    headers = {"Cookie": f"digihelse={ola}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as http:
        answers = [await http.get(routes.visit_ics(each)) for each in (visit.id, new_id())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text


async def test_visit_past_its_deadline_is_not_cancelled_whatever_the_page_offers(
    url: str, kari: str, karis: Belongings
) -> None:
    before = await stored()
    late = (await visits_of(karis, WhyNot.TOO_LATE))[-1]
    async with tab(url, routes.VISITS, cookie=kari) as page:
        await page.alive()
        form = {"visit": late.id, "key": new_id(), "comment": "", "person": ""}
        page.call(CancellingState, "cancel", {"form": form})
        told = lookup("nb", "visit_row.conflict_too_late")
        await page.until(lambda tab: tab.value(CancellingState, "conflict") == told)
    assert await stored() == before


async def test_visit_past_its_deadline_is_not_cancelled_with_a_period_either(
    url: str, kari: str, karis: Belongings
) -> None:
    before = await stored()
    late = (await visits_of(karis, WhyNot.TOO_LATE))[-1]
    day = late.starts_at.astimezone(clock.OSLO).date().isoformat()
    async with tab(url, routes.AWAY, cookie=kari) as page:
        await page.alive()
        form = {"first": day, "last": day, "key": new_id(), "person": "", "essentials": "yes"}
        page.call(AwayState, "ask", {"form": {**form, f"{CHOICE}{late.id}": "yes"}})
        await page.until(lambda tab: tab.value(AwayState, "stage") == "done")
        assert [row["id"] for row in page.value(AwayState, "refused")] == [late.id]
    assert await stored() == before
