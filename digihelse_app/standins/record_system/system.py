"""What every part of the record system shares: whose it is, where it is, its database, clock and wire."""

import asyncio
import ipaddress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from urllib.parse import urlsplit

from starlette.requests import Request

from digihelse_app.standins.record_system.callers import Callers
from digihelse_app.standins.record_system.digihelse import Digihelse
from digihelse_app.standins.record_system.issuer import Clock
from digihelse_app.standins.record_system.schedule import NIGHT_RUN_AT, OSLO
from digihelse_app.standins.record_system.store import Store


@dataclass(frozen=True)
class Organisation:
    """The municipality: HER-id, organisation number, name."""

    her_id: str
    organisation_number: str
    name: str


@dataclass(frozen=True)
class System:
    """One municipality's record system, served at `base_url` (its path is where it is mounted)."""

    organisation: Organisation
    base_url: str
    store: Store
    clock: Clock
    digihelse: Digihelse
    callers: Callers
    page_size: int = 500
    night_run_at: time = NIGHT_RUN_AT
    something_to_deliver: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return self.clock()

    def today(self) -> date:
        """Today's date in Europe/Oslo."""
        return self.clock().astimezone(OSLO).date()

    def path(self, below: str) -> str:
        """An own page's path on the server: `/fagsystem` + `below`."""
        return urlsplit(self.base_url).path + below

    @property
    def origin(self) -> str:
        """Scheme, host and port of the own pages."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"


def system_of(request: Request) -> System:
    """The record system that answers this request."""
    return request.app.state.system


def require_loopback(*addresses: str) -> None:
    """Raises ValueError unless every address is this machine: anyone here may act as the municipality."""
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not _is_loopback(parts.hostname or ""):
            raise ValueError("The stand-in record system may only run at a loopback address.")
        if address.endswith("/") or parts.query or parts.fragment or parts.username is not None:
            raise ValueError("The record system's addresses must be bare, without a trailing slash.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
