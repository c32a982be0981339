"""Delegations a municipality registers: given on paper (FU), or assigned where one cannot consent (TD).

Part of `record_keeping`. What is registered reaches the services of that municipality alone
(docs/adr/0018), and stands in for the consent of the one it is about (docs/adr/0017).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import (
    DelegationOrigin,
    EndReason,
    RepresentationRole,
)
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock
from digihelse_app.outside.registers.answers import RegisteredPerson
from digihelse_app.services import consent, delegation, delegation_rows, delegation_rules, people
from digihelse_app.services.delegation_rows import Grant
from digihelse_app.services.submission import ConflictError, DelegationReport, Submission, UnacceptableError

ORIGINS = {
    RepresentationRole.FU: DelegationOrigin.PAPER,
    RepresentationRole.TD: DelegationOrigin.ASSIGNED,
}
"""What can be registered."""
_BY_PEOPLE = frozenset({EndReason.WITHDRAWN, EndReason.RENOUNCED})

Described = Mapping[str, RegisteredPerson | None]
"""What the population register says of each identity number that it was asked about."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Whom it is about, and who is to act."""

    represented: Person
    proxy: Person


async def ask_register(submissions: Iterable[Submission]) -> Described:
    """What the register says of all whom delegations in force are about; raises RegisterDownError.

    Asked before anything is opened or locked. Of what ends a delegation nobody is asked: it can always end.
    """
    described: dict[str, RegisteredPerson | None] = {}
    for submission in submissions:
        if not isinstance(submission.content, DelegationReport) or not submission.content.active:
            continue
        for number in (submission.national_id, submission.proxy_national_id):
            if number and number not in described:
                known = delegation.is_number(number)
                described[number] = await delegation.registered(number) if known else None
    return described


async def parties(session: AsyncSession, submission: Submission, described: Described) -> Parties:
    """Both people, held, and as the register has them; made known if new. Raises UnacceptableError."""
    numbers = (submission.national_id or "", submission.proxy_national_id or "")
    person = await _known(session, numbers[0], described, "person")
    proxy = await _known(session, numbers[1], described, "proxy")
    await delegation_rows.hold(session, person.id, proxy.id)
    for one, number in zip((person, proxy), numbers, strict=True):
        if (registered := described.get(number)) is not None:
            people.describe(one, registered)
            session.add(one)
    return Parties(person, proxy)


async def _known(session: AsyncSession, number: str, described: Described, field: str) -> Person:
    if described.get(number) is not None:
        return await people.find_or_create(session, number)
    known = await people.by_national_id(session, number) if number not in described else None
    if known is None:
        raise UnacceptableError(field)
    return known


def check(report: DelegationReport, submission: Submission, described: Described) -> None:
    """Whether the register lets these two have such a delegation; raises UnacceptableError."""
    if not report.active:
        return
    today = clock.today()
    represented = described.get(submission.national_id or "")
    proxy = described.get(submission.proxy_national_id or "")
    if represented is None or proxy is None:
        raise UnacceptableError("proxy" if represented else "person")
    may_be_for = {
        RepresentationRole.FU: delegation_rules.may_give,
        RepresentationRole.TD: delegation_rules.may_be_assigned_for,
    }
    if not may_be_for[report.role](represented, today):
        raise UnacceptableError("person", "business-rule")
    if not delegation_rules.may_hold(proxy, report.proxy_name, today):
        raise UnacceptableError("proxy", "business-rule")
    if report.ends_at is not None and report.ends_at <= clock.now():
        raise UnacceptableError("period", "business-rule")


async def put(
    session: AsyncSession,
    organisation: Organisation,
    two: Parties,
    external_id: str,
    report: DelegationReport,
) -> str:
    """Take it over as it is now: made, changed, or ended; gives the delegation's id, empty if there is none.

    Both people are held.

    Raises UnacceptableError for a service that is not the organisation's, and ConflictError for an id that
    has stood for other people, for what one of them has ended, and when another delegation stands between
    them: that one must be ended by those whose it is.
    """
    newest = await _newest(session, organisation, external_id)
    if newest is not None and _whose(newest) != (two.represented.id, two.proxy.id, report.role):
        raise ConflictError
    if not report.active:
        if newest is not None:
            await delegation_rows.end(session, newest, EndReason.BY_MUNICIPALITY, None)
    else:
        newest = await _stand(session, organisation, two, external_id, report, newest)
    await consent.announce(session, two.represented.id)
    return newest.id if newest is not None else ""


async def _stand(
    session: AsyncSession,
    organisation: Organisation,
    two: Parties,
    external_id: str,
    report: DelegationReport,
    newest: Representation | None,
) -> Representation:
    """The row that says what is reported: the newest one, or one in its place."""
    if newest is not None and (await _came_of(session, newest)).end_reason in _BY_PEOPLE:
        raise ConflictError
    standing = await delegation_rows.standing(session, two.represented.id, two.proxy.id, report.role)
    if standing is not None and (newest is None or standing.id != newest.id):
        raise ConflictError
    grant = Grant(
        actor_id=two.proxy.id,
        represented_id=two.represented.id,
        role=report.role,
        origin=ORIGINS[report.role],
        scopes=await _scopes(session, organisation, report),
        valid_from=report.starts_at,
        valid_until=report.ends_at,
        since=report.since,
        organisation_id=organisation.id,
        external_id=external_id,
        evidence=report.evidence,
    )
    if standing is not None and _says(standing) == _says(grant):
        return standing
    return await delegation_rows.add(session, grant, standing)


def _whose(row: Representation) -> tuple[str, str, RepresentationRole]:
    return row.represented_id, row.actor_id, row.role


def _says(of: Representation | Grant) -> tuple[object, ...]:
    return of.scopes, of.valid_from, of.valid_until, of.since, of.evidence


async def _newest(
    session: AsyncSession, organisation: Organisation, external_id: str
) -> Representation | None:
    query = select(Representation).where(
        Representation.organisation_id == organisation.id, Representation.external_id == external_id
    )
    order = (col(Representation.ended_at).is_(None).desc(), col(Representation.given_at).desc())
    found = await session.exec(query.order_by(*order).limit(1).execution_options(populate_existing=True))
    return found.first()


async def _came_of(session: AsyncSession, row: Representation) -> Representation:
    """The last that was made in its place, which the citizen may have done in the app; itself if none was."""
    while row.end_reason is EndReason.CHANGED:
        query = select(Representation).where(
            Representation.represented_id == row.represented_id, Representation.replaces_id == row.id
        )
        after = (await session.exec(query.execution_options(populate_existing=True))).first()
        if after is None:
            break
        row = after
    return row


async def _scopes(
    session: AsyncSession, organisation: Organisation, report: DelegationReport
) -> dict[str, list[str]]:
    """Ids of the organisation's own services by permission; without names they are all it has now."""
    query = select(CareService).where(CareService.organisation_id == organisation.id)
    own = {service.external_id: service.id for service in await session.exec(query)}
    chosen: dict[Permission, list[str]] = {}
    for permission, named in report.scopes.items():
        if not set(named or ()) <= own.keys():
            raise UnacceptableError("service")
        chosen[permission] = [own[name] for name in (own if named is None else named)]
    if not any(chosen.values()):
        raise UnacceptableError("service", "business-rule")
    return delegation_rules.complete(chosen)
