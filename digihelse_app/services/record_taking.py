"""Whom a submission is about, and which part of the app takes it. Part of `record_keeping`."""

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.organisation import Organisation
from digihelse_app.models.person import Person
from digihelse_app.services import (
    care_relations,
    catalogue,
    delegation_keeping,
    follow_up,
    people,
    record_files,
    service_messages,
    visit_keeping,
)
from digihelse_app.services.delegation_keeping import Described, Parties
from digihelse_app.services.submission import (
    CancelAnswer,
    CareReport,
    DelegationReport,
    FileContent,
    FileDescription,
    FollowUp,
    ServiceDescription,
    Submission,
    ThreadOpening,
    UnacceptableError,
    VisitProgress,
    VisitReport,
)


@dataclass(frozen=True, slots=True)
class People:
    """Whose data it is, and who is to act for her; None where it is about nobody."""

    person: Person | None = None
    proxy: Person | None = None


async def people_named(
    session: AsyncSession, organisation: Organisation, submission: Submission, described: Described
) -> People:
    """Whom it names; raises UnacceptableError for who is not known, and may not be made so."""
    if isinstance(submission.content, DelegationReport):
        delegation_keeping.check(submission.content, submission, described)
        two = await delegation_keeping.parties(session, submission, described)
        return People(two.represented, two.proxy)
    named: Person | None = None
    if submission.national_id is not None:
        named = await people.by_national_id(session, submission.national_id)
        if named is None:
            raise UnacceptableError("person")
    if isinstance(submission.content, CancelAnswer):
        asker = await visit_keeping.asker(session, organisation, submission.content)
        if named is not None and named.id != asker.id:
            raise UnacceptableError("person")
        return People(asker)
    return People(named)


async def take(
    session: AsyncSession, organisation: Organisation, named: People, submission: Submission
) -> str:
    """Take over what it says; gives the id of what it concerns. Raises as the one that takes it."""
    content, external_id, person = submission.content, submission.resource_id, named.person
    if isinstance(content, ServiceDescription):
        return await catalogue.put_service(session, organisation, external_id, content)
    if person is None:
        raise UnacceptableError("person", "required")
    if isinstance(content, DelegationReport):
        return await _delegation(session, organisation, named, external_id, content)
    if isinstance(content, CareReport):
        return await care_relations.put_care_relation(session, organisation, person, external_id, content)
    if isinstance(content, FollowUp):
        return await follow_up.put_follow_up(session, organisation, person, content)
    if isinstance(content, VisitReport | VisitProgress | CancelAnswer):
        return await visit_keeping.put(session, organisation, person, external_id, content)
    if isinstance(content, FileContent):
        return await record_files.put_content(session, organisation, person, external_id, content)
    if isinstance(content, FileDescription):
        return await record_files.put_description(session, organisation, person, external_id, content)
    if isinstance(content, ThreadOpening):
        return await service_messages.put_thread(session, organisation, person, external_id, content)
    return await service_messages.put_message(session, organisation, person, external_id, content)


async def _delegation(
    session: AsyncSession,
    organisation: Organisation,
    named: People,
    external_id: str,
    report: DelegationReport,
) -> str:
    if named.person is None or named.proxy is None:
        raise UnacceptableError("person", "required")
    two = Parties(named.person, named.proxy)
    return await delegation_keeping.put(session, organisation, two, external_id, report)
