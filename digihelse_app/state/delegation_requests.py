"""Asking for delegations, on their page: what waits for one's answer, and what one has asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx

from digihelse_app.access.context import NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.representation import EVERY_SERVICE
from digihelse_app.services import delegation_requests
from digihelse_app.services.delegation_requests import AskedFor, ToDecide
from digihelse_app.services.delegation_rules import Terms
from digihelse_app.state import delegation_words as words
from digihelse_app.state.delegations import CONFIRM, DelegationsState
from digihelse_app.state.form import text_of
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.rows import initials
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

DECIDE_TITLE, ASKED_TITLE = "decide-title", "asked-title"
"""Ids of what takes the focus after a step."""


@dataclass(frozen=True)
class RequestRow:
    """Who asks for what and why, or whom one has asked. `waits` while it can be answered."""

    id: str
    name: str
    initials: str
    born: str
    can: list[str]
    reason: str
    asked: str
    state: str
    waits: bool
    terms: str

    @classmethod
    def to_decide(cls, one: ToDecide, language: str) -> "RequestRow":
        """What waits for one's own answer."""
        able = words.can(language, words.scope_of(one.permissions))
        what = words.joined(language, able)
        return cls(
            id=one.id,
            name=one.asker_name,
            initials=initials(one.asker_name),
            born=one.masked_national_id,
            can=[dates.capitalised(each) for each in able],
            reason=one.reason,
            asked=_on(one.asked_at, "asked_on", language),
            state=_on(one.expires_at, "answer_by", language),
            waits=True,
            terms=lookup(language, "delegation.terms", name=one.asker_name, what=what),
        )

    @classmethod
    def asked_for(cls, one: AskedFor, language: str) -> "RequestRow":
        """What one has asked another for."""
        able = words.can(language, words.scope_of(one.permissions))
        return cls(
            id=one.id,
            name=one.name,
            initials=initials(one.name),
            born="",
            can=[dates.capitalised(each) for each in able],
            reason=one.reason,
            asked=_on(one.asked_at, "asked_on", language),
            state=lookup(language, f"delegation.ask_{one.status.value}"),
            waits=one.status == "waiting",
            terms="",
        )


def _on(at: datetime, key: str, language: str) -> str:
    day = words.day_of(language, at.astimezone(dates.OSLO).date())
    return lookup(language, f"delegation.{key}", day=day)


class RequestsState(PersonState):
    """`about` is the id of the request that `step` (`approve`, `decline` or `take_back`) is asked about."""

    to_decide: list[RequestRow] = []
    asked: list[RequestRow] = []
    about: str = ""
    step: str = ""
    error: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read both lists anew; nothing is being asked about."""
        self.about = self.step = self.error = ""
        await self._read()

    @rx.event
    @in_background
    async def look_again(self):
        """The same page at a later time."""
        await self._read()

    @rx.event
    @signed_in
    async def ask(self, step: str, about: str):
        """Say what a step means before it is taken."""
        rows = self.asked if step == "take_back" else self.to_decide
        asked = next((row for row in rows if row.id == about), None)
        known = step in ("approve", "decline", "take_back") and asked is not None
        self.step, self.about = (step, asked.id) if known and asked else ("", "")
        self.error = ""
        (await self.get_state(DelegationsState)).said = ""
        return rx.set_focus(CONFIRM) if known else None

    @rx.event
    @signed_in
    async def keep(self):
        """Change one's mind: it goes on waiting."""
        title = ASKED_TITLE if self.step == "take_back" else DECIDE_TITLE
        self.about = self.step = self.error = ""
        return rx.set_focus(title)

    @rx.event
    @signed_in
    async def approve(self, form: dict[str, Any]):
        """Give what is asked for, over every service, from now until it is withdrawn: as was shown."""
        acting = await self._acting_for(text_of(form, "person"))
        about = text_of(form, "request")
        waiting = await delegation_requests.list_to_decide(acting)
        asked = next((one for one in waiting if one.id == about), None)
        if asked is None:
            raise NotFoundError
        terms = Terms({permission: [EVERY_SERVICE] for permission in asked.permissions})
        given = await delegation_requests.approve(acting, about, terms)
        if given.errors:
            self.error = " ".join([await self._text(key) for key in given.errors.values()])
            return rx.set_focus(CONFIRM)
        return await self._done()

    @rx.event
    @signed_in
    async def decline(self, form: dict[str, Any]):
        """Say no; the asker is not told."""
        acting = await self._acting_for(text_of(form, "person"))
        await delegation_requests.decline(acting, text_of(form, "request"))
        return await self._done()

    @rx.event
    @signed_in
    async def take_back(self, form: dict[str, Any]):
        """Ask no more."""
        acting = await self._acting_for(text_of(form, "person"))
        await delegation_requests.withdraw_asking(acting, text_of(form, "request"))
        return await self._done()

    async def _done(self):
        title = {"approve": "given-title", "take_back": "asked-title"}.get(self.step, "page-title")
        self.about = self.step = self.error = ""
        await self._read()
        return [DelegationsState.look_again, rx.set_focus(title)]

    async def _read(self) -> None:
        acting = await self._acting()
        language = await self._language()
        asked = await delegation_requests.list_asked(acting)
        may_give = Permission.MANAGE_DELEGATIONS in acting.permissions
        waiting = await delegation_requests.list_to_decide(acting) if may_give else []
        self.asked = [RequestRow.asked_for(one, language) for one in asked]
        self.to_decide = [RequestRow.to_decide(one, language) for one in waiting]
