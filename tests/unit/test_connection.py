"""Where one stands on the way to being connected, and when the next night run is, also when clocks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digihelse_app.services.connection import (
    OVERDUE_AFTER,
    SetupFacts,
    SetupState,
    decide,
    night_run_after,
)

OSLO = ZoneInfo("Europe/Oslo")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TWO = time(2, 0)
CONSENTED = SetupFacts(consented=True, never_consented=False, opens_on=(), refused=False, waiting_since=None)
OPEN, TODAY, TOMORROW = date(2026, 1, 12), date(2026, 11, 23), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (replace(CONSENTED, consented=False), SetupState.NOT_CONSENTED),
        (replace(CONSENTED, consented=False, opens_on=(OPEN,), refused=True), SetupState.NOT_CONSENTED),
        (replace(CONSENTED, opens_on=(OPEN,)), SetupState.READY),
        (replace(CONSENTED, opens_on=(TODAY,)), SetupState.READY),
        (replace(CONSENTED, opens_on=(TOMORROW, OPEN)), SetupState.READY),
        (replace(CONSENTED, opens_on=(OPEN,), refused=True, waiting_since=NOW), SetupState.READY),
        (replace(CONSENTED, opens_on=(TOMORROW,)), SetupState.OPENS_LATER),
        (replace(CONSENTED, opens_on=(TOMORROW,), refused=True), SetupState.OPENS_LATER),
        (replace(CONSENTED, refused=True), SetupState.FAILED),
        (replace(CONSENTED, refused=True, waiting_since=NOW), SetupState.FAILED),
        (CONSENTED, SetupState.NO_SERVICE),
        (replace(CONSENTED, waiting_since=NOW), SetupState.TONIGHT),
    ],
)
def test_decide_weighs_the_facts(facts: SetupFacts, state: SetupState) -> None:
    assert decide(facts, NOW, TWO) == state


def test_a_service_opens_at_midnight_in_oslo() -> None:
    facts = replace(CONSENTED, opens_on=(TOMORROW,))
    midnight = datetime(2026, 11, 24, 0, 0, tzinfo=OSLO).astimezone(UTC)
    assert decide(facts, midnight - timedelta(seconds=1), TWO) == SetupState.OPENS_LATER
    assert decide(facts, midnight, TWO) == SetupState.READY


@pytest.mark.parametrize(
    ("since", "run"),
    [
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), datetime(2026, 11, 23, 1, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 0, tzinfo=UTC)),
        (datetime(2027, 3, 27, 12, 0, tzinfo=UTC), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
    ],
    ids=["ordinary night", "night of 25 hours", "night of 23 hours"],
)
def test_a_consent_is_overdue_four_hours_after_its_night(since: datetime, run: datetime) -> None:
    facts = replace(CONSENTED, waiting_since=since)
    assert night_run_after(since, TWO) == run
    assert decide(facts, run + OVERDUE_AFTER - timedelta(seconds=1), TWO) == SetupState.TONIGHT
    assert decide(facts, run + OVERDUE_AFTER, TWO) == SetupState.FAILED


@pytest.mark.parametrize(
    ("instant", "at", "run"),
    [
        ("2026-11-23T01:59+01:00", TWO, "2026-11-23T02:00+01:00"),
        ("2026-11-23T02:00+01:00", TWO, "2026-11-24T02:00+01:00"),
        ("2026-12-31T10:00+01:00", TWO, "2027-01-01T02:00+01:00"),
        # 25 October 2026: 02:00-03:00 comes twice, and the run is in the first.
        ("2026-10-25T01:59+02:00", TWO, "2026-10-25T02:00+02:00"),
        ("2026-10-25T02:00+02:00", TWO, "2026-10-26T02:00+01:00"),
        ("2026-10-25T02:00+01:00", TWO, "2026-10-26T02:00+01:00"),
        ("2026-10-25T02:15+01:00", time(2, 45), "2026-10-26T02:45+01:00"),
        # 28 March 2027: 02:00-03:00 does not come, and the run is when the clock says an hour more.
        ("2027-03-28T01:59+01:00", TWO, "2027-03-28T03:00+02:00"),
        ("2027-03-28T03:10+02:00", time(2, 30), "2027-03-28T03:30+02:00"),
        ("2027-03-28T03:00+02:00", TWO, "2027-03-29T02:00+02:00"),
    ],
)
def test_night_run_after_keeps_to_the_clock_on_the_wall(instant: str, at: time, run: str) -> None:
    after = night_run_after(datetime.fromisoformat(instant).astimezone(UTC), at)
    assert (after, after.tzinfo) == (datetime.fromisoformat(run), UTC)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
@example(datetime(2026, 10, 25, 1, 15, tzinfo=UTC), time(2, 45))
@example(datetime(2027, 3, 28, 1, 10, tzinfo=UTC), time(2, 30))
def test_night_run_after_is_always_ahead_and_within_a_day(instant: datetime, at: time) -> None:
    assert timedelta(0) < night_run_after(instant, at) - instant <= timedelta(hours=25)
