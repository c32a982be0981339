"""Who is told of what comes to a person: herself, and those who act for her and are to have notices of it.

A proxy is told of what she could open right now, and no more: by service, from when on, nothing hidden. What
is decided when a notice is written is decided again when it is sent.
"""

from collections.abc import Callable

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.access.policy import age_on, reach_for_self
from digihelse_app.models.codes import NoticeKind
from digihelse_app.models.conversation import Thread
from digihelse_app.models.notice import Notice
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.outside import clock
from digihelse_app.services import consent, notices, representation, visible
from digihelse_app.services.notice_rules import ABOUT_CARE

Sees = Callable[[ActingContext], bool]


async def of_thread(session: AsyncSession, thread: Thread) -> list[str]:
    """Ids of those to tell of a message from the service in `thread`; nobody of what is kept from her."""
    own = await _herself(session, thread)
    return own + await _proxies(session, thread.person_id, lambda acting: _is_told_of(acting, thread))


async def of_visit(session: AsyncSession, visit: Visit) -> list[str]:
    """Ids of those to tell of what happened to `visit`; nobody of what is kept from her."""
    own = await _herself(session, visit)
    return own + await _proxies(session, visit.person_id, lambda acting: _is_told_of(acting, visit))


async def _herself(session: AsyncSession, thing: Thread | Visit) -> list[str]:
    person = await session.get_one(Person, thing.person_id)
    if thing.access_tag in reach_for_self(age_on(person.birth_date, clock.today())).withheld:
        return []
    return await notices.recipients(session, person.id)


async def still_may(session: AsyncSession, notice: Notice) -> bool:
    """Whether its recipient may be told of it yet: always of what is her own."""
    if notice.recipient_id == notice.person_id or notice.kind not in ABOUT_CARE:
        return True
    contexts = await representation.acting_for(session, notice.person_id)
    mine = [acting for acting in contexts if acting.actor_id == notice.recipient_id]
    things = await _subjects(session, notice)
    return any(_is_told_of(acting, thing) for acting in mine for thing in things)


def _is_told_of(acting: ActingContext, thing: Thread | Visit) -> bool:
    if not acting.allows(Permission.GET_NOTICES, thing.service_id):
        return False
    if isinstance(thing, Thread):
        return visible.sees_thread(acting, thing)
    return visible.sees_visit(acting, thing)


async def _proxies(session: AsyncSession, person_id: str, told: Sees) -> list[str]:
    if not await consent.is_active(session, person_id):
        return []
    found = [one.actor_id for one in await representation.acting_for(session, person_id) if told(one)]
    refused = await notices.refusing(session, found)
    return sorted(set(found) - refused)


async def _subjects(session: AsyncSession, notice: Notice) -> list[Thread | Visit]:
    """What it is about: a conversation, a visit, or the visits that were asked to be cancelled at once."""
    if notice.kind is NoticeKind.NEW_MESSAGE:
        return [await session.get_one(Thread, notice.subject_id)]
    visit = await session.get(Visit, notice.subject_id)
    if visit is not None:
        return [visit]
    asked = select(Cancellation.visit_id).where(Cancellation.period_id == notice.subject_id)
    return [await session.get_one(Visit, visit_id) for visit_id in await session.exec(asked)]
