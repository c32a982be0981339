"""Who may change something by a POST, and where signing in may lead."""

import pytest
from starlette.requests import Request

from digihelse_app import routes
from digihelse_app.web.auth.request_checks import is_from_our_pages, language_of, return_path

HOME = "https://digihelse.example"


def request(query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw, "query_string": query.encode()})


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"Sec_Fetch_Site": "same-origin", "Origin": HOME}, True),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "null"}, True),
        ({"Sec_Fetch_Site": "same-origin"}, True),
        ({"Origin": HOME}, True),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "https://evil.example"}, False),
        ({"Sec_Fetch_Site": "cross-site", "Origin": HOME}, False),
        ({"Sec_Fetch_Site": "same-site"}, False),
        ({"Sec_Fetch_Site": "none"}, False),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "https://evil.example"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://digihelse.example"}, False),
        ({"Origin": f"{HOME}:8443"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_is_from_our_pages_takes_the_browsers_word(headers: dict[str, str], ours: bool) -> None:
    assert is_from_our_pages(request(**headers), HOME) is ours


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/innboks", "/innboks"),
        ("/innboks/", "/innboks"),
        ("/innboks?samtale=1&for=2#main", "/innboks?samtale=1&for=2"),
        ("/besok?q=a%0d%0ab", "/besok?q=a%0D%0Ab"),
        ("/hjelp", "/hjelp"),
    ],
)
def test_return_path_keeps_a_page_of_ours(wanted: str, path: str) -> None:
    assert return_path(wanted) == path


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/hjem",
        "//evil.example/hjem",
        "///evil.example/hjem",
        "/\\evil.example",
        "\\\\evil.example/hjem",
        "/hjem@evil.example",
        "/hjem/../auth/logout",
        "/%2fevil.example",
        "javascript:alert(1)",
        "//[/hjem",
        "/innboks\r\nSet-Cookie: x=y",
        "/innboks\x00",
        "/innboks?q=" + "x" * 300,
        "/auth/logout",
        "/testid/endsession",
        "/logget-ut",
        "/",
        "",
    ],
)
def test_return_path_is_home_for_everything_else(wanted: str) -> None:
    assert return_path(wanted) == routes.HOME


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("language=nn", "en", "nn"),
        ("language=fr", "en-GB,en;q=0.9", "en"),
        ("", "fr, no;q=0.8, en;q=0.5", "nb"),
        ("", "nn-NO", "nn"),
        ("", "se", "se"),
        ("", "fr", "nb"),
        ("", "", "nb"),
    ],
)
def test_language_of_is_chosen_or_the_browsers(query: str, accepted: str, language: str) -> None:
    assert language_of(request(query, Accept_Language=accepted)) == language
