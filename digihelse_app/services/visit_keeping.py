"""Visits as record systems tell of them: what is planned and changed, how it goes, what is answered.

Part of `record_keeping`, which has set aside what is older than what is stored.
A visit is locked before its requests, as when a citizen asks: neither may wait for the other.
"""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import COMING, NoticeKind, VisitChangeKind
from digihelse_app.models.database import mark_changed
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Cancellation, Visit, VisitChange
from digihelse_app.outside import clock
from digihelse_app.services import cancel_answers, catalogue, consent, visit_changes, visit_notices
from digihelse_app.services.submission import (
    CancelAnswer,
    ConflictError,
    UnacceptableError,
    VisitProgress,
    VisitReport,
)
from digihelse_app.services.visit_changes import Change

_TOLD = (
    "status",
    "cancel_reason",
    "starts_at",
    "ends_at",
    "is_window",
    "title",
    "instruction",
    "who_role",
    "who_name",
    "who_key",
    "essential",
    "recurring",
    "cancel_right",
    "access_tag",
)
"""What a report says of a visit, under the same names in both."""


async def put(
    session: AsyncSession,
    organisation: Organisation,
    person: Person,
    external_id: str,
    told: VisitReport | VisitProgress | CancelAnswer,
) -> str:
    """Take over what is told; gives the id of what it concerns. Raises as the three below."""
    if not await consent.is_active(session, person.id):
        raise UnacceptableError("person")
    if isinstance(told, VisitReport):
        return await put_visit(session, organisation, person, external_id, told)
    if isinstance(told, VisitProgress):
        return await put_progress(session, organisation, person, told)
    return await put_answer(session, organisation, external_id, told)


async def put_visit(
    session: AsyncSession, organisation: Organisation, person: Person, external_id: str, report: VisitReport
) -> str:
    """Take over a visit, and what that means for who has asked for it to be cancelled; gives its id.

    Raises UnacceptableError, also for a service that shows no visits, and ConflictError for an id that has
    stood for another person's visit or another service's.
    """
    if report.provider_her_id not in ("", organisation.her_id):
        raise UnacceptableError("provider")
    service = await catalogue.service_of(session, organisation, report.service)
    if not service.shows_visits:
        raise UnacceptableError("service", "business-rule")
    visit = await _visit(session, organisation, external_id)
    if visit is None:
        visit = _new(organisation, service, person, external_id, report)
        session.add(visit)
        await session.flush()
    elif (visit.person_id, visit.service_id) != (person.id, service.id):
        raise ConflictError
    else:
        change = visit_changes.of_report(visit, report)
        await _note(session, visit, change)
        _take_over(visit, report)
        await _settle(session, visit, change)
    mark_changed(session, person.id)
    return visit.id


async def put_progress(
    session: AsyncSession, organisation: Organisation, person: Person, progress: VisitProgress
) -> str:
    """Note that a visit has begun, or is over; gives its id. Raises UnacceptableError("visit")."""
    visit = await _visit(session, organisation, progress.visit)
    if visit is None or visit.person_id != person.id:
        raise UnacceptableError("visit")
    change = visit_changes.of_progress(visit, progress)
    await _note(session, visit, change)
    visit.begun_at, visit.done_at = progress.begun_at, progress.done_at
    await _settle(session, visit, change)
    mark_changed(session, person.id)
    return visit.id


async def put_answer(
    session: AsyncSession, organisation: Organisation, external_id: str, answer: CancelAnswer
) -> str:
    """Take over the service's answer; gives the id of the request.

    Raises UnacceptableError for what does not fit together, and ConflictError for an id that Digihelse gave,
    and for a request that is answered otherwise or was taken back before the answer.
    """
    asked = await _request(session, organisation, answer)
    visit = await session.get_one(Visit, asked.visit_id, with_for_update=True)
    await session.refresh(asked, with_for_update=True)
    if visit.external_id != answer.visit:
        raise UnacceptableError("visit")
    service = await session.get_one(CareService, visit.service_id)
    if answer.service not in ("", service.external_id):
        raise UnacceptableError("service")
    if answer.provider_her_id not in ("", organisation.her_id):
        raise UnacceptableError("provider")
    if await session.get(Cancellation, external_id) is not None:
        raise ConflictError
    await cancel_answers.answer(session, visit, asked, accepted=answer.accepted, words=answer.words)
    mark_changed(session, asked.person_id)
    return asked.id


async def asker(session: AsyncSession, organisation: Organisation, answer: CancelAnswer) -> Person:
    """Whose visit the answer is about; raises UnacceptableError("request")."""
    asked = await _request(session, organisation, answer)
    return await session.get_one(Person, asked.person_id)


async def _request(session: AsyncSession, organisation: Organisation, answer: CancelAnswer) -> Cancellation:
    """The request, when it is about a visit of the organisation's."""
    query = (
        select(Cancellation)
        .join(Visit, col(Visit.id) == col(Cancellation.visit_id))
        .where(Cancellation.id == answer.request, Visit.organisation_id == organisation.id)
    )
    asked = (await session.exec(query)).one_or_none()
    if asked is None:
        raise UnacceptableError("request")
    return asked


async def _visit(session: AsyncSession, organisation: Organisation, external_id: str) -> Visit | None:
    """The organisation's visit by the id it gave it, locked for a change."""
    query = (
        select(Visit)
        .where(Visit.organisation_id == organisation.id, Visit.external_id == external_id)
        .with_for_update()
    )
    return (await session.exec(query)).one_or_none()


def _new(
    organisation: Organisation, service: CareService, person: Person, external_id: str, report: VisitReport
) -> Visit:
    return Visit(
        person_id=person.id,
        service_id=service.id,
        organisation_id=organisation.id,
        external_id=external_id,
        created_at=clock.now(),
        **{name: getattr(report, name) for name in _TOLD},
    )


def _take_over(visit: Visit, report: VisitReport) -> None:
    for name in _TOLD:
        setattr(visit, name, getattr(report, name))


async def _note(session: AsyncSession, visit: Visit, change: Change) -> None:
    """Write down what changes, with what was before it; the visit is as it was."""
    for kind in change.kinds:
        session.add(
            VisitChange(
                visit_id=visit.id,
                kind=kind,
                at=clock.now(),
                starts_at=visit.starts_at,
                ends_at=visit.ends_at,
                is_window=visit.is_window,
            )
        )


async def _settle(session: AsyncSession, visit: Visit, change: Change) -> None:
    """What follows from a change, now that the visit is as told."""
    if change.is_noticeable:
        visit.changed_at = clock.now()
    over = visit.status not in COMING or visit.done_at is not None
    if over or VisitChangeKind.MOVED in change.kinds:
        visit.late_at = visit.missed_at = None
    elif visit.begun_at is not None:
        visit.late_at = None
    session.add(visit)
    if over or visit.begun_at is not None:
        await cancel_answers.overtake(session, visit)
    if change.is_told and visit.ends_at > clock.now():
        await visit_notices.notify_visit(session, NoticeKind.VISIT_CHANGED, visit.person_id, visit.id)
