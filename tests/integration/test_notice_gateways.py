"""What the SMS and notification gateways are sent, on a real socket, and what their answers mean."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digihelse_app.outside.mail import MailboxMail
from digihelse_app.outside.notice_gateways import Gateways, gateways
from digihelse_app.outside.record_system import RefusedError, UnavailableError
from digihelse_app.outside.sms import MailboxSms
from digihelse_app.settings import Settings
from tests.outbox_worker import FixedToken
from tests.servers import free_port
from tests.sign_in_site import serving

PHONE, TEXT, KEY = "+4740000001", "Du har fått en ny melding.", "0d1f6e8e-5a3f-4a53-9ad0-3b6a7d1f8e11"


@dataclass
class Gateway:
    """What came, and what to answer: the status and body of each POST to come, then 200 and nothing."""

    base_url: str = ""
    came: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    orders: dict[str, int] = field(default_factory=dict)
    authorization: list[str] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        """Any gateway's POST."""
        body = await request.json()
        self.authorization.append(request.headers.get("Authorization", ""))
        self.came.append((request.url.path, body))
        if reference := body.get("sendersReference"):
            self.orders[reference] = self.orders.get(reference, 0) + 1
        status, said = self.answers.pop(0) if self.answers else (200, {})
        return JSONResponse(said, status)

    async def look_up(self, request: Request) -> Response:
        """Altinn's orders by reference."""
        return JSONResponse({"count": self.orders.get(request.query_params["sendersReference"], 0)})

    def chosen(self, client: httpx.AsyncClient, **settings: Any) -> Gateways:
        """The app's own adapters, pointed here."""
        account = {"sms_url": self.base_url, "sms_user": "us", "sms_password": "secret"}
        given = {**account, "sms_platform_id": "p", "sms_partner_id": "q", "altinn_url": self.base_url}
        return gateways(Settings(**{**given, **settings}).checked(), FixedToken(), client)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    state, port = Gateway(), free_port()
    state.base_url = f"http://127.0.0.1:{port}"
    routes = [
        Route("/notifications/api/v1/orders", state.look_up),
        Route("/{path:path}", state.take, methods=["POST"]),
    ]
    async with serving(Starlette(routes=routes), port):
        yield state


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        yield client


async def test_link_is_sent_number_text_and_reference(gateway: Gateway, http: httpx.AsyncClient) -> None:
    gateway.answers = [(200, {"messageId": "1", "resultCode": 1005})]
    await gateway.chosen(http, sms="link").sms.send(PHONE, TEXT, KEY)
    sent = {
        "source": "Digihelse",
        "sourceTON": "ALPHANUMERIC",
        "platformId": "p",
        "platformPartnerId": "q",
        "destination": PHONE,
        "userData": TEXT,
        "refId": KEY,
        "useDeliveryReport": False,
    }
    assert gateway.came == [("/sms/send", sent)]
    assert gateway.authorization == ["Basic dXM6c2VjcmV0"]


async def test_link_that_refuses_is_believed(gateway: Gateway, http: httpx.AsyncClient) -> None:
    gateway.answers = [(200, {"resultCode": 104200})]
    with pytest.raises(RefusedError) as told:
        await gateway.chosen(http, sms="link").sms.send(PHONE, TEXT, KEY)
    assert told.value.reason == "link-104200"


async def test_sveve_is_given_the_password_in_the_body(gateway: Gateway, http: httpx.AsyncClient) -> None:
    gateway.answers = [(200, {"response": {"msgOkCount": 1, "ids": [7]}})]
    await gateway.chosen(http, sms="sveve").sms.send(PHONE, TEXT, KEY)
    sent = {"user": "us", "passwd": "secret", "from": "Digihelse", "f": "json"}
    sent |= {"to": "4740000001", "msg": TEXT, "ref": KEY}
    assert gateway.came == [("/SMS/SendMessage", sent)]


@pytest.mark.parametrize(
    ("said", "failure", "reason"),
    [
        ({"fatalError": "no credit"}, UnavailableError, "sveve-fatal"),
        ({"errors": [{"number": PHONE}]}, RefusedError, "sveve-refused"),
    ],
)
async def test_sveve_refuses_for_now_or_for_good(
    gateway: Gateway,
    http: httpx.AsyncClient,
    said: dict[str, Any],
    failure: type[RefusedError | UnavailableError],
    reason: str,
) -> None:
    gateway.answers = [(200, {"response": said})]
    with pytest.raises(failure) as told:
        await gateway.chosen(http, sms="sveve").sms.send(PHONE, TEXT, KEY)
    assert told.value.reason == reason


async def test_altinn_is_ordered_an_sms_and_a_mail(gateway: Gateway, http: httpx.AsyncClient) -> None:
    chosen = gateway.chosen(http, sms="altinn", mail="altinn")
    await chosen.sms.send(PHONE, TEXT, KEY)
    await chosen.mail.send("kari@example.com", "Varsel", TEXT, "other")
    orders = "/notifications/api/v1/orders"
    sms = {"body": TEXT, "senderNumber": "Digihelse", "recipients": [{"mobileNumber": PHONE}]}
    mail = {"subject": "Varsel", "body": TEXT, "contentType": "Plain"}
    assert gateway.came == [
        (f"{orders}/sms", {**sms, "sendersReference": KEY}),
        (
            f"{orders}/email",
            {**mail, "recipients": [{"emailAddress": "kari@example.com"}], "sendersReference": "other"},
        ),
    ]


async def test_altinn_is_not_ordered_again_what_a_lost_answer_left_behind(
    gateway: Gateway, http: httpx.AsyncClient
) -> None:
    gateway.answers = [(500, {})]
    sms = gateway.chosen(http, sms="altinn").sms
    with pytest.raises(UnavailableError):
        await sms.send(PHONE, TEXT, KEY)
    await sms.send(PHONE, TEXT, KEY)
    assert gateway.orders == {KEY: 1}


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (302, UnavailableError),
        (400, RefusedError),
        (401, UnavailableError),
        (402, UnavailableError),
        (429, UnavailableError),
        (500, UnavailableError),
    ],
)
async def test_answer_of_a_gateway_is_for_good_only_when_it_is_about_the_notice(
    gateway: Gateway,
    http: httpx.AsyncClient,
    status: int,
    failure: type[RefusedError | UnavailableError],
) -> None:
    gateway.answers = [(status, {"quotes": PHONE})] * 2
    for send in (
        MailboxSms(gateway.base_url, http).send(PHONE, TEXT, KEY),
        MailboxMail(gateway.base_url, http).send("kari@example.com", "Varsel", TEXT, KEY),
    ):
        with pytest.raises(failure) as told:
            await send
        assert told.value.reason == f"http-{status}"


async def test_gateway_that_is_away_is_tried_again(http: httpx.AsyncClient) -> None:
    with pytest.raises(UnavailableError) as told:
        await MailboxSms(f"http://127.0.0.1:{free_port()}", http).send(PHONE, TEXT, KEY)
    assert told.value.reason == "ConnectError"
