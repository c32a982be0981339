"""Signing in: from an identity the provider vouches for to an open session.

No represented person: it concerns the one signing in alone, and nothing is shown yet.
"""

import logging
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError

from digihelse_app.models.database import unit_of_work
from digihelse_app.outside.identity_provider.failures import Failure, SignInError
from digihelse_app.outside.identity_provider.validation import Identity
from digihelse_app.outside.registers.answers import RegisterDownError, RegisteredPerson, Registers
from digihelse_app.services import people, register_ties, sessions
from digihelse_app.text.catalogue import LANGUAGES

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SignedIn:
    """A session was opened; `secret` is for the cookie and is stored nowhere."""

    person_id: str
    secret: str = field(repr=False)


async def sign_in(identity: Identity, registers: Registers, language: str, replaced: str = "") -> SignedIn:
    """Open a session for the person in `identity`, described by the register as it is now.

    Whom the register lets her act for is taken over with it. `language` is the one chosen before signing
    in, taken over for a person seen for the first time. `replaced` is the secret of the session this browser
    had: it ends first, so that its open tabs do too.
    Raises SignInError: DECEASED, NOT_REGISTERED, or REGISTER_DOWN for someone not known from before.
    """
    registered = await _registered(identity.national_id, registers)
    if registered is not None and registered.deceased:
        raise SignInError(Failure.DECEASED)
    ties = await register_ties.ask(registered, registers.person) if registered is not None else None
    person_id = await _know(identity, registered, language)
    if ties is not None:
        await register_ties.follow(person_id, ties)
    await sessions.end_for_browser(replaced)
    return SignedIn(person_id, await sessions.open_session(person_id, identity))


async def _registered(national_id: str, registers: Registers) -> RegisteredPerson | None:
    """What the register says; None when it is down but the person is known from before."""
    try:
        registered = await registers.person(national_id)
    except RegisterDownError as error:
        logger.warning("the population register is down: %s", error)
        await _require_known(national_id)
        return None
    if registered is None:
        raise SignInError(Failure.NOT_REGISTERED)
    return registered


async def _require_known(national_id: str) -> None:
    async with unit_of_work(reading=True) as session:
        person = await people.by_national_id(session, national_id)
    if person is None or person.register_read_at is None:
        raise SignInError(Failure.REGISTER_DOWN)
    if person.deceased:
        raise SignInError(Failure.DECEASED)


async def _know(identity: Identity, registered: RegisteredPerson | None, language: str) -> str:
    try:
        return await _describe(identity, registered, language)
    except IntegrityError:  # two browsers signed the same new person in at once: now she is known
        return await _describe(identity, registered, language)


async def _describe(identity: Identity, registered: RegisteredPerson | None, language: str) -> str:
    async with unit_of_work() as session:
        person = await people.find_or_create(session, identity.national_id)
        if person.register_read_at is None and language in LANGUAGES:
            person.language = language
        if registered is not None:
            people.describe(person, registered)
        session.add(person)
        return person.id
