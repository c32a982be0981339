"""Several providers on one database, and the dummy other service over real sockets."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.conftest import MovableClock
from tests.provider_client import CALLBACK, FRONT_CHANNEL, PORTAL, SIGNED_OUT, Visitor, provider_visitor
from tests.provider_process import running_providers
from tests.servers import free_port

SIGN_INS = 30


class AlternatingTransport(httpx.AsyncBaseTransport):
    """Sends every request to the next process, whichever address it names."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = itertools.cycle(ports)
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(host="127.0.0.1", port=next(self._ports))
        sent = httpx.Request(
            request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return await self._inner.handle_async_request(sent)

    async def aclose(self) -> None:
        await self._inner.aclose()


@pytest.fixture(scope="module")
def ports() -> list[int]:
    return [free_port(), free_port()]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory, ports: list[int]) -> Iterator[str]:
    portal = {
        "client_id": PORTAL.client_id,
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [SIGNED_OUT],
        "frontchannel_logout_uri": FRONT_CHANNEL,
        "client_secret": PORTAL.client_secret,
    }
    with running_providers(tmp_path_factory.mktemp("provider"), ports, [portal]) as issuer:
        yield issuer


@pytest.fixture
async def visitor(issuer: str, ports: list[int]) -> AsyncIterator[Visitor]:
    async with httpx.AsyncClient(transport=AlternatingTransport(ports), timeout=30) as http:
        yield Visitor(http, issuer)


async def test_two_processes_started_at_once_share_one_key(issuer: str, ports: list[int]) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answers = [await http.get(f"http://127.0.0.1:{port}/testid/jwks") for port in ports]

    assert answers[0].json() == answers[1].json()
    assert len(answers[0].json()["keys"]) == 1


async def test_many_sign_ins_cross_the_processes(visitor: Visitor, issuer: str, ports: list[int]) -> None:
    async def sign_in() -> str:
        async with httpx.AsyncClient(transport=AlternatingTransport(ports), timeout=30) as http:
            other = Visitor(http, issuer)
            return (await visitor.claims((await other.sign_in("ola-hansen"))["id_token"]))["iss"]

    assert await asyncio.gather(*(sign_in() for _ in range(SIGN_INS))) == [issuer] * SIGN_INS


async def test_other_service_signs_in_by_the_portals_session(visitor: Visitor, issuer: str) -> None:
    place = f"{issuer}/annen-tjeneste"
    await visitor.sign_in("kari-nordmann")
    home = await visitor.http.get(f"{place}/logg-inn", follow_redirects=True)

    assert (str(home.url), "Du er logget inn." in home.text) == (place, True)


async def test_other_service_hears_of_a_sign_out_elsewhere(visitor: Visitor, issuer: str) -> None:
    place = f"{issuer}/annen-tjeneste"
    id_token = (await visitor.sign_in("kari-nordmann"))["id_token"]
    sid = (await visitor.claims(id_token))["sid"]
    await visitor.http.get(f"{place}/logg-inn", follow_redirects=True)
    await visitor.http.post(f"{issuer}/endsession", data={"id_token_hint": id_token})
    before = await visitor.http.get(place)
    async with httpx.AsyncClient(trust_env=False) as frame:
        await frame.get(f"{place}/logget-ut-utenfra", params={"iss": issuer, "sid": sid})
    after = await visitor.http.get(place)

    assert ["Du er logget inn." in page.text for page in (before, after)] == [True, False]


async def test_six_providers_share_one_postgresql_database(postgres_url: str, clock: MovableClock) -> None:
    async def sign_in() -> str:
        async with provider_visitor(postgres_url, clock) as visitor:
            return (await visitor.claims((await visitor.sign_in())["id_token"]))["sub"]

    subjects = await asyncio.gather(*(sign_in() for _ in range(6)))

    assert subjects == subjects[:1] * 6
