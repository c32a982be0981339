"""SMS gateways. A text holds no health data, and is written to fit one message (GSM-7, 160 characters)."""

from typing import Protocol

import httpx

from digihelse_app.outside import gateway_call
from digihelse_app.outside.record_system import RefusedError, UnavailableError

_LINK_ACCEPTED = 1005
"""LINK's result code for a message that is queued at the gateway."""


class Sms(Protocol):
    """Sends one SMS."""

    async def send(self, number: str, text: str, key: str) -> None:
        """Hand `text` to the gateway for `number` (international, `+47…`); returning is the receipt.

        `key` is the same for every try, so that the gateway can tell a repetition. Raises UnavailableError
        (try again) or RefusedError.
        """
        ...


class MailboxSms:
    """The stand-in at `base_url`."""

    def __init__(self, base_url: str, client: httpx.AsyncClient) -> None:
        self._url = f"{base_url.rstrip('/')}/sms"
        self._client = client

    async def send(self, number: str, text: str, key: str) -> None:
        """See `Sms.send`."""
        sent = {"reference": key, "to": number, "text": text}
        await gateway_call.send(self._client, self._url, json=sent)


class LinkSms:
    """LINK Mobility's REST API at the assigned address `base_url`. A repetition is a new message to it."""

    def __init__(
        self,
        base_url: str,
        client: httpx.AsyncClient,
        *,
        user: str,
        password: str,
        sender: str,
        platform_id: str,
        partner_id: str,
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/sms/send"
        self._client = client
        self._user = httpx.BasicAuth(user, password)
        self._source = {
            "source": sender,
            "sourceTON": "ALPHANUMERIC",
            "platformId": platform_id,
            "platformPartnerId": partner_id,
        }

    async def send(self, number: str, text: str, key: str) -> None:
        """See `Sms.send`."""
        message = {**self._source, "destination": number, "userData": text, "refId": key}
        said = await gateway_call.send(
            self._client, self._url, auth=self._user, json={**message, "useDeliveryReport": False}
        )
        code = said.get("resultCode", _LINK_ACCEPTED)
        if code != _LINK_ACCEPTED:
            raise RefusedError(f"link-{code}"[:40])


class SveveSms:
    """Sveve at `base_url`. The password goes in the body, never the address; a repetition is new to it."""

    def __init__(
        self, base_url: str, client: httpx.AsyncClient, *, user: str, password: str, sender: str
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/SMS/SendMessage"
        self._client = client
        self._account = {"user": user, "passwd": password, "from": sender, "f": "json"}

    async def send(self, number: str, text: str, key: str) -> None:
        """See `Sms.send`. A fatal error (account, credit) is tried again, a refused number is not."""
        message = {**self._account, "to": number.removeprefix("+"), "msg": text, "ref": key}
        said = (await gateway_call.send(self._client, self._url, json=message)).get("response") or {}
        if not isinstance(said, dict) or said.get("fatalError"):
            raise UnavailableError("sveve-fatal")
        if said.get("errors"):
            raise RefusedError("sveve-refused")
