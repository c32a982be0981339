"""Who is told of what a municipality registers."""

import pytest

from digihelse_app.models.codes import NoticeKind
from digihelse_app.models.notice import Notice
from digihelse_app.models.person import Person
from digihelse_app.services import delegation
from digihelse_app.services.representation import acting_context
from tests.conftest import MovableClock
from tests.fhir_delegations import assigned, consent, kept
from tests.fhir_world import World, activate, person_id, rows
from tests.people import OLA, PER

pytestmark = pytest.mark.usefixtures("registering")

NEW, CHANGED, ENDED = (
    NoticeKind.DELEGATION_NEW,
    NoticeKind.DELEGATION_CHANGED,
    NoticeKind.DELEGATION_ENDED,
)


async def told(clock: MovableClock) -> list[tuple[str, NoticeKind]]:
    """Who was told of what just now; a minute passes."""
    people = {person.id: person.given_name for person in await rows(Person)}
    now = [one for one in await rows(Notice) if one.created_at == clock()]
    clock.advance(minutes=1)
    return sorted((people[one.recipient_id], one.kind) for one in now)


async def test_of_a_paper_both_are_told_unless_one_of_them_decided(api: World, clock: MovableClock) -> None:
    await api.alvdal.put(consent())
    assert await told(clock) == [("Erik", NEW), ("Ola", NEW)]
    await api.alvdal.put(consent(end="2028-01-01"))
    assert await told(clock) == [("Erik", CHANGED), ("Ola", CHANGED)]
    await api.alvdal.put(consent(status="inactive"))
    assert await told(clock) == [("Erik", ENDED), ("Ola", ENDED)]
    await api.alvdal.put(consent(consent_id="fullmakt-2"))
    assert await told(clock) == [("Erik", NEW), ("Ola", NEW)]
    await delegation.withdraw(await acting_context(await person_id(OLA)), (await kept())[-1].id)
    assert await told(clock) == [("Erik", ENDED)]


async def test_of_an_assignment_only_who_uses_digihelse_herself_is_told(
    api: World, clock: MovableClock
) -> None:
    await api.alvdal.put(assigned())
    assert await told(clock) == [("Erik", NEW)]
    await activate(PER)
    await api.alvdal.put(assigned(end="2028-01-01"))
    assert await told(clock) == [("Erik", CHANGED), ("Per", CHANGED)]
    await api.alvdal.put(assigned(status="inactive"))
    assert await told(clock) == [("Erik", ENDED), ("Per", ENDED)]
