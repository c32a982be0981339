"""Who signed in, as the identity provider tells it."""

from datetime import UTC, datetime

from digihelse_app.outside.identity_provider.validation import Identity
from tests.people import KARI

IDENTITY = Identity(
    national_id=KARI.national_id,
    issuer="https://provider.example",
    acr="idporten-loa-high",
    amr=("BankID",),
    auth_time=datetime(2026, 11, 23, 8, 59, tzinfo=UTC),
    provider_sid="sid-1",
    locale="nb",
    id_token="header.payload.signature",
)
