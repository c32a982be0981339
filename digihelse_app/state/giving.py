"""Giving a delegation, or changing one: what is written, what it means before it is done, and the receipt.

The identity number of who is to help is in the browser's own field, and in the form that is sent: never here.
"""

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from digihelse_app import routes
from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.outside import clock
from digihelse_app.services import delegation, delegation_list, delegation_rules, giver
from digihelse_app.services.delegation import Given
from digihelse_app.services.delegation_list import Delegation
from digihelse_app.services.delegation_rules import Offer
from digihelse_app.state import terms_form
from digihelse_app.state.form import text_of
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.reflex_internals import query_of
from digihelse_app.state.terms_form import TermsRow

CONFIRM, RECEIPT, SUMMARY = "confirm-title", "receipt-title", "error-summary"
"""Ids of what takes the focus after a step."""


@dataclass(frozen=True)
class ServiceChoice:
    """A service that it can be limited to."""

    id: str
    name: str


class GivingState(PersonState):
    """`changing` is the id of the delegation that is changed, empty for a new one; `began` is how it stood.

    While `confirming`, `summary` is what is about to be given, in sentences. Errors are text, empty for none.
    """

    shown_for: str = "-"
    hindrance: str = ""
    missing: bool = False
    changing: str = ""
    name: str = ""
    began: TermsRow = TermsRow()
    services: list[ServiceChoice] = []
    confirming: bool = False
    summary: list[str] = []
    receipt: str = ""
    name_error: str = ""
    national_id_error: str = ""
    scopes_error: str = ""
    services_error: str = ""
    valid_from_error: str = ""
    valid_until_error: str = ""
    error_count: int = 0

    @rx.event
    @in_background
    async def load(self):
        """Read what can be given."""
        await self._begin(changes=False)

    @rx.event
    @in_background
    async def load_change(self):
        """Read what can be given, and how the delegation in the address stands."""
        await self._begin(changes=True)

    async def _begin(self, *, changes: bool) -> None:
        self._begin_anew()
        acting = await self._acting()
        about = await giver.giver(acting)
        self.hindrance = await self._text(f"delegation.{about.hindered_by}") if about.hindered_by else ""
        old = await self._named(acting) if changes else None
        self.missing = changes and old is None
        self.changing, self.name = (old.id, old.name) if old else ("", "")
        self.began = terms_form.row_of(old, clock.now())
        self.services = [ServiceChoice(one.id, one.name) for one in about.services]
        self.shown_for = self._key

    @rx.event
    @signed_in
    async def submit(self, form: dict[str, Any]):
        """First say what it means; the same form once more does it."""
        acting = await self._acting_for(text_of(form, "person"))
        offer = self._offer(form)
        errors = await self._check(acting, offer)
        summary = [] if errors else await self._in_words(offer)
        if errors or not self.confirming or summary != self.summary:
            return await self._ask(errors, summary)
        given = await self._give(acting, offer)
        if given.errors:
            return await self._ask(given.errors, [])
        await self._receive(acting, offer, given.representation_id)
        return rx.set_focus(RECEIPT)

    @rx.event
    @signed_in
    async def back(self):
        """To the form again, as it was filled in."""
        self.confirming = False
        return rx.set_focus("page-title")

    async def _receive(self, acting: ActingContext, offer: Offer, representation_id: str) -> None:
        """The receipt, with the name as the register has it."""
        self._begin_anew()
        listed = (await delegation_list.list_given(acting)).standing
        name = next((one.name for one in listed if one.id == representation_id), self.name)
        changed = "delegation.changed" if self.changing else "delegation.given"
        self.receipt = await self._text(changed, name=name)
        self.summary = await self._in_words(replace(offer, name=name))

    def _begin_anew(self) -> None:
        self.confirming, self.summary, self.receipt, self.missing = False, [], "", False
        self._show({})

    async def _named(self, acting: ActingContext) -> Delegation | None:
        wanted = query_of(self).get(routes.DELEGATION_QUERY, "")
        listed = (await delegation_list.list_given(acting)).standing
        return next((one for one in listed if one.id == wanted and one.can_be_changed), None)

    def _offer(self, form: dict[str, Any]) -> Offer:
        known = [service.id for service in self.services]
        terms = terms_form.terms_of(form, known)
        number = "".join(text_of(form, "national_id").split())
        return Offer(text_of(form, "name")[:200], number, terms)

    async def _check(self, acting: ActingContext, offer: Offer) -> dict[str, str]:
        """Text keys of what to mend by field, without asking a register of anybody."""
        errors = {} if self.changing else delegation.check_person(offer.name, offer.national_id)
        services = {one.id for one in (await giver.giver(acting)).services}
        errors |= delegation_rules.check_terms(offer.terms, services, clock.today())
        unsaid = terms_form.check_said(offer.terms)
        if "services" in unsaid:
            errors.pop("scopes", None)
        return errors | unsaid

    async def _give(self, acting: ActingContext, offer: Offer) -> Given:
        if not self.changing:
            return await delegation.give(acting, offer)
        if self.missing:
            raise NotFoundError
        return await delegation.change(acting, self.changing, offer.terms)

    async def _in_words(self, offer: Offer) -> list[str]:
        names = {one.id: one.name for one in self.services}
        name = self.name or offer.name.strip()
        return terms_form.in_words(await self._language(), offer.terms, name, names)

    async def _ask(self, errors: dict[str, str], summary: list[str]):
        self._show({name: await self._text(key) for name, key in errors.items()})
        self.confirming, self.summary = not errors, summary
        return rx.set_focus(SUMMARY if errors else CONFIRM)

    def _show(self, errors: dict[str, str]) -> None:
        self.name_error = errors.get("name", "")
        self.national_id_error = errors.get("national_id", "")
        self.scopes_error = errors.get("scopes", "")
        self.services_error = errors.get("services", "")
        self.valid_from_error = errors.get("valid_from", "")
        self.valid_until_error = errors.get("valid_until", "")
        self.error_count = len(errors)
