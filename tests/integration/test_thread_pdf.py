"""A conversation as a PDF, over the route that the page links to."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from pypdf import PdfReader
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from digihelse_app import routes
from digihelse_app import settings as app_settings
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.attachment import Attachment
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Message
from digihelse_app.models.person import Person
from digihelse_app.services import sessions
from digihelse_app.web import thread_pdf
from digihelse_app.web.auth import cookies
from digihelse_app.web.caller import Callers
from tests import world
from tests.identities import IDENTITY
from tests.people import INGRID, OLA
from tests.world import World, later

pytestmark = pytest.mark.usefixtures("clock")
SETTINGS = app_settings.from_environment()


@asynccontextmanager
async def signed_in(person: Person | None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser with the session of `person`, or with none."""
    jar = {}
    if person is not None:
        secret = await sessions.open_session(person.id, IDENTITY)
        jar = {cookies.for_settings(SETTINGS).session: secret}
    transport = httpx.ASGITransport(Starlette(routes=thread_pdf.routes(Callers(SETTINGS))))
    async with httpx.AsyncClient(transport=transport, base_url=SETTINGS.base_url, cookies=jar) as client:
        yield client


async def conversation(kari: World, texts: list[str], subject: str = "Besøk på torsdag") -> str:
    """A conversation of Kari's with these messages, the last with a file; its id."""
    thread = world.thread(kari.kari, kari.service, later(hours=1), subject=subject)
    written: list[Message] = [
        world.message(thread, later(hours=1, minutes=n), body=text) for n, text in enumerate(texts)
    ]
    await world.add(thread, *written)
    await world.add(
        Attachment(
            person_id=kari.kari.id,
            message_id=written[-1].id,
            file_name="timeplan.pdf",
            content_type="application/pdf",
            size=1,
            digest="0",
            created_at=later(),
        )
    )
    return thread.id


def text_of(document: bytes) -> str:
    """Every word of the document, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages).split())


async def test_it_has_every_message_with_sender_time_and_files(sqlite_database: AsyncEngine) -> None:
    kari = await world.world()
    texts = ["Vi kommer klokken ti.", "Čáhcesuolu – ŋ og {nb} står slik.", "Blåbærsyltetøy 😀"]
    thread_id = await conversation(kari, texts)
    async with signed_in(kari.kari) as browser:
        answer = await browser.get(routes.thread_pdf(thread_id))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'attachment; filename="samtale-2026-11-23.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    text = text_of(answer.content)
    wanted = [
        "Besøk på torsdag",
        "Samtale mellom Kari Nordmann og Hjemmesykepleie",
        "søndag 1. november 2026 kl. 10.00",
        *texts[:2],
        "Blåbærsyltetøy \N{REPLACEMENT CHARACTER}",
        "Vedlegg: timeplan.pdf",
        "Side 1 av 1",
    ]
    assert [words for words in wanted if words not in text] == []
    reader = PdfReader(io.BytesIO(answer.content))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.root_object["/Lang"]) == ("Besøk på torsdag", "nb-NO")
    assert [entry.action for entry in await world.rows(AccessLogEntry)] == [
        LogAction.SIGN_IN,
        LogAction.THREAD_PRINT,
    ]


async def test_a_long_conversation_has_numbered_pages_in_the_readers_language(
    sqlite_database: AsyncEngine,
) -> None:
    kari = await world.world()
    thread_id = await conversation(kari, [f"Melding nummer {n}. " * 20 for n in range(60)])
    async with signed_in(kari.kari) as browser:
        answer = await browser.get(routes.thread_pdf(thread_id), params={"sprak": "en"})
    pages = PdfReader(io.BytesIO(answer.content)).pages
    feet = [f"Page {n} of {len(pages)}" in page.extract_text() for n, page in enumerate(pages, 1)]
    assert len(pages) > 5
    assert feet == [True] * len(pages)
    assert sum(page.extract_text().count("Hjemmesykepleie\n") for page in pages) >= 60


async def test_anothers_conversation_and_none_are_both_not_found(database: AsyncEngine) -> None:
    kari = await world.world()
    ola, ingrid = await world.person(OLA), await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(right)
    thread_id = await conversation(kari, ["Hei"])
    async with signed_in(ola) as browser:
        answers = [await browser.get(routes.thread_pdf(one)) for one in (thread_id, "finnes-ikke")]
        forged = await browser.get(routes.thread_pdf(thread_id), params={"for": right.key})
    assert {(one.status_code, one.content, one.headers["cache-control"]) for one in (*answers, forged)} == {
        (404, b"", "no-store")
    }
    async with signed_in(ingrid) as browser:
        own = await browser.get(routes.thread_pdf(thread_id))
        for_kari = await browser.get(routes.thread_pdf(thread_id), params={"for": right.key})
    assert (own.status_code, for_kari.status_code) == (404, 200)


async def test_without_a_session_there_is_nothing(sqlite_database: AsyncEngine) -> None:
    kari = await world.world()
    thread_id = await conversation(kari, ["Hei"])
    async with signed_in(None) as browser:
        answer = await browser.get(routes.thread_pdf(thread_id))
    assert (answer.status_code, answer.content) == (401, b"")
