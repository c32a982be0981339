"""What went wrong, in words: the one place where an exception becomes text."""

import logging
from uuid import uuid4

import reflex as rx
from reflex.event import EventSpec

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.outside.log import exception_without_message
from digihelse_app.services.consent import OutdatedConsentError
from digihelse_app.state.person import ComposedForAnotherError, empty
from digihelse_app.state.policy import anyone

logger = logging.getLogger(__name__)

_KINDS: dict[type[Exception], str] = {
    AccessDeniedError: "denied",
    NotFoundError: "not_found",
    ComposedForAnotherError: "other_person",
    OutdatedConsentError: "outdated",
}
_UNEXPECTED = "unexpected"


class FailureState(rx.State):
    """The failure to show on this page: a key under `failure.` in the catalogue, empty for none."""

    kind: str = ""

    @rx.event
    @anyone
    async def show(self, kind: str):
        """Show a failure; what may no longer be seen is taken off the page first."""
        if kind == "denied":
            await empty(self)
        self.kind = kind if kind in {*_KINDS.values(), _UNEXPECTED} else _UNEXPECTED

    @rx.event
    @anyone
    async def clear(self):
        """A new page, or a new try: nothing has failed yet."""
        self.kind = ""


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
