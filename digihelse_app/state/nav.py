"""What the frame of every signed-in page shows: who one is, whom one acts for, what is unread."""

import reflex as rx

from digihelse_app import settings
from digihelse_app.access.permissions import Permission
from digihelse_app.outside import clock
from digihelse_app.services import actor, drafts, helpline, inbox, people
from digihelse_app.state import delegation_words as words
from digihelse_app.state.call import in_words
from digihelse_app.state.language import LanguageState
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import anyone, in_background
from digihelse_app.state.rows import initials
from digihelse_app.text import dates


class NavState(PersonState):
    """`acting_name` is empty when one acts for oneself, `acting_first` its first word; `shown_for` says whose
    frame this is.

    `helps`: there is somebody one may act for. `may` is a sentence on what one may do for whom one acts for;
    `sees_messages`, `sees_visits` and `writes` are courtesy, and no lock. `draft_owner` says whose drafts the
    forms of the page keep.
    """

    shown_for: str = "-"
    acting_name: str = ""
    acting_first: str = ""
    acting_initials: str = ""
    own_name: str = ""
    own_initials: str = ""
    helps: bool = False
    sees_messages: bool = True
    sees_visits: bool = True
    writes: bool = True
    may: str = ""
    unread: int = 0
    draft_owner: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read names and counts anew."""
        acting = await self._acting()
        self.acting_name = "" if acting.for_self else await people.name_of_represented(acting)
        self.acting_first = self.acting_name.partition(" ")[0]
        self.acting_initials = initials(self.acting_name)
        signed_in = await actor.actor(acting)
        self.draft_owner = drafts.owner(acting)
        self.own_name, self.own_initials = signed_in.given_name, initials(signed_in.name)
        self.helps = signed_in.helps
        may_read = Permission.READ_MESSAGES in acting.permissions
        self.sees_messages = may_read or acting.for_self
        self.sees_visits = Permission.SEE_VISITS in acting.permissions or acting.for_self
        self.writes = Permission.WRITE_MESSAGES in acting.permissions or acting.for_self
        scope = words.scope_of([one for one in Permission if one in acting.permissions])
        self.may = "" if acting.for_self else words.sentence(await self._language(), scope, self.acting_name)
        self.unread = await inbox.count_unread(acting) if may_read else 0
        self.shown_for = self._key


class HelplineState(rx.State):
    """The help line's number, and whether it answers now, in words."""

    number: str = dates.kept_together(settings.from_environment().helpline)
    open: bool = False
    text: str = ""

    @rx.event
    @anyone
    async def load(self):
        """Tell it as it is at this moment."""
        language = (await self.get_state(LanguageState)).code
        now = clock.now()
        status = helpline.status(now)
        self.open = status.open
        self.text = in_words(language, status.changes_at, now, is_open=status.open)
