"""How each kind of outbox row is handed over: read what the wire needs, then call, no transaction open."""

from digihelse_app.access.context import NotFoundError
from digihelse_app.jobs.outbox import Deliver
from digihelse_app.models.codes import OutboxKind
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import Organisation
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside.record_system import RecordSystem
from digihelse_app.services.outgoing_messages import outgoing_message


def to_record_systems(record_system: RecordSystem) -> dict[OutboxKind, Deliver]:
    """Deliveries for `Dispatcher`, all to the record system of the organisation that the row names."""

    async def message(item: OutboxItem) -> None:
        async with unit_of_work(reading=True) as session:
            written = await outgoing_message(session, item.subject_id)
            organisation = await session.get(Organisation, item.organisation_id)
        if organisation is None:
            raise NotFoundError
        await record_system.deliver_message(organisation.fhir_base_url, written, item.id)

    return {OutboxKind.MESSAGE: message}
