"""What every endpoint shares: the registrations, the store and the clock."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from starlette.requests import Request

from digihelse_app.standins.bankid.registrations import Client, TestPerson
from digihelse_app.standins.bankid.store import Store

HIGH = "idporten-loa-high"
SUBSTANTIAL = "idporten-loa-substantial"
LOCALES = ("nb", "nn", "en", "se")
CODE_GRANT = "authorization_code"
MACHINE_GRANT = "client_credentials"


@dataclass(frozen=True)
class Provider:
    """One provider, at one exact issuer address."""

    issuer: str
    clients: Mapping[str, Client]
    people: Mapping[str, TestPerson]
    store: Store
    clock: Callable[[], datetime]

    def now(self) -> int:
        """Whole seconds since 1970."""
        return int(self.clock().timestamp())

    def address(self, path: str) -> str:
        """The absolute address of an own endpoint."""
        return self.issuer + path

    @property
    def path(self) -> str:
        """Where the provider is mounted: `/testid`."""
        return urlsplit(self.issuer).path


def provider_of(request: Request) -> Provider:
    """The provider that answers this request."""
    return request.app.state.provider


def require_loopback(issuer: str) -> None:
    """Raises ValueError unless the issuer is this machine: anyone may sign in here as anyone."""
    parts = urlsplit(issuer)
    if parts.scheme not in ("http", "https") or not _is_loopback(parts.hostname or ""):
        raise ValueError(f"The stand-in for BankID may only run at a loopback address, not at {issuer!r}.")
    if issuer.endswith("/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(f"The issuer must be a bare address without a trailing slash, not {issuer!r}.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
