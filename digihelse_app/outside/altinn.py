"""Altinn Notifications: SMS and e-mail ordered from Digdir's own service (orders v1)."""

from typing import Any

import httpx

from digihelse_app.outside import gateway_call
from digihelse_app.outside.record_system import Access, UnavailableError

SCOPE = "altinn:serviceowner/notifications.create"


class AltinnNotifications:
    """Orders at `base_url`, as `https://platform.altinn.no`; `access` gives tokens with `scope`."""

    def __init__(self, base_url: str, access: Access, client: httpx.AsyncClient, scope: str = SCOPE) -> None:
        self._orders = f"{base_url.rstrip('/')}/notifications/api/v1/orders"
        self._access = access
        self._client = client
        self._scope = scope

    async def order(self, kind: str, order: dict[str, Any], key: str) -> None:
        """Place an order of `kind` (`sms` or `email`), unless one with this key was placed before.

        Altinn takes a repeated order for a new one, so what a lost answer left behind is looked for first.
        Raises UnavailableError or RefusedError.
        """
        found = await self._call("GET", self._orders, params={"sendersReference": key})
        if not found.json().get("count"):
            await self._call("POST", f"{self._orders}/{kind}", json={**order, "sendersReference": key})

    async def _call(self, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            headers = await self._access.authorization(self._scope, method, url)
            return await gateway_call.call(self._client, method, url, headers=headers, **options)
        except httpx.HTTPError as failure:
            raise UnavailableError(type(failure).__name__) from None
        except UnavailableError as failure:
            if failure.reason == "http-401":
                self._access.forget(self._scope)
            raise


class AltinnSms:
    """An `Sms` by Altinn; `sender` is what the phone shows."""

    def __init__(self, notifications: AltinnNotifications, sender: str) -> None:
        self._notifications = notifications
        self._sender = sender

    async def send(self, number: str, text: str, key: str) -> None:
        """See `Sms.send`."""
        order = {"body": text, "senderNumber": self._sender, "recipients": [{"mobileNumber": number}]}
        await self._notifications.order("sms", order, key)


class AltinnMail:
    """A `Mail` by Altinn, from Altinn's own address."""

    def __init__(self, notifications: AltinnNotifications) -> None:
        self._notifications = notifications

    async def send(self, address: str, subject: str, text: str, key: str) -> None:
        """See `Mail.send`."""
        order = {"subject": subject, "body": text, "contentType": "Plain"}
        await self._notifications.order("email", {**order, "recipients": [{"emailAddress": address}]}, key)
