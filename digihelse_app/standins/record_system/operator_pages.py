"""The operator's page: night job and its journal, a played day, services, patients, deliveries, faults."""

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import (
    delivery_pages,
    fault_pages,
    live_day_pages,
    night_job,
    service_pages,
)
from digihelse_app.standins.record_system.frame import (
    OPERATION,
    back_to,
    form_to,
    moment,
    notice,
    own_form,
    page,
    refused,
    section,
    table,
)
from digihelse_app.standins.record_system.html import Child, Html, element
from digihelse_app.standins.record_system.schedule import DONE, FAILED
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.tables import Care, Feed, NightRun, Patient, Service

JOURNAL_LINES = 20
OUTCOMES = {DONE: "Ferdig", FAILED: "Feilet", "": "Avbrutt"}
STARTED_BY = {night_job.BY_SCHEDULE: "klokka", night_job.BY_OPERATOR: "drift"}
TOLD = {
    "ferdig": ("Nattjobben er ferdig.", "done"),
    "feilet": ("Nattjobben kom ikke i mål. Den fortsetter der den var.", "failed"),
    "opptatt": ("Nattjobben kjører allerede.", "failed"),
    "avbrutt": ("Nattjobben døde midtveis. Den fortsetter der den var om et minutt.", "failed"),
    "lagret": ("Lagret, og meldt til Digihelse.", "done"),
    "ikke-meldt": ("Lagret, men ikke meldt til Digihelse. Nattjobben melder det.", "failed"),
    "feil": ("Feilbryterne er lagret.", "done"),
    "bedt": ("Digihelse prøver å levere meldingen på nytt.", "done"),
    "ikke-bedt": ("Digihelse tok ikke imot beskjeden om å prøve på nytt.", "failed"),
    "lagt-opp": ("Dagen er lagt opp.", "done"),
    "steg": ("Ett steg er tatt.", "done"),
    "spiller": ("Dagen spilles av, et steg om gangen.", "done"),
    "stoppet": ("Dagen er stoppet. Den kan spilles videre.", "done"),
    "sendes": ("Det som venter, sendes nå.", "done"),
}


async def operation(request: Request) -> Response:
    """Everything an operator looks after, on one page."""
    system = system_of(request)
    told = TOLD.get(request.query_params.get("gikk", ""))
    return page(
        system,
        OPERATION,
        notice(*told) if told else None,
        await _night_job(system),
        await live_day_pages.played_day(system),
        await service_pages.offered(system),
        await delivery_pages.outgoing(system),
        await delivery_pages.stopped(system),
        await _patients(system),
        await fault_pages.switches(system),
        current=OPERATION,
    )


async def _night_job(system: System) -> Html:
    running = await night_job.is_running(system)
    due = await night_job.next_due(system)
    async with system.store.transaction() as session:
        feed = await session.get_one(Feed, 1)
        newest_first = select(NightRun).order_by(NightRun.number.desc()).limit(JOURNAL_LINES)
        journal = (await session.scalars(newest_first)).all()
    state = "Kjører nå." if running else "Kjører ikke."
    names = ("Startet", "Av", "Ferdig", "Sett", "Treff", "Sendt", "Feil", "Utfall")
    return section(
        "Nattjobb",
        element(
            "p", state, " Neste kjøring: ", moment(due), ". Lest til og med endring ", str(feed.offset), "."
        ),
        form_to(system, "/drift/nattjobb", element("button", "Kjør nattjobben nå", type="submit")),
        table("Kjøringer", names, [_journal_line(run, running and run is journal[0]) for run in journal]),
    )


def _journal_line(run: NightRun, running: bool) -> list[Child]:
    outcome = "Kjører" if running and not run.outcome else OUTCOMES[run.outcome]
    return [
        moment(run.started_at),
        STARTED_BY.get(run.started_by, run.started_by),
        moment(run.finished_at),
        *(str(count) for count in (run.seen, run.matched, run.put, run.errors)),
        f"{outcome} ({run.detail})" if run.detail else outcome,
    ]


async def run_night_job(request: Request) -> Response:
    """Runs the night job to its end, and tells how it went."""
    system = system_of(request)
    if await own_form(request) is None:
        return refused(system)
    try:
        journal = await night_job.run(system)
    except night_job.NightRunDiedError:
        return back_to(system, "/drift?gikk=avbrutt")
    went = "opptatt" if journal is None else {DONE: "ferdig"}.get(journal.outcome, "feilet")
    return back_to(system, f"/drift?gikk={went}")


async def _patients(system: System) -> Html:
    query = (
        select(Patient, Service.name)
        .join(Care, Care.patient_id == Patient.id)
        .join(Service, Service.id == Care.service_id)
        .order_by(Patient.name, Service.name)
    )
    received: dict[str, list[str]] = {}
    connected: dict[str, str] = {}
    async with system.store.transaction() as session:
        for patient, service in await session.execute(query):
            received.setdefault(patient.name, []).append(service)
            connected[patient.name] = "Koblet" if patient.connected else "Ikke koblet"
    rows = [[name, ", ".join(services), connected[name]] for name, services in received.items()]
    return section("Pasienter", table("Pasienter", ("Navn", "Får", "Digihelse"), rows))
