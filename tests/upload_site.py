"""The routes for files on a real socket, and browsers that are signed in to send and fetch them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from starlette.applications import Starlette

from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.outside.identity_provider.validation import Identity
from digihelse_app.services import sessions
from digihelse_app.settings import Settings
from digihelse_app.web import attachments
from digihelse_app.web.auth import cookies
from digihelse_app.web.caller import Callers
from tests.people import KARI
from tests.servers import free_port
from tests.sign_in_site import serving

SILENCE = 0.4
"""How long the line may be still at this site, in seconds."""


@dataclass(frozen=True)
class UploadSite:
    """Where it is, and how its pages speak to it."""

    origin: str
    http: httpx.AsyncClient

    async def cookie(self, person: Person) -> dict[str, str]:
        """The header of a browser in which `person` is signed in."""
        identity = Identity(
            national_id=KARI.national_id,  # not kept with the session
            issuer="https://issuer.example",
            acr="idporten-loa-high",
            amr=("bankid",),
            auth_time=clock.now(),
            provider_sid=None,
            locale="nb",
            id_token="token",
        )
        secret = await sessions.open_session(person.id, identity)
        name = cookies.for_settings(Settings(base_url=self.origin)).session
        return {"Cookie": f"{name}={secret}"}

    @property
    def own(self) -> dict[str, str]:
        """What a browser adds to a request from our own pages."""
        return {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}

    async def upload(
        self, cookie: dict[str, str], content: bytes, name: str = "fil.pdf", key: str = "", **headers: str
    ) -> httpx.Response:
        """Send a file as the page does; `key` says for whom."""
        named = {"X-File-Name": quote(name), "Content-Type": "application/octet-stream"}
        query = {"for": key} if key else {}
        sent = self.own | cookie | named | headers
        return await self.http.post("/attachments", content=content, headers=sent, params=query)

    async def fetch(self, cookie: dict[str, str], attachment_id: str, **query: str) -> httpx.Response:
        """Get a file."""
        return await self.http.get(f"/attachments/{attachment_id}", headers=cookie, params=query)

    async def delete(self, cookie: dict[str, str], attachment_id: str, **query: str) -> httpx.Response:
        """Take a file away."""
        return await self.http.delete(
            f"/attachments/{attachment_id}", headers=self.own | cookie, params=query
        )

    async def raw(self, cookie: dict[str, str], headers: dict[str, str], *parts: bytes, end: bool) -> bytes:
        """A POST written by hand, part by part; all that is answered until the other side hangs up.

        `end` closes our half of the line when everything is sent, as a browser that is closed does.
        """
        port = httpx.URL(self.origin).port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = {"Host": f"127.0.0.1:{port}"} | self.own | cookie | headers
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        try:
            for part in (f"POST /attachments HTTP/1.1\r\n{head}\r\n".encode(), *parts):
                writer.write(part)
                await writer.drain()
            if end:
                writer.write_eof()
            async with asyncio.timeout(15):
                return await reader.read()
        except (ConnectionResetError, BrokenPipeError):
            return b""
        finally:
            writer.close()


@asynccontextmanager
async def upload_site(**options: Any) -> AsyncIterator[UploadSite]:
    """The site on a free port, on the connected database."""
    port = free_port()
    origin = f"http://localhost:{port}"
    app = Starlette(routes=attachments.routes(Callers(Settings(base_url=origin)), SILENCE))
    async with (
        serving(app, port),
        httpx.AsyncClient(base_url=origin, trust_env=False, timeout=30, **options) as http,
    ):
        yield UploadSite(origin, http)
