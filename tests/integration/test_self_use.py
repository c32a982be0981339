"""Leaving Digihelse to those who act for one: what ends, what goes on, who is told, and starting again."""

from datetime import UTC, datetime, timedelta

import pytest

from digihelse_app.access.context import AccessDeniedError, ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.access.policy import BEFORE_CONSENT
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import ConsentKind, LogAction, NoticeKind
from digihelse_app.models.consent import ActivityChange
from digihelse_app.models.database import on_commit, unit_of_work
from digihelse_app.models.notice import Notice
from digihelse_app.models.person import Person
from digihelse_app.services import connection, consent, devices, inbox, notice_sending, notices, self_use
from digihelse_app.services.connection import SetupState
from digihelse_app.services.notice_rules import Unsent
from digihelse_app.services.representation import acting_context
from tests import world
from tests.people import INGRID
from tests.world import World, later

pytestmark = pytest.mark.usefixtures("clock", "database")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def kari_and_ingrid(*, ended: bool = False) -> tuple[World, Person, str]:
    """Kari, and Ingrid who reads messages for her by the key, or did."""
    kari, ingrid = await world.world(), await world.person(INGRID)
    hers = world.representation(ingrid, kari.kari, "read_messages")
    hers.ended_at = NOW - timedelta(days=1) if ended else None
    await world.add(hers)
    return kari, ingrid, hers.key


async def as_ingrid(ingrid: Person, key: str) -> ActingContext:
    """Ingrid acting for Kari."""
    return await acting_context(ingrid.id, key)


async def test_ones_own_access_ends_at_once_and_the_others_goes_on() -> None:
    kari, ingrid, key = await kari_and_ingrid()
    await kari.threads([later(hours=1)])
    assert await self_use.stop(await kari.acting())
    assert (await kari.acting()).permissions == BEFORE_CONSENT
    with pytest.raises(AccessDeniedError):
        await inbox.list_threads(await kari.acting())
    assert len((await inbox.list_threads(await as_ingrid(ingrid, key))).threads) == 1
    assert (await connection.status(await kari.acting())).state is SetupState.LEFT_TO_PROXIES
    assert (await connection.status(await as_ingrid(ingrid, key))).state is SetupState.READY


async def test_she_is_told_of_nothing_more_but_a_new_device() -> None:
    kari, _, _ = await kari_and_ingrid()
    (thread,) = await kari.threads([later(hours=1)])
    async with unit_of_work() as session:
        await notices.notify_new_message(session, thread, [kari.kari.id])
    (before,) = await world.rows(Notice)
    await self_use.stop(await kari.acting())
    assert await notice_sending.due(before.id) is Unsent.INACTIVE
    async with unit_of_work() as session:
        assert kari.kari.id not in await notices.recipients(session, kari.kari.id)
    await devices.recognise(kari.kari.id, "p" * 43, "")
    await devices.recognise(kari.kari.id, "t" * 43, "")
    (device,) = [row for row in await world.rows(Notice) if row.kind is NoticeKind.NEW_DEVICE]
    assert not isinstance(await notice_sending.due(device.id), Unsent)


async def test_starting_again_gives_everything_back_at_once() -> None:
    kari, _, _ = await kari_and_ingrid()
    await self_use.stop(await kari.acting())
    await self_use.start(await kari.acting())
    assert (await kari.acting()).permissions == frozenset(Permission)
    assert (await self_use.status(await kari.acting())).stopped is False


async def test_record_systems_are_told_to_look_again_and_open_pages_too() -> None:
    kari, _, _ = await kari_and_ingrid()
    told: list[set[str]] = []

    async def listen(changed: set[str]) -> None:
        told.append(changed)

    on_commit(listen)
    for act in (self_use.stop, self_use.stop, self_use.start, self_use.start):
        await act(await kari.acting())
    assert [(row.person_id, row.active) for row in await world.rows(ActivityChange)] == [
        (kari.kari.id, True)
    ] * 2
    assert told == [{kari.kari.id}, {kari.kari.id}]
    assert [row.action for row in await world.rows(AccessLogEntry)] == [
        LogAction.SELF_DEACTIVATE,
        LogAction.SELF_REACTIVATE,
    ]


async def test_it_is_not_left_to_nobody() -> None:
    kari, _, _ = await kari_and_ingrid(ended=True)
    assert not await self_use.stop(await kari.acting())
    assert (await self_use.status(await kari.acting())) == self_use.SelfUse(
        stopped=False, consented=True, proxies=[]
    )
    assert (await kari.acting()).permissions == frozenset(Permission)


async def test_nobody_leaves_it_for_another() -> None:
    _, ingrid, key = await kari_and_ingrid()
    for act in (self_use.stop, self_use.start, self_use.status):
        with pytest.raises(AccessDeniedError):
            await act(await as_ingrid(ingrid, key))


async def test_withdrawing_the_consent_ends_it_for_the_others_too() -> None:
    kari, ingrid, key = await kari_and_ingrid()
    await self_use.stop(await kari.acting())
    await consent.withdraw(await kari.acting(), ConsentKind.DIALOGUE)
    with pytest.raises(AccessDeniedError):
        await as_ingrid(ingrid, key)
    assert (await connection.status(await kari.acting())).state is SetupState.NOT_CONSENTED
