"""The parent of every state that holds something of a represented person's."""

from collections.abc import Iterator

import reflex as rx
from reflex.state import BaseState

from digihelse_app.access.context import ActingContext
from digihelse_app.services import representation
from digihelse_app.state.language import LanguageState
from digihelse_app.text import catalogue


class ComposedForAnotherError(Exception):
    """A form was written for one person and would be sent for another; nothing is sent."""


class PersonState(rx.State):
    """Which session and which represented person this tab's rows belong to. Written by the gate alone.

    `_bound` is the session row's id, `_actor_id` its person, `_key` what the address said of whom,
    `_represented_name` who that was when the tab turned to her and one might act for her, to say it when one
    no longer may; `_ended` that a session ended while the page was open.
    None of it is a right: each is authorised anew on every event.
    """

    _bound: str = ""
    _actor_id: str = ""
    _key: str = ""
    _represented_name: str = ""
    _ended: bool = False

    async def _acting(self) -> ActingContext:
        """Who acts for whom at this instant; raises AccessDeniedError."""
        person = await self.get_state(PersonState)
        return await representation.acting_context(person._actor_id, person._key)

    async def _acting_for(self, composed_for: object) -> ActingContext:
        """As `_acting`, for a write that carries whom it was composed for; raises ComposedForAnotherError."""
        person = await self.get_state(PersonState)
        if composed_for != person._key:
            raise ComposedForAnotherError
        return await self._acting()

    async def _text(self, key: str, **values: object) -> str:
        """The text for `key` in the language this browser reads."""
        return catalogue.lookup(await self._language(), key, **values)

    async def _language(self) -> str:
        """The language this browser reads, one of the catalogues'."""
        return (await self.get_state(LanguageState)).code


def person_states(parent: type[BaseState] = PersonState) -> Iterator[type[BaseState]]:
    """Every state below PersonState."""
    for child in parent.get_substates():
        yield child
        yield from person_states(child)


async def empty(state: BaseState) -> None:
    """Empty every person-bound state, also those that a store has not loaded (`reset` skips them)."""
    for kind in person_states():
        (await state.get_state(kind)).reset()
