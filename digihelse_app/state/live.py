"""Live pages: a tab is told to look again when what it shows has changed, and when its session has ended."""

import asyncio
import logging
from datetime import datetime, timedelta

import reflex as rx

from digihelse_app import routes
from digihelse_app.jobs.bus import Bus, Signal, SignalKind
from digihelse_app.outside import clock
from digihelse_app.services import representation
from digihelse_app.state import reflex_internals as internals
from digihelse_app.state import tabs
from digihelse_app.state.away import AwayState
from digihelse_app.state.circle import CircleState
from digihelse_app.state.compose import ComposeState
from digihelse_app.state.delegation_requests import RequestsState
from digihelse_app.state.delegations import DelegationsState
from digihelse_app.state.export import ExportState
from digihelse_app.state.home import HomeState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.log import LogState
from digihelse_app.state.nav import NavState
from digihelse_app.state.person import PersonState
from digihelse_app.state.persons import PersonsState
from digihelse_app.state.policy import in_background
from digihelse_app.state.thread import ThreadState
from digihelse_app.state.visit import VisitState
from digihelse_app.state.visits import VisitsState

logger = logging.getLogger(__name__)

_TELLINGS = 3
"""How often a tab is told of the same, when it does not look."""

_READ_AGAIN = {
    routes.HOME: [HomeState.load, PersonsState.load_home],
    routes.VISITS: [VisitState.refresh, VisitsState.refresh],
    routes.AWAY: [AwayState.look_again],
    routes.DELEGATIONS: [RequestsState.look_again, DelegationsState.look_again],
    routes.CHOOSE_PERSON: [PersonsState.look_again],
    routes.COMPOSE: [ComposeState.look_again],
    routes.PROFILE: [ExportState.load],
    routes.LOG: [LogState.stay],
    routes.INBOX: [ThreadState.refresh, CircleState.refresh, InboxState.load],
}


class LiveState(PersonState):
    """Holds nothing; its one handler reads again what the page in view shows."""

    @rx.event
    @in_background
    async def refresh(self):
        """Read the page's states anew, authorised like any other reading."""
        here = internals.arrival(self)
        if here:
            tabs.looks(here.token, clock.now())
        return [*_READ_AGAIN.get(here.path if here else "", []), NavState.load]


async def pump(app: rx.App, bus: Bus) -> None:
    """Serve this worker's tabs from the bus, without end. Runs in no event, and so hands over no identity."""
    refresh = internals.event_named(LiveState, "refresh")
    waiting: set[asyncio.Task[None]] = set()

    async def tell(token: str, after: timedelta, asked: datetime) -> None:
        await asyncio.sleep(after.total_seconds())
        try:
            for _ in range(_TELLINGS):
                if not await internals.push(app, token, refresh):
                    tabs.gone(token)
                    return
                await asyncio.sleep(tabs.PATIENCE.total_seconds())
                if not tabs.waits(token, asked):
                    return
            logger.warning("a tab was told %d times and did not look", _TELLINGS)
        except Exception as failure:
            logger.error("a tab could not be told: %s", type(failure).__name__)

    async for signal in bus.listen():
        try:
            now = clock.now()
            for token, after in await _concerned(signal, now):
                task = asyncio.create_task(tell(token, after, now))
                waiting.add(task)
                task.add_done_callback(waiting.discard)
        except Exception as failure:
            logger.error("a live signal failed: %s", type(failure).__name__)


async def _concerned(signal: Signal, now: datetime) -> list[tuple[str, timedelta]]:
    """The tabs to tell, and how long from `now`. Ten changes in a moment are one look: it sees them all."""
    if signal.kind is SignalKind.SESSION_ENDED:
        return [(token, timedelta()) for token in tabs.of_session(signal.subject)]
    showing = tabs.showing(signal.subject, await representation.keys_of(signal.subject))
    asked = [(token, tabs.ask(token, now)) for token in showing]
    return [(token, after) for token, after in asked if after is not None]
