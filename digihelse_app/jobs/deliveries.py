"""How each kind of outbox row is handed over: read what the wire needs, then call, no transaction open."""

from digihelse_app.access.context import NotFoundError
from digihelse_app.jobs.outbox import Deliver
from digihelse_app.models.codes import NoticeChannel, OutboxKind
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import Organisation
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside import clock
from digihelse_app.outside.notice_gateways import Gateways
from digihelse_app.outside.record_system import CONFLICT, RecordSystem, RefusedError, UnavailableError
from digihelse_app.outside.registers.answers import ContactDetails, RegisterDownError, Registers
from digihelse_app.services import notice_sending, outgoing_cancellations, record_files
from digihelse_app.services.notice_rules import Unsent, way, words
from digihelse_app.services.outgoing_delegations import outgoing_delegation
from digihelse_app.services.outgoing_messages import outgoing_message


def to_record_systems(record_system: RecordSystem) -> dict[OutboxKind, Deliver]:
    """Deliveries for `Dispatcher`, all to the record system of the organisation that the row names."""

    async def message(item: OutboxItem) -> None:
        async with unit_of_work(reading=True) as session:
            written = await outgoing_message(session, item.subject_id)
            organisation = await session.get(Organisation, item.organisation_id)
        if organisation is None:
            raise NotFoundError
        for file in await record_files.undelivered(item.subject_id):
            whole = await record_files.content(file)
            await record_system.deliver_file(organisation.fhir_base_url, whole, item.id)
            await record_files.mark_delivered(file.id)
        await record_system.deliver_message(organisation.fhir_base_url, written, item.id)

    async def cancellation(item: OutboxItem) -> None:
        await _deliver_cancellation(record_system, item)

    return {
        OutboxKind.MESSAGE: message,
        OutboxKind.CANCELLATION: cancellation,
        OutboxKind.DELEGATION: _delegations(record_system),
    }


def _delegations(record_system: RecordSystem) -> Deliver:
    async def delegation(item: OutboxItem) -> None:
        async with unit_of_work(reading=True) as session:
            organisation = await session.get(Organisation, item.organisation_id)
            if organisation is None:
                raise NotFoundError
            given = await outgoing_delegation(session, item.subject_id, organisation.id)
        if given is not None:
            await record_system.deliver_delegation(organisation.fhir_base_url, given, item.id)

    return delegation


async def _deliver_cancellation(record_system: RecordSystem, item: OutboxItem) -> None:
    """Hand over the request as it stands, unless what was said before of the same visit must go first."""
    async with unit_of_work(reading=True) as session:
        asked = await outgoing_cancellations.outgoing_cancellation(session, item.subject_id)
        held_back = await outgoing_cancellations.is_held_back(session, item.subject_id)
        organisation = await session.get(Organisation, item.organisation_id)
    if organisation is None:
        raise NotFoundError
    if asked is None:  # what this row was written for has gone with another
        return
    if held_back:
        raise UnavailableError("earlier-pending")
    # Of the version and not of the row: what is sent is the request as it stands by now.
    key = f"{asked.id}-{asked.version}"
    try:
        await record_system.deliver_cancellation(organisation.fhir_base_url, asked, key)
    except RefusedError as refusal:
        if refusal.reason != CONFLICT:
            raise
        await outgoing_cancellations.leave_to_service(asked.id, asked.version)
    else:
        await outgoing_cancellations.receive(asked.id, asked.version)


def to_people(registers: Registers, gateways: Gateways, address: str) -> dict[OutboxKind, Deliver]:
    """Deliveries of notices to the people they are for; `address` is the app's, for them to go to.

    A notice that is no longer to be sent counts as delivered: it is kept with the reason.
    """

    async def notice(item: OutboxItem) -> None:
        due = await notice_sending.due(item.subject_id)
        if isinstance(due, Unsent):
            await notice_sending.suppress(item.subject_id, due)
            return
        contact = await _contact(registers, due.national_id)
        goes = way(due.chosen, contact, clock.now(), begun=due.begun)
        if isinstance(goes, Unsent):
            await notice_sending.suppress(item.subject_id, goes)
            return
        said = words(due.kind, contact.language or due.language, address, due.side)
        await notice_sending.begin(item.subject_id, goes.channel)
        if goes.channel is NoticeChannel.SMS:
            await gateways.sms.send(goes.address, said.sms, item.id)
        else:
            await gateways.mail.send(goes.address, said.subject, said.mail, item.id)

    return {OutboxKind.NOTICE: notice}


async def _contact(registers: Registers, national_id: str) -> ContactDetails:
    try:
        return await registers.contact(national_id)
    except RegisterDownError:
        raise UnavailableError("register-down") from None
