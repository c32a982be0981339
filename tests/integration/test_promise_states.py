"""What the pages say of promise, category and closing, as time passes and services tell more."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app import routes
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.services import sending
from digihelse_app.services.sending import Draft
from digihelse_app.state.compose import CategoryRow, ComposeState
from digihelse_app.state.person import ComposedForAnotherError
from digihelse_app.state.thread import ThreadState
from tests import world
from tests.conftest import MovableClock
from tests.world import World

SPACE = "\N{NO-BREAK SPACE}"


async def two_services() -> tuple[World, CareService]:
    """Kari receives home care, which promises and sorts, and a day centre, which does neither."""
    kari = await world.world()
    async with unit_of_work() as session:
        care = await session.get_one(CareService, kari.service.id)
        care.phone, care.reply_working_days, care.emergency_text = "62 48 90 00", 2, "Ring 113."
        care.categories = [{"code": "medisin", "name": "Medisiner"}]
        days = ["mon", "tue", "wed", "thu", "fri"]
        care.opening_hours = [{"days": days, "from": "08:00", "to": "15:30"}]
    day_centre = world.service(kari.organisation, "Dagsenteret")
    await world.add(day_centre, world.relation(kari.kari, day_centre))
    return kari, day_centre


async def compose_page(kari: World) -> ComposeState:
    """The form, just opened."""
    page = await world.state(ComposeState, kari.kari, path=routes.COMPOSE)
    await ComposeState.load.fn(page)
    return page


def told(page: ComposeState) -> tuple[str, str, str, str, str, list[CategoryRow]]:
    """What goes for the recipient chosen."""
    return (
        page.chosen,
        page.chosen_phone,
        page.emergency_text,
        page.hours.replace(SPACE, " "),
        page.promise.replace(SPACE, " "),
        page.categories,
    )


NOTHING = ("", "", "", "", "", [])


async def test_choosing_a_recipient_tells_all_that_goes_for_it(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    kari, day_centre = await two_services()
    page = await compose_page(kari)
    assert told(page) == NOTHING
    await ComposeState.choose_recipient.fn(page, kari.service.id)
    assert told(page) == (
        kari.service.id,
        f"62{SPACE}48{SPACE}90{SPACE}00",
        "Ring 113.",
        "på hverdager kl. 08.00–15.30",
        "onsdag 25. november",
        [CategoryRow("medisin", "Medisiner")],
    )
    await ComposeState.choose_recipient.fn(page, day_centre.id)
    assert told(page) == (day_centre.id, "", "", "", "", [])


@pytest.mark.parametrize("recipient", ["", "no-such-service", "x" * 5000])
async def test_what_is_not_among_the_recipients_is_no_choice(
    sqlite_database: AsyncEngine, clock: MovableClock, recipient: str
) -> None:
    kari, _ = await two_services()
    page = await compose_page(kari)
    await ComposeState.choose_recipient.fn(page, kari.service.id)
    await ComposeState.choose_recipient.fn(page, recipient)
    assert told(page) == NOTHING


async def test_only_recipient_is_chosen_from_the_start_and_its_promise_follows_the_clock(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    kari, day_centre = await two_services()
    async with unit_of_work() as session:
        (await session.get_one(CareService, day_centre.id)).active = False
    page = await compose_page(kari)
    assert (page.chosen, page.promise.replace(SPACE, " ")) == (kari.service.id, "onsdag 25. november")
    clock.advance(hours=6)  # it has closed for the day
    await ComposeState.look_again.fn(page)
    assert (page.chosen, page.promise.replace(SPACE, " ")) == (kari.service.id, "torsdag 26. november")


async def open_conversation(kari: World, sent: str) -> ThreadState:
    """A conversation, just opened."""
    page = await world.state(ThreadState, kari.kari, path=routes.INBOX, **{routes.THREAD_QUERY: sent})
    await ThreadState.load.fn(page)
    return page


async def kari_asks() -> tuple[World, ThreadState]:
    """Kari has written to home care, and looks at it."""
    kari, _ = await two_services()
    draft = Draft("Når kommer dere?", new_id(), kari.service.id, "Besøk", "medisin")
    sent = await sending.send_new(await kari.acting(), draft)
    return kari, await open_conversation(kari, sent.thread_id)


async def test_open_page_counts_down_and_says_when_the_promise_has_passed(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    _, page = await kari_asks()
    assert (page.category, page.promise, page.promise_passed) == (
        "Medisiner",
        f"onsdag 25.{SPACE}november",
        "",
    )
    clock.advance(days=2)
    await ThreadState.refresh.fn(page)
    assert page.promise_left == "I dag. Kommer det ikke svar, ring Hjemmesykepleie."
    assert page.announcement == ""
    clock.advance(hours=14)  # midnight in Oslo
    await ThreadState.refresh.fn(page)
    passed = f"Svaret skulle ha kommet onsdag 25.{SPACE}november."
    assert (page.promise, page.promise_left) == ("", "")
    assert (page.promise_passed, page.announcement) == (passed, passed)
    clock.advance(minutes=1)
    await ThreadState.refresh.fn(page)
    assert page.announcement == ""


async def test_field_stays_when_the_conversation_is_closed_while_one_writes(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    kari, page = await kari_asks()
    async with unit_of_work() as session:
        (await session.get_one(Thread, page.thread_id)).closed_at = clock()
    await ThreadState.refresh.fn(page)
    assert (page.may_reply, page.closed) == (True, True)
    form = {"person": "", "thread": page.thread_id, "body": "Takk", "key": new_id()}
    await ThreadState.reply.fn(page, form)
    assert (page.error, page.sent_key) == (
        "Samtalen er avsluttet. Skriv en ny melding i stedet.",
        "",
    )
    opened_anew = await open_conversation(kari, page.thread_id)
    assert (opened_anew.may_reply, opened_anew.closed) == (False, True)


async def test_sending_again_is_for_whom_it_was_written(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    _, page = await kari_asks()
    [written] = await world.rows(Message)
    with pytest.raises(ComposedForAnotherError):
        await ThreadState.send_again.fn(page, {"person": "someone-else", "message": written.id})
    await ThreadState.send_again.fn(page, {"person": "", "message": written.id})
    assert page.announcement == "Meldingen sendes på nytt."
