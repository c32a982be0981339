"""What the record system holds from the start: its services, its patients, and who receives what."""

from datetime import date, timedelta

from sqlalchemy import select

from digihelse_app.standins.people import BY_KEY
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Care, Patient, Service

HOME_CARE = "hjemmebasert-omsorg"
PRACTICAL_HELP = "praktisk-hjelp"
NURSING_HOME = "solsida-omsorgsheim"
DAY_CENTRE = "dagsenter"

OPENED_BEFORE = timedelta(days=300)
NURSING_HOME_OPENS_IN = timedelta(days=21)
EMERGENCY = "Ring 113 når det er akutt. Legevakta svarer på 116 117 hele døgnet."

RECEIVES = {
    "kari": {HOME_CARE: 660, PRACTICAL_HELP: 400, NURSING_HOME: 30},
    "ola": {HOME_CARE: 45},
    "per": {NURSING_HOME: 720},
    "nils": {HOME_CARE: 120, DAY_CENTRE: 90},
}
"""Whom of the synthetic people the municipality cares for, and for how many days it has."""

UNREGISTERED = (
    ("elsa", "Elsa Moen", "19814013181", {HOME_CARE: 200}),
    ("arne", "Arne Dalen", "03854521011", {DAY_CENTRE: 150}),
)
"""Patients who do not use Digihelse at all: synthetic numbers that no register here knows."""


def services(today: date) -> list[Service]:
    """The services, with their dates relative to `today`."""
    opened = today - OPENED_BEFORE
    home_care = [
        {"code": "besok", "display": "Besøkstider"},
        {"code": "medisin", "display": "Medisiner"},
        {"code": "hjelpemidler", "display": "Hjelpemidler"},
        {"code": "annet", "display": "Annet"},
    ]
    practical_help = [
        {"code": "dag", "display": "Bytte dag"},
        {"code": "oppgaver", "display": "Hva vi gjør hos deg"},
        {"code": "annet", "display": "Annet"},
    ]
    return [
        _service(
            HOME_CARE,
            "Hjemmebasert omsorg",
            "7",
            "62 48 90 00",
            opened,
            2,
            home_care,
            shows_visits=True,
            shares_names=True,
            missed_after_minutes=30,
        ),
        _service(
            PRACTICAL_HELP,
            "Praktisk hjelp",
            "7",
            "62 48 90 10",
            opened,
            3,
            practical_help,
            shows_visits=True,
        ),
        _service(
            NURSING_HOME, "Solsida omsorgsheim", "19", "62 48 91 00", today + NURSING_HOME_OPENS_IN, 2, []
        ),
        _service(DAY_CENTRE, "Dagsenteret på Steia", "0", "62 48 92 00", None, None, []),
    ]


def _service(
    service_id: str,
    name: str,
    kind: str,
    phone: str,
    opens_on: date | None,
    reply_working_days: int | None,
    categories: list[dict[str, str]],
    *,
    shows_visits: bool = False,
    shares_names: bool = False,
    missed_after_minutes: int = 60,
) -> Service:
    return Service(
        id=service_id,
        name=name,
        kind=kind,
        phone=phone,
        opens_at="08:00",
        closes_at="15:30",
        opens_on=opens_on,
        reply_working_days=reply_working_days,
        categories=categories,
        shows_visits=shows_visits,
        shares_names=shares_names,
        missed_after_minutes=missed_after_minutes,
        emergency_text=EMERGENCY,
    )


async def fill(system: System) -> None:
    """Fill an empty database; a filled one is left as it is."""
    today = system.today()
    async with system.store.transaction() as session:
        if await session.scalar(select(Service.id).limit(1)) is not None:
            return
        session.add_all(services(today))
        await session.flush()
        known = [
            (key, BY_KEY[key].name, BY_KEY[key].national_id, received) for key, received in RECEIVES.items()
        ]
        for key, name, national_id, received in [*known, *UNREGISTERED]:
            session.add(Patient(id=key, name=name, national_id=national_id))
            await session.flush()
            session.add_all(
                Care(
                    id=f"{key}-{service_id}",
                    patient_id=key,
                    service_id=service_id,
                    since=today - timedelta(days=days),
                )
                for service_id, days in received.items()
            )
