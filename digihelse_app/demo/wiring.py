"""The stand-ins, wired to the app as the real systems would be."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route

from digihelse_app import routes
from digihelse_app.models.database import new_id
from digihelse_app.outside.key_store import keep_once
from digihelse_app.outside.record_system import SCOPE as RECORD_SYSTEM_SCOPE
from digihelse_app.outside.signing_keys import SigningKeys
from digihelse_app.services.organisations import KnownOrganisation
from digihelse_app.settings import Settings
from digihelse_app.standins import bankid, mailbox, record_system, registers
from digihelse_app.standins.people import PEOPLE

ALVDAL = record_system.Organisation("80001", "990000001", "Alvdal kommune")
ALVDAL_PHONE = "62 48 90 00"
RECORD_SYSTEM_CLIENT = "fagsystem-alvdal"


@dataclass(frozen=True)
class Standins:
    """The stand-ins of one installation: what to mount, and the municipality to play the story with."""

    mounts: list[BaseRoute]
    municipality: record_system.RecordSystem
    organisation: KnownOrganisation


def build(settings: Settings, keys: SigningKeys) -> Standins:
    """Every stand-in, each with its own database under `var/standins`, at its path of the app's address."""
    folder = settings.var_dir / "standins"
    folder.mkdir(parents=True, exist_ok=True)
    base, issuer = settings.base_url, settings.machine_token_issuer
    key = _record_system_key(folder / "fagsystem-key.json")
    municipality = record_system.create(
        base_url=f"{base}/fagsystem",
        digihelse_url=base,
        issuer=issuer,
        database_url=f"sqlite+aiosqlite:///{folder}/fagsystem.db",
        client_id=RECORD_SYSTEM_CLIENT,
        private_jwk=dict(key.as_dict(private=True)),
        organisation=ALVDAL,
        night_run_at=settings.night_run_at,
    )
    provider = bankid.create(
        issuer=issuer,
        database_url=f"sqlite+aiosqlite:///{folder}/testid.db",
        clients=[_app_client(settings, keys), _record_system_client(key)],
        people=bankid.picker_people(),
    )
    register = registers.create(people=PEOPLE, issuer=issuer, jwks_url=f"{issuer}/jwks")
    sent = mailbox.create(database_url=f"sqlite+aiosqlite:///{folder}/varsler.db")
    mounts: list[BaseRoute] = [
        Mount("/testid", app=provider),
        Mount("/fagsystem", app=municipality.app),
        Mount("/registre", app=register),
        Route("/varsler-test", _to_mailbox),
        Mount("/varsler-test", app=sent),
    ]
    organisation = KnownOrganisation(
        her_id=ALVDAL.her_id,
        organisation_number=ALVDAL.organisation_number,
        name=ALVDAL.name,
        phone=ALVDAL_PHONE,
        fhir_base_url=f"{base}/fagsystem/fhir",
    )
    return Standins(mounts, municipality, organisation)


async def _to_mailbox(_request: Request) -> RedirectResponse:
    return RedirectResponse("/varsler-test/")


def _record_system_key(file: Path) -> RSAKey:
    if not file.exists():
        made = RSAKey.generate_key(2048, {"kid": new_id(), "use": "sig", "alg": "RS256"})
        keep_once(file, json.dumps(made.as_dict(private=True)))
    return RSAKey.import_key(json.loads(file.read_text("utf-8")))


def _app_client(settings: Settings, keys: SigningKeys) -> bankid.Client:
    base = settings.base_url
    audiences = {
        RECORD_SYSTEM_SCOPE: "record-system",
        **registers.AUDIENCES,
    }
    return bankid.Client(
        client_id="digihelse",
        name="Digihelse",
        redirect_uris=(base + routes.CALLBACK,),
        post_logout_redirect_uris=(base + routes.LOGOUT_CALLBACK,),
        frontchannel_logout_uri=base + routes.FRONTCHANNEL_LOGOUT,
        jwks=keys.public(),
        grant_types=("authorization_code", "client_credentials"),
        scopes=("openid", "profile", *audiences),
        audiences=audiences,
    )


def _record_system_client(key: RSAKey) -> bankid.Client:
    public: dict[str, Any] = {"keys": [key.as_dict(private=False)]}
    return bankid.Client(
        client_id=RECORD_SYSTEM_CLIENT,
        name="Fagsystem i Alvdal",
        jwks=public,
        grant_types=("client_credentials",),
        scopes=("digihelse/record-system",),
        claims={"digihelse:her_id": ALVDAL.her_id},
        audiences={"digihelse/record-system": "digihelse"},
    )
