"""People on both engines: known by a random id, the number never readable, the profile logged."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.services import connection, people
from digihelse_app.services.people import Profile
from digihelse_app.services.representation import acting_context
from tests import world
from tests.people import INGRID, KARI, OLA

pytestmark = pytest.mark.usefixtures("clock")


async def test_a_person_is_found_again_by_number_and_by_nothing_else(database: AsyncEngine) -> None:
    kari, again, ola = (
        await world.person(KARI),
        await world.person(KARI, consented=False),
        await world.person(OLA),
    )
    assert (again.id, ola.id == kari.id, len(await world.rows(Person))) == (kari.id, False, 2)
    async with unit_of_work(reading=True) as session:
        assert await people.by_national_id(session, INGRID.national_id) is None
    assert people.national_id(kari) == KARI.national_id


async def test_the_number_lies_nowhere_readable(database: AsyncEngine) -> None:
    await world.person(KARI)
    async with database.connect() as connection:
        stored = (await connection.execute(text("SELECT * FROM person"))).all()
    assert KARI.national_id not in repr(stored)
    assert KARI.national_id.encode() not in b"".join(
        value for row in stored for value in row if isinstance(value, bytes)
    )


async def test_profile_masks_the_number_and_is_logged(database: AsyncEngine) -> None:
    kari = await world.person(KARI)
    acting = await acting_context(kari.id)
    assert await people.profile(acting) == Profile("Kari Nordmann", "148348*****")
    (entry,) = await world.rows(AccessLogEntry)
    assert (entry.action, entry.object_type, entry.object_id, entry.represented_id) == (
        LogAction.PROFILE_READ,
        "Person",
        kari.id,
        kari.id,
    )


async def test_who_acts_for_another_sees_her_name_and_home_but_not_her_profile(database: AsyncEngine) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "see_visits")
    await world.add(right)
    acting = await acting_context(ingrid.id, right.key)
    assert await people.name_of_represented(acting) == "Kari Nordmann"
    assert await people.given_name_of_actor(acting) == "Ingrid"
    assert (await connection.status(acting)).services == ("Hjemmesykepleie",)
    with pytest.raises(AccessDeniedError):
        await people.profile(acting)
    (entry,) = await world.rows(AccessLogEntry)
    assert (entry.action, entry.actor_id, entry.represented_id) == (
        LogAction.HOME_READ,
        ingrid.id,
        kari.kari.id,
    )
