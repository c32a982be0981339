"""Puts the registers together: the two addresses, the token check, and a switch that takes them down."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digihelse_app.standins.people import SyntheticPerson
from digihelse_app.standins.registers import answers
from digihelse_app.standins.registers.tokens import TokenCheck

PERSON_SCOPE = "nhn:hgd-persontjenesten-api/restricted-access"
CONTACT_SCOPE = "krr:global/kontaktinformasjon.read"
AUDIENCES = {PERSON_SCOPE: "nhn:hgd-persontjenesten-api", CONTACT_SCOPE: "krr"}
"""Which audience a token with each scope must have: for the registration of the client that asks."""

_PARTS = {
    "Name": "name",
    "Birth": "birth",
    "Status": "status",
    "Death": "death",
    "AddressProtection": "addressProtection",
    "NorwegianIdentificationNumber": "norwegianIdentificationNumber",
    "ParentalResponsibility": "parentalResponsibility",
    "GuardianshipOrFuturePowerOfAttorney": "guardianshipOrFuturePowerOfAttorney",
    "CommonContactRegisterInformation": "commonContactRegisterInformation",
}
_MOST_AT_ONCE = 1000


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create(
    *,
    people: Sequence[SyntheticPerson],
    issuer: str,
    jwks_url: str,
    clock: Callable[[], datetime] = _utc_now,
) -> Starlette:
    """The registers as an ASGI app, to be mounted at `/registre`.

    `issuer` made the tokens, and its public keys are at `jwks_url`. `POST /feil` with `nede=1` (or `0`) takes
    this process's registers down (or up) for tests.
    """
    registers = _Registers(people, TokenCheck(issuer, jwks_url, clock), clock)
    return Starlette(
        routes=[
            Route("/api/legal-basis/person/get-by-nin", registers.get_by_nin, methods=["POST"]),
            Route("/rest/v2/personer", registers.contacts, methods=["POST"]),
            Route("/feil", registers.fault, methods=["POST"]),
        ]
    )


class _Registers:
    def __init__(
        self, people: Sequence[SyntheticPerson], tokens: TokenCheck, clock: Callable[[], datetime]
    ) -> None:
        self._by_key = {person.key: person for person in people}
        self._by_number = {person.national_id: person for person in people}
        self._tokens = tokens
        self._clock = clock
        self._down = False

    async def get_by_nin(self, request: Request) -> Response:
        """NHN Persontjenesten: the chosen parts of one person."""
        await self._admit(request, PERSON_SCOPE)
        wanted = request.query_params.getlist("informationParts")
        if not wanted or not set(wanted) <= set(_PARTS):
            return _problem(400, "informationParts")
        nin = (await request.form()).get("nin")
        found = self._by_number.get(nin) if isinstance(nin, str) else None
        if found is None:
            return _problem(404, "Person not found")
        whole = answers.person(found, self._by_key, self._clock())
        return JSONResponse({_PARTS[part]: whole[_PARTS[part]] for part in wanted})

    async def contacts(self, request: Request) -> Response:
        """KRR: how to reach each of up to a thousand people."""
        await self._admit(request, CONTACT_SCOPE)
        try:
            numbers = (await request.json())["personidentifikatorer"]
        except (ValueError, KeyError, TypeError):
            numbers = None
        if not isinstance(numbers, list) or not 1 <= len(numbers) <= _MOST_AT_ONCE:
            return _problem(400, "personidentifikatorer")
        now = self._clock()
        found = [answers.contact(str(number), self._by_number.get(number), now) for number in numbers]
        return JSONResponse({"personer": found})

    async def fault(self, request: Request) -> Response:
        """The switch."""
        self._down = (await request.form()).get("nede") == "1"
        return Response(status_code=204)

    async def _admit(self, request: Request, scope: str) -> None:
        if self._down:
            raise HTTPException(503)
        await self._tokens.require(request, AUDIENCES[scope], scope)


def _problem(status: int, title: str) -> JSONResponse:
    body: dict[str, Any] = {"status": status, "title": title}
    return JSONResponse(body, status, media_type="application/problem+json")
