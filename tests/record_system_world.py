"""The stand-in record system on a real socket, with a small Digihelse and the real stand-in issuer."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from digihelse_app.standins import bankid, record_system
from tests.servers import free_port

OWN_KEY = ECKey.generate_key("P-256", {"kid": "fagsystem-1"})
DIGIHELSE_KEY = ECKey.generate_key("P-256", {"kid": "digihelse-1"})
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALVDAL = record_system.Organisation(her_id="80001", organisation_number="940837685", name="Alvdal kommune")


def machine(client_id: str, key: ECKey, scopes: dict[str, str]) -> bankid.Client:
    """A client registered at the issuer."""
    return bankid.Client(
        client_id=client_id,
        jwks=dict(KeySet([key]).as_dict(private=False)),
        grant_types=("client_credentials",),
        audiences=scopes,
        claims={"digihelse:her_id": ALVDAL.her_id},
    )


CLIENTS = (
    machine("fagsystem", OWN_KEY, {"digihelse/record-system": "digihelse"}),
    machine(
        "digihelse", DIGIHELSE_KEY, {"record-system/fhir": "record-system", "record-system/other": "other"}
    ),
)


@dataclass
class SmallDigihelse:
    """What a record system sees of Digihelse: the feed, and PUT. `refused` ids get 422, `down` gives 503."""

    feed: list[tuple[str, bool]] = field(default_factory=list)
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: int = 0
    bundles: list[str] = field(default_factory=list)
    puts: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    down: bool = False
    was_put: asyncio.Event = field(default_factory=asyncio.Event)

    async def put(self, request: Request) -> Response:
        """PUT under the caller's id; the same again changes nothing."""
        if self.down:
            return Response(status_code=503)
        if not request.headers["authorization"].startswith("Bearer ey"):
            return Response(status_code=401)
        name = f"{request.path_params['kind']}/{request.path_params['id']}"
        self.puts.append(name)
        if name in self.refused:
            return Response(status_code=422)
        body = await request.json()
        created, self.changes = name not in self.stored, self.changes + (self.stored.get(name) != body)
        self.stored[name] = body
        self.was_put.set()
        return JSONResponse(body, 201 if created else 200)

    async def put_all(self, request: Request) -> Response:
        """A Bundle: all or none of a transaction, each entry on its own of a batch."""
        if self.down:
            return Response(status_code=503)
        bundle, answers = await request.json(), []
        names = {entry["request"]["url"] for entry in bundle["entry"]}
        if bundle["type"] == "transaction" and names & self.refused:
            return Response(status_code=422)
        for entry in bundle["entry"]:
            assert entry["request"]["method"] == "PUT"
            name = entry["request"]["url"]
            self.puts.append(name)
            if name in self.refused:
                answers.append({"response": {"status": "422"}})
                continue
            answers.append({"response": {"status": "200 OK" if name in self.stored else "201 Created"}})
            self.stored[name] = entry["resource"]
        self.bundles.append(bundle["type"])
        return JSONResponse(
            {"resourceType": "Bundle", "type": f"{bundle['type']}-response", "entry": answers}
        )

    async def activity(self, request: Request) -> Response:
        """The feed after an offset."""
        if self.down:
            return Response(status_code=503)
        offset, count = int(request.query_params["offset"]), int(request.query_params["antall"])
        self.offsets.append(offset)
        page = list(enumerate(self.feed, 1))[offset : offset + count]
        changes = [
            {"offset": number, "nin": nin, "aktiv": active, "tidspunkt": "2026-11-23T10:12:00Z"}
            for number, (nin, active) in page
        ]
        after = page[-1][0] if page else offset
        return JSONResponse({"endringer": changes, "nesteOffset": after, "flere": after < len(self.feed)})

    def routes(self) -> list[Route]:
        """Where it is found."""
        return [
            Route("/fhir/{kind}/{id}", self.put, methods=["PUT"]),
            Route("/fhir", self.put_all, methods=["POST"]),
            Route("/api/digitalt-aktiv/endringer", self.activity),
        ]


@dataclass
class World:
    """All that runs at one address, and a client that speaks for Digihelse and for a browser."""

    origin: str
    system: record_system.RecordSystem
    digihelse: SmallDigihelse
    http: httpx.AsyncClient
    clock: Callable[[], datetime]

    async def token(self, scope: str = "record-system/fhir") -> str:
        """Digihelse's own machine token."""
        now = int(self.clock().timestamp())
        claims = {"iss": "digihelse", "sub": "digihelse", "aud": f"{self.origin}/testid"}
        claims |= {"iat": now, "exp": now + 60, "jti": uuid.uuid4().hex}
        form = {
            "grant_type": "client_credentials",
            "client_id": "digihelse",
            "scope": scope,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": jwt.encode({"alg": "ES256", "kid": DIGIHELSE_KEY.kid}, claims, DIGIHELSE_KEY),
        }
        answer = await self.http.post("/testid/token", data=form)
        return answer.raise_for_status().json()["access_token"]

    async def put(self, body: dict[str, Any], token: str | None = None, **headers: str) -> httpx.Response:
        """Digihelse delivers a Communication, or an AppointmentResponse."""
        bearer = await self.token() if token is None else token
        sent = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/fhir+json", **headers}
        asks = body["resourceType"] == "AppointmentResponse"
        path = f"/fagsystem/fhir/{'AppointmentResponse' if asks else 'Communication'}/{body['id']}"
        return await self.http.put(path, json=body, headers=sent)

    async def deliver(self, national_id: str) -> None:
        """A citizen's first question is delivered."""
        for body in (citizens_header(national_id), citizens_message(national_id)):
            answer = await self.put(body)
            assert answer.status_code == httpx.codes.CREATED

    async def submit(self, path: str, **form: str) -> httpx.Response:
        """A form sent from the record system's own page; the page it leads to."""
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        return await self.http.post(f"/fagsystem{path}", data=form, headers=headers, follow_redirects=True)


@asynccontextmanager
async def world(
    folder: Path, clock: Callable[[], datetime], *, page_size: int = 500, database_url: str = ""
) -> AsyncIterator[World]:
    """Everything on a free port, with the databases in `folder`; the record system has its patients."""
    origin = f"http://127.0.0.1:{free_port()}"
    digihelse = SmallDigihelse()
    provider = bankid.create(
        issuer=f"{origin}/testid",
        database_url=f"sqlite+aiosqlite:///{folder / 'testid.db'}",
        clients=CLIENTS,
        people=(),
        clock=clock,
    )
    system = another(origin, folder, clock, page_size, database_url)
    await system.seed()
    routes = [Mount("/testid", provider), Mount("/fagsystem", system.app), *digihelse.routes()]
    async with serving(Starlette(routes=routes), origin), client(origin) as http:
        try:
            yield World(origin, system, digihelse, http, clock)
        finally:
            await system.stop()


def another(
    origin: str, folder: Path, clock: Callable[[], datetime], page_size: int = 500, database_url: str = ""
) -> record_system.RecordSystem:
    """The record system, as one more process would make it on the same database."""
    return record_system.create(
        base_url=f"{origin}/fagsystem",
        digihelse_url=origin,
        issuer=f"{origin}/testid",
        database_url=database_url or f"sqlite+aiosqlite:///{folder / 'fagsystem.db'}",
        client_id="fagsystem",
        private_jwk=dict(OWN_KEY.as_dict(private=True)),
        organisation=ALVDAL,
        clock=clock,
        page_size=page_size,
    )


def client(origin: str) -> httpx.AsyncClient:
    """A client that waits until the server listens."""
    transport = httpx.AsyncHTTPTransport(retries=8)
    return httpx.AsyncClient(base_url=origin, transport=transport, trust_env=False, timeout=30)


@asynccontextmanager
async def serving(app: Starlette, origin: str) -> AsyncIterator[None]:
    """The app on a socket, served within this event loop."""
    port = httpx.URL(origin).port
    assert port is not None
    server = Server(app, "127.0.0.1", port, interface=Interfaces.ASGINL, log_enabled=False)
    serve = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.stop()
        await serve


def citizens_header(national_id: str, thread_id: str = "thread-1", **changed: Any) -> dict[str, Any]:
    """The header of a conversation that Kari or another one begins with home care."""
    return {
        "resourceType": "Communication",
        "id": thread_id,
        "status": "completed",
        "subject": {"identifier": _nin(national_id), "display": "Kari Nordmann"},
        "topic": {"text": "Senere besøk på torsdager"},
        "sent": "2026-11-20T11:02:00Z",
        "recipient": [{"reference": "HealthcareService/hjemmebasert-omsorg"}],
        "sender": {"identifier": _nin(national_id), "display": "Kari Nordmann"},
    } | changed


def citizens_message(
    national_id: str, message_id: str = "message-1", thread_id: str = "thread-1", **changed: Any
) -> dict[str, Any]:
    """A message in it."""
    return {
        "resourceType": "Communication",
        "id": message_id,
        "status": "completed",
        "subject": {"identifier": _nin(national_id)},
        "partOf": [{"reference": f"Communication/{thread_id}"}],
        "sent": "2026-11-20T11:02:00Z",
        "sender": {"identifier": _nin(national_id), "display": "Kari Nordmann"},
        "recipient": [{"reference": "HealthcareService/hjemmebasert-omsorg"}],
        "payload": [{"contentString": "Kan dere komme klokka ti i stedet?"}],
    } | changed


def _nin(national_id: str) -> dict[str, str]:
    return {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": national_id}
