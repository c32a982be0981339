"""Kari's and Ola's home visits, relative to now: planned by the municipality, and told over the real wire."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from digihelse_app.outside import clock
from digihelse_app.standins import record_system
from digihelse_app.standins.record_system import Hours, Plan, Went

WEEKS_BEHIND = timedelta(weeks=4)
WEEKS_AHEAD = timedelta(weeks=3)
OLAS_DAYS = timedelta(days=14)
ANNE = "1001"
THURSDAY = 3
NOT_AT_HOME = "AIH"

MEDICINE = Plan(
    "kari",
    "hjemmebasert-omsorg",
    "Medisiner og tilsyn",
    Hours(time(12), time(14)),
    role="Sykepleier",
    essential=True,
    cancel_right="cancelWithComment",
)
EVENING = Plan(
    "kari",
    "hjemmebasert-omsorg",
    "Kveldsstell",
    Hours(time(20), time(22)),
    role="Helsefagarbeider",
    cancel_right="cancelWithComment",
)
CLEANING = Plan(
    "kari",
    "praktisk-hjelp",
    "Husvask",
    Hours(time(10), time(12), is_window=False),
    role="Hjemmehjelp",
    cancel_right="cancel",
)
OLAS_MORNING = Plan(
    "ola",
    "hjemmebasert-omsorg",
    "Morgenstell",
    Hours(time(8), time(10)),
    role="Helsefagarbeider",
    cancel_right="cancelWithComment",
)
LATER_ON_THURSDAYS = Hours(time(14), time(15, 30))


@dataclass(frozen=True)
class _Series:
    """A series of Kari's: who comes, in turn, and on which weekday (Monday is 0), every day for None."""

    planned: Plan
    carers: tuple[str, ...]
    weekday: int | None = None


SERIES = (
    _Series(MEDICINE, (ANNE, "1002", ANNE, "1003")),
    _Series(EVENING, ("1003", "1002")),
    _Series(CLEANING, ("1004",), THURSDAY),
)


async def play(municipality: record_system.RecordSystem) -> None:
    """Let the municipality plan, and tell what is done, from four weeks ago until three weeks from now.

    Kari must be connected. Ola is not yet: his visits are told in the night after he has consented.
    """
    today = clock.today()
    days = [today + timedelta(days=ahead) for ahead in range(-WEEKS_BEHIND.days, WEEKS_AHEAD.days)]
    medicine = await _plan(municipality, SERIES[0], days)
    for series in SERIES[1:]:
        await _plan(municipality, series, days)
    olas = [day for day in days if today < day <= today + OLAS_DAYS]
    await municipality.plan(OLAS_MORNING, olas)
    await municipality.deliver()
    thursday = today + timedelta(days=(THURSDAY - today.weekday() - 1) % 7 + 1)
    tomorrow = today + timedelta(days=1)
    assigned = tomorrow if tomorrow != thursday else tomorrow + timedelta(days=1)
    await municipality.move(medicine[thursday], thursday, LATER_ON_THURSDAYS)
    await municipality.assign(medicine[assigned], ANNE)


async def _plan(
    municipality: record_system.RecordSystem, series: _Series, days: list[date]
) -> dict[date, str]:
    """The visits' ids by day."""
    chosen = [day for day in days if series.weekday in (None, day.weekday())]
    over = [day for day in chosen if series.planned.hours.on(day)[1] <= clock.now()]
    went = {day: _went(series, number, day) for number, day in enumerate(over)}
    if series.planned is MEDICINE and len(over) > 1:
        went[over[len(over) // 2]] = Went(cancel_reason=NOT_AT_HOME)
    ids = await municipality.plan(series.planned, chosen, went)
    return dict(zip(chosen, ids, strict=True))


def _went(series: _Series, number: int, day: date) -> Went:
    """Done, a little into its time, by one of those who take turns."""
    starts_at, _ = series.planned.hours.on(day)
    begun = starts_at + timedelta(minutes=5 + number * 7 % 25)
    lasted = timedelta(minutes=90 if series.weekday is not None else 15 + number * 5 % 20)
    return Went(series.carers[number % len(series.carers)], begun, begun + lasted)
