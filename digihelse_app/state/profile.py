"""The person's own page: particulars from the register, language, and consents."""

from dataclasses import dataclass
from datetime import datetime

import reflex as rx

from digihelse_app.models.codes import ConsentKind
from digihelse_app.outside import clock
from digihelse_app.services import consent, people
from digihelse_app.services.consent import GivenConsent
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

CONSENTS_ID = "consents-title"
"""The section's heading, which takes the focus when what was pressed is gone."""


@dataclass(frozen=True)
class ConsentRow:
    """A consent with the text that was agreed to, as paragraphs."""

    id: str
    kind: str
    name: str
    version: str
    given: str
    withdrawn: str
    paragraphs: list[str]

    @classmethod
    def of(cls, given: GivenConsent, language: str) -> "ConsentRow":
        """The row for one consent, times in Europe/Oslo."""
        return cls(
            id=given.id,
            kind=given.kind,
            name=lookup(language, f"consent.{given.kind}_name"),
            version=lookup(language, "consent.version", version=given.version),
            given=lookup(language, "profile.given", when=_when(given.given_at, language)),
            withdrawn=lookup(language, "profile.withdrawn", when=_when(given.withdrawn_at, language))
            if given.withdrawn_at
            else "",
            paragraphs=lookup(language, f"consent.{given.kind}.{given.version}.body").strip().split("\n\n"),
        )


def _when(instant: datetime, language: str) -> str:
    return dates.day_and_time(language, instant, clock.now())


class ProfileState(PersonState):
    """`own`: the page is one's own; of whom one acts for, nothing is read.

    `withdrawing` is the kind of consent about to be withdrawn, empty for none.
    """

    shown_for: str = "-"
    own: bool = True
    name: str = ""
    masked_national_id: str = ""
    consents: list[ConsentRow] = []
    withdrawing: str = ""
    withdrawing_name: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read everything anew."""
        await self._read()

    @rx.event
    @signed_in
    async def ask_withdraw(self, kind: str):
        """Explain what withdrawing means before it is done."""
        known = {row.kind: row.name for row in self.consents if not row.withdrawn}
        self.withdrawing = kind if kind in known else ""
        self.withdrawing_name = known.get(kind, "")
        return rx.set_focus("withdraw-title") if self.withdrawing else None

    @rx.event
    @signed_in
    async def keep(self):
        """Change one's mind: nothing is withdrawn."""
        self.withdrawing = ""
        return rx.set_focus(CONSENTS_ID)

    @rx.event
    @signed_in
    async def withdraw(self, kind: str):
        """Take the consent back."""
        acting = await self._acting()
        if kind in set(ConsentKind):
            await consent.withdraw(acting, ConsentKind(kind))
        self.withdrawing = ""
        await self._read()
        return rx.set_focus(CONSENTS_ID)

    async def _read(self) -> None:
        acting = await self._acting()
        self.own = acting.for_self
        if not self.own:
            self.shown_for = self._key
            return
        language = await self._language()
        profile = await people.profile(acting)
        self.name, self.masked_national_id = profile.name, profile.masked_national_id
        self.consents = [ConsentRow.of(given, language) for given in await consent.list_consents(acting)]
        self.shown_for = self._key
