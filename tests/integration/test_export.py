"""«Everything about me»: what is in it and never is, checksums, two workers, stopping, fetching, its end."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from digihelse_app import routes
from digihelse_app import settings as app_settings
from digihelse_app.access.context import AccessDeniedError
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.attachment import Attachment, AttachmentContent
from digihelse_app.models.circle import CircleNote
from digihelse_app.models.codes import ConsentKind, ExportStatus, LogAction
from digihelse_app.models.database import new_id
from digihelse_app.models.draft import Draft
from digihelse_app.models.insight import DataExport, DataExportContent
from digihelse_app.models.person import Person
from digihelse_app.services import consent, export, export_job, self_use, sessions
from digihelse_app.services.representation import acting_context
from digihelse_app.web import export as export_route
from digihelse_app.web.auth import cookies
from digihelse_app.web.caller import Callers
from tests import world
from tests.conftest import MovableClock
from tests.identities import IDENTITY
from tests.people import INGRID, KARI, OLA
from tests.world import World, later

pytestmark = pytest.mark.usefixtures("database")
SETTINGS = app_settings.from_environment()
SECRETS = ("Olas hemmelighet", "Olas vedlegg", "Olas notat", "Ingrids egen samtale", "Ingrids kladd")
"""What is in the database, and belongs to others."""


@pytest.fixture(autouse=True)
def now(clock: MovableClock) -> MovableClock:
    return clock


async def conversation(of: Person, kari: World, subject: str, body: str, name: str, content: bytes) -> str:
    """A conversation of someone's, with a message and a file; its id."""
    thread = world.thread(of, kari.service, later(hours=1), subject=subject)
    message = world.message(thread, later(hours=1), body=body)
    await world.add(thread, message)
    file = Attachment(
        person_id=of.id,
        message_id=message.id,
        file_name=name,
        content_type="application/pdf",
        size=len(content),
        digest="0",
        created_at=later(hours=1),
    )
    await world.add(file, AttachmentContent(attachment_id=file.id, content=content))
    return thread.id


def note(of: Person, author: Person, thread_id: str, body: str) -> CircleNote:
    """A note among the relatives around someone."""
    return CircleNote(
        thread_id=thread_id,
        person_id=of.id,
        author_id=author.id,
        author_name=author.name,
        body=body,
        idempotency_key=new_id(),
        written_at=later(hours=2),
    )


async def story() -> World:
    """Kari with one of everything; Ingrid acts for her and has her own; Ola is somebody else."""
    kari, ingrid, ola = await world.world(), await world.person(INGRID), await world.person(OLA)
    await world.add(world.representation(ingrid, kari.kari, "read_messages"))
    karis = await conversation(
        kari.kari, kari, "Karis <b>tider</b>", "Kan dere komme?", "plan.pdf", b"%PDF karis"
    )
    olas = await conversation(ola, kari, SECRETS[0], SECRETS[0], "plan.pdf", SECRETS[1].encode())
    await conversation(ingrid, kari, SECRETS[3], SECRETS[3], "plan.pdf", SECRETS[3].encode())
    draft: dict[str, Any] = {"place": "new", "idempotency_key": "1", "updated_at": later(hours=1)}
    await world.add(
        note(kari.kari, ingrid, karis, "Husk briller"),
        note(ola, ingrid, olas, SECRETS[2]),
        Draft(actor_id=kari.kari.id, person_id=kari.kari.id, body="Karis kladd", **draft),
        Draft(actor_id=ingrid.id, person_id=kari.kari.id, body=SECRETS[4], **draft),
    )
    return kari


async def fetched(kari: World) -> zipfile.ZipFile:
    """What is ready for Kari."""
    found = await export.newest(await kari.acting())
    assert found is not None
    file = await export.fetch(await kari.acting(), found.id)
    content = b"".join([piece async for piece in file.pieces])
    assert len(content) == file.size
    return zipfile.ZipFile(io.BytesIO(content))


async def status_of(kari: World) -> ExportStatus:
    """How Kari's stands."""
    found = await export.newest(await kari.acting())
    assert found is not None
    return found.status


async def test_everything_about_the_person_is_in_it_and_nothing_of_anybody_else() -> None:
    kari = await story()
    await export.ask(await kari.acting(), "nb")
    assert await export_job.make_next()
    bundle = await fetched(kari)
    parts = {
        name.removesuffix(".json"): json.loads(bundle.read(name))
        for name in bundle.namelist()
        if ".json" in name
    }
    assert list(parts) == [
        "profile", "consents", "delegations", "conversations", "drafts", "notes", "visits", "notices", "log",
    ]  # fmt: skip
    (thread,) = parts["conversations"]
    assert (thread["subject"], [one["body"] for one in thread["messages"]]) == (
        "Karis <b>tider</b>",
        ["Kan dere komme?"],
    )
    (path,) = thread["messages"][0]["files"]
    assert bundle.read(path) == b"%PDF karis"
    assert parts["profile"][0]["national_id"] == "148348*****"
    assert [one["other"] for one in parts["delegations"]] == ["Ingrid Nordmann"]
    assert [one["body"] for one in parts["notes"]] == ["Husk briller"]
    assert [one["body"] for one in parts["drafts"]] == ["Karis kladd"]
    assert [one["action"] for one in parts["log"]] == [LogAction.EXPORT_ASK]
    whole = b"".join(bundle.read(name) for name in bundle.namelist()).decode("utf-8", "replace")
    assert [secret for secret in SECRETS if secret in whole] == []
    assert KARI.national_id not in whole


async def test_the_page_is_read_in_any_browser_and_runs_nothing() -> None:
    kari = await story()
    await export.ask(await kari.acting(), "en")
    await export_job.make_next()
    page = (await fetched(kari)).read("read-me.html").decode()
    assert '<html lang="en">' in page
    assert "<script" not in page
    assert "Karis &lt;b&gt;tider&lt;/b&gt;" in page
    assert "<h2>Conversations</h2>" in page
    assert "Kan dere komme?" in page


async def test_the_checksums_are_those_of_every_file() -> None:
    kari = await story()
    await export.ask(await kari.acting(), "nb")
    await export_job.make_next()
    bundle = await fetched(kari)
    lines = [line.split("  ", 1) for line in bundle.read("SHA256SUMS").decode().splitlines()]
    assert {name: hashlib.sha256(bundle.read(name)).hexdigest() for _, name in lines} == {
        name: digest for digest, name in lines
    }
    assert sorted(name for _, name in lines) == sorted(set(bundle.namelist()) - {"SHA256SUMS"})


async def test_it_is_asked_for_once_and_made_once_by_two_workers() -> None:
    kari = await story()
    for _ in range(2):
        await export.ask(await kari.acting(), "nb")
    assert sorted(await asyncio.gather(export_job.make_next(), export_job.make_next())) == [False, True]
    (row,) = await world.rows(DataExport)
    assert (row.status, row.step) == (ExportStatus.READY, row.steps)
    await export.ask(await kari.acting(), "nb")
    assert len(await world.rows(DataExport)) == 1


async def test_what_a_dead_worker_had_begun_is_taken_over_when_its_lease_is_out(now: MovableClock) -> None:
    kari = await story()
    await export.ask(await kari.acting(), "nb")
    dead = await export_job.claim()
    assert dead is not None
    await world.add(DataExportContent(export_id=dead.id, position=7, content=b"half of it"))
    assert not await export_job.make_next()
    now.at += export_job.LEASE
    assert await export_job.make_next()
    assert [row.position for row in await world.rows(DataExportContent)] == [0]
    assert (await fetched(kari)).testzip() is None


async def test_a_right_that_ends_while_it_is_made_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    kari = await story()
    await export.ask(await kari.acting(), "nb")
    part = export_job.PARTS[3]

    async def withdraw_first(*given: Any) -> AsyncIterator[Any]:
        await consent.withdraw(await kari.acting(), ConsentKind.DIALOGUE)
        async for item in part.read(*given):
            yield item

    changed = (*export_job.PARTS[:3], type(part)(part.key, part.title, part.needs, withdraw_first))
    monkeypatch.setattr(export_job, "PARTS", (*changed, *export_job.PARTS[4:]))
    assert await export_job.make_next()
    assert await status_of(kari) is ExportStatus.FAILED
    assert await world.rows(DataExportContent) == []
    assert not await export_job.make_next()


@pytest.mark.parametrize("act", ["withdraw", "leave"])
async def test_what_was_ready_is_gone_when_the_right_it_was_made_by_is(act: str, now: MovableClock) -> None:
    kari = await story()
    await export.ask(await kari.acting(), "nb")
    await export_job.make_next()
    if act == "withdraw":
        await consent.withdraw(await kari.acting(), ConsentKind.DIALOGUE)
    else:
        await self_use.stop(await kari.acting())
    assert await status_of(kari) is ExportStatus.EXPIRED
    assert await world.rows(DataExportContent) == []
    now.at += timedelta(minutes=1)
    await export.ask(await kari.acting(), "nb")
    await export_job.make_next()
    bundle = await fetched(kari)
    assert json.loads(bundle.read("conversations.json")) == []
    assert len(json.loads(bundle.read("consents.json"))) == 2


async def test_files_beyond_the_limit_are_named_and_left_out() -> None:
    kari = await story()
    await export.ask(await kari.acting(), "nb")
    await export_job.make_next(largest=5)
    bundle = await fetched(kari)
    assert [name for name in bundle.namelist() if name.startswith("files/")] == []
    assert "Filer det ikke var plass til" in bundle.read("les-meg.html").decode()


async def test_after_a_day_it_is_gone_and_what_could_not_be_made_is_given_up(now: MovableClock) -> None:
    kari = await story()
    await export.ask(await kari.acting(), "nb")
    await export_job.make_next()
    now.at += timedelta(hours=23)
    assert await export_job.purge() == 0
    now.at += timedelta(hours=1)
    assert await status_of(kari) is ExportStatus.EXPIRED
    assert await export_job.purge() == 1
    assert await world.rows(DataExportContent) == []
    await export.ask(await kari.acting(), "nb")
    now.at += timedelta(hours=1)
    assert await export_job.purge() == 1
    assert await status_of(kari) is ExportStatus.FAILED


@asynccontextmanager
async def signed_in(person: Person | None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser with the session of `person`, or with none."""
    jar = {}
    if person is not None:
        jar = {cookies.for_settings(SETTINGS).session: await sessions.open_session(person.id, IDENTITY)}
    transport = httpx.ASGITransport(Starlette(routes=export_route.routes(Callers(SETTINGS))))
    async with httpx.AsyncClient(transport=transport, base_url=SETTINGS.base_url, cookies=jar) as client:
        yield client


async def test_it_is_fetched_by_herself_alone_and_kept_by_no_cache() -> None:
    kari = await story()
    await export.ask(await kari.acting(), "nb")
    (waiting,) = await world.rows(DataExport)
    address = routes.export(waiting.id)
    async with signed_in(kari.kari) as browser:
        assert (await browser.get(address)).status_code == 404
        await export_job.make_next()
        answer = await browser.get(address)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["content-disposition"] == 'attachment; filename="digihelse-2026-11-23.zip"'
    assert hashlib.sha256(answer.content).hexdigest() == (await world.rows(DataExport))[0].digest
    ingrid = await world.person(INGRID, consented=False)
    (hers,) = await world.rows(world.Representation)
    async with signed_in(ingrid) as browser:
        for query in ("", f"?{routes.FOR_QUERY}={hers.key}"):
            assert (await browser.get(address + query)).status_code == 404
    async with signed_in(None) as browser:
        assert (await browser.get(address)).status_code == 401
    actions = [row.action for row in await world.rows(AccessLogEntry)]
    assert (actions.count(LogAction.EXPORT_ASK), actions.count(LogAction.EXPORT_READ)) == (1, 1)


async def test_nobody_asks_for_another() -> None:
    kari, ingrid = await story(), await world.person(INGRID, consented=False)
    (hers,) = await world.rows(world.Representation)
    acting = await acting_context(ingrid.id, hers.key)
    assert acting.represented_id == kari.kari.id
    with pytest.raises(AccessDeniedError):
        await export.ask(acting, "nb")
    with pytest.raises(AccessDeniedError):
        await export.newest(acting)
