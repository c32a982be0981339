"""What went wrong, in words: the one place where an exception becomes text."""

import logging
from uuid import uuid4

import reflex as rx
from reflex.event import EventSpec

from digihelse_app import routes
from digihelse_app.access.context import AccessDeniedError, ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.outside.log import exception_without_message
from digihelse_app.services import people
from digihelse_app.services.consent import OutdatedConsentError
from digihelse_app.state import delegation_words as words
from digihelse_app.state import reflex_internals as internals
from digihelse_app.state.nav import NavState
from digihelse_app.state.person import ComposedForAnotherError, PersonState, empty
from digihelse_app.state.policy import anyone

logger = logging.getLogger(__name__)

_KINDS: dict[type[Exception], str] = {
    AccessDeniedError: "denied",
    NotFoundError: "not_found",
    ComposedForAnotherError: "other_person",
    OutdatedConsentError: "outdated",
}
_UNEXPECTED = "unexpected"


class FailureState(PersonState):
    """The failure to show on this page: a key under `failure.` in the catalogue, empty for none.

    A denial while one acts for somebody takes the place of the page: `stopped` is `lost` when one may not act
    for her any more, `own` on a page that is hers alone, `narrow` when one may do other things; `title` and
    `text` say so, and `way_on` is an address where one may go, `way_text` what it is called.
    """

    kind: str = ""
    stopped: str = ""
    title: str = ""
    text: str = ""
    way_on: str = ""
    way_text: str = ""

    @rx.event
    @anyone
    async def show(self, kind: str):
        """Show a failure; what may no longer be seen is taken off the page first."""
        if kind == "denied":
            return await self._deny()
        self.kind = kind if kind in {*_KINDS.values(), _UNEXPECTED} else _UNEXPECTED
        return None

    @rx.event
    @anyone
    async def clear(self):
        """A new page, or a new try: nothing has failed yet."""
        self.reset()

    async def _deny(self):
        await empty(self)
        self.kind = "denied"
        if not self._key:
            return None
        try:
            acting = await self._acting()
        except AccessDeniedError:
            await self._say_lost(self._represented_name)
            return None
        await self._say_narrow(acting)
        return NavState.load

    async def _say_lost(self, name: str) -> None:
        self.stopped = "lost"
        self.title = await self._text(
            "delegation.lost_title", name=name or await self._text("delegation.them")
        )
        self.text = await self._text("delegation.lost_text" if name else "delegation.lost_unknown")

    async def _say_narrow(self, acting: ActingContext) -> None:
        name = await people.name_of_represented(acting)
        here = internals.arrival(self)
        if here and here.path in routes.OWN_PAGES:
            self.stopped = "own"
            self.title = await self._text("delegation.own_title", name=name)
            self.text = await self._text("delegation.own_text", name=name)
            self.way_on = here.path
            return
        self.stopped = "narrow"
        self.title = await self._text("delegation.narrow_title")
        scope = words.scope_of([one for one in Permission if one in acting.permissions])
        self.text = words.sentence(await self._language(), scope, name)
        self.way_on, words_for_it = _first_place(acting)
        self.way_text = await self._text(words_for_it)


def _first_place(acting: ActingContext) -> tuple[str, str]:
    """Where one may go, and the text key of a button that leads there."""
    if Permission.READ_MESSAGES in acting.permissions:
        return routes.INBOX, "delegation.to_inbox"
    if Permission.SEE_VISITS in acting.permissions:
        return routes.VISITS, "delegation.to_visits"
    return routes.HOME, "delegation.to_home"


def show_failure(exception: Exception) -> list[EventSpec]:
    """Reflex's backend exception handler: the failure's text, and a log line without anything personal."""
    kind = _KINDS.get(type(exception))
    if kind is None:
        kind = _UNEXPECTED
        # The message may quote what was written, so only the place it happened is logged.
        name, correlation = type(exception).__name__, uuid4()
        logger.error(
            "unexpected %s, correlation %s", name, correlation, exc_info=exception_without_message(exception)
        )
    return [FailureState.show(kind)]  # pyright: ignore[reportReturnType] a handler called is an EventSpec


def note_browser_failure(exception: Exception) -> None:  # noqa: ARG001 - Reflex asks for the name
    """Reflex's frontend exception handler: what a browser says is its own words, so it is not quoted."""
    logger.warning("a browser reported an error")
