"""What a municipality registers: kept, changed, ended; whom it makes digitally active, and who is refused."""

from datetime import date

import pytest

from digihelse_app.access.context import AccessDeniedError
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    DelegationOrigin,
    EndReason,
    LogAction,
    NoticeKind,
    OutboxKind,
    RepresentationRole,
)
from digihelse_app.models.consent import ActivityChange
from digihelse_app.models.fhir_resource import FhirResource
from digihelse_app.models.notice import Notice
from digihelse_app.models.organisation import CareService
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Mandate
from digihelse_app.services import activity_watch, delegation
from digihelse_app.services.delegation_rules import Terms
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.people import SyntheticPerson
from tests.conftest import MovableClock
from tests.delegation_world import Register
from tests.fhir_delegations import assigned, consent, kept, right
from tests.fhir_world import (
    World,
    activate,
    deactivate,
    episode,
    patient,
    person_id,
    rows,
)
from tests.people import ASTRID, ERIK, OLA, PER

pytestmark = pytest.mark.usefixtures("registering")


async def activity(api: World, *who: str) -> list[tuple[bool, bool, bool]]:
    """By herself, by others, assigned: as a record system asks."""
    answer = await api.alvdal.call("POST", "/api/digitalt-aktiv/sjekk", json={"nin": list(who)})
    return [
        (one["erDigitaltAktivSelv"], one["erDigitaltAktivViaAndre"], one["tildeltFullmakt"])
        for one in answer.json()["svar"]
    ]


async def test_assignment_makes_both_known_and_the_one_it_is_about_active(
    api: World, clock: MovableClock
) -> None:
    answer = await api.alvdal.put(assigned())
    assert answer.status_code == 201
    people = {person.given_name: person for person in await rows(Person)}
    per, erik = people["Per"], people["Erik"]
    [row] = await kept()
    own = sorted(one.id for one in await rows(CareService) if one.name != "Hjemmetjenesten")
    assert (row.represented_id, row.actor_id, row.role, row.origin) == (
        per.id,
        erik.id,
        RepresentationRole.TD,
        DelegationOrigin.ASSIGNED,
    )
    assert row.scopes == {permission.value: own for permission in DELEGABLE}
    assert (row.evidence, row.external_id, row.given_by) == ("2026/4711", "fullmakt-1", None)
    assert [one.representation_id for one in await rows(Mandate)] == [row.id]
    assert [(one.recipient_id, one.kind) for one in await rows(Notice)] == [
        (erik.id, NoticeKind.DELEGATION_NEW)
    ]
    changes = [one for one in await rows(ActivityChange) if one.person_id == per.id]
    assert [(one.active, one.at) for one in changes] == [(True, clock())]
    acting = await acting_context(erik.id, row.key)
    assert (acting.represented_id, acting.role) == (per.id, RepresentationRole.TD)
    assert await activity(api, PER.national_id) == [(False, False, True)]
    await activate(ERIK)
    assert await activity(api, PER.national_id) == [(False, True, True)]
    written = [one for one in await rows(AccessLogEntry) if one.represented_id == per.id]
    assert (LogAction.FHIR_WRITE, row.id) in [(one.action, one.object_id) for one in written]


async def test_one_who_is_active_by_others_is_connected_and_cannot_be_told_herself(api: World) -> None:
    refused = await api.alvdal.put(episode(PER))
    await api.alvdal.put(assigned())
    taken = await api.alvdal.put(episode(PER))
    assert (refused.status_code, taken.status_code) == (422, 201)
    per = await person_id(PER)
    assert [one for one in await rows(Notice) if one.recipient_id == per] == []
    with pytest.raises(AccessDeniedError):
        (await acting_context(per)).require(Permission.READ_MESSAGES)


async def test_numbers_are_stored_with_people_alone_and_read_back(api: World) -> None:
    put = await api.alvdal.put(assigned())
    [stored] = [one for one in await rows(FhirResource) if one.resource_type == "Consent"]
    assert (stored.person_id, stored.proxy_id) == (await person_id(PER), await person_id(ERIK))
    body = str(stored.body)
    assert (PER.national_id in body, ERIK.national_id in body) == (False, False)
    read = await api.alvdal.get("/fhir/Consent/fullmakt-1")
    found = await api.alvdal.call(
        "POST",
        "/fhir/Consent/_search",
        data={"patient:identifier": f"{patient(PER)['identifier']['system']}|{PER.national_id}"},
    )
    wanted = assigned()
    for told in (put.json(), read.json(), found.json()["entry"][0]["resource"]):
        assert {name: value for name, value in told.items() if name != "meta"} == wanted


async def test_the_same_again_changes_nothing(api: World) -> None:
    first = await api.alvdal.put(assigned())
    again = await api.alvdal.put(assigned())
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.headers["etag"], again.headers["etag"]) == ('W/"1"', 'W/"1"')
    assert (len(await kept()), len(await rows(Notice))) == (1, 1)


async def test_a_change_ends_the_old_and_makes_a_new_under_the_same_key(
    api: World, clock: MovableClock
) -> None:
    await api.alvdal.put(consent(rights=[right("see-visits")]))
    clock.advance(minutes=5)
    answer = await api.alvdal.put(consent(rights=[right("read-messages", ["praktisk-hjelp"])]))
    assert answer.status_code == 200
    old, new = await kept()
    assert (old.end_reason, old.ended_at, new.replaces_id) == (EndReason.CHANGED, clock(), old.id)
    assert old.key == new.key
    [help_at_home] = [one.id for one in await rows(CareService) if one.name == "Praktisk hjelp"]
    assert new.scopes == {"read_messages": [help_at_home]}


async def test_inactive_ends_it_at_once_even_while_the_register_is_down(
    api: World, clock: MovableClock, register: Register
) -> None:
    await api.alvdal.put(assigned())
    clock.advance(minutes=5)
    register.down = True
    assert (await api.alvdal.put(assigned(status="inactive"))).status_code == 200
    [row] = await kept()
    assert (row.ended_at, row.end_reason, row.ended_by) == (clock(), EndReason.BY_MUNICIPALITY, None)
    with pytest.raises(AccessDeniedError):
        await acting_context(row.actor_id, row.key)
    newest = [one.active for one in await rows(ActivityChange) if one.person_id == row.represented_id]
    assert newest == [True, False]
    assert await activity(api, PER.national_id) == [(False, False, False)]


async def test_what_is_older_never_overwrites(api: World) -> None:
    def told(at: str, **changes: object):
        return assigned(meta={"lastUpdated": at}, **changes)

    await api.alvdal.put(told("2026-11-20T10:00:00Z"))
    await api.alvdal.put(told("2026-11-20T12:00:00Z", status="inactive"))
    late = await api.alvdal.put(told("2026-11-20T11:00:00Z", end="2028-01-01"))
    assert (late.status_code, late.json()["status"]) == (200, "inactive")
    [row] = await kept()
    assert row.end_reason is EndReason.BY_MUNICIPALITY


async def test_what_one_of_the_two_has_ended_does_not_come_back(api: World, clock: MovableClock) -> None:
    await api.alvdal.put(consent())
    clock.advance(minutes=5)
    [row] = await kept()
    await delegation.withdraw(await acting_context(await person_id(OLA)), row.id)
    answer = await api.alvdal.put(consent(end="2028-01-01"))
    assert (answer.status_code, len(await kept())) == (409, 1)
    anew = await api.alvdal.put(consent(consent_id="fullmakt-2"))
    assert anew.status_code == 201


@pytest.mark.parametrize("ended_by", [OLA, ERIK])
async def test_a_paper_that_was_changed_in_the_app_and_then_ended_does_not_come_back(
    api: World, clock: MovableClock, ended_by: SyntheticPerson
) -> None:
    await api.alvdal.put(consent())
    [paper] = await kept()
    ola = await acting_context(await person_id(OLA))
    clock.advance(minutes=5)
    changed = await delegation.change(ola, paper.id, Terms({Permission.READ_MESSAGES: ["*"]}))
    clock.advance(minutes=5)
    renewed = await delegation.renew(ola, changed.representation_id, date(2027, 11, 30))
    clock.advance(minutes=5)
    if ended_by is OLA:
        await delegation.withdraw(ola, renewed.representation_id)
    else:
        await delegation.renounce(await acting_context(await person_id(ERIK)), renewed.representation_id)
    answer = await api.alvdal.put(consent(end="2028-01-01"))
    assert (answer.status_code, len(await kept())) == (409, 3)
    anew = await api.alvdal.put(consent(consent_id="fullmakt-2"))
    assert anew.status_code == 201


async def test_a_paper_that_was_changed_in_the_app_comes_back_when_that_has_run_out(
    api: World, clock: MovableClock
) -> None:
    await api.alvdal.put(consent())
    [paper] = await kept()
    ola = await acting_context(await person_id(OLA))
    clock.advance(minutes=5)
    short = Terms({Permission.READ_MESSAGES: ["*"]}, valid_until=date(2026, 11, 30))
    await delegation.change(ola, paper.id, short)
    while_it_stands = await api.alvdal.put(consent(end="2028-01-01"))
    clock.advance(days=14)
    answer = await api.alvdal.put(consent(end="2028-01-01"))
    assert (while_it_stands.status_code, answer.status_code) == (409, 200)


async def test_what_the_municipality_changed_is_taken_back_by_the_page_that_shows_the_old(
    api: World, clock: MovableClock
) -> None:
    await api.alvdal.put(consent())
    [shown] = await kept()
    clock.advance(minutes=5)
    await api.alvdal.put(consent(end="2028-01-01"))
    await delegation.withdraw(await acting_context(await person_id(OLA)), shown.id)
    assert [row.end_reason for row in await kept()] == [EndReason.CHANGED, EndReason.WITHDRAWN]


async def test_her_own_later_no_goes_before_an_earlier_paper(api: World, clock: MovableClock) -> None:
    await api.alvdal.put(consent(OLA, ERIK))
    [row] = await kept()
    assert (await acting_context(row.actor_id, row.key)).allows(Permission.SEE_VISITS, (await own())[0])
    clock.advance(minutes=5)
    await deactivate(OLA)
    with pytest.raises(AccessDeniedError):
        await acting_context(row.actor_id, row.key)
    clock.advance(minutes=5)
    await api.alvdal.put(consent(OLA, ERIK, evidence="2026/4712"))
    [_, new] = await kept()
    assert (await acting_context(new.actor_id, new.key)).representation_id == new.id


async def own() -> list[str]:
    """Ids of Alvdal's services."""
    return [one.id for one in await rows(CareService) if one.name != "Hjemmetjenesten"]


async def test_by_the_clock_it_begins_and_runs_out_and_the_feed_is_told_once(
    api: World, clock: MovableClock
) -> None:
    await api.alvdal.put(assigned(start="2026-12-01", end="2026-12-31"))
    per = await person_id(PER)

    async def told() -> list[bool]:
        return [one.active for one in await rows(ActivityChange) if one.person_id == per]

    assert (await activity_watch.announce_by_the_clock(), await told()) == (0, [])
    clock.advance(days=10)
    assert (await activity_watch.announce_by_the_clock(), await told()) == (1, [True])
    assert (await activity_watch.announce_by_the_clock(), await told()) == (0, [True])
    clock.advance(days=31)
    assert (await activity_watch.announce_by_the_clock(), await told()) == (1, [True, False])


async def test_the_one_who_registered_it_is_not_told_of_it_again(api: World) -> None:
    await api.alvdal.put(episode(OLA))
    await api.alvdal.put(consent(OLA, ASTRID))
    assert [one.kind for one in await rows(OutboxItem) if one.kind is OutboxKind.DELEGATION] == []
