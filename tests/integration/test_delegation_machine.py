"""Giving, changing, renewing, withdrawing, letting go and acting in any order, beside plain intervals.

Never does an act come through without a delegation in force at that instant, and never is one lost.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import SQLModel

from digihelse_app.access.context import AccessDeniedError
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models import database
from digihelse_app.models import vault as app_vault
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from digihelse_app.outside import clock as app_clock
from digihelse_app.services import delegation
from digihelse_app.services.delegation_rules import Offer, Terms
from digihelse_app.services.representation import acting_context
from tests import world
from tests.conftest import MovableClock
from tests.delegation_world import Register, signing
from tests.people import INGRID, JONAS
from tests.vault import TEST_VAULT

START = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)
"""Two days before the clocks are set forward."""
OSLO = ZoneInfo("Europe/Oslo")
FOREVER = datetime.max.replace(tzinfo=UTC)
HOLDERS = (INGRID, JONAS)
WHO = st.sampled_from([0, 1])
SCOPES = st.sampled_from(
    [
        frozenset({Permission.SEE_VISITS}),
        frozenset({Permission.READ_MESSAGES}),
        frozenset({Permission.READ_MESSAGES, Permission.SEE_VISITS}),
    ]
)


@dataclass
class Interval:
    """What the oracle knows of one delegation that has not been ended."""

    scopes: frozenset[Permission]
    begins: datetime
    until: datetime | None


def midnight(day: date) -> datetime:
    """When a day begins in Norway."""
    return datetime.combine(day, time(), OSLO).astimezone(UTC)


class Delegations(RuleBasedStateMachine):
    """Kari gives to Ingrid and Jonas, and time goes by."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = MovableClock(START)
        app_clock.use(self.clock)
        app_vault.hold(TEST_VAULT)
        self.known: dict[int, Interval] = {}
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        engine = database.connect("sqlite+aiosqlite:///:memory:")
        async with engine.begin() as connection:
            await connection.run_sync(SQLModel.metadata.create_all)
        with signing():
            delegation.configure(Register(), {80})
        self.kari = (await world.world()).kari.id
        self.holders = [(await world.person(one, consented=False)).id for one in HOLDERS]

    def teardown(self) -> None:
        self.runner.run(database.disconnect())
        self.runner.close()
        app_clock.use(app_clock.system_clock)

    @property
    def today(self) -> date:
        return self.clock.at.astimezone(OSLO).date()

    def standing(self, who: int) -> Interval | None:
        """What holds now or will."""
        one = self.known.get(who)
        return one if one and (one.until is None or one.until > self.clock.at) else None

    async def _row(self, who: int) -> Representation:
        rows = [one for one in await world.rows(Representation) if one.actor_id == self.holders[who]]
        return next(
            one for one in rows if one.ended_at is None and (one.valid_until or FOREVER) > self.clock.at
        )

    @rule(
        who=WHO,
        scopes=SCOPES,
        after=st.integers(0, 2),
        days=st.none() | st.integers(0, 3),
        by_change=st.booleans(),
    )
    def give(
        self, who: int, scopes: frozenset[Permission], after: int, days: int | None, by_change: bool
    ) -> None:
        first = self.today + timedelta(after)
        last = None if days is None else first + timedelta(days)
        terms = Terms({one: [EVERY_SERVICE] for one in scopes}, first if after else None, last)
        holder = HOLDERS[who]

        async def act() -> dict[str, str]:
            acting = await acting_context(self.kari)
            if by_change and self.standing(who):
                return (await delegation.change(acting, (await self._row(who)).id, terms)).errors
            return (await delegation.give(acting, Offer(holder.name, holder.national_id, terms))).errors

        assert self.runner.run(act()) == {}
        begins = midnight(first) if after else self.clock.at
        self.known[who] = Interval(scopes, begins, midnight(last + timedelta(1)) if last else None)

    @precondition(lambda self: self.standing(0))
    @rule(days=st.none() | st.integers(0, 4))
    def renew(self, days: int | None) -> None:
        last = None if days is None else self.today + timedelta(days)

        async def act() -> dict[str, str]:
            acting = await acting_context(self.kari)
            return (await delegation.renew(acting, (await self._row(0)).id, last)).errors

        assert self.runner.run(act()) == {}
        self.known[0].until = midnight(last + timedelta(1)) if last else None

    @rule(who=WHO, by_holder=st.booleans())
    def end(self, who: int, by_holder: bool) -> None:
        if self.standing(who) is None:
            return

        async def act() -> None:
            row = await self._row(who)
            if by_holder:
                await delegation.renounce(await acting_context(self.holders[who]), row.id)
            else:
                await delegation.withdraw(await acting_context(self.kari), row.id)

        self.runner.run(act())
        del self.known[who]

    @rule(hours=st.sampled_from([0.5, 6, 13, 24, 49]))
    def time_goes_by(self, hours: float) -> None:
        self.clock.advance(hours=hours)

    @rule(who=WHO)
    def to_the_very_instant(self, who: int) -> None:
        """Just where something begins or ends."""
        one = self.known.get(who)
        edges = [edge for edge in (one.begins, one.until) if edge and edge > self.clock.at] if one else []
        if edges:
            self.clock.set(min(edges))

    @invariant()
    def what_is_allowed_is_what_is_in_force(self) -> None:
        assert self.runner.run(self._allowed()) == [self._expected(who) for who in (0, 1)]

    def _expected(self, who: int) -> frozenset[Permission]:
        one = self.standing(who)
        return one.scopes if one and one.begins <= self.clock.at else frozenset()

    async def _allowed(self) -> list[frozenset[Permission]]:
        keys = {row.actor_id: row.key for row in await world.rows(Representation)}
        return [await self._one(holder, keys.get(holder, "unknown")) for holder in self.holders]

    async def _one(self, holder: str, key: str) -> frozenset[Permission]:
        try:
            return (await acting_context(holder, key)).permissions & DELEGABLE
        except AccessDeniedError:
            return frozenset()


TestDelegations = Delegations.TestCase
TestDelegations.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
