"""What giving and asking for a delegation need: a register of the synthetic people, a key that signs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from joserfc.jwk import ECKey

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.outside.registers.answers import (
    AddressProtection,
    ContactDetails,
    RegisterDownError,
    RegisteredPerson,
)
from digihelse_app.outside.signing_keys import SigningKeys, signer
from digihelse_app.services import delegation_rows
from digihelse_app.services.delegation_requests import Asking
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.people import PEOPLE, SyntheticPerson
from tests import world
from tests.people import INGRID, KARI

KEY = ECKey.generate_key("P-256", parameters={"kid": "test", "alg": "ES256"})


class Register:
    """The population register, as far as it knows the synthetic people; keeps who was asked about."""

    def __init__(self) -> None:
        self.people = {one.national_id: _registered(one) for one in PEOPLE}
        self.asked: list[str] = []
        self.unanswered: set[str] = set()
        self.down = False

    def forget(self, who: SyntheticPerson) -> None:
        """As if nobody had that number."""
        del self.people[who.national_id]

    def born(self, who: SyntheticPerson, day: date) -> None:
        """Another birth date."""
        self.people[who.national_id] = replace(self.people[who.national_id], birth_date=day)

    async def person(self, national_id: str) -> RegisteredPerson | None:
        """Who has this number, None for nobody; raises RegisterDownError if down, or of some always."""
        self.asked.append(national_id)
        if self.down or national_id in self.unanswered:
            raise RegisterDownError("down")
        return self.people.get(national_id)

    async def contact(self, national_id: str) -> ContactDetails:  # noqa: ARG002
        """Nothing is known of anyone's contact details."""
        return ContactDetails()


def _registered(who: SyntheticPerson) -> RegisteredPerson:
    return RegisteredPerson(
        given_name=who.given_name,
        family_name=who.family_name,
        birth_date=who.birth_date,
        status="Resident",
        deceased=False,
        protection=AddressProtection(who.address_protection),
    )


@contextmanager
def signing() -> Iterator[None]:
    """Mandates are signed with a key of the tests' own."""
    delegation_rows.configure(signer(SigningKeys({"test": KEY}, "test")))
    yield


def asking(whom: SyntheticPerson = KARI, name: str = "", reason: str = "Jeg er datteren.") -> Asking:
    """What a relative writes."""
    return Asking(
        name or f"{whom.given_name} {whom.family_name}", whom.national_id, [Permission.READ_MESSAGES], reason
    )


async def relative(of: SyntheticPerson = INGRID) -> ActingContext:
    """Someone who has not consented to anything for herself, acting for herself."""
    return await acting_context((await world.person(of, consented=False)).id)
