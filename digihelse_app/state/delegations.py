"""The page of delegations: those one has given, and those one holds."""

from typing import Any

import reflex as rx

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.outside import clock
from digihelse_app.services import delegation, delegation_list, giver, self_use
from digihelse_app.services.delegation_list import Delegations
from digihelse_app.state.delegation_row import DelegationRow, EndedRow
from digihelse_app.state.form import day_of, text_of
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.text import dates

GIVEN_TITLE, HELD_TITLE, CONFIRM = "given-title", "held-title", "confirm-title"
"""Ids of what takes the focus after a step."""


class DelegationsState(PersonState):
    """`consented`: one has to before giving; `left`: one has stopped using Digihelse oneself, and must start
    again first; `hindrance` says why one may not give, empty when one may.

    `about` is the id of the delegation that `step` (`withdraw`, `renew` or `renounce`) is asked about.
    """

    shown_for: str = "-"
    consented: bool = True
    left: bool = False
    hindrance: str = ""
    given: list[DelegationRow] = []
    given_ended: list[EndedRow] = []
    held: list[DelegationRow] = []
    held_ended: list[EndedRow] = []
    last_use: str = ""
    about: str = ""
    step: str = ""
    said: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read everything anew; nothing is being asked about."""
        self.about = self.step = self.said = ""
        await self._read()

    @rx.event
    @in_background
    async def look_again(self):
        """The same page at a later time, or after the other party has done something."""
        await self._read()

    @rx.event
    @signed_in
    async def ask(self, step: str, about: str):
        """Say what a step means before it is taken; for what is not on the page there is none."""
        rows = {"withdraw": self.given, "renew": self.given, "renounce": self.held}
        known = next((row for name, listed in rows.items() if name == step for row in listed), None)
        asked = known and next((row for row in rows[step] if row.id == about), None)
        self.step, self.about, self.said = (step, asked.id, "") if asked else ("", "", "")
        return rx.set_focus(CONFIRM) if asked else None

    @rx.event
    @signed_in
    async def keep(self):
        """Change one's mind: all stays as it is."""
        title = HELD_TITLE if self.step == "renounce" else GIVEN_TITLE
        self.about = self.step = ""
        return rx.set_focus(title)

    @rx.event
    @signed_in
    async def withdraw(self, form: dict[str, Any]):
        """Take a delegation back."""
        acting = await self._acting_for(text_of(form, "person"))
        about = text_of(form, "delegation")
        name = self._name_of(about)
        await delegation.withdraw(acting, about)
        return await self._done("withdrawn", name, GIVEN_TITLE)

    @rx.event
    @signed_in
    async def renew(self, form: dict[str, Any]):
        """Let a delegation hold until the day that was shown."""
        acting = await self._acting_for(text_of(form, "person"))
        about, until = text_of(form, "delegation"), day_of(form, "until")
        if until is None:
            return None
        given = await delegation.renew(acting, about, until)
        if given.errors:
            self.said = " ".join([await self._text(key) for key in given.errors.values()])
            return None
        return await self._done("renewed", self._name_of(about), GIVEN_TITLE)

    @rx.event
    @signed_in
    async def renounce(self, form: dict[str, Any]):
        """Let go of a delegation one holds."""
        acting = await self._acting_for(text_of(form, "person"))
        about = text_of(form, "delegation")
        name = self._name_of(about)
        await delegation.renounce(acting, about)
        return await self._done("renounced", name, HELD_TITLE)

    def _name_of(self, about: str) -> str:
        return next((row.name for row in [*self.given, *self.held] if row.id == about), "")

    async def _done(self, what: str, name: str, focus: str):
        self.about = self.step = ""
        await self._read()
        self.said = await self._text(f"delegation.{what}", name=name)
        return rx.set_focus(focus)

    async def _read(self) -> None:
        acting = await self._acting()
        held = await delegation_list.list_held(acting)
        await self._read_given(acting)
        language, now = await self._language(), clock.now()
        self.held = [DelegationRow.of(one, language, now) for one in held.standing]
        self.held_ended = [EndedRow.of(one, language) for one in held.ended]
        self.shown_for = self._key

    async def _read_given(self, acting: ActingContext) -> None:
        self.consented = Permission.MANAGE_DELEGATIONS in acting.permissions
        self.left = not self.consented and (await self_use.status(acting)).stopped
        if not self.consented:
            self.given, self.given_ended, self.hindrance, self.last_use = [], [], "", ""
            return
        language, now = await self._language(), clock.now()
        given: Delegations = await delegation_list.list_given(acting)
        self.given = [DelegationRow.of(one, language, now) for one in given.standing]
        self.given_ended = [EndedRow.of(one, language) for one in given.ended]
        hindered_by = (await giver.giver(acting)).hindered_by
        self.hindrance = await self._text(f"delegation.{hindered_by}") if hindered_by else ""
        await self._tell_use(acting, language)

    async def _tell_use(self, acting: ActingContext, language: str) -> None:
        use = await giver.last_use(acting)
        when = dates.day_and_time(language, use.at, clock.now()) if use else ""
        self.last_use = await self._text("delegation.last_use", name=use.given_name, when=when) if use else ""
