"""Visits of the stand-in record system, as a test plans them and a citizen asks about them."""

from datetime import date, time
from typing import Any

from digihelse_app.standins.record_system import visits
from digihelse_app.standins.record_system.visit_planning import Hours, Plan
from digihelse_app.standins.record_system.visits import WholeVisit
from tests.people import KARI
from tests.record_system_world import World

TUESDAY = date(2026, 11, 24)
NOON = Hours(time(12), time(14))
TEN_SHARP = Hours(time(10), time(11), is_window=False)
REQUEST_ID = "3f0ad6d5-6b3a-4f0c-a1e2-0d9f3f1c2b10"
_OURS = "https://digihelse.no/fhir"


def plan(hours: Hours = NOON, service_id: str = "hjemmebasert-omsorg", **changed: Any) -> Plan:
    """A visit of Kari's, with the right to cancel."""
    options: dict[str, Any] = {"cancel_right": "cancelWithComment", "role": "Sykepleier"}
    return Plan("kari", service_id, "Medisiner og tilsyn", hours, **options | changed)


async def connect_kari(at: World) -> None:
    """The night run has found that Kari is digitally active."""
    at.digihelse.feed = [(KARI.national_id, True)]
    await at.system.run_night_job()


async def planned(at: World, *days: date, **changed: Any) -> str:
    """Kari is connected and has a visit on the days (Tuesday), told; the first one's id."""
    await connect_kari(at)
    first, *_ = await at.system.plan(plan(**changed), days or [TUESDAY])
    await at.system.deliver()
    return first


async def whole(at: World, visit_id: str) -> WholeVisit:
    """The visit as the staff sees it."""
    found = await visits.read(at.system.system, visit_id)
    assert found is not None
    return found


def told(at: World, visit_id: str, kind: str = "Appointment") -> dict[str, Any]:
    """What Digihelse was last told of it."""
    return at.digihelse.stored[f"{kind}/{visit_id}"]


def request(visit_id: str, version: int = 1, **changed: Any) -> dict[str, Any]:
    """What Digihelse puts when Kari asks to cancel (1), and when she takes it back (2)."""
    number = {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": KARI.national_id}
    reason = {"system": "urn:oid:2.16.578.1.12.4.1.1.7621", "code": "AAI"}
    return {
        "resourceType": "AppointmentResponse",
        "id": REQUEST_ID,
        "meta": {"versionId": str(version), "lastUpdated": f"2026-11-23T09:0{version}:00Z"},
        "identifier": [{"system": f"{_OURS}/avbestilling", "value": changed.get("id", REQUEST_ID)}],
        "appointment": {"reference": f"Appointment/{visit_id}"},
        "actor": {"identifier": number, "display": "Kari Nordmann"},
        "participantStatus": "declined" if version == 1 else "accepted",
        "comment": "Jeg er på sykehuset.",
        "start": "2026-11-24T11:00:00Z",
        "end": "2026-11-24T13:00:00Z",
        "extension": [{"url": f"{_OURS}/cancelation-reason", "valueCoding": reason}],
    } | changed
