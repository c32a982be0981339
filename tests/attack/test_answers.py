"""What stands around every kind of answer of the built app, and what stands in none of them."""

import re
from pathlib import Path

import httpx
import pytest

from digihelse_app import routes
from digihelse_app.models import national_id
from digihelse_app.text.catalogue import lookup
from tests.attacked import Belongings, browser
from tests.servers import ROOT, RunningApp
from tests.sign_in_site import COOKIE
from tests.tab import tab

KINDS = [
    routes.FRONT,
    routes.INBOX,
    routes.SIGNED_OUT,
    "/finnes-ikke",
    "/app.css",
    "/sw.js",
    "/manifest.webmanifest",
    routes.LOGIN,
    f"{routes.CALLBACK}?code=x&state=y",
    routes.LOGOUT,
    routes.LOGOUT_CALLBACK,
    routes.EXTEND,
    "/fhir/metadata",
    "/fhir/Communication",
    "/fhir/Communication/x",
    "/testid/.well-known/openid-configuration",
    "/testid/authorize",
    "/testid/annen-tjeneste",
    "/fagsystem",
    "/registre",
    "/ping",
    "/_event/",
    "/_upload",
    "/health/live",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/\\evil.example",
    "//evil.example/hjem",
]
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
NUMBER = re.compile(r"(?<!\d)\d{11}(?!\d)")


def identity_numbers_in(text: str) -> list[str]:
    """Every identity number in `text`, synthetic ones too."""
    offsets = national_id.SYNTHETIC_OFFSETS
    return [found for found in NUMBER.findall(text) if national_id.is_valid(found, offsets)]


@pytest.mark.parametrize("path", KINDS)
def test_every_answer_is_guarded(url: str, path: str) -> None:
    for method in ("GET", "POST"):
        answer = httpx.request(method, url + path)
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")
        assert answer.status_code < 500 or answer.status_code == 503
        assert "Traceback" not in answer.text
        for cookie in answer.headers.get_list("set-cookie"):
            assert "HttpOnly" in cookie
        assert answer.headers.get("location", "/").startswith(("/", url))
        assert not answer.headers.get("location", "/").startswith("//")


@pytest.mark.parametrize("path", [routes.LOGOUT, routes.EXTEND])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=range(6),
)
async def test_post_from_another_site_does_nothing(
    url: str, kari: str, path: str, headers: dict[str, str]
) -> None:
    async with httpx.AsyncClient(base_url=url, headers={"Cookie": f"{COOKIE}={kari}", **headers}) as http:
        assert (await http.post(path)).status_code == 403
    async with tab(url, routes.INBOX, cookie=kari) as page:
        await page.alive()
        assert page.redirects == []


def test_polling_is_not_offered(url: str) -> None:
    query = {"EIO": "4", "transport": "polling", "token": "t"}
    answer = httpx.get(f"{url}/_event/", params=query, headers={"Origin": url})
    assert (answer.status_code, answer.headers.get("set-cookie")) == (400, None)


@pytest.mark.parametrize(
    ("fields", "status", "failure"),
    [
        ({"fault": "wrong-nonce"}, 400, "invalid_token"),
        ({"fault": "wrong-iss"}, 400, "invalid_token"),
        ({"fault": "wrong-iss-parameter"}, 400, "wrong_iss"),
        ({"fault": "wrong-aud"}, 400, "invalid_token"),
        ({"fault": "wrong-key"}, 400, "invalid_token"),
        ({"fault": "expired"}, 400, "invalid_token"),
        ({"fault": "clock-skew"}, 400, "invalid_token"),
        ({"fault": "no-pid"}, 403, "no_pid"),
        ({"person": "anna-larsson"}, 403, "no_pid"),
        ({"level": "idporten-loa-substantial"}, 403, "level_too_low"),
    ],
)
async def test_provider_gone_wrong_opens_no_session(
    url: str, fields: dict[str, str], status: int, failure: str
) -> None:
    async with browser(url) as visitor:
        begun = await visitor.begin()
        chosen = {"person": "kari-nordmann", **fields}
        answer = await visitor.http.get(await visitor.choose(begun.headers["location"], **chosen))
        assert (answer.status_code, visitor.session_secret) == (status, "")
    assert lookup("nb", f"signin.failure.{failure}.title") in answer.text
    assert ("Kari" in answer.text, identity_numbers_in(answer.text)) == (False, [])


async def test_replayed_callback_opens_no_second_session(url: str) -> None:
    async with browser(url) as visitor:
        begun = await visitor.begin()
        back = await visitor.choose(begun.headers["location"], person="kari-nordmann")
        first = await visitor.http.get(back)
        secret = visitor.session_secret
        second = await visitor.http.get(back)
        assert (first.status_code, second.status_code) == (303, 400)
        assert visitor.session_secret == secret
    async with browser(url) as thief:
        assert (await thief.http.get(back)).status_code == 400
        assert thief.session_secret == ""


async def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(url: str) -> None:
    async with browser(url) as visitor:
        answer = await visitor.sign_in()
        session, device = answer.headers.get_list("set-cookie")
    assert session.partition("; ")[2] == "HttpOnly; Path=/; SameSite=lax"
    assert device.partition("; ")[2] == "HttpOnly; Max-Age=31536000; Path=/; SameSite=lax"


def test_no_built_file_and_no_log_line_holds_an_identity_number_or_a_message(
    attacked: RunningApp, karis: Belongings
) -> None:
    built = ROOT / ".web" / "build" / "client"
    kinds = {".html", ".js", ".css", ".json", ".webmanifest", ".map"}
    files: list[Path] = [file for file in built.rglob("*") if file.suffix in kinds]
    assert len(files) > 20
    for file in (*files, attacked.log):
        text = file.read_text()
        assert (file.name, identity_numbers_in(text)) == (file.name, [])
        assert [body for body in karis.texts if body in text] == []
    assert [trace for trace in karis.traces if trace in attacked.log.read_text()] == []
