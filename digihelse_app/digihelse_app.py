"""The composition root: settings -> database and outside systems -> app -> pages -> gate -> failure texts."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import reflex as rx
import reflex.model
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from digihelse_app import routes, settings
from digihelse_app.components.frame import app_look
from digihelse_app.demo import story, wiring
from digihelse_app.jobs.bus import Bus
from digihelse_app.jobs.deliveries import to_people, to_record_systems
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.jobs.schedule import Schedule
from digihelse_app.jobs.upkeep import upkeep
from digihelse_app.jobs.worker import work
from digihelse_app.models import database, vault
from digihelse_app.outside import key_store, log, signing_keys
from digihelse_app.outside.identity_provider import profile
from digihelse_app.outside.identity_provider.relying_party import RelyingParty
from digihelse_app.outside.machine_token import MachineTokens
from digihelse_app.outside.notice_gateways import gateways
from digihelse_app.outside.record_system import SCOPE as RECORD_SYSTEM_SCOPE
from digihelse_app.outside.record_system import FhirRecordSystem
from digihelse_app.outside.registers.connected import registers
from digihelse_app.pages.table import add_pages
from digihelse_app.services import (
    connection,
    delegation,
    delegation_rows,
    notices,
    organisations,
    sessions,
)
from digihelse_app.state.failures import note_browser_failure, show_failure
from digihelse_app.state.gate import Gate
from digihelse_app.state.live import pump
from digihelse_app.web import (
    access_log,
    attachments,
    calendar,
    deliveries,
    digital_activity,
    drafts,
    export,
    headers,
    health,
    thread_pdf,
)
from digihelse_app.web.auth import cookies
from digihelse_app.web.auth import endpoints as auth
from digihelse_app.web.caller import Callers
from digihelse_app.web.fhir import routes as fhir
from digihelse_app.web.fhir import tokens as fhir_tokens

logger = logging.getLogger(__name__)

BUILT = Path(".web/build/client")
DELIVERY_TIMEOUT_SECONDS = 20


class Running:
    """What one process holds while it serves; made when the app is built for serving, not when compiled."""

    def __init__(self, chosen: settings.Settings) -> None:
        self.settings = chosen
        self.keys = key_store.load_or_create(chosen)
        self.bus = Bus(chosen.redis_url)
        self.tokens = MachineTokens(
            chosen.machine_token_issuer, chosen.machine_client_id, self.keys.signing, dpop=chosen.machine_dpop
        )
        self.outgoing = httpx.AsyncClient(timeout=DELIVERY_TIMEOUT_SECONDS, trust_env=False)
        self.registers = registers(chosen, self.tokens)
        self.dispatcher = Dispatcher(
            {
                **to_record_systems(FhirRecordSystem(self.tokens, self.outgoing)),
                **to_people(
                    self.registers, gateways(chosen, self.tokens, self.outgoing), address=chosen.base_url
                ),
            }
        )
        self.standins = wiring.build(chosen, self.keys.signing) if chosen.uses_standins else None
        self.ready = False

    def routes(self) -> Router:
        """Every plain HTTP route beside the app."""
        chosen = self.settings
        party = RelyingParty(
            profile.from_environment(chosen), self.keys.signing, chosen.base_url, chosen.synthetic_offsets
        )
        judged = fhir_tokens.MachineTokens(
            chosen.machine_token_issuer, chosen.base_url, require_dpop=chosen.require_dpop
        )
        table = [
            *auth.routes(party, self.registers, chosen, stylesheet=_stylesheet()),
            *fhir.routes(judged, chosen.base_url),
            *digital_activity.routes(judged),
            *deliveries.routes(judged),
            *drafts.routes(Callers(chosen)),
            *thread_pdf.routes(Callers(chosen)),
            *access_log.routes(Callers(chosen)),
            *export.routes(Callers(chosen)),
            *attachments.routes(Callers(chosen)),
            *calendar.routes(Callers(chosen)),
            *health.routes(lambda: self.ready),
        ]
        return Router([*table, *(self.standins.mounts if self.standins else [])], redirect_slashes=False)

    def known_organisations(self) -> list[organisations.KnownOrganisation]:
        """The organisations of the settings, and the stand-ins' own."""
        file = self.settings.organisations_file
        named = organisations.read(Path(file)) if file else []
        return [*named, self.standins.organisation] if self.standins else named


def _stylesheet() -> str:
    """Address of the built styles, for the few pages that are not the app's own."""
    return next((f"/assets/{file.name}" for file in (BUILT / "assets").glob("*.css")), "")


def serving(app: ASGIApp) -> ASGIApp:
    """Put the plain routes before the app, and security headers around both."""
    running = Running(settings.from_environment())
    reflex_app.register_lifespan_task(contextlib.asynccontextmanager(lambda: _alive(running)))
    table = running.routes()
    table.default = app

    async def beside(scope: Scope, receive: Receive, send: Send) -> None:
        await (table if scope["type"] == "http" else app)(scope, receive, send)

    provider = profile.from_environment(running.settings)
    return headers.secure(
        beside,
        base_url=running.settings.base_url,
        build_dir=BUILT,
        form_targets=[origin for origin in provider.frame_ancestors if origin != "'self'"],
        framed={routes.FRONTCHANNEL_LOGOUT: " ".join(provider.frame_ancestors)},
    )


async def _alive(running: Running) -> AsyncIterator[None]:
    """The process's life: connected, told, working; and put down in order."""
    # What is loaded by now stays for good: the garbage collector need not look through it ever again.
    gc.freeze()
    log.install()
    vault.hold(running.keys.vault)
    database.connect(running.settings.database)
    connection.configure(running.settings.night_run_at, running.settings.ready_from)
    notices.configure(running.registers, running.settings.contact_details_url)
    delegation.configure(running.registers, running.settings.synthetic_offsets)
    delegation_rows.configure(signing_keys.signer(running.keys.signing))
    database.on_commit(running.bus.people_changed)
    database.on_commit(running.dispatcher.people_changed)
    sessions.on_end(running.bus.sessions_ended)
    await organisations.register(running.known_organisations())
    tasks = [asyncio.create_task(pump(reflex_app, running.bus)), asyncio.create_task(_begin(running))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if running.standins:
            await running.standins.municipality.stop()
        await running.outgoing.aclose()
        await running.bus.close()
        await database.disconnect()


async def _begin(running: Running) -> None:
    """Play the demo story in an empty installation, once the process answers; then work."""
    standins = running.standins
    try:
        if standins and running.settings.demo:
            await _answers(running.settings.base_url + health.LIVE)
            # Now: the story is told at times long past.
            await running.tokens.token(RECORD_SYSTEM_SCOPE)
            await running.tokens.token(running.settings.registers_scope)
            await story.play(standins, running.dispatcher)
        if standins:
            await standins.municipality.start()
    except Exception as failure:
        logger.exception("the demo story could not be played: %s", type(failure).__name__)
    running.ready = True
    if running.settings.jobs_in_web:
        await work(running.dispatcher, Schedule(upkeep()))


async def _answers(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(url)).is_success:
                    return
            await asyncio.sleep(0.05)


reflex_app = app = rx.App(
    backend_exception_handler=show_failure,
    frontend_exception_handler=note_browser_failure,
    api_transformer=serving,
    **app_look(),
)
add_pages(app)
app.add_middleware(Gate(cookies.for_settings(settings.from_environment()).session))
