"""The home page: what waits for the person, or how far the setting up has come."""

import reflex as rx

from digihelse_app import routes
from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.outside import clock
from digihelse_app.services import actor, connection, inbox, notices, people
from digihelse_app.services.connection import SetupState, SetupStatus
from digihelse_app.services.thread_list import Choice, View
from digihelse_app.state.ahead import AheadState
from digihelse_app.state.announcing import Announcing
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background
from digihelse_app.state.rows import ThreadRow
from digihelse_app.text import dates

_SHOWN = 3
_MORNING_ENDS, _EVENING_STARTS = 10, 18


class HomeState(Announcing, PersonState):
    """What the home page says; `setup` is a SetupState and `told_by` a NoticeChannel, or empty."""

    shown_for: str = "-"
    today: str = ""
    greeting: str = ""
    setup: str = ""
    run_at: str = ""
    ready_from: str = ""
    opens_title: str = ""
    opens_text: str = ""
    services: str = ""
    municipality: str = ""
    municipality_phone: str = ""
    told_by: str = ""
    municipality_told: bool = False
    unread: list[ThreadRow] = []
    waiting: list[ThreadRow] = []
    unread_title: str = ""
    unread_when: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read everything anew; a first visit goes to the consent page, unless one came to help somebody."""
        acting = await self._acting()
        status = await connection.status(acting)
        waited = self.setup == SetupState.TONIGHT and self.shown_for == self._key
        await self._greet(acting)
        await self._tell_setup(status)
        is_new = waited and status.state is SetupState.READY
        self._announce(await self._text("setup.now_ready", told=self.services) if is_new else "")
        await self._tell_notice(acting)
        if Permission.READ_MESSAGES in acting.permissions:
            await self._tell_threads(acting)
        else:
            self.unread, self.waiting = [], []
        ahead = await self.get_state(AheadState)
        await ahead._tell(acting, same=self.shown_for == self._key)
        self.shown_for = self._key
        if status.first_visit and acting.for_self and not (await actor.actor(acting)).helps:
            return rx.redirect(routes.CONSENT, replace=True)
        return None

    async def _greet(self, acting: ActingContext) -> None:
        language, now = await self._language(), clock.now().astimezone(clock.OSLO)
        key = "home.hello"
        if now.hour < _MORNING_ENDS:
            key = "home.good_morning"
        elif now.hour >= _EVENING_STARTS:
            key = "home.good_evening"
        self.today = dates.capitalised(dates.long_date(language, now.date()))
        self.greeting = await self._text(key, name=await people.given_name_of_actor(acting))

    async def _tell_setup(self, status: SetupStatus) -> None:
        language = await self._language()
        run = status.night_run_at.astimezone(clock.OSLO)
        day = dates.long_date(language, run.date())
        self.setup = status.state
        self.run_at = await self._text("setup.run", day=day, time=dates.clock_time(language, run))
        ready = status.ready_from.strftime("%H:%M" if language == "en" else "%H.%M")
        self.ready_from = dates.capitalised(await self._text("setup.ready_from", day=day, time=ready))
        opens = dates.long_date(language, status.opens_on) if status.opens_on else ""
        self.opens_title = await self._text("setup.opens_title", service=status.service, day=opens)
        self.opens_text = await self._text("setup.opens_text", service=status.service, day=opens)
        self.services = await self._text("setup.ready_text", services=dates.listed(language, status.services))
        self.municipality, self.municipality_told = status.municipality, status.municipality_told
        self.municipality_phone = dates.kept_together(status.municipality_phone)

    async def _tell_notice(self, acting: ActingContext) -> None:
        """How she will be told that all is ready: the register is asked while she waits for it alone."""
        waits = self.setup == SetupState.TONIGHT and Permission.SEE_PROFILE in acting.permissions
        self.told_by = (await notices.will_be_told_by(acting) or "") if waits else ""

    async def _tell_threads(self, acting: ActingContext) -> None:
        language, now = await self._language(), clock.now()
        unread, waiting = [
            (await inbox.list_threads(acting, limit=_SHOWN, chosen=Choice(view))).threads
            for view in (View.UNREAD, View.WAITING)
        ]
        self.unread = [ThreadRow.of(thread, language, now) for thread in unread]
        self.waiting = [ThreadRow.of(thread, language, now) for thread in waiting]
        if unread:
            newest = unread[0]
            when = dates.day_and_time(language, newest.thread.last_message_at, now)
            self.unread_title = await self._answered(acting, newest.service.name)
            self.unread_when = await self._text("home.new_answer", when=when)

    async def _answered(self, acting: ActingContext, service: str) -> str:
        """That the service has answered, and whom."""
        if acting.for_self:
            return await self._text("home.has_answered", service=service)
        name = await people.name_of_represented(acting)
        return await self._text("home.has_answered_other", service=service, name=name.partition(" ")[0])
