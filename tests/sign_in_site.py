"""The app's sign-in routes, the stand-in provider and registers, served on a real socket in this process."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server
from joserfc.jwk import RSAKey
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from digihelse_app import routes
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.outside import clock as app_clock
from digihelse_app.outside.identity_provider import profile as profiles
from digihelse_app.outside.identity_provider.relying_party import RelyingParty
from digihelse_app.outside.machine_token import MachineTokens
from digihelse_app.outside.registers.answers import Registers
from digihelse_app.outside.registers.connected import registers
from digihelse_app.outside.signing_keys import SigningKeys
from digihelse_app.settings import Settings
from digihelse_app.standins import bankid
from digihelse_app.standins import registers as standin_registers
from digihelse_app.standins.people import PEOPLE
from digihelse_app.web.auth import endpoints
from tests.servers import free_port

SIGNING_KEYS = SigningKeys({"rp": RSAKey.generate_key(2048, {"kid": "rp"})}, "rp")
COOKIE = "digihelse"


@dataclass
class Site:
    """What is served, and how to speak to it."""

    settings: Settings
    party: RelyingParty
    registers: Registers
    tokens: MachineTokens
    base_url: str = field(init=False)

    def __post_init__(self) -> None:
        self.base_url = self.settings.base_url

    @property
    def issuer(self) -> str:
        """The stand-in provider's."""
        return f"{self.base_url}/testid"

    @asynccontextmanager
    async def browser(self) -> AsyncIterator["Browser"]:
        """A browser of its own, with no cookies."""
        async with httpx.AsyncClient(base_url=self.base_url, trust_env=False, timeout=30) as http:
            yield Browser(http, self.issuer)

    async def set_registers_down(self, down: bool) -> None:
        """The fault switch."""
        async with httpx.AsyncClient(trust_env=False) as http:
            await http.post(f"{self.base_url}/registre/feil", data={"nede": "1" if down else "0"})


@dataclass
class Browser:
    """Goes where it is sent, one step at a time."""

    http: httpx.AsyncClient
    issuer: str

    async def begin(self, **query: str) -> httpx.Response:
        """Asks the app to sign in; gives its answer."""
        return await self.http.get(routes.LOGIN, params=query)

    async def choose(self, at_provider: str, **fields: str) -> str:
        """Goes to the provider's page and presses a button; gives the address it sends back to."""
        answer = await self.http.get(at_provider)
        location = answer.headers["location"]
        if location.startswith(f"{self.issuer}/authorize/login"):
            page = await self.http.get(location)
            found = re.search(r'name="interaction" value="([^"]+)"', page.text)
            assert found is not None
            form = {"interaction": found[1], **fields}
            answer = await self.http.post(f"{self.issuer}/authorize/decision", data=form)
            location = answer.headers["location"]
        return location

    async def sign_in(
        self, person: str = "kari-nordmann", query: Mapping[str, str] | None = None, **fields: str
    ):
        """The whole way; gives the callback's answer."""
        answer = await self.begin(**(query or {}))
        back = await self.choose(answer.headers["location"], person=person, **fields)
        return await self.http.get(back)

    async def post(self, path: str, **headers: str) -> httpx.Response:
        """Posts as a page of the app's does, or with other headers than a browser's."""
        return await self.http.post(path, headers=headers or {"Sec-Fetch-Site": "same-origin"})

    async def submit(self, page: httpx.Response) -> httpx.Response:
        """Submits the page's form."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action is not None
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        return await self.http.post(unescape(action[1]), data={n: unescape(v) for n, v in fields.items()})

    @property
    def session_secret(self) -> str:
        """What the session cookie holds; empty without one."""
        return self.http.cookies.get(COOKIE) or ""


async def show_page(_request: Request) -> Response:
    """Any page of the app's."""
    return PlainTextResponse("page")


@asynccontextmanager
async def site(
    folder: Path, *, changed: Mapping[str, Any] | None = None, clock: Any = None
) -> AsyncIterator[Site]:
    """The site on a free port; `changed` are fields of the profile, `clock` the stand-ins' time."""
    port = free_port()
    settings = Settings(base_url=f"http://localhost:{port}", var_dir=folder).checked()
    profile = replace(profiles.from_environment(settings, {}), **(changed or {}))
    party = RelyingParty(profile, SIGNING_KEYS, settings.base_url, settings.synthetic_offsets)
    tokens = MachineTokens(settings.machine_token_issuer, settings.machine_client_id, SIGNING_KEYS)
    connected = registers(settings, tokens)
    built = Site(settings, party, connected, tokens)
    async with serving(_application(built, folder, clock or _now), port):
        yield built


def _now() -> datetime:
    return app_clock.now()


def _application(built: Site, folder: Path, clock: Any) -> Starlette:
    provider = bankid.create(
        issuer=built.issuer,
        database_url=f"sqlite+aiosqlite:///{folder / 'testid.db'}",
        clients=[client_registration(built.base_url)],
        people=bankid.picker_people(),
        clock=clock,
    )
    register = standin_registers.create(
        people=PEOPLE, issuer=built.issuer, jwks_url=f"{built.issuer}/jwks", clock=clock
    )
    auth = endpoints.routes(built.party, built.registers, built.settings)
    pages = [Route(path, show_page) for path in routes.PAGES]
    mounts = [Mount("/testid", provider), Mount("/registre", register)]
    return Starlette(routes=[*auth, *pages, *mounts])


def client_registration(base_url: str) -> bankid.Client:
    """The app as the provider knows it."""
    return bankid.Client(
        client_id="digihelse",
        redirect_uris=(base_url + routes.CALLBACK,),
        post_logout_redirect_uris=(base_url + routes.LOGOUT_CALLBACK,),
        frontchannel_logout_uri=base_url + routes.FRONTCHANNEL_LOGOUT,
        jwks=SIGNING_KEYS.public(),
        grant_types=("authorization_code", "client_credentials"),
        audiences=standin_registers.AUDIENCES,
    )


@asynccontextmanager
async def serving(app: Any, port: int) -> AsyncIterator[None]:
    """`app` on a real socket at the port, in this event loop."""
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, websockets=False)
    task = asyncio.create_task(server.serve())
    try:
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=8), trust_env=False) as http:
            await http.get(f"http://127.0.0.1:{port}/no-such-page")
        yield
    finally:
        server.stop()
        await task


def query_of(address: str) -> dict[str, str]:
    """The query of an address."""
    return dict(httpx.URL(address).params)


def path_of(address: str) -> str:
    """The path of an address."""
    return urlsplit(address).path


async def known_people() -> list[Person]:
    """Everybody the app knows."""
    async with unit_of_work(reading=True) as session:
        return list(await session.exec(select(Person)))


async def logged_acts() -> list[LogAction]:
    """What the access log tells of, oldest first."""
    async with unit_of_work(reading=True) as session:
        rows = await session.exec(select(AccessLogEntry).order_by(col(AccessLogEntry.at)))
        return [row.action for row in rows]
