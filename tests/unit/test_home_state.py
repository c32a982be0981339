"""The home page in each state of being set up, and what it tells of answers."""

from datetime import UTC, date, datetime, timedelta

import pytest

from digihelse_app import routes
from digihelse_app.models.codes import ConsentKind
from digihelse_app.models.consent import ActivityChange
from digihelse_app.models.organisation import CareService, Organisation, SetupFailure
from digihelse_app.models.person import Person
from digihelse_app.state.home import HomeState
from digihelse_app.state.nav import HelplineState
from tests import world
from tests.answers import plain, redirect_of
from tests.conftest import MovableClock
from tests.people import INGRID, OLA
from tests.world import later

pytestmark = pytest.mark.usefixtures("sqlite_database")


async def ola(
    clock: MovableClock, *opens_on: date | None, waits: bool = False, refused: bool = False
) -> Person:
    """Ola, who consented just now, with services that open on these days."""
    person, municipality = await world.person(OLA), world.organisation()
    await world.add(municipality)
    for number, day in enumerate(opens_on):
        service: CareService = world.service(municipality, f"Tjeneste {number}", opens_on=day)
        await world.add(service, world.relation(person, service))
    if waits:
        await world.add(ActivityChange(person_id=person.id, active=True, at=clock.at))
    if refused:
        failure = {"organisation_id": municipality.id, "reason": "patient-unknown", "failed_at": clock.at}
        await world.add(SetupFailure(person_id=person.id, **failure))
    return person


async def home_of(person: Person) -> HomeState:
    """The home page, read."""
    home = await world.state(HomeState, person, path=routes.HOME)
    await home.load()
    return home


async def test_a_first_visit_goes_to_the_consent_page(clock: MovableClock) -> None:
    person = await world.person(OLA, consented=False)
    home = await world.state(HomeState, person, path=routes.HOME)
    answer = await home.load()
    assert redirect_of(answer) == routes.CONSENT


async def test_who_has_withdrawn_is_told_so_and_stays(clock: MovableClock) -> None:
    person = await world.person(OLA, consented=False)
    taken_back = world.consent(person, ConsentKind.TERMS)
    taken_back.withdrawn_at = later(days=1)
    await world.add(taken_back)
    home = await world.state(HomeState, person, path=routes.HOME)
    assert await home.load() is None
    assert (home.setup, home.unread, home.waiting) == ("not_consented", [], [])


async def test_the_night_is_waited_for_until_it_is_over(clock: MovableClock) -> None:
    person = await ola(clock, waits=True)
    home = await home_of(person)
    told = ("tonight", "Natt til tirsdag 24. november, kl. 02.00", "Tirsdag 24. november fra kl. 07.00")
    assert (home.setup, plain(home.run_at), plain(home.ready_from)) == told
    assert (home.municipality, plain(home.municipality_phone)) == ("Alvdal kommune", "62 48 90 00")
    clock.set(datetime(2026, 11, 24, 4, 59, tzinfo=UTC))  # 05:59 in Oslo: the run is late
    await home.load()
    assert (home.setup, plain(home.run_at), plain(home.ready_from)) == told
    clock.set(datetime(2026, 11, 24, 5, 0, tzinfo=UTC))
    await home.load()
    assert (home.setup, plain(home.run_at)) == ("failed", "Natt til onsdag 25. november, kl. 02.00")


async def test_a_refused_connection_has_failed_at_once(clock: MovableClock) -> None:
    home = await home_of(await ola(clock, waits=True, refused=True))
    assert home.setup == "failed"


async def test_without_a_service_it_says_that_none_was_found(clock: MovableClock) -> None:
    home = await home_of(await ola(clock))
    assert (home.setup, home.services) == ("no_service", "Du kan skrive til .")


async def test_a_service_that_opens_later_is_named_with_its_day(clock: MovableClock) -> None:
    home = await home_of(await ola(clock, date(2027, 1, 4), date(2026, 12, 1), None))
    assert (home.setup, plain(home.opens_title)) == ("opens_later", "Tjeneste 1 åpner tirsdag 1. desember")


async def test_the_end_of_the_wait_is_announced_and_stays_for_who_listens_late(clock: MovableClock) -> None:
    person = await ola(clock, waits=True)
    home = await home_of(person)
    assert home.announcement == ""
    [municipality] = await world.rows(Organisation)
    service: CareService = world.service(municipality, "Hjemmebasert omsorg", opens_on=world.LONG_OPEN)
    await world.add(service, world.relation(person, service))
    await home.load()
    assert home.announcement == "Digihelse er klar. Du kan skrive til Hjemmebasert omsorg."
    await home.load()
    assert home.announcement == "Digihelse er klar. Du kan skrive til Hjemmebasert omsorg."


async def test_ready_names_the_services(clock: MovableClock) -> None:
    home = await home_of(await ola(clock, world.LONG_OPEN, world.LONG_OPEN))
    assert (home.setup, home.services) == ("ready", "Du kan skrive til Tjeneste 0 og Tjeneste 1.")


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [
        (0, "God morgen, Ola"),
        (9, "God morgen, Ola"),
        (10, "Hei, Ola"),
        (17, "Hei, Ola"),
        (18, "God kveld, Ola"),
        (23, "God kveld, Ola"),
    ],
)
async def test_the_greeting_follows_the_time_in_oslo(clock: MovableClock, hour: int, greeting: str) -> None:
    clock.set(datetime(2026, 7, 1, tzinfo=UTC) - timedelta(hours=2) + timedelta(hours=hour))
    home = await home_of(await ola(clock))
    assert (home.greeting, plain(home.today)) == (greeting, "Onsdag 1. juli")


async def test_home_shows_the_newest_answer_and_what_one_waits_for(clock: MovableClock) -> None:
    kari = await world.world()
    await kari.threads([later(hours=hour) for hour in range(5)])
    own = [world.thread(kari.kari, kari.service, later(hours=hour), own=True) for hour in range(10, 14)]
    await world.add(*own)
    home = await home_of(kari.kari)
    assert (len(home.unread), [row.id for row in home.waiting]) == (3, [one.id for one in own[:0:-1]])
    assert (home.unread_title, plain(home.unread_when)) == (
        "Hjemmesykepleie har svart deg",
        "Nytt svar søndag 1. november kl. 13.00",
    )


async def test_home_for_another_greets_who_is_signed_in_and_shows_what_is_hers(clock: MovableClock) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "see_visits")
    await world.add(right)
    await kari.threads([later(hours=1)])
    home = await world.state(HomeState, ingrid, key=right.key, path=routes.HOME)
    assert await home.load() is None
    assert (home.greeting, home.setup, home.unread, home.shown_for) == ("Hei, Ingrid", "ready", [], right.key)


@pytest.mark.parametrize(
    ("now", "is_open", "text"),
    [
        ("2026-11-23T09:00+00:00", True, "Åpent nå – til kl. 15.30"),
        ("2026-11-23T05:00+00:00", False, "Stengt nå – åpner i dag kl. 08.00"),
        ("2026-11-23T20:00+00:00", False, "Stengt nå – åpner i morgen kl. 08.00"),
        ("2026-11-20T20:00+00:00", False, "Stengt nå – åpner mandag 23. november kl. 08.00"),
    ],
)
async def test_help_line_says_in_words_when_it_opens(
    clock: MovableClock, now: str, is_open: bool, text: str
) -> None:
    clock.set(datetime.fromisoformat(now))
    helpline = await world.state(HelplineState, await world.person(OLA))
    await helpline.load()
    assert (helpline.open, plain(helpline.text)) == (is_open, text)
