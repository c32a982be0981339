"""Files between a browser and the app, and what an attacker tries with them: over real sockets."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.attachment import Attachment, AttachmentContent
from digihelse_app.models.database import new_id
from digihelse_app.models.person import Person
from digihelse_app.models.session import Session
from digihelse_app.services import sending
from digihelse_app.services.attachment_check import MAX_BYTES
from digihelse_app.services.representation import acting_context
from tests import files, world
from tests.conftest import MovableClock
from tests.people import INGRID, OLA
from tests.upload_site import UploadSite, upload_site
from tests.world import World

READ, WRITE = "read_messages", "write_messages"
CREATED, NO_CONTENT, NOT_FOUND = httpx.codes.CREATED, httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND


@pytest.fixture
async def site(database: AsyncEngine) -> AsyncIterator[UploadSite]:
    async with upload_site() as running:
        yield running


@pytest.fixture
async def small(sqlite_database: AsyncEngine) -> AsyncIterator[UploadSite]:
    """The same on SQLite alone, for what no engine changes."""
    async with upload_site() as running:
        yield running


async def nothing_is_stored() -> bool:
    return not (await world.rows(Attachment) or await world.rows(AttachmentContent))


async def test_file_is_taken_in_and_given_back(site: UploadSite) -> None:
    kari = await site.cookie((await world.world()).kari)
    taken = await site.upload(kari, files.pdf(), "Epikrise æøå.pdf")
    assert taken.status_code == CREATED
    told = taken.json()
    size = len(files.pdf())
    assert told == {
        "id": told["id"],
        "name": "Epikrise æøå.pdf",
        "type": "application/pdf",
        "size": size,
    }
    given = await site.fetch(kari, told["id"])
    assert given.content == files.pdf()
    wanted = (
        "content-type",
        "content-disposition",
        "cache-control",
        "x-content-type-options",
        "content-security-policy",
    )
    assert [given.headers[name] for name in wanted] == [
        "application/pdf",
        "attachment; filename=\"Epikrise a.pdf\"; filename*=UTF-8''Epikrise%20%C3%A6%C3%B8%C3%A5.pdf",
        "no-store",
        "nosniff",
        "sandbox; default-src 'none'; frame-ancestors 'none'",
    ]


async def test_picture_alone_is_shown_and_only_small(site: UploadSite) -> None:
    kari = await site.cookie((await world.world()).kari)
    photo = (await site.upload(kari, files.photo((1600, 1200)), "bilde.png")).json()
    document = (await site.upload(kari, files.pdf())).json()
    assert (photo["name"], photo["type"]) == ("bilde.jpg", "image/jpeg")
    shown = await site.fetch(kari, photo["id"], vis="1")
    assert (shown.headers["content-type"], shown.headers["content-disposition"]) == ("image/jpeg", "inline")
    assert len(shown.content) < photo["size"]
    assert (await site.fetch(kari, document["id"], vis="1")).status_code == NOT_FOUND


async def test_file_one_asks_for_keeps_the_session_awake_and_a_picture_on_a_page_does_not(
    small: UploadSite, clock: MovableClock
) -> None:
    kari = await small.cookie((await world.world()).kari)
    photo = (await small.upload(kari, files.photo((1600, 1200)), "bilde.png")).json()["id"]
    [opened] = await world.rows(Session)
    clock.advance(minutes=20)
    assert (await small.fetch(kari, photo, vis="1")).is_success
    assert (await world.rows(Session))[0].last_seen_at == opened.last_seen_at
    assert (await small.fetch(kari, photo)).is_success
    assert (await world.rows(Session))[0].last_seen_at == clock.at


async def test_file_is_taken_away_before_it_is_sent_and_not_after(site: UploadSite) -> None:
    lives = await world.world()
    kari = await site.cookie(lives.kari)
    first, second = [(await site.upload(kari, files.pdf())).json()["id"] for _ in range(2)]
    assert (await site.delete(kari, first)).status_code == NO_CONTENT
    assert (await site.fetch(kari, first)).status_code == NOT_FOUND
    draft = sending.Draft("Her.", new_id(), lives.service.id, "Fil", attachments=(second,))
    await sending.send_new(await lives.acting(), draft)
    assert (await site.delete(kari, second)).status_code == NOT_FOUND
    assert (await site.fetch(kari, second)).content == files.pdf()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Cookie": ""}, 401),
        ({"Cookie": "digihelse=made-up"}, 401),
        ({"Origin": "", "Sec-Fetch-Site": ""}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
async def test_upload_from_elsewhere_is_refused(
    small: UploadSite, changed: dict[str, str], status: int
) -> None:
    kari = await small.cookie((await world.world()).kari)
    headers = {name: value for name, value in (small.own | kari | changed).items() if value}
    answer = await small.http.post("/attachments", content=files.pdf(), headers=headers)
    assert answer.status_code == status
    assert await nothing_is_stored()


async def test_delete_from_elsewhere_is_refused(small: UploadSite) -> None:
    kari = await small.cookie((await world.world()).kari)
    taken = (await small.upload(kari, files.pdf())).json()["id"]
    foreign = kari | {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for headers in (kari, foreign):
        answer = await small.http.delete(f"/attachments/{taken}", headers=headers)
        assert answer.status_code == httpx.codes.FORBIDDEN
    assert len(await world.rows(Attachment)) == 1


@pytest.mark.parametrize("query", [{}, {"vis": "1"}])
async def test_what_belongs_to_others_is_as_if_it_were_not(site: UploadSite, query: dict[str, str]) -> None:
    """Another person's, another actor's unsent for the same person, and none at all."""
    lives = await world.world()
    ingrid, ola = await world.person(INGRID), await world.person(OLA)
    delegation = world.representation(ingrid, lives.kari, READ, WRITE)
    await world.add(delegation)
    by_ingrid = await site.cookie(ingrid)
    answer = await site.upload(by_ingrid, files.photo(), key=delegation.key)
    assert answer.status_code == CREATED
    unsent, kari, stranger = answer.json()["id"], await site.cookie(lives.kari), await site.cookie(ola)
    unknown = await site.fetch(kari, new_id(), **query)
    assert (unknown.status_code, unknown.content) == (NOT_FOUND, b"")
    for cookie in (kari, stranger, by_ingrid):
        refused = await site.fetch(cookie, unsent, **query)
        assert (refused.status_code, refused.content) == (NOT_FOUND, b"")
        assert dict(refused.headers) | {"date": ""} == dict(unknown.headers) | {"date": ""}
        assert (await site.delete(cookie, unsent)).status_code == NOT_FOUND
    assert (await site.fetch(by_ingrid, unsent, **{"for": delegation.key}, **query)).is_success


async def test_a_file_that_is_sent_is_read_by_all_who_may_read_and_no_other(site: UploadSite) -> None:
    lives = await world.world()
    ingrid, ola = await world.person(INGRID), await world.person(OLA)
    reads = world.representation(ingrid, lives.kari, READ)
    sees = world.representation(ola, lives.kari, "see_visits")
    await world.add(reads, sees)
    kari = await site.cookie(lives.kari)
    sent = (await site.upload(kari, files.pdf())).json()["id"]
    draft = sending.Draft("Her.", new_id(), lives.service.id, "Fil", attachments=(sent,))
    await sending.send_new(await lives.acting(), draft)
    assert (await site.fetch(await site.cookie(ingrid), sent, **{"for": reads.key})).content == files.pdf()
    stranger = await site.cookie(ola)
    for key in ({"for": sees.key}, {"for": reads.key}, {}):
        assert (await site.fetch(stranger, sent, **key)).status_code == NOT_FOUND


async def test_one_who_may_only_read_takes_nothing_in(small: UploadSite) -> None:
    lives = await world.world()
    ingrid = await world.person(INGRID)
    reads = world.representation(ingrid, lives.kari, READ)
    await world.add(reads)
    answer = await small.upload(await small.cookie(ingrid), files.pdf(), key=reads.key)
    assert answer.status_code == NOT_FOUND
    assert await nothing_is_stored()


async def test_announced_size_beyond_the_cap_is_refused_before_anything_comes(small: UploadSite) -> None:
    kari = await small.cookie((await world.world()).kari)
    answer = await small.raw(kari, {"Content-Length": str(MAX_BYTES + 1)}, end=False)
    assert answer.split(b"\r\n")[0] == b"HTTP/1.1 413 Payload Too Large"
    assert await nothing_is_stored()


async def test_unannounced_size_beyond_the_cap_is_stopped_on_the_way(small: UploadSite) -> None:
    kari = await small.cookie((await world.world()).kari)
    chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"
    answer = await small.raw(kari, {"Transfer-Encoding": "chunked"}, *[chunk] * 10, end=False)
    assert answer.split(b"\r\n")[0] in (b"HTTP/1.1 413 Payload Too Large", b"")
    assert await nothing_is_stored()


async def test_still_line_is_hung_up_on(small: UploadSite) -> None:
    kari = await small.cookie((await world.world()).kari)
    answer = await small.raw(kari, {"Content-Length": "1000"}, files.pdf()[:100], end=False)
    assert answer.split(b"\r\n")[0] == b"HTTP/1.1 408 Request Timeout"
    assert await nothing_is_stored()


async def test_less_than_was_announced_is_not_stored(small: UploadSite) -> None:
    kari = await small.cookie((await world.world()).kari)
    await small.raw(kari, {"Content-Length": str(len(files.pdf()) + 1)}, files.pdf(), end=True)
    assert await nothing_is_stored()


async def test_more_than_was_announced_is_not_stored(small: UploadSite) -> None:
    kari = await small.cookie((await world.world()).kari)
    headers = {"Content-Length": str(len(files.pdf()) - 10), "Connection": "close"}
    answer = await small.raw(kari, headers, files.pdf(), end=True)
    assert answer.split(b"\r\n")[0] in (b"HTTP/1.1 422 Unprocessable Entity", b"")
    assert await nothing_is_stored()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\Windows\\win.ini", "win.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("epi\x00krise.pdf", "epikrise.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie- x=1.pdf"),
        ('"; filename=evil.html', "-; filename=evil.pdf"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
        ("", "vedlegg.pdf"),
        ("<script>.pdf", "-script-.pdf"),
    ],
)
async def test_name_is_a_name_and_nothing_else(small: UploadSite, name: str, kept: str) -> None:
    kari = await small.cookie((await world.world()).kari)
    taken = (await small.upload(kari, files.pdf(), name)).json()
    assert taken["name"] == kept
    given = await small.fetch(kari, taken["id"])
    assert given.headers.get_list("content-disposition") == [given.headers["content-disposition"]]
    assert given.headers.get("set-cookie") is None


async def test_type_that_is_claimed_counts_for_nothing(small: UploadSite) -> None:
    kari = await small.cookie((await world.world()).kari)
    page = b"<!doctype html><script>alert(1)</script>"
    claimed = {"Content-Type": "image/png"}
    answer = await small.upload(kari, page, "bilde.png", **claimed)
    assert (answer.status_code, answer.json()) == (422, {"error": "attachment.error.type"})
    packed = await small.upload(kari, files.pdf(), **{"Content-Encoding": "gzip"})
    assert packed.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert await nothing_is_stored()


async def test_twenty_files_may_lie_unsent_and_no_more(small: UploadSite) -> None:
    kari = await small.cookie((await world.world()).kari)
    answers = [await small.upload(kari, files.png()) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [CREATED] * 20 + [422]
    assert answers[-1].json() == {"error": "attachment.error.too_many_waiting"}


async def test_session_that_has_ended_fetches_nothing(small: UploadSite) -> None:
    lives: World = await world.world()
    kari = await small.cookie(lives.kari)
    taken = (await small.upload(kari, files.pdf())).json()["id"]
    assert (await small.fetch({}, taken)).status_code == httpx.codes.UNAUTHORIZED


async def test_delegation_that_has_ended_reaches_no_file(small: UploadSite) -> None:
    lives = await world.world()
    ingrid: Person = await world.person(INGRID)
    delegation = world.representation(ingrid, lives.kari, READ, WRITE)
    await world.add(delegation)
    cookie = await small.cookie(ingrid)
    taken = (await small.upload(cookie, files.pdf(), key=delegation.key)).json()["id"]
    ended = world.START
    delegation.valid_until = ended
    await world.add(delegation)
    assert (await small.fetch(cookie, taken, **{"for": delegation.key})).status_code == NOT_FOUND
    assert (await acting_context(ingrid.id)).actor_id == ingrid.id
