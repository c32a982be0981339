"""E-mail: plain text without health data, by SMTP over TLS or through a gateway."""

import ssl
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Protocol

import aiosmtplib
import httpx

from digihelse_app.outside import clock, gateway_call
from digihelse_app.outside.record_system import RefusedError, UnavailableError

_TIMEOUT_SECONDS = 20


class Mail(Protocol):
    """Sends one e-mail."""

    async def send(self, address: str, subject: str, text: str, key: str) -> None:
        """Hand it over for `address`; returning is the receipt.

        `key` is the same for every try, so that a repetition can be told. Raises UnavailableError (try
        again) or RefusedError.
        """
        ...


class MailboxMail:
    """The stand-in at `base_url`."""

    def __init__(self, base_url: str, client: httpx.AsyncClient) -> None:
        self._url = f"{base_url.rstrip('/')}/mail"
        self._client = client

    async def send(self, address: str, subject: str, text: str, key: str) -> None:
        """See `Mail.send`."""
        sent = {"reference": key, "to": address, "subject": subject, "text": text}
        await gateway_call.send(self._client, self._url, json=sent)


class SmtpMail:
    """A mail server. TLS is demanded: from the first byte when `implicit_tls`, else by STARTTLS.

    `tls` is what its certificate is checked with.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        tls: ssl.SSLContext,
        implicit_tls: bool = False,
        user: str = "",
        password: str = "",
    ) -> None:
        self._sender = sender
        self._server = {
            "hostname": host,
            "port": port,
            "use_tls": implicit_tls,
            "start_tls": not implicit_tls,
            "tls_context": tls,
            "username": user or None,
            "password": password or None,
            "timeout": _TIMEOUT_SECONDS,
        }

    async def send(self, address: str, subject: str, text: str, key: str) -> None:
        """See `Mail.send`. A server that offers no TLS is not sent anything: UnavailableError."""
        try:
            await aiosmtplib.send(message(self._sender, address, subject, text, key), **self._server)
        except aiosmtplib.SMTPAuthenticationError as failure:
            raise UnavailableError(f"smtp-{failure.code}") from None
        except aiosmtplib.SMTPRecipientsRefused as refusals:
            raise _of(refusals.recipients[0].code) from None
        except aiosmtplib.SMTPResponseException as failure:
            raise _of(failure.code) from None
        except (aiosmtplib.SMTPException, OSError) as failure:
            raise UnavailableError(type(failure).__name__) from None


def _of(code: int) -> UnavailableError | RefusedError:
    """5xx is for good, 4xx for now (RFC 5321, 4.2.1)."""
    return (RefusedError if code >= 500 else UnavailableError)(f"smtp-{code}")


def message(sender: str, address: str, subject: str, text: str, key: str) -> EmailMessage:
    """The e-mail: no machine is to answer it (RFC 3834), and `key` makes a repetition the same mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, address, subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{key}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail
