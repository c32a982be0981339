"""Being away for a while: which visits it hits, and asking for them to be cancelled at once."""

from datetime import date
from typing import Any

import reflex as rx

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import CancellationStatus
from digihelse_app.outside import clock
from digihelse_app.services import cancellation, cancellation_period
from digihelse_app.services.cancellation_period import PeriodPreview, PeriodRequest, RequestedPeriod
from digihelse_app.services.visit_rules import WhyNot
from digihelse_app.state.announcing import Announcing
from digihelse_app.state.away_rows import AwayRow, Outcome, Sorted
from digihelse_app.state.form import text_of
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

CHOICE = "visit-"
"""What the name of a visit's checkbox begins with; its id follows."""
HITS_ID, RESULT_ID = "away-hits", "away-result"
PERIOD, CHOOSE, DONE = "period", "choose", "done"


class AwayState(Announcing, PersonState):
    """How far one has come: `stage` is PERIOD, CHOOSE or DONE. Errors are sentences, empty for none.

    `first` and `last` are the days as a date field has them (ISO).
    """

    shown_for: str = "-"
    may: bool = True
    stage: str = PERIOD
    today: str = ""
    first: str = ""
    last: str = ""
    span: str = ""
    first_error: str = ""
    last_error: str = ""
    essential: list[AwayRow] = []
    others: list[AwayRow] = []
    closed: list[AwayRow] = []
    may_comment: bool = False
    visits_error: str = ""
    essentials_error: str = ""
    comment_error: str = ""
    asked: list[AwayRow] = []
    refused: list[AwayRow] = []
    remaining: list[AwayRow] = []
    told: str = ""
    conflict: str = ""
    sent_key: str = ""
    _asked: list[str] = []
    _refused: dict[str, WhyNot] = {}

    @rx.event
    @in_background
    async def load(self):
        """Begin with the period."""
        acting = await self._acting()
        self.reset()
        self.may = self._may(acting)
        self.today = clock.today().isoformat()
        self.shown_for = self._key

    @rx.event
    @in_background
    async def look_again(self):
        """What was asked for as it stands now; what one is choosing from is left as it is."""
        acting = await self._acting()
        if self.stage != DONE:
            return
        before = [(row.id, row.status) for row in self.asked]
        await self._show_outcome(acting)
        changed = before != [(row.id, row.status) for row in self.asked]
        self._announce(await self._text("visit_row.answered") if changed else "")

    @rx.event
    @signed_in
    async def find(self, form: dict[str, Any]):
        """Show what the period of the form hits."""
        acting = await self._acting_for(form.get("person", ""))
        self._forget_errors()
        self.first, self.last = text_of(form, "first"), text_of(form, "last")
        first, last = _day(self.first), _day(self.last)
        if first is None or last is None:
            return await self._refuse_period(first is None, last is None)
        preview = await cancellation_period.preview_period(acting, first, last)
        if preview.errors:
            return await self._tell_period(preview.errors)
        await self._show_choice(preview, first, last)
        return rx.set_focus(HITS_ID)

    @rx.event
    @signed_in
    async def change_period(self):
        """Back to the days, which stand as they were."""
        self.stage = PERIOD
        self._forget_errors()
        return rx.set_focus("first")

    @rx.event
    @signed_in
    async def ask(self, form: dict[str, Any]):
        """Ask for the visits that are ticked."""
        acting = await self._acting_for(form.get("person", ""))
        self._forget_errors()
        first, last = _day(text_of(form, "first")), _day(text_of(form, "last"))
        if first is None or last is None:
            return await self._refuse_period(first is None, last is None)
        wanted = PeriodRequest(
            first,
            last,
            _ticked(form),
            text_of(form, "key"),
            text_of(form, "comment"),
            essentials_confirmed=form.get("essentials") in ("yes", True),
        )
        came_to = await cancellation_period.request_period(acting, wanted)
        if came_to.errors:
            return await self._tell_choice(came_to.errors)
        self.sent_key = wanted.idempotency_key
        self.first, self.last = first.isoformat(), last.isoformat()
        return await self._tell_outcome(acting, came_to)

    @rx.event
    @signed_in
    async def take_back(self, form: dict[str, Any]):
        """Take one of them back."""
        acting = await self._acting_for(form.get("person", ""))
        status = await cancellation.take_back(acting, text_of(form, "cancellation"))
        taken = status is CancellationStatus.TAKEN_BACK
        self._announce(await self._text("visit_row.taken_back") if taken else "")
        self.conflict = "" if taken else await self._text("visit_row.answered_before")
        await self._show_outcome(acting)
        return rx.set_focus(RESULT_ID)

    def _may(self, acting: ActingContext) -> bool:
        return {Permission.SEE_VISITS, Permission.CANCEL_VISITS} <= acting.permissions

    def _forget_errors(self) -> None:
        self.first_error = self.last_error = self.visits_error = ""
        self.essentials_error = self.comment_error = self.conflict = self.announcement = ""

    async def _refuse_period(self, no_first: bool, no_last: bool):
        wrong = {"first": "period.error.no_first"} if no_first else {}
        return await self._tell_period(wrong | ({"last": "period.error.no_last"} if no_last else {}))

    async def _tell_period(self, errors: dict[str, str]):
        self.stage = PERIOD
        told = {name: await self._text(key) for name, key in errors.items()}
        self.first_error, self.last_error = told.get("first", ""), told.get("last", "")
        return rx.set_focus("first" if self.first_error else "last")

    async def _tell_choice(self, errors: dict[str, str]):
        if {"first", "last"} & errors.keys():
            return await self._tell_period(errors)
        told = {name: await self._text(key) for name, key in errors.items()}
        self.visits_error, self.comment_error = told.get("visits", ""), told.get("comment", "")
        self.essentials_error = told.get("essentials", "")
        return rx.set_focus("error-summary")

    async def _show_choice(self, preview: PeriodPreview, first: date, last: date) -> None:
        language = await self._language()
        found = Sorted.of(preview.hits, language, clock.now())
        self.essential, self.others, self.closed = found.essential, found.others, found.closed
        self.may_comment = found.may_comment
        days = {"first": dates.long_date(language, first), "last": dates.long_date(language, last)}
        span = days["first"] if first == last else lookup(language, "visit_row.span", **days)
        self.span = dates.capitalised(span)
        self.stage = CHOOSE

    async def _tell_outcome(self, acting: ActingContext, came_to: RequestedPeriod):
        self._asked = [visit.id for visit in came_to.asked]
        self._refused = {visit.id: why for visit, why in came_to.refused}
        await self._show_outcome(acting)
        self.stage = DONE
        return rx.set_focus(RESULT_ID)

    async def _show_outcome(self, acting: ActingContext) -> None:
        first, last = _day(self.first), _day(self.last)
        if first is None or last is None:
            return
        hits = await cancellation_period.follow_period(acting, first, last, [*self._asked, *self._refused])
        came_to = Outcome.of(hits, self._asked, self._refused, await self._language(), clock.now())
        self.asked, self.refused, self.remaining = came_to.asked, came_to.refused, came_to.remaining
        count = sum(not row.taken_back for row in self.asked)
        key = {0: "asked_none", 1: "asked_one"}.get(count, "asked_many")
        self.told = await self._text(f"visit_row.{key}", n=count)


def _day(text: str) -> date | None:
    """A day as a date field has it, None for anything else."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _ticked(form: dict[str, Any]) -> tuple[str, ...]:
    """The ids of the visits whose box is ticked."""
    return tuple(
        name.removeprefix(CHOICE)
        for name, value in form.items()
        if isinstance(name, str) and name.startswith(CHOICE) and value not in ("", False, None)
    )
