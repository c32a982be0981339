"""Until when a visit can be cancelled, judged by a rule of the same meaning that is written differently.

The oracle knows of no deadline: it counts the days from today to the visit one by one, and looks at what the
clock on the wall in Norway shows.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digihelse_app.models.codes import CancelRight, VisitStatus
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Visit
from digihelse_app.services import visit_rules
from digihelse_app.services.visit_rules import WhyNot
from tests import visit_world

OSLO = ZoneInfo("Europe/Oslo")
ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "Europe/Oslo", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati")
]
DAYS_OFF = holidays.country_holidays("NO", years=range(2023, 2034), include_sundays=False)

_ANY_TIME = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31))  # noqa: DTZ001 - made UTC below
_CHANGES = [datetime(year, month, 31) for year in range(2024, 2033) for month in (3, 10)]  # noqa: DTZ001
_NEAR_A_CHANGE = st.tuples(st.sampled_from(_CHANGES), st.integers(-9 * 24 * 60, 3 * 24 * 60)).map(
    lambda drawn: drawn[0] + timedelta(minutes=drawn[1])
)
"""The last Sunday of March or October, the days before it and the working days after."""
starts = st.one_of(_ANY_TIME, _NEAR_A_CHANGE).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))
delays = st.one_of(st.integers(0, 2), st.integers(0, 30))
hours = st.one_of(st.none(), st.times(), st.times(time(1, 55), time(3, 5)), st.just(time(12, 0)))
zones = st.sampled_from(ZONES)
seconds_before_deadline = st.one_of(
    st.sampled_from([-3600, -1800, -1, 0, 1, 1800, 3600]), st.integers(-45 * 86_400, 45 * 86_400)
)


def visit_at(starts_at: datetime, **told: object) -> Visit:
    """A visit of two hours that may be cancelled in time."""
    kari = Person(national_id_cipher=b"", national_id_index="", created_at=starts_at)
    return visit_world.visit(kari, service_of(0, None), starts_at, **told)


def service_of(working_days: int, before: time | None) -> CareService:
    """A service with its rule."""
    return CareService(
        organisation_id="o", external_id="s", name="s", cancel_working_days=working_days, cancel_before=before
    )


def is_working(day: date) -> bool:
    """Monday to Friday, and no public holiday."""
    return day.isoweekday() <= 5 and day not in DAYS_OFF


def is_timely(starts_at: datetime, now: datetime, working_days: int, before: time | None) -> bool:
    """Whether it is early enough at `now`: enough working days are left from today until the visit's day.

    On the last day with enough left, the hour must not have come: that is a working day itself, or the
    visit's own day where none is asked for. And never when the visit has begun.
    """
    wall, visit_wall = now.astimezone(OSLO), starts_at.astimezone(OSLO)
    if now.timestamp() >= starts_at.timestamp():
        return False
    today, days = wall.date(), (visit_wall.date() - wall.date()).days
    left = sum(is_working(today + timedelta(n)) for n in range(days))
    is_last_day = left == working_days and is_working(today) if working_days else days == 0
    return not has_come(before or visit_wall.time(), wall) if is_last_day else left >= working_days


def has_come(hour: time, wall: datetime) -> bool:
    """Whether the clock on the wall has shown the hour today, the first time where it comes twice.

    An hour that summer time skips is read as one later: half past two is half past three.
    """
    into_summer = wall.month == 3 and wall.isoweekday() == 7 and (wall + timedelta(7)).month == 4
    if into_summer and hour.hour == 2:
        hour = hour.replace(hour=3)
    if wall.fold:  # between two and three for the second time
        return hour.replace(fold=0) < time(3)
    return wall.time() >= hour.replace(fold=0)


@settings(max_examples=500)
@given(starts, delays, hours, seconds_before_deadline, zones)
def test_no_late_cancelling_is_allowed_and_no_timely_one_refused(
    starts_at: datetime, working_days: int, before: time | None, seconds: int, zone: ZoneInfo
) -> None:
    service, visit = service_of(working_days, before), visit_at(starts_at)
    # Near the deadline, where it is decided. Who is right about it is for the oracle to say.
    now = visit_rules.deadline(starts_at, working_days, before) - timedelta(seconds=seconds)
    verdict = visit_rules.verdict(visit, service, now.astimezone(zone), pending=False)
    assert verdict.allowed == is_timely(starts_at, now, working_days, before)
    if now < starts_at and not verdict.allowed:
        assert verdict.why_not is WhyNot.TOO_LATE


@given(starts, delays, hours)
def test_a_deadline_is_never_after_the_visit_begins_nor_later_for_more_days(
    starts_at: datetime, working_days: int, before: time | None
) -> None:
    deadline = visit_rules.deadline(starts_at, working_days, before)
    assert visit_rules.deadline(starts_at, working_days + 1, before) < deadline <= starts_at


def oslo(day: int, month: int, hour: int, minute: int = 0, *, fold: int = 0) -> datetime:
    """An instant of 2026 as the wall shows it in Norway, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=OSLO, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("starts_at", "working_days", "before", "deadline"),
    [
        (oslo(26, 11, 10), 1, time(12), oslo(25, 11, 12)),
        (oslo(23, 11, 10), 1, time(12), oslo(20, 11, 12)),  # Monday: the Friday before
        (oslo(26, 11, 10), 0, time(12), oslo(26, 11, 10)),  # not after it begins
        (oslo(26, 11, 10), 0, None, oslo(26, 11, 10)),
        (oslo(7, 4, 10), 1, time(12), oslo(1, 4, 12)),  # Tuesday after Easter: Wednesday before it
        (oslo(18, 5, 10), 2, None, oslo(13, 5, 10)),  # Constitution Day on a Sunday, Ascension on Thursday
        (oslo(28, 12, 9), 1, time(8), oslo(24, 12, 8)),  # Christmas Eve is a working day
        # Monday after the change: the wall tells the same hour on both sides of it.
        (oslo(30, 3, 10), 1, None, oslo(27, 3, 10)),
        (oslo(26, 10, 10), 1, None, oslo(23, 10, 10)),
        # The night of the change itself: an hour that comes twice counts the first time, one that does not
        # come is read as the next.
        (oslo(25, 10, 8), 0, time(2, 30), oslo(25, 10, 2, 30)),
        (oslo(25, 10, 2, 30, fold=1), 0, None, oslo(25, 10, 2, 30)),
        (oslo(29, 3, 8), 0, time(2, 30), oslo(29, 3, 3, 30)),
    ],
)
def test_deadlines_of_days_one_can_look_up(
    starts_at: datetime, working_days: int, before: time | None, deadline: datetime
) -> None:
    assert visit_rules.deadline(starts_at, working_days, before) == deadline
    assert is_timely(starts_at, deadline - timedelta(seconds=1), working_days, before)
    assert not is_timely(starts_at, deadline, working_days, before)


AT = oslo(26, 11, 10)


@pytest.mark.parametrize(
    ("now", "told", "pending", "why_not"),
    [
        (AT - timedelta(days=7), {}, False, None),
        (AT - timedelta(days=7), {}, True, WhyNot.PENDING),
        (AT - timedelta(days=7), {"cancel_right": CancelRight.NONE}, False, WhyNot.NO_RIGHT),
        (AT - timedelta(days=7), {"cancel_right": CancelRight.NONE}, True, WhyNot.PENDING),
        (AT - timedelta(days=7), {"status": VisitStatus.CANCELLED}, True, WhyNot.OVER),
        (AT - timedelta(days=7), {"done_at": AT}, False, WhyNot.OVER),
        (AT - timedelta(minutes=5), {"begun_at": AT - timedelta(minutes=9)}, True, WhyNot.UNDER_WAY),
        (AT - timedelta(minutes=5), {}, False, WhyNot.TOO_LATE),
        (AT, {}, True, WhyNot.UNDER_WAY),
        (AT + timedelta(hours=2) - timedelta(seconds=1), {}, False, WhyNot.UNDER_WAY),
        (AT + timedelta(hours=2), {}, True, WhyNot.OVER),
    ],
)
def test_the_reason_told_is_the_one_that_matters_most(
    now: datetime, told: dict[str, object], pending: bool, why_not: WhyNot | None
) -> None:
    verdict = visit_rules.verdict(visit_at(AT, **told), service_of(1, time(12)), now, pending=pending)
    assert verdict == visit_rules.Verdict(oslo(25, 11, 12), why_not)
