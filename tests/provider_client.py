"""A browser and the clients, as the tests of the stand-in provider use them."""

import base64
import hashlib
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.routing import Mount

from digihelse_app.standins.bankid import Client, create, picker_people

ORIGIN = "http://localhost:8765"
ISSUER = f"{ORIGIN}/testid"
CALLBACK = "http://localhost:8765/auth/callback"
SIGNED_OUT = "http://localhost:8765/logget-ut"
FRONT_CHANNEL = "http://localhost:8765/auth/frontchannel"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

RSA_KEY = RSAKey.generate_key(2048, {"kid": "rsa"})
EC_KEY = ECKey.generate_key("P-256", {"kid": "ec"})
PUBLIC_KEYS = KeySet([RSA_KEY, EC_KEY]).as_dict(private=False)

PORTAL = Client(
    client_id="portal",
    name="Portalen",
    redirect_uris=(CALLBACK,),
    post_logout_redirect_uris=(SIGNED_OUT,),
    frontchannel_logout_uri=FRONT_CHANNEL,
    client_secret="portal-secret",
)
KEYED = Client(client_id="keyed", redirect_uris=(CALLBACK,), jwks=dict(PUBLIC_KEYS))
MACHINE = Client(
    client_id="machine",
    jwks=dict(PUBLIC_KEYS),
    grant_types=("client_credentials",),
    audiences={"digihelse/record-system": "digihelse"},
    claims={"helseid://claims/client/claims/orgnr_parent": "999999999", "digihelse:her_id": "8140001"},
)
CLIENTS = (PORTAL, KEYED, MACHINE)


def seconds(clock: Callable[[], datetime]) -> int:
    """What a token would say the time is."""
    return int(clock().timestamp())


class Visitor:
    """A browser with its own cookies, at a provider; `http` speaks for the clients as well."""

    def __init__(self, http: httpx.AsyncClient, issuer: str = ISSUER) -> None:
        self.http = http
        self.issuer = issuer

    async def push(self, **changed: str) -> httpx.Response:
        """PAR by the portal."""
        auth = (PORTAL.client_id, PORTAL.client_secret or "")
        return await self.http.post(f"{self.issuer}/par", data=request_parameters(**changed), auth=auth)

    async def authorize(self, **parameters: str) -> httpx.Response:
        """The authorization endpoint's first answer."""
        return await self.http.get(f"{self.issuer}/authorize", params=parameters)

    async def open_picker(self, **changed: str) -> str:
        """Goes to the login page by PAR; gives the interaction."""
        request_uri = (await self.push(**changed)).json()["request_uri"]
        answer = await self.authorize(client_id=PORTAL.client_id, request_uri=request_uri)
        return await self.interaction_of(answer)

    async def interaction_of(self, answer: httpx.Response) -> str:
        """Follows an answer to the login page."""
        login = await self.http.get(answer.headers["location"])
        found = re.search(r'name="interaction" value="([^"]+)"', login.text)
        assert found is not None
        return found[1]

    async def choose(self, interaction: str, **fields: str) -> httpx.URL:
        """Presses a button; gives the address the client is answered at."""
        form = {"interaction": interaction, **fields}
        answer = await self.http.post(f"{self.issuer}/authorize/decision", data=form)
        return httpx.URL(answer.headers["location"])

    async def sign_in(self, person: str = "kari-nordmann", **fields: str) -> dict[str, Any]:
        """A whole sign-in; gives the token endpoint's answer."""
        back = await self.choose(await self.open_picker(prompt="login"), person=person, **fields)
        return (await self.redeem(back.params["code"])).json()

    async def redeem(self, code: str, **changed: str) -> httpx.Response:
        """The portal's request for tokens."""
        form = {"code": code, "code_verifier": VERIFIER, "redirect_uri": CALLBACK}
        form = {"grant_type": "authorization_code", **form, **changed}
        return await self.http.post(
            f"{self.issuer}/token", data=form, auth=(PORTAL.client_id, PORTAL.client_secret or "")
        )

    async def is_signed_in(self, **changed: str) -> bool:
        """Whether a further request is answered without the login page."""
        answer = await self.authorize(**request_parameters(**changed))
        return answer.headers["location"].startswith(f"{CALLBACK}?code=")

    async def claims(self, id_token: str) -> dict[str, Any]:
        """The id_token's claims; its signature is checked, nothing else."""
        keys = KeySet.import_key_set((await self.http.get(f"{self.issuer}/jwks")).json())
        return jwt.decode(id_token, keys, algorithms=["RS256"]).claims


def request_parameters(**changed: str) -> dict[str, str]:
    """A good authorization request of the portal's; an empty value takes a parameter away."""
    parameters = {
        "client_id": PORTAL.client_id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid profile",
        "state": "the-state",
        "nonce": "the-nonce",
        "acr_values": "idporten-loa-high",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (parameters | changed).items() if value}


def assertion(
    client: Client, now: int, *, key: RSAKey | ECKey = RSA_KEY, alg: str = "RS256", **changed: Any
) -> dict[str, str]:
    """The form fields of private_key_jwt."""
    claims = {"iss": client.client_id, "sub": client.client_id, "aud": ISSUER, "jti": uuid.uuid4().hex}
    claims |= {"iat": now, "exp": now + 60, **changed}
    signed = jwt.encode({"alg": alg, "kid": key.kid}, claims, key, algorithms=[alg])
    return {
        "client_id": client.client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": signed,
    }


@asynccontextmanager
async def provider_visitor(database_url: str, clock: Callable[[], datetime]) -> AsyncIterator[Visitor]:
    """A browser at a provider in this process, with its state in the database."""
    provider = create(
        issuer=ISSUER, database_url=database_url, clients=CLIENTS, people=picker_people(), clock=clock
    )
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/testid", provider)]))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        yield Visitor(http)
