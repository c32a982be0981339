"""Mail by SMTP to a real server over real TLS, and no mail at all without."""

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from digihelse_app.outside.mail import SmtpMail
from digihelse_app.outside.record_system import RefusedError, UnavailableError
from tests.servers import free_port

HOST = "127.0.0.1"
SENDER = "Digihelse <no-reply@digihelse.example>"
TEXT = "Du har fått en ny melding.\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that nobody but itself vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@dataclass
class Received:
    """What the server took; `answer` is what it says to a recipient."""

    port: int = 0
    answer: str = "250 OK"
    mails: list[tuple[str, list[str], Message, bool]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        assert envelope.mail_from is not None
        mail = message_from_bytes(content, policy=default)
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, mail, session.ssl is not None))
        return "250 OK"

    def authenticate(self, _server: Any, _session: Session, _envelope: Envelope, _how: str, given: Any):
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=given.password == b"secret", handled=False)


@contextmanager
def mail_server(certificate: Path, *, starttls: bool = True, implicit: bool = False) -> Iterator[Received]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    received = Received(free_port())
    controller = Controller(
        received,
        hostname=HOST,
        port=received.port,
        ssl_context=context if implicit else None,
        tls_context=context if starttls and not implicit else None,
        authenticator=received.authenticate,
        auth_require_tls=not implicit,
    )
    controller.start()
    try:
        yield received
    finally:
        controller.stop()


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def sender(received: Received, tls: ssl.SSLContext, **options: Any) -> SmtpMail:
    return SmtpMail(HOST, received.port, sender=SENDER, tls=tls, **options)


@pytest.mark.parametrize("implicit", [False, True])
async def test_mail_arrives_whole_over_tls(certificate: Path, implicit: bool) -> None:
    with mail_server(certificate, implicit=implicit) as received:
        mail = sender(received, trusting(certificate), implicit_tls=implicit)
        await mail.send("kari@example.com", "Varsel på norsk", TEXT, "key-1")
    [(came_from, went_to, message, _)] = received.mails
    assert (came_from, went_to) == ("no-reply@digihelse.example", ["kari@example.com"])
    assert (message["Subject"], message["Auto-Submitted"]) == ("Varsel på norsk", "auto-generated")
    assert (message["To"], message["Message-ID"]) == ("kari@example.com", "<key-1@digihelse.example>")
    assert message.get_payload(decode=True) == TEXT.replace("\n", "\r\n").encode()


async def test_password_is_given_under_tls(certificate: Path) -> None:
    with mail_server(certificate) as received:
        mail = sender(received, trusting(certificate), user="digihelse", password="secret")
        await mail.send("kari@example.com", "Varsel", TEXT, "key-1")
    assert received.logins == [("digihelse", "secret")]
    assert [over_tls for _, _, _, over_tls in received.mails] == [True]


async def test_password_that_is_wrong_is_for_an_operator_to_mend(certificate: Path) -> None:
    with mail_server(certificate) as received:
        mail = sender(received, trusting(certificate), user="digihelse", password="wrong")
        with pytest.raises(UnavailableError) as told:
            await mail.send("kari@example.com", "Varsel", TEXT, "key-1")
    assert (told.value.reason, received.mails) == ("smtp-535", [])


async def test_server_that_offers_no_tls_is_sent_nothing(certificate: Path) -> None:
    with mail_server(certificate, starttls=False) as received:
        mail = sender(received, trusting(certificate), user="digihelse", password="secret")
        with pytest.raises(UnavailableError):
            await mail.send("kari@example.com", "Varsel", TEXT, "key-1")
    assert (received.mails, received.logins) == ([], [])


@pytest.mark.parametrize("implicit", [False, True])
async def test_certificate_that_nobody_vouches_for_is_not_trusted(certificate: Path, implicit: bool) -> None:
    with mail_server(certificate, implicit=implicit) as received:
        mail = sender(received, ssl.create_default_context(), implicit_tls=implicit)
        with pytest.raises(UnavailableError):
            await mail.send("kari@example.com", "Varsel", TEXT, "key-1")
    assert received.mails == []


@pytest.mark.parametrize(
    ("answer", "failure", "reason"),
    [("550 No such user", RefusedError, "smtp-550"), ("450 Busy", UnavailableError, "smtp-450")],
)
async def test_recipient_is_refused_for_good_or_for_now(
    certificate: Path, answer: str, failure: type[RefusedError | UnavailableError], reason: str
) -> None:
    with mail_server(certificate) as received:
        received.answer = answer
        with pytest.raises(failure) as told:
            await sender(received, trusting(certificate)).send("kari@example.com", "Varsel", TEXT, "key-1")
    assert told.value.reason == reason


async def test_server_that_is_away_is_tried_again(certificate: Path) -> None:
    nobody = SmtpMail(HOST, free_port(), sender=SENDER, tls=trusting(certificate))
    with pytest.raises(UnavailableError):
        await nobody.send("kari@example.com", "Varsel", TEXT, "key-1")
