"""Visitors of the public pages."""

import reflex as rx

from digihelse_app import routes
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import anyone


class VisitorState(rx.State):
    """Holds nothing."""

    @rx.event
    @anyone
    async def go_home(self):
        """Someone who is signed in has no use for the front page."""
        person = await self.get_state(PersonState)
        return rx.redirect(routes.HOME, replace=True) if person._bound else None
