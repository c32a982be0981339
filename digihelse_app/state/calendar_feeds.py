"""One's private calendar addresses: made, shown once, and turned off."""

from dataclasses import dataclass

import reflex as rx

from digihelse_app import routes, settings
from digihelse_app.access.permissions import Permission
from digihelse_app.models.visit import CalendarFeed
from digihelse_app.outside import clock
from digihelse_app.services import calendar_feeds
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

TITLE_ID = "calendar-title"
"""The section's heading, which takes the focus when what was pressed is gone."""


@dataclass(frozen=True)
class FeedRow:
    """An address by when it was made and last read: the address itself is not known here any more."""

    id: str
    created: str
    read: str

    @classmethod
    def of(cls, feed: CalendarFeed, language: str) -> "FeedRow":
        """The row for one address."""
        now = clock.now()
        made = dates.day_and_time(language, feed.created_at, now)
        read = lookup(language, "calendar.never_read")
        if feed.read_at is not None:
            when = dates.day_and_time(language, feed.read_at, now)
            read = lookup(language, "calendar.read", when=when)
        return cls(feed.id, lookup(language, "calendar.created", when=made), read)


class CalendarState(PersonState):
    """`available`: the actor may see visits. `address` is the one just made, and `subscribe` the same for a
    calendar on this device; both are gone at the next look. `revoking` is the row about to be turned off.
    """

    shown_for: str = "-"
    available: bool = False
    feeds: list[FeedRow] = []
    address: str = ""
    subscribe: str = ""
    revoking: str = ""
    revoking_created: str = ""
    error: str = ""
    copied: bool = False
    revoked: bool = False

    @rx.event
    @in_background
    async def load(self):
        """Read the list anew; an address that was shown is not shown again."""
        self._forget()
        await self._read()

    @rx.event
    @signed_in
    async def create(self, composed_for: str):
        """Make an address and show it, this once."""
        self._forget()
        made = await calendar_feeds.create(await self._acting_for(composed_for), await self._language())
        if made.errors:
            self.error = await self._text(made.errors["feed"])
            return None
        self.address = settings.from_environment().base_url + routes.calendar_feed(made.secret)
        self.subscribe = f"webcal:{self.address.partition(':')[2]}"
        await self._read()
        return rx.set_focus("calendar-ready")

    @rx.event
    @signed_in
    async def note_copied(self):
        """Say that the address was copied: the browser does it without a word."""
        self.copied = True

    @rx.event
    @signed_in
    async def hide(self):
        """Done with the address: it leaves the page."""
        self._forget()

    @rx.event
    @signed_in
    async def ask_revoke(self, feed_id: str):
        """Explain what turning an address off means before it is done."""
        known = {row.id: row.created for row in self.feeds}
        self._forget()
        self.revoking = feed_id if feed_id in known else ""
        self.revoking_created = known.get(feed_id, "")
        return rx.set_focus("calendar-revoke") if self.revoking else None

    @rx.event
    @signed_in
    async def keep(self):
        """Change one's mind: nothing is turned off."""
        self.revoking = ""
        return rx.set_focus(TITLE_ID)

    @rx.event
    @signed_in
    async def revoke(self, composed_for: str, feed_id: str):
        """Turn the address off."""
        await calendar_feeds.revoke(await self._acting_for(composed_for), feed_id)
        self._forget()
        await self._read()
        self.revoked = True
        return rx.set_focus(TITLE_ID)  # the button that was pressed is gone

    def _forget(self) -> None:
        self.address, self.subscribe, self.revoking, self.error = "", "", "", ""
        self.copied, self.revoked = False, False

    async def _read(self) -> None:
        acting = await self._acting()
        self.available = Permission.SEE_VISITS in acting.permissions
        found = await calendar_feeds.list_feeds(acting) if self.available else []
        language = await self._language()
        self.feeds = [FeedRow.of(feed, language) for feed in found]
        self.shown_for = self._key
