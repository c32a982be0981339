"""What stands around every answer: on the built app over real sockets, and on a small one otherwise."""

import base64
import hashlib
import os
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Scope

from digihelse_app import routes
from digihelse_app.web import headers
from tests.servers import RunningApp

INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.+?)</script>", re.DOTALL)
PROVIDER = "https://provider.example"
BASE = "https://digihelse.example"
OWN_POLICY = "default-src 'none'"


def directives(answer: httpx.Response) -> dict[str, list[str]]:
    """The answer's policy, by directive."""
    parts = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("path", [routes.FRONT, routes.INBOX, routes.COMPOSE, "/finnes-ikke"])
def test_policy_of_a_page_allows_its_own_inline_scripts_and_no_others(app_server: RunningApp, path: str):
    answer = httpx.get(app_server.base_url + path)
    digests = {hashlib.sha256(script.encode()).digest() for script in INLINE.findall(answer.text)}
    hashes = {f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests}
    assert set(directives(answer)["script-src"]) == {"'self'", *hashes}


def test_page_may_not_be_kept_and_has_an_address_without_a_slash(app_server: RunningApp):
    answer = httpx.get(f"{app_server.base_url}{routes.INBOX}?for=key")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


def test_unknown_page_stays_unknown(app_server: RunningApp):
    answer = httpx.get(f"{app_server.base_url}/finnes-ikke")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize(("accepted", "sent"), [("br, gzip", "br"), ("gzip", "gzip")])
def test_hashed_file_is_kept_for_good_and_travels_compressed(
    app_server: RunningApp, accepted: str, sent: str
):
    page = httpx.get(app_server.base_url + routes.INBOX).text
    script = re.search(r'href="(/assets/entry\.client-[^"]+\.js)"', page)
    assert script is not None
    answer = httpx.get(app_server.base_url + script[1], headers={"Accept-Encoding": accepted})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == sent


@pytest.mark.parametrize("path", ["/sw.js", "/sw-register.js", "/manifest.webmanifest"])
def test_file_that_keeps_its_name_is_asked_for_each_time(app_server: RunningApp, path: str):
    answer = httpx.get(app_server.base_url + path)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


def test_every_answer_carries_the_security_headers(app_server: RunningApp):
    for path in (routes.FRONT, "/sw.js", "/finnes-ikke", "/icons/icon-192.png"):
        answer = httpx.get(app_server.base_url + path)
        found = {name: answer.headers.get(name) for name in ("x-content-type-options", "referrer-policy")}
        assert found == {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
        assert directives(answer)["frame-ancestors"] == ["'none'"]
        assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://localhost"])
def test_event_socket_refuses_a_foreign_origin(app_server: RunningApp, origin: str | None):
    sent = {} if origin is None else {"Origin": origin}
    for upgrade in ({}, {"Connection": "Upgrade", "Upgrade": "websocket"}):
        handshake = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
        query = {"EIO": "4", "transport": "websocket" if upgrade else "polling", "token": "t"}
        answer = httpx.get(
            f"{app_server.base_url}/_event", params=query, headers={**sent, **upgrade, **handshake}
        )
        assert answer.status_code == 403


def _answer(request: Request) -> Response:
    if request.url.path == "/own":
        return HTMLResponse("", headers={"Content-Security-Policy": OWN_POLICY})
    if request.url.path == "/crash":
        raise RuntimeError("what somebody wrote")
    if request.url.path == "/keys":
        return PlainTextResponse("", headers={"Cache-Control": "max-age=60"})
    if request.url.path == "/page":
        return HTMLResponse("")
    return PlainTextResponse("")


def small_app(folder: Path, base_url: str = BASE) -> headers.SecureApp:
    """A few plain routes with the headers around them."""
    paths = ("/own", "/crash", "/keys", "/page", "/data", routes.FRONTCHANNEL_LOGOUT)
    return headers.secure(
        Starlette(routes=[Route(path, _answer) for path in paths]),
        base_url=base_url,
        build_dir=folder / "client",
        form_targets=[PROVIDER],
        framed={routes.FRONTCHANNEL_LOGOUT: PROVIDER},
    )


async def ask(app: headers.SecureApp, path: str) -> httpx.Response:
    """GET `path` of `app`."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        return await client.get(path)


async def test_over_tls_the_browser_is_told_to_stay_there(tmp_path: Path):
    answer = await ask(small_app(tmp_path), "/data")
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_only_the_logout_frame_may_be_framed_and_by_the_provider_alone(tmp_path: Path):
    app = small_app(tmp_path)
    framed, other = await ask(app, routes.FRONTCHANNEL_LOGOUT), await ask(app, "/data")
    assert directives(framed)["frame-ancestors"] == [PROVIDER]
    assert framed.headers.get("x-frame-options") is None
    assert directives(other)["frame-ancestors"] == ["'none'"]
    assert other.headers["x-frame-options"] == "DENY"


async def test_policy_names_the_socket_and_where_forms_may_end(tmp_path: Path):
    policy = directives(await ask(small_app(tmp_path), "/data"))
    assert policy["connect-src"] == ["'self'", "wss://digihelse.example"]
    assert policy["form-action"] == ["'self'", PROVIDER]
    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"] == ["'self'"]


async def test_answer_with_a_policy_of_its_own_keeps_it(tmp_path: Path):
    answer = await ask(small_app(tmp_path), "/own")
    assert answer.headers["content-security-policy"] == OWN_POLICY


async def test_dynamic_answer_is_not_kept_unless_it_says_so(tmp_path: Path):
    app = small_app(tmp_path)
    assert (await ask(app, "/data")).headers["cache-control"] == "no-store"
    assert (await ask(app, "/keys")).headers["cache-control"] == "max-age=60"


async def test_hashes_follow_a_build_made_while_the_app_runs(tmp_path: Path):
    (tmp_path / "client").mkdir()
    app, written = small_app(tmp_path), tmp_path / "csp.json"
    for number, script in enumerate(("'sha256-one'", "'sha256-two'"), start=1):
        written.write_text(f'{{"/own": [], "{headers.FALLBACK_PAGE}": ["{script}"]}}')
        os.utime(written, ns=(number, number))
        assert directives(await ask(app, "/page"))["script-src"] == ["'self'", script]


@pytest.mark.parametrize(("path", "method", "status"), [("/crash", "GET", 500), ("/data", "PUT", 405)])
async def test_error_is_answered_with_the_headers_and_tells_nothing(
    tmp_path: Path, path: str, method: str, status: int
):
    transport = httpx.ASGITransport(small_app(tmp_path), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (status, "nosniff")
    assert "somebody" not in answer.text


async def sent_to_a_socket(inner: ASGIApp, tmp_path: Path, origin: str) -> list[Message]:
    """What an event socket that `origin` opens is sent, with `inner` behind the headers."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    app = headers.secure(inner, base_url=BASE, build_dir=tmp_path)
    scope = {"type": "websocket", "path": "/_event", "headers": [(b"origin", origin.encode())]}
    await app(scope, receive, send)
    return sent


async def test_own_origin_may_open_the_event_socket(tmp_path: Path):
    reached: list[str] = []

    async def inner(scope: Scope, _receive: object, _send: object) -> None:
        reached.append(scope["type"])

    assert await sent_to_a_socket(inner, tmp_path, BASE) == []
    refused = await sent_to_a_socket(inner, tmp_path, f"{BASE}.evil.example")
    assert (reached, refused) == (["websocket"], [{"type": "websocket.close", "code": 1008}])


async def test_a_socket_whose_frame_cannot_be_read_is_hung_up_and_the_log_says_only_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    async def inner(_scope: object, _receive: object, _send: object) -> None:
        message = "what somebody wrote"
        raise ValueError(message)

    sent = await sent_to_a_socket(inner, tmp_path, BASE)
    assert sent == [{"type": "websocket.close", "code": headers.PROTOCOL_ERROR}]
    assert [record.getMessage() for record in caplog.records] == ["an event socket was ended by ValueError"]
