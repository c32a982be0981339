"""Whom one may use Digihelse for: oneself, and each person one may act for."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from digihelse_app.access.context import ActingContext
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.services import actor, delegation_list, representation
from digihelse_app.services.delegation_list import Hindrance, RepresentedPerson
from digihelse_app.state import delegation_words as words
from digihelse_app.state.form import text_of
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.rows import initials
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

SEARCH_FROM = 8
"""How many people there must be before there is something to search with."""
_ON_HOME = 3


@dataclass(frozen=True)
class PersonRow:
    """Someone one may act for: `may` is a sentence, and `why_not` says why nothing can be done now."""

    key: str
    name: str
    initials: str
    role: str
    may: str
    why_not: str

    @classmethod
    def of(cls, one: RepresentedPerson, language: str) -> "PersonRow":
        """The row for one person."""
        able = words.joined(language, words.can(language, one.scope))
        return cls(
            key=one.key,
            name=one.name,
            initials=initials(one.name),
            role=words.role(language, one.role),
            may=lookup(language, "delegation.you_can", what=able) if able and one.may else "",
            why_not=_why_not(one, language),
        )


def _why_not(one: RepresentedPerson, language: str) -> str:
    if one.hindered_by is None:
        return ""
    if one.role is RepresentationRole.FO and one.hindered_by is Hindrance.NO_CONSENT:
        # A parent's own consent stands for the child's.
        return lookup(language, "delegation.not_now_parent_first", name=one.name)
    day = words.day_of(language, one.valid_from.astimezone(dates.OSLO).date())
    return lookup(language, f"delegation.not_now_{one.hindered_by.value}", day=day, name=one.name)


class PersonsState(PersonState):
    """`own_` is oneself; `usable` are those one can do something for now, `others` the rest, with why."""

    shown_for: str = "-"
    own_name: str = ""
    own_initials: str = ""
    usable: list[PersonRow] = []
    others: list[PersonRow] = []
    on_home: list[PersonRow] = []
    more: int = 0
    searchable: bool = False
    found: str = ""
    _sought: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read everybody; nobody is searched for."""
        self._sought = ""
        await self._read()

    @rx.event
    @in_background
    async def look_again(self):
        """The same page at a later time, or after somebody gave or took back a delegation."""
        await self._read()

    @rx.event
    @in_background
    async def load_home(self):
        """The first of them, for the home page: nobody while one acts for another."""
        acting = await self._acting()
        if acting.for_self and (await actor.actor(acting)).helps:
            await self._read()
            self.on_home = self.usable[:_ON_HOME]
            self.more = len(self.usable) + len(self.others) - len(self.on_home)
        else:
            self.on_home, self.more = [], 0

    @rx.event
    @signed_in
    async def search(self, form: dict[str, Any]):
        """Show those whose names have the words of the form in them."""
        self._sought = text_of(form, "text").strip()[:100]
        await self._read()

    async def _read(self) -> None:
        acting: ActingContext = await self._for_oneself()
        language = await self._language()
        everybody = await delegation_list.list_represented(acting)
        self.searchable = len(everybody) >= SEARCH_FROM
        wanted = self._sought.casefold().split() if self.searchable else []
        chosen = [one for one in everybody if all(word in one.name.casefold() for word in wanted)]
        rows = [PersonRow.of(one, language) for one in chosen]
        self.usable = [row for row in rows if not row.why_not]
        self.others = [row for row in rows if row.why_not]
        self.found = await self._text("delegation.found", n=len(rows)) if wanted else ""
        self.own_name = (await actor.actor(acting)).name
        self.own_initials = initials(self.own_name)
        self.shown_for = self._key

    async def _for_oneself(self) -> ActingContext:
        """Whom one may act for is one's own to see, also while one acts for somebody."""
        person = await self.get_state(PersonState)
        return await representation.acting_context(person._actor_id)
