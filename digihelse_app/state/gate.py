"""The gate: runs before every event of every tab and admits it, or sends the person out.

Any browser can name any handler, with any argument and any tab's token. So: the session is found by the
HttpOnly cookie of the connection's handshake, the tab's state is bound to that session and emptied before
it could show another's, a handler without a policy tag never runs, and whom one acts for is what the
address says, authorised anew by the use case.
"""

import logging

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event

from digihelse_app import routes
from digihelse_app.access.context import AccessDeniedError
from digihelse_app.services import people, representation, sessions
from digihelse_app.services.sessions import LiveSession
from digihelse_app.state import reflex_internals as internals
from digihelse_app.state import tabs
from digihelse_app.state.person import PersonState, empty
from digihelse_app.state.policy import TAGS, Caller, Tag, name_of
from digihelse_app.state.session import SessionState

logger = logging.getLogger(__name__)

_WORTH_TELLING_SECONDS = 30


class Gate(rx.Middleware):
    """Admits or refuses each event; `cookie_name` is the session cookie's."""

    def __init__(self, cookie_name: str) -> None:
        self.cookie_name = cookie_name

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:  # noqa: ARG002
        """None lets the event run; a StateUpdate is the answer instead."""
        arrival = internals.arrival(state)
        if arrival is None:
            return StateUpdate()
        session = await sessions.find(arrival.cookies.get(self.cookie_name, ""))
        if not await _bind(state, event, session):
            return await _out(state, arrival)
        await _turn_to(state, event, session, arrival)
        if internals.short_name(event) in internals.INTERNAL:
            return StateUpdate() if internals.is_forged(event) else None
        return await self._admit(state, event, session, arrival)

    async def _admit(
        self, state: BaseState, event: Event, session: LiveSession | None, arrival: internals.Arrival
    ) -> StateUpdate | None:
        if internals.short_name(event) == internals.BROWSER_ERROR:
            # What a browser says went wrong is its own words, anything at all: counted, and not quoted.
            where = arrival.path if arrival.path in routes.PAGES else "an unknown page"
            logger.warning("a browser reported an error on %s", where)
            return StateUpdate()
        tag = _tag_of(event)
        if tag is None:
            logger.warning("refused an event without a policy tag")
            return StateUpdate()
        if tag.caller is Caller.SIGNED_IN and session is None:
            return await _out(state, arrival, arrival.address)
        if session is not None and tag.is_act:
            await _keep_awake(state, session)
        return None


def _tag_of(event: Event) -> Tag | None:
    handler = internals.handler_of(event)
    return TAGS.get(name_of(handler)) if handler else None


async def _bind(state: BaseState, event: Event, session: LiveSession | None) -> bool:
    """Tie the tab's state to `session`; False when it belongs to another and cannot be emptied here."""
    person = await state.get_state(PersonState)
    session_id, actor_id = (session.id, session.actor_id) if session else ("", "")
    if person._bound != session_id:
        if internals.short_name(event) in internals.HYDRATING:
            internals.reset_tree(state)
        elif person._bound:
            return False
        # An unbound tree has shown nobody anything: there is nothing in it to empty.
        person._bound, person._actor_id = session_id, actor_id
    return True


async def _turn_to(
    state: BaseState, event: Event, session: LiveSession | None, arrival: internals.Arrival
) -> None:
    """Empty what was read for one represented person before anything is read for another.

    A page that comes alive is sent all that the tab holds before it reads anew. What was read for another
    person may not be seen any more, so it comes alive without it; nobody's right to her own ends like that.
    """
    person = await state.get_state(PersonState)
    key = arrival.query.get(routes.FOR_QUERY, "") if session else ""
    comes_alive = internals.short_name(event) in internals.HYDRATING
    if person._key != key or (key and comes_alive):
        await empty(state)
        person._key = key
        person._represented_name = await _name_behind(person._actor_id, key)
    if session is not None:
        tabs.seen(arrival.token, tabs.Tab(session.id, session.actor_id, key))


async def _name_behind(actor_id: str, key: str) -> str:
    """Whom the key lets one act for; empty for oneself, and for a key that gives no right now."""
    if not key:
        return ""
    try:
        return await people.name_of_represented(await representation.acting_context(actor_id, key))
    except AccessDeniedError:
        return ""


async def _keep_awake(state: BaseState, session: LiveSession) -> None:
    left = await sessions.touch(session.id) or 0
    told = await state.get_state(SessionState)
    if told.warn or left - told.left >= _WORTH_TELLING_SECONDS:
        told._keep(left)


async def _out(state: BaseState, arrival: internals.Arrival, wanted: str = "") -> StateUpdate:
    """Empty the tab and show the signed-out page, unless it is a page that anybody may see.

    `wanted` is where signing in leads back to: for who opens an address, not for whose session ended.
    """
    tabs.gone(arrival.token)
    person = await state.get_state(PersonState)
    ended = bool(person._bound) or person._ended
    await empty(state)
    person.reset()
    person._ended = ended
    stays = arrival.path in routes.PUBLIC_PAGES
    return await internals.refusal(state, None if stays else routes.signed_out("" if ended else wanted))
