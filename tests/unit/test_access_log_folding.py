"""How the same readings become one row, and which kind each act is of."""

from datetime import UTC, datetime, timedelta

import pytest

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import AgentKind, LogAction
from digihelse_app.services.access_log_choice import OVER_THE_WIRE, Kind, kind_of
from digihelse_app.services.access_log_folding import READS, Folding

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def entry(action: LogAction, minutes: float, actor: str = "kari", thing: str = "") -> AccessLogEntry:
    """An act of a person's, so long after noon in Norway."""
    at = NOON + timedelta(minutes=minutes)
    return AccessLogEntry(at=at, agent=AgentKind.PERSON, actor_id=actor, action=action, object_id=thing)


def folded(*entries: AccessLogEntry, limit: int = 50) -> list[tuple[LogAction, int, float]]:
    """What becomes of them: action, how many, and minutes from the first of them to the newest."""
    folding = Folding(limit)
    for one in sorted(entries, key=lambda one: one.at, reverse=True):
        if not folding.take(one):
            break
    return [
        (group.newest.action, group.count, (group.newest.at - group.first_at) / timedelta(minutes=1))
        for group in folding.groups
    ]


HOME, READ, SEND = LogAction.HOME_READ, LogAction.THREAD_READ, LogAction.MESSAGE_SEND


def test_the_same_reading_within_ten_minutes_is_one_row() -> None:
    assert folded(entry(HOME, 0), entry(HOME, 4), entry(HOME, 10)) == [(HOME, 3, 10)]
    assert folded(entry(HOME, 0), entry(HOME, 10.1)) == [(HOME, 1, 0), (HOME, 1, 0)]


def test_another_reading_between_does_not_part_them_but_an_act_does() -> None:
    assert folded(entry(HOME, 0), entry(READ, 1), entry(HOME, 2)) == [(HOME, 2, 2), (READ, 1, 0)]
    assert folded(entry(HOME, 0), entry(SEND, 1), entry(HOME, 2)) == [
        (HOME, 1, 0),
        (SEND, 1, 0),
        (HOME, 1, 0),
    ]
    assert folded(entry(HOME, 0), entry(SEND, 1, "ingrid"), entry(HOME, 2)) == [(HOME, 2, 2), (SEND, 1, 0)]


def test_parts_of_one_page_are_one_row_and_counted_once() -> None:
    opened = [entry(LogAction.PROFILE_READ, minute) for minute in (0, 0.01, 0.02, 3, 3.01, 3.02)]
    for part, one in zip(("Person", "KnownDevice", "ContactDetails") * 2, opened, strict=True):
        one.object_type = part
    [(action, count, _)] = folded(*opened)
    assert (action, count) == (LogAction.PROFILE_READ, 2)


def test_other_things_and_other_people_are_rows_of_their_own() -> None:
    assert len(folded(entry(READ, 0, thing="a"), entry(READ, 1, thing="b"))) == 2
    assert len(folded(entry(READ, 0, "kari"), entry(READ, 1, "ingrid"))) == 2


def test_acts_are_never_folded() -> None:
    assert folded(entry(SEND, 0), entry(SEND, 1)) == [(SEND, 1, 0), (SEND, 1, 0)]


def test_what_is_before_midnight_in_norway_is_another_day() -> None:
    to_midnight = 11 * 60 + 60  # from 12:00 in Norway
    assert len(folded(entry(HOME, to_midnight - 1), entry(HOME, to_midnight + 1))) == 2
    assert len(folded(entry(HOME, to_midnight - 3), entry(HOME, to_midnight - 1))) == 1


def test_a_full_page_still_takes_what_belongs_to_its_rows() -> None:
    rows = folded(entry(HOME, 3), entry(READ, 2), entry(HOME, 1), entry(SEND, 0), limit=2)
    assert rows == [(HOME, 2, 2), (READ, 1, 0)]


def test_no_act_is_taken_for_a_reading() -> None:
    changing = {
        LogAction.MESSAGE_SEND,
        LogAction.CONSENT_GIVE,
        LogAction.DELEGATION_GIVE,
        LogAction.FHIR_WRITE,
    }
    assert changing.isdisjoint(READS)
    assert {LogAction.HOME_READ, LogAction.THREADS_SEARCH, LogAction.FHIR_SEARCH} <= READS


@pytest.mark.parametrize("action", sorted(set(LogAction) - OVER_THE_WIRE))
def test_every_act_is_of_a_kind(action: LogAction) -> None:
    assert kind_of(action) is not Kind.ALL
