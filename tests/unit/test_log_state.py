"""The page's state of the log: lines by day, what is chosen, older ones, and being shown out of it."""

import pytest

from digihelse_app.access.context import AccessDeniedError
from digihelse_app.models.codes import LogAction
from digihelse_app.state.log import LogState
from digihelse_app.state.profile import ProfileState
from tests import world
from tests.log_world import by_herself, by_proxy
from tests.people import INGRID, JONAS
from tests.world import later

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")
SEND, READ = LogAction.MESSAGE_SEND, LogAction.THREADS_READ


def shown(state: LogState) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Days with who, what and the kind of face."""
    return [(day.day, [(line.who, line.what, line.face) for line in day.lines]) for day in state.days]


async def test_lines_are_grouped_by_day_with_today_first() -> None:
    kari, ingrid = await world.world(), await world.person(INGRID)
    hers = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(hers)
    await world.add(by_herself(kari.kari, later(hours=1), SEND), by_proxy(hers, later(days=1), READ))
    log = await world.state(LogState, kari.kari, path="/profil/logg")
    await log.load()
    assert shown(log) == [
        ("I dag", [("Du", "Så på loggen", "self")]),
        ("Mandag 2.\N{NO-BREAK SPACE}november", [("Ingrid Nordmann", "Så listen over samtaler", "proxy")]),
        ("Søndag 1.\N{NO-BREAK SPACE}november", [("Du", "Skrev en melding", "self")]),
    ]
    assert (log.sees_all, log.whom, log.found) == (True, "", "Viser 3 hendelser")


async def test_a_proxy_is_told_whose_log_it_is_and_sees_her_own_lines() -> None:
    kari, ingrid = await world.world(), await world.person(INGRID)
    hers = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(hers)
    await world.add(by_herself(kari.kari, later(hours=1), SEND), by_proxy(hers, later(hours=2), READ))
    log = await world.state(LogState, ingrid, key=hers.key, path="/profil/logg")
    await log.load()
    assert (log.sees_all, log.whom, log.people) == (False, "Kari Nordmann", [])
    assert [line[1] for _, lines in shown(log) for line in lines] == [
        "Så på loggen",
        "Så listen over samtaler",
    ]
    profile = await world.state(ProfileState, ingrid, key=hers.key, path="/profil")
    await profile.load()
    assert (profile.own, profile.name, profile.consents) == (False, "", [])


async def test_what_is_chosen_narrows_it_and_unknown_choices_are_all() -> None:
    kari, ingrid, jonas = await world.world(), await world.person(INGRID), await world.person(JONAS)
    hers = world.representation(ingrid, kari.kari, "read_messages")
    his = world.representation(jonas, kari.kari, "see_visits")
    await world.add(hers, his)
    await world.add(
        by_proxy(hers, later(hours=1), READ), by_proxy(his, later(hours=2), LogAction.VISITS_READ)
    )
    log = await world.state(LogState, kari.kari)
    await log.load()
    await log.choose_who("proxies")
    assert [one.name for one in log.people] == ["Ingrid Nordmann", "Jonas Nordmann"]
    await log.choose_person(ingrid.id)
    assert [line.who for day in log.days for line in day.lines] == ["Ingrid Nordmann"]
    await log.choose_person(kari.kari.id)
    assert log.person == ""
    await log.choose_kind("consent")
    assert (log.days, log.found) == ([], "")
    await log.choose_kind("moon")
    await log.choose_span("moon")
    assert (log.kind, log.span) == ("all", "all")
    await log.show_all()
    assert (log.who, log.person) == ("all", "")
    assert {line.face for day in log.days for line in day.lines} == {"self", "proxy"}


async def test_older_lines_come_below_and_the_days_are_not_repeated() -> None:
    kari = await world.world()
    await world.add(*(by_herself(kari.kari, later(seconds=n), SEND) for n in range(60)))
    log = await world.state(LogState, kari.kari)
    await log.load()
    assert (log.has_older, [len(day.lines) for day in log.days]) == (True, [1, 49])
    await log.show_older()
    assert (log.has_older, [len(day.lines) for day in log.days]) == (False, [1, 60])
    await log.show_older()
    assert [len(day.lines) for day in log.days] == [1, 60]


async def test_one_whose_delegation_is_over_is_shown_out_and_others_stay_without_a_trace() -> None:
    kari, ingrid = await world.world(), await world.person(INGRID)
    hers = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(hers)
    log = await world.state(LogState, ingrid, key=hers.key)
    await log.load()
    before = len(log.days)
    await log.stay()
    assert len(log.days) == before
    hers.ended_at = later(hours=1)
    await world.add(hers)
    with pytest.raises(AccessDeniedError):
        await log.stay()
