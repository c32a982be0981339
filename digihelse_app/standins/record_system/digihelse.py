"""The calls this record system makes to Digihelse (docs/integration.md §3 and §5)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx

from digihelse_app.standins.record_system.issuer import OwnToken

SCOPE = "digihelse/record-system"
BATCH = "batch"
TRANSACTION = "transaction"
LATER = frozenset({401, 408, 425, 429})


class UnavailableError(Exception):
    """Digihelse or the issuer did not answer, or asked us to come back: worth another try."""


class RefusedError(Exception):
    """Digihelse does not accept the resource; another try would be refused as well."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


def is_taken(status: int) -> bool:
    """Whether an answer's status says that what was put is there."""
    return 200 <= status < 300


def is_later(status: int) -> bool:
    """Whether it says that another try is worth it."""
    return status >= 500 or status in LATER


class Digihelse:
    """Digihelse's record-system API, with this system's own token."""

    def __init__(self, http: httpx.AsyncClient, address: str, token: OwnToken) -> None:
        self._http = http
        self._address = address
        self._token = token

    async def put(self, resource: dict[str, Any]) -> None:
        """Put a resource under its own id. Raises UnavailableError, RefusedError."""
        path = f"/fhir/{resource['resourceType']}/{resource['id']}"
        await self._call("PUT", path, json=resource, headers={"Content-Type": "application/fhir+json"})

    async def put_all(self, resources: Sequence[dict[str, Any]], kind: str) -> list[int]:
        """Put several in one call, a Bundle of `kind` TRANSACTION (all or none) or BATCH (each on its own).

        The status each got, in the same order. Raises UnavailableError, RefusedError for the whole.
        """
        entries = [
            {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
            for each in resources
        ]
        bundle = {"resourceType": "Bundle", "type": kind, "entry": entries}
        headers = {"Content-Type": "application/fhir+json"}
        answer = await self._call("POST", "/fhir", json=bundle, headers=headers)
        return [int(entry["response"]["status"].split()[0]) for entry in answer.json()["entry"]]

    async def changes(self, offset: int, count: int) -> dict[str, Any]:
        """A page of the feed of digital activity after `offset`. Raises UnavailableError, RefusedError."""
        parameters = {"offset": offset, "antall": count}
        answer = await self._call("GET", "/api/digitalt-aktiv/endringer", params=parameters)
        return answer.json()

    async def stopped(self) -> list[dict[str, Any]]:
        """Messages to us that Digihelse has given up. Raises UnavailableError, RefusedError."""
        return (await self._call("GET", "/api/leveranser/stoppet")).json()["leveranser"]

    async def send_again(self, delivery_id: str) -> None:
        """Ask for one of them anew. Raises UnavailableError, RefusedError."""
        await self._call("POST", f"/api/leveranser/{quote(delivery_id, safe='')}/provigjen")

    async def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = await self._send(method, path, options)
            if answer.status_code == 401:  # the issuer may have changed its keys
                self._token.forget()
                answer = await self._send(method, path, options)
        except httpx.HTTPError as failure:
            raise UnavailableError(type(failure).__name__) from failure
        if answer.is_success:
            return answer
        if is_later(answer.status_code):
            raise UnavailableError(f"answered {answer.status_code}")
        raise RefusedError(answer.status_code)

    async def _send(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        token = await self._token.get()
        headers = {**options.get("headers", {}), "Authorization": f"Bearer {token}"}
        return await self._http.request(method, self._address + path, **{**options, "headers": headers})
