"""The municipality's record system, as Digihelse calls it: FHIR over HTTPS, with a machine token."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx

from digihelse_app.outside import (
    clock,
    fhir_names,
    outgoing_cancellation,
    outgoing_communication,
    outgoing_consent,
    outgoing_files,
)
from digihelse_app.outside.outgoing_cancellation import OutgoingCancellation
from digihelse_app.outside.outgoing_communication import OutgoingMessage
from digihelse_app.outside.outgoing_consent import OutgoingDelegation
from digihelse_app.outside.outgoing_files import OutgoingContent

SCOPE = "record-system/fhir"
_LATER = frozenset({401, 403, 408, 425, 429})
"""Answers that say nothing about the message: access being mended, or too much at once."""
_LONGEST_WAIT = 3600
CONFLICT = "http-409"
"""The reason of a refusal that says: it stands otherwise here."""


class UnavailableError(Exception):
    """Not delivered, try again. `retry_after` is in seconds when the receiver asked for it."""

    def __init__(self, reason: str, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class RefusedError(Exception):
    """The receiver will not take it as it is; `reason` is a code such as `http-422`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Access(Protocol):
    """What authorises a call (see `outside.machine_token.MachineTokens`)."""

    async def authorization(self, scope: str, method: str, url: str) -> dict[str, str]:
        """The headers that authorise one call; raises httpx.HTTPError when none can be had."""
        ...

    def forget(self, scope: str) -> None:
        """Get a new token next time."""
        ...


class RecordSystem(Protocol):
    """What Digihelse needs of a record system."""

    async def deliver_message(self, fhir_base_url: str, written: OutgoingMessage, key: str) -> None:
        """Hand `written` over; returning is the receipt.

        `key` is the same for every try. Raises UnavailableError (try again) or RefusedError.
        """
        ...

    async def deliver_cancellation(self, fhir_base_url: str, asked: OutgoingCancellation, key: str) -> None:
        """Hand a request to cancel over, or that it is taken back; as for a message.

        Refused as `CONFLICT`: the record system has answered already, or the visit has begun.
        """
        ...

    async def deliver_file(self, fhir_base_url: str, file: OutgoingContent, key: str) -> None:
        """Hand a file over, before the message it goes with; as for a message."""
        ...

    async def deliver_delegation(self, fhir_base_url: str, given: OutgoingDelegation, key: str) -> None:
        """Tell who may act for the patient, or no longer may; as for a message."""
        ...


class FhirRecordSystem:
    """A record system that speaks FHIR R4 (docs/integration.md)."""

    def __init__(self, access: Access, client: httpx.AsyncClient) -> None:
        self._access = access
        self._client = client

    async def deliver_message(self, fhir_base_url: str, written: OutgoingMessage, key: str) -> None:
        """The conversation's header, unless the record system began it, and then the message."""
        if not written.thread.begun_by_service:
            await self._put(fhir_base_url, outgoing_communication.header(written.thread), f"{key}-header")
        await self._put(fhir_base_url, outgoing_communication.message(written), key)

    async def deliver_cancellation(self, fhir_base_url: str, asked: OutgoingCancellation, key: str) -> None:
        """The request in its version."""
        await self._put(fhir_base_url, outgoing_cancellation.response(asked), key)

    async def deliver_file(self, fhir_base_url: str, file: OutgoingContent, key: str) -> None:
        """The bytes, and then what they are."""
        await self._put(fhir_base_url, outgoing_files.binary(file), f"{key}-{file.file.id}-binary")
        await self._put(fhir_base_url, outgoing_files.document(file.file), f"{key}-{file.file.id}")

    async def deliver_delegation(self, fhir_base_url: str, given: OutgoingDelegation, key: str) -> None:
        """One Consent. It may have ended since the last try: then it is another thing to the receiver."""
        told = outgoing_consent.consent(given)
        await self._put(fhir_base_url, told, f"{key}-{told['status']}")

    async def _put(self, fhir_base_url: str, resource: dict[str, Any], key: str) -> None:
        address = f"{fhir_base_url.rstrip('/')}/{resource['resourceType']}/{resource['id']}"
        try:
            answer = await self._send(address, resource, key)
            if answer.status_code == httpx.codes.UNAUTHORIZED:  # the issuer may have changed its keys
                self._access.forget(SCOPE)
                answer = await self._send(address, resource, key)
        except httpx.HTTPError as failure:
            raise UnavailableError(type(failure).__name__) from None
        if answer.is_success:
            return
        reason = f"http-{answer.status_code}"
        if answer.status_code in _LATER or answer.is_server_error:
            raise UnavailableError(reason, retry_after(answer.headers.get("Retry-After", "")))
        raise RefusedError(reason)

    async def _send(self, address: str, resource: dict[str, Any], key: str) -> httpx.Response:
        headers = await self._access.authorization(SCOPE, "PUT", address) | {
            "Content-Type": fhir_names.MEDIA_TYPE,
            "Accept": fhir_names.MEDIA_TYPE,
            "Idempotency-Key": key,
            "X-Request-Id": key,
        }
        return await self._client.put(address, json=resource, headers=headers, follow_redirects=False)


def retry_after(value: str) -> int | None:
    """Seconds asked for by a Retry-After header (seconds or a date, RFC 9110), at most an hour."""
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(_seconds_until(at), 0), _LONGEST_WAIT)


def _seconds_until(at: datetime) -> int:
    return round((at - clock.now()).total_seconds())
