"""What an organisation's record system puts: versions, repeats and conflicts, one rule for every kind.

No represented person gives a right here: the caller is the organisation of a machine token, and it reaches
its own alone. Within one organisation submissions are taken one at a time.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.fhir_resource import FhirResource
from digihelse_app.models.organisation import Organisation
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import access_log, care_relations, delegation_keeping, record_taking
from digihelse_app.services.delegation_keeping import Described
from digihelse_app.services.record_taking import People
from digihelse_app.services.submission import (
    CareReport,
    ConflictError,
    Submission,
    TransactionRefusedError,
    UnacceptableError,
    VersionMismatchError,
)


class PutResult(StrEnum):
    """What a PUT came to."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """A stored resource after a PUT; `updated_at` is UTC, `national_id` whose data it is.

    `proxy_national_id` is of who is to act for her, where it tells of that.
    """

    resource_type: str
    resource_id: str
    version: int
    updated_at: datetime
    body: dict[str, Any]
    national_id: str | None
    result: PutResult
    proxy_national_id: str | None = None


async def organisation_by_her_id(her_id: str) -> str | None:
    """The id of the organisation with this HER-id, if Digihelse serves it."""
    async with unit_of_work(reading=True) as session:
        found = await session.exec(select(Organisation.id).where(Organisation.her_id == her_id))
        return found.one_or_none()


async def put(organisation_id: str, submission: Submission) -> Kept:
    """Take one submission.

    Raises UnacceptableError, ConflictError or VersionMismatchError; nothing is then kept, but that a care
    relation was refused is noted for the person it concerns. Raises RegisterDownError for what the
    population register must be asked about, when it does not answer.
    """
    described = await delegation_keeping.ask_register([submission])
    try:
        async with unit_of_work() as session:
            return await _keep(session, await _locked(session, organisation_id), submission, described)
    except (UnacceptableError, ConflictError) as refusal:
        await _note_refusal(organisation_id, submission, refusal)
        raise


async def put_all(organisation_id: str, submissions: list[Submission]) -> list[Kept]:
    """Take all submissions or none, in the order given; raises TransactionRefusedError from the cause.

    Raises RegisterDownError as `put` does.
    """
    described = await delegation_keeping.ask_register(submissions)
    position = 0
    try:
        async with unit_of_work() as session:
            organisation = await _locked(session, organisation_id)
            kept = []
            for position, submission in enumerate(submissions):  # noqa: B007  # read when one is refused
                kept.append(await _keep(session, organisation, submission, described))
            return kept
    except (UnacceptableError, ConflictError, VersionMismatchError) as refusal:
        await _note_refusal(organisation_id, submissions[position], refusal)
        raise TransactionRefusedError(position) from refusal


async def _locked(session: AsyncSession, organisation_id: str) -> Organisation:
    # One record system at a time: two PUTs of one id must not both believe they are first.
    query = select(Organisation).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    return (await session.exec(query)).one()


async def _note_refusal(organisation_id: str, submission: Submission, refusal: Exception) -> None:
    if isinstance(submission.content, CareReport) and submission.content.active and submission.national_id:
        reason = refusal.field if isinstance(refusal, UnacceptableError) else "conflict"
        await care_relations.note_failure(organisation_id, submission.national_id, reason)


async def _keep(
    session: AsyncSession, organisation: Organisation, submission: Submission, described: Described
) -> Kept:
    named = await record_taking.people_named(session, organisation, submission, described)
    key = (organisation.id, submission.resource_type, submission.resource_id)
    stored = await session.get(FhirResource, key)
    digest = _digest(submission, named)
    if stored is not None and stored.digest == digest:
        _advance(stored, submission)
    else:
        if stored is not None and submission.content.immutable:
            raise ConflictError
        if submission.if_match is not None and (stored is None or stored.version != submission.if_match):
            raise VersionMismatchError
    if stored is not None and (stored.digest == digest or _is_older(submission, stored)):
        _log(session, organisation, submission, None, submission.resource_id)
        return _kept(stored, submission, PutResult.UNCHANGED)
    object_id = await record_taking.take(session, organisation, named, submission)
    _log(session, organisation, submission, named.person, object_id)
    result = PutResult.CREATED if stored is None else PutResult.CHANGED
    stored = _next_version(stored, key, submission, digest, named)
    session.add(stored)
    await session.flush()
    return _kept(stored, submission, result)


def _digest(submission: Submission, named: People) -> str:
    content = [named.person.id if named.person else None, submission.body]
    content += [named.proxy.id] if named.proxy else []
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _is_older(submission: Submission, stored: FhirResource) -> bool:
    given, known = submission.source_updated_at, stored.source_updated_at
    return given is not None and known is not None and given < known


def _advance(stored: FhirResource, submission: Submission) -> None:
    """The same content said again later: what lies between the two times is out of date."""
    if submission.source_updated_at and not _is_older(submission, stored):
        stored.source_updated_at = submission.source_updated_at


def _next_version(
    stored: FhirResource | None,
    key: tuple[str, str, str],
    submission: Submission,
    digest: str,
    named: People,
) -> FhirResource:
    stored = stored or FhirResource(
        organisation_id=key[0],
        resource_type=key[1],
        resource_id=key[2],
        version=0,
        updated_at=clock.now(),
        digest="",
        body={},
    )
    stored.version += 1
    stored.updated_at = clock.now()
    stored.digest = digest
    stored.body = submission.body
    stored.person_id = named.person.id if named.person else None
    stored.proxy_id = named.proxy.id if named.proxy else None
    stored.source_updated_at = submission.source_updated_at or stored.source_updated_at
    return stored


def _log(
    session: AsyncSession,
    organisation: Organisation,
    submission: Submission,
    person: Person | None,
    object_id: str,
) -> None:
    """Every call is logged; a repeat, which touches nothing, not as an act upon the person."""
    access_log.record_organisation(
        session,
        organisation.id,
        LogAction.FHIR_WRITE,
        represented_id=person.id if person else None,
        object_type=submission.content.object_type,
        object_id=object_id,
    )


def _kept(stored: FhirResource, submission: Submission, result: PutResult) -> Kept:
    return Kept(
        stored.resource_type,
        stored.resource_id,
        stored.version,
        stored.updated_at,
        stored.body,
        submission.national_id,
        result,
        submission.proxy_national_id,
    )
