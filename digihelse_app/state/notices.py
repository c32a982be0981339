"""How the person wants to be told that something has come, and what comes of it."""

import reflex as rx

from digihelse_app.models.codes import NoticeChannel
from digihelse_app.services import notices
from digihelse_app.services.notice_rules import Standing
from digihelse_app.services.notices import NoticeSettings
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in


class NoticeState(PersonState):
    """`channel` and `saved` are NoticeChannels, the latter empty until one is chosen on this page.

    `phone` and `email` are masked, and changed at the web address `change_at`. `situation` is a key under
    `notices.` in the catalogue, empty when notices go as chosen.
    """

    shown_for: str = "-"
    channel: str = ""
    saved: str = ""
    phone: str = ""
    phone_stale: bool = False
    email: str = ""
    email_stale: bool = False
    change_at: str = ""
    register_down: bool = False
    situation: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read the choice and the contact details anew."""
        self.saved = ""
        await self._read()

    @rx.event
    @signed_in
    async def choose(self, person: str, channel: str):
        """Be told by `channel` from now on; `person` is whom the page was drawn for."""
        acting = await self._acting_for(person)
        if channel in set(NoticeChannel):
            await notices.choose(acting, NoticeChannel(channel))
            await self._read()
            self.saved = channel

    async def _read(self) -> None:
        acting = await self._acting()
        if not acting.for_self:  # what comes to another is hers to choose
            return
        found = await notices.settings_of(acting)
        self.channel = found.channel
        self.phone, self.phone_stale = found.phone, found.phone_standing is Standing.STALE
        self.email, self.email_stale = found.email, found.email_standing is Standing.STALE
        self.change_at = found.change_at
        self.register_down = found.register_down
        self.situation = situation(found)
        self.shown_for = self._key


SITUATIONS = ("register_down", "to_sms", "to_email", "reserved", "unconfirmed", "missing")
"""What may have to be explained: keys under `notices.` in the catalogue."""


def situation(found: NoticeSettings) -> str:
    """The one of SITUATIONS that explains why notices do not go as chosen, empty when they do."""
    if found.channel is NoticeChannel.NONE:
        return ""
    if found.register_down:
        return "register_down"
    if found.goes_by is None:
        return {"reserved": "reserved", "stale": "unconfirmed"}.get(str(found.unsent), "missing")
    return "" if found.goes_by is found.channel else f"to_{found.goes_by}"
