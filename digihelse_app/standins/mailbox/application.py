"""The gateways' wire and the page that shows what was sent; this machine alone may use either."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import delete, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from digihelse_app.standins.mailbox import page
from digihelse_app.standins.mailbox.tables import Fault, Sent, Table
from digihelse_app.standins.own_database import OwnDatabase

LOCK = 7_619_011  # PostgreSQL advisory lock: one worker at a time creates the tables
DOWN, SLOW, LOST = "down", "slow", "lost"
SLOW_SECONDS = 5.0
SHOWN = 100
MAX_BODY = 20_000
STATIC = Path(__file__).parent / "static"

Endpoint = Callable[[Request], Awaitable[Response]]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create(*, database_url: str, clock: Callable[[], datetime] = _utc_now) -> Starlette:
    """The mailbox, to be mounted; `clock` gives the time with its zone.

    `database_url` is an async SQLAlchemy URL of its own file or database, shared by all workers; tables are
    made on first use. `POST /sms` takes JSON with `reference`, `to` and `text`, `POST /mail` also `subject`:
    202, and 200 for a reference that came before. `POST /feil` (a form) switches faults.
    """
    box = _Mailbox(OwnDatabase(database_url, Table.metadata, LOCK, one_at_a_time=True), clock)
    return Starlette(
        routes=[
            Route("/sms", _here(box.take_sms), methods=["POST"]),
            Route("/mail", _here(box.take_mail), methods=["POST"]),
            Route("/feil", _here(box.switch), methods=["POST"]),
            Route("/varsler.css", _here(_static)),
            Route("/oppdater.js", _here(_static)),
            Route("/", _here(box.show)),
        ]
    )


def _here(endpoint: Endpoint) -> Endpoint:
    """The same for this machine; anyone else is refused: there is no other lock."""

    async def answer(request: Request) -> Response:
        host = request.client.host if request.client else ""
        if not _is_loopback(host):
            return PlainTextResponse("Only this machine may use the test mailbox.", 403)
        return await endpoint(request)

    return answer


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


class _Mailbox:
    def __init__(self, store: OwnDatabase, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def take_sms(self, request: Request) -> Response:
        """An SMS is handed over."""
        return await self._take(request, "sms", ("reference", "to", "text"))

    async def take_mail(self, request: Request) -> Response:
        """An e-mail is handed over."""
        return await self._take(request, "mail", ("reference", "to", "subject", "text"))

    async def _take(self, request: Request, kind: str, names: tuple[str, ...]) -> Response:
        faults = await self._faults()
        if SLOW in faults:
            await asyncio.sleep(SLOW_SECONDS)
        if DOWN in faults:
            return Response(status_code=503)
        given = await _fields(request, names)
        if given is None:
            return JSONResponse({"needed": names}, 400)
        is_new = await self._keep(kind, given)
        if LOST in faults:
            return Response(status_code=500)
        return JSONResponse({"reference": given["reference"]}, 202 if is_new else 200)

    async def _keep(self, kind: str, given: Mapping[str, str]) -> bool:
        async with self._store.transaction() as session:
            known = select(Sent).where(Sent.reference == given["reference"])
            before = (await session.scalars(known)).one_or_none()
            if before is not None:
                before.handed_over += 1
                return False
            session.add(
                Sent(
                    reference=given["reference"],
                    kind=kind,
                    recipient=given["to"],
                    subject=given.get("subject", ""),
                    text=given["text"],
                    at=self._clock(),
                )
            )
            return True

    async def _faults(self) -> set[str]:
        async with self._store.transaction() as session:
            return set(await session.scalars(select(Fault.name)))

    async def show(self, request: Request) -> Response:
        """What was sent, the newest first."""
        newest = select(Sent).order_by(Sent.at.desc(), Sent.number.desc()).limit(SHOWN)
        async with self._store.transaction() as session:
            sent = list(await session.scalars(newest))
        return page.show(request.scope.get("root_path", ""), sent, await self._faults())

    async def switch(self, request: Request) -> Response:
        """Switches faults on and off, for a form of the own page."""
        site = request.headers.get("sec-fetch-site", "same-origin")
        body = await request.body()
        if site != "same-origin" or len(body) > MAX_BODY:
            return PlainTextResponse("The form was sent from elsewhere.", 403)
        on = dict(parse_qsl(body.decode(errors="replace")))
        async with self._store.transaction() as session:
            await session.execute(delete(Fault))
            session.add_all(Fault(name=name) for name in (DOWN, SLOW, LOST) if on.get(name) == "on")
        return RedirectResponse(f"{request.scope.get('root_path', '')}/", 303)


async def _fields(request: Request, names: tuple[str, ...]) -> dict[str, str] | None:
    """The named texts of a JSON body; None unless each is there and is a text."""
    body = await request.body()
    try:
        given: Any = await request.json() if len(body) <= MAX_BODY else None
    except ValueError:
        return None
    if not isinstance(given, dict):
        return None
    found = {name: given[name] for name in names if isinstance(given.get(name), str) and given[name]}
    return found if len(found) == len(names) else None


async def _static(request: Request) -> Response:
    """The style sheet and the one small script; the routes admit no other name."""
    name = request.url.path.rpartition("/")[2]
    return FileResponse(STATIC / name, headers={"Cache-Control": "max-age=300"})
