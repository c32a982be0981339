"""Who calls a plain HTTP route from a browser: the session of the cookie, and for whom by the address."""

from dataclasses import dataclass

from starlette.requests import Request

from digihelse_app import routes
from digihelse_app.access.context import AccessDeniedError, ActingContext
from digihelse_app.services import representation, sessions
from digihelse_app.settings import Settings
from digihelse_app.web.auth import cookies
from digihelse_app.web.auth.request_checks import is_from_our_pages


class NotSignedInError(Exception):
    """No session: 401."""


class ForeignPageError(Exception):
    """A page that is not ours sent what changes something: 403."""


@dataclass(frozen=True)
class Callers:
    """Knows callers by the settings' cookie and address."""

    settings: Settings

    async def acting(self, request: Request, *, is_act: bool = True) -> ActingContext:
        """What the caller may do right now, as for an event. An act of the person's keeps the session awake.

        `is_act` is False for what a page asks by itself: nobody need be there.

        Raises NotSignedInError, ForeignPageError (for anything but a GET), AccessDeniedError.
        """
        if request.method not in ("GET", "HEAD") and not is_from_our_pages(request, self.settings.base_url):
            raise ForeignPageError
        secret = cookies.for_settings(self.settings).session_secret(request)
        session = await sessions.find(secret)
        if session is None:
            raise NotSignedInError
        if is_act:
            await sessions.touch(session.id)
        key = request.query_params.get(routes.FOR_QUERY, "")
        return await representation.acting_context(session.actor_id, key)


STATUS: dict[type[Exception], int] = {NotSignedInError: 401, ForeignPageError: 403, AccessDeniedError: 404}
"""How each refusal is answered; what one may not see does not exist."""
