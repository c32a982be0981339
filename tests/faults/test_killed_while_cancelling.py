"""Whatever dies and whenever: each request to cancel is at the record system once, and both ends agree."""

import asyncio
import random
import secrets
from collections import Counter as Tally
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import CancellationStatus, LogAction, NoticeKind
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.outside import clock
from digihelse_app.standins.people import BY_KEY
from digihelse_app.standins.record_system import faults
from tests.attacked import consent, sign_in
from tests.cancellers import Canceller
from tests.mortal import LOOK_EVERY, Mortal, answers_come_twice_and_out_of_order
from tests.power_cuts import everyone_acts, everything_arrives, in_standin, mortal_app, shown_once, told_once
from tests.servers import begin_with
from tests.visit_sides import disagreements, their_side
from tests.world import rows

WHO = ("kari", "ola")
TABS_EACH = 2
ASKED_AGAIN = 3
"""How many visits each tab asks for once more, which may be too late by then."""
TITLE = "Trening hjemme"
TOO_LATE = 409
PATIENCE_SECONDS = 420


async def test_more_than_fifty_requests_survive_kills_on_sqlite(tmp_path: Path, story: Path) -> None:
    address = f"sqlite+aiosqlite:///{begin_with(story, tmp_path)}/var/digihelse.db"
    async with mortal_app(tmp_path, address) as mortal:
        await cancel_through_power_cuts(mortal, weeks=4, cuts=4)


async def test_more_than_twenty_requests_survive_kills_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    async with mortal_app(tmp_path, postgres_url) as mortal:
        await cancel_through_power_cuts(mortal, weeks=2, cuts=2)


async def cancel_through_power_cuts(mortal: Mortal, *, weeks: int, cuts: int) -> None:
    seed = secrets.randbits(32)
    chance = random.Random(seed)  # noqa: S311 - no secret, but one that can be repeated
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            everyone = await people(mortal, weeks, chance)
            await everyone_cancels(mortal, everyone, cuts, chance)
            await everything_arrives(mortal)
        await all_is_once(mortal, everyone)
    except BaseException as failure:
        failure.add_note(f"seed {seed}; the app's log:\n{mortal.tail()}")
        raise


async def people(mortal: Mortal, weeks: int, chance: random.Random) -> list[Canceller]:
    """Signed in, each with a visit every day for so many weeks, shared between their tabs."""
    signed_in = [await sign_in(mortal.base_url, who) for who in WHO]
    await consent(mortal.base_url, signed_in[1])
    await mortal.insist("/fagsystem/drift/nattjobb", {})
    for who in WHO:
        await mortal.insist("/fagsystem/besok/nytt", plan(who, weeks))
    await everything_arrives(mortal)
    people = {person.id: person.given_name for person in await rows(Person)}
    tabs: list[Canceller] = []
    for who, secret in zip(WHO, signed_in, strict=True):
        name = BY_KEY[who].given_name
        found = [each for each in await rows(Visit) if each.title == TITLE and people[each.person_id] == name]
        assert len(found) == 7 * weeks
        chance.shuffle(found)
        for number in range(TABS_EACH):
            own = [visit.id for visit in found[number::TABS_EACH]]
            tabs.append(Canceller(secret, own + chance.sample(own, ASKED_AGAIN), chance))
    return tabs


def plan(who: str, weeks: int) -> dict[str, str]:
    """The form of a visit every day, the first so far ahead that it can be cancelled."""
    first = clock.today() + timedelta(days=10)
    every_day = {f"weekday-{number}": "on" for number in range(7)}
    hours = {"start": "17:00", "end": "18:30", "kind": "window"}
    what = {"to": f"{who}/hjemmebasert-omsorg", "title": TITLE, "right": "cancelWithComment"}
    return {"day": first.isoformat(), "weeks": str(weeks), **every_day, **hours, **what}


async def everyone_cancels(
    mortal: Mortal, everyone: list[Canceller], cuts: int, chance: random.Random
) -> None:
    """All ask at once while the staff answers, and the power goes; then a last round of answers."""
    acts = sum(len(one.visits) for one in everyone)
    looked_at: set[str] = set()
    answering = asyncio.create_task(staff_answers_as_it_comes(mortal, looked_at, chance))
    try:
        every_fault = (*faults.INBOUND, *faults.OUTBOUND)
        await everyone_acts(mortal, everyone, acts, cuts, chance, every_fault)
    finally:
        answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering
    await answers_come_twice_and_out_of_order(mortal)
    await staff_answers_what_waits(mortal, looked_at, chance)


async def staff_answers_as_it_comes(mortal: Mortal, looked_at: set[str], chance: random.Random) -> None:
    """Without end."""
    while True:
        await staff_answers_what_waits(mortal, looked_at, chance)
        await asyncio.sleep(LOOK_EVERY)


async def staff_answers_what_waits(mortal: Mortal, looked_at: set[str], chance: random.Random) -> None:
    """Yes to some, no to some, and some are left; what is taken back meanwhile is too late to answer."""
    waiting = "SELECT id FROM fagsystem_cancel_request WHERE status = 'waiting'"
    for (request,) in in_standin(mortal, "fagsystem", waiting):
        if request not in looked_at:
            looked_at.add(request)
            if answer := chance.choice(("yes", "no", "")):
                form = {"answer": answer, "words": f"Svar: {answer}"}
                await mortal.insist(f"/fagsystem/besok/avbestilling/{request}/svar", form, 303, TOO_LATE)


async def all_is_once(mortal: Mortal, everyone: list[Canceller]) -> None:
    """Nothing lost, nothing twice, and both ends say the same."""
    keys = [key for one in everyone for key in one.asked]
    asked = await rows(Cancellation)
    assert Tally(each.idempotency_key for each in asked) == Tally(keys)
    theirs = their_side(mortal.installation.folder / "var" / "standins" / "fagsystem.db")
    visits = [visit for visit in await rows(Visit) if visit.title == TITLE]
    assert disagreements(theirs, visits, asked) == []
    withdrawn = (CancellationStatus.REQUESTED, CancellationStatus.TAKEN_BACK)
    for each in asked:
        assert each.failed_at is None
        assert each.status not in withdrawn or theirs.requests[each.id].version == each.version
    assert in_standin(mortal, "fagsystem", "SELECT 1 FROM fagsystem_outgoing WHERE status = 'refused'") == []
    await logged_once(asked)
    answered = (CancellationStatus.ACCEPTED, CancellationStatus.DECLINED)
    await told_once(NoticeKind.CANCEL_ANSWERED, {each.visit_id for each in asked if each.status in answered})
    await shown_once(mortal)


async def logged_once(asked: list[Cancellation]) -> None:
    """Each was asked for once, and taken back once, as a person who reads the log sees it."""
    entries = await rows(AccessLogEntry)
    taken_back = [each.visit_id for each in asked if each.taken_back_at]
    for action, visits in (
        (LogAction.VISIT_CANCEL, [each.visit_id for each in asked]),
        (LogAction.VISIT_CANCEL_TAKE_BACK, taken_back),
    ):
        assert Tally(entry.object_id for entry in entries if entry.action is action) == Tally(visits)
