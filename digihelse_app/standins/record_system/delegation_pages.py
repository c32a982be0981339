"""Who may act for a patient, as staff sees it beside a conversation."""

from sqlalchemy import select

from digihelse_app.standins.record_system.delegation_tables import Delegation
from digihelse_app.standins.record_system.frame import moment, table
from digihelse_app.standins.record_system.html import Child, Html, element
from digihelse_app.standins.record_system.parsing import ROLES
from digihelse_app.standins.record_system.system import System

RIGHTS = {
    "read-messages": "lese meldinger",
    "write-messages": "skrive meldinger",
    "see-visits": "se besøk",
    "cancel-visits": "avbestille besøk",
    "get-notices": "få varsler",
}
NAMES = ("Navn", "Rolle", "Kan", "Gjelder", "Status")


async def of_patient(system: System, patient_id: str) -> list[Html]:
    """A heading and a table of those who may act for the patient, or might; nothing when there are none."""
    query = select(Delegation).where(Delegation.patient_id == patient_id)
    async with system.store.transaction() as session:
        rows = list(await session.scalars(query.order_by(Delegation.active.desc(), Delegation.begins_at)))
    if not rows:
        return []
    return [element("h2", "Fullmakter"), table("Fullmakter", NAMES, [_cells(system, row) for row in rows])]


def _cells(system: System, row: Delegation) -> list[Child]:
    rights = ", ".join(RIGHTS.get(str(right), str(right)) for right in row.rights)
    until = moment(row.ends_at) if row.ends_at else "til den trekkes"
    return [
        row.proxy,
        ROLES[row.role],
        rights,
        element("span", moment(row.begins_at), " – ", until),
        _status(system, row),
    ]


def _status(system: System, row: Delegation) -> str:
    now = system.now()
    if not row.active or (row.ends_at is not None and row.ends_at <= now):
        return "Avsluttet"
    return "Gjelder" if row.begins_at <= now else "Gjelder senere"
