"""Files over the record-system API: what services send, what citizens sent, and whose they are."""

import io
from base64 import b64decode, b64encode
from typing import Any

import httpx
import pytest
from PIL import Image

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.attachment import Attachment, AttachmentContent
from digihelse_app.models.codes import AgentKind, LogAction
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import unit_of_work
from digihelse_app.services import attachments, record_files
from digihelse_app.services.attachment_check import MAX_BYTES, checked
from digihelse_app.services.representation import acting_context
from tests import files
from tests.conftest import MovableClock
from tests.fhir_world import (
    World,
    episode,
    header,
    issues,
    message,
    patient,
    person_id,
    rows,
    service,
    write,
)
from tests.people import ASTRID, KARI, OLA

PDF = "application/pdf"
Resource = dict[str, Any]


def binary(content: bytes, kind: str = PDF, file_id: str = "b1", who: Any = KARI) -> Resource:
    """The bytes of a file for a patient."""
    return {
        "resourceType": "Binary",
        "id": file_id,
        "contentType": kind,
        "securityContext": patient(who),
        "data": b64encode(content).decode(),
    }


def document(
    file_id: str = "b1", document_id: str = "d1", title: str = "Epikrise.pdf", who: Any = KARI, **changes: Any
) -> Resource:
    """What such a file is called."""
    attachment = {"contentType": PDF, "url": f"Binary/{file_id}", "title": title}
    resource: Resource = {
        "resourceType": "DocumentReference",
        "id": document_id,
        "status": "current",
        "subject": patient(who),
        "content": [{"attachment": attachment | changes}],
    }
    return resource


def with_files(*documents: str, message_id: str = "m1", thread: str = "t1", who: Any = KARI) -> Resource:
    """A message that names its files."""
    references = [{"contentReference": {"reference": f"DocumentReference/{each}"}} for each in documents]
    payload = [{"contentString": "Her er epikrisen."}, *references]
    return message(who, message_id, thread, payload=payload)


@pytest.fixture
async def talking(api: World) -> World:
    """Kari and Alvdal have a conversation, on both engines."""
    for resource in (service(), episode(KARI), header(KARI)):
        assert (await api.alvdal.put(resource)).is_success
    return api


async def test_service_sends_a_file_with_its_message(talking: World) -> None:
    content = files.pdf()
    answers = [await talking.alvdal.put(one) for one in (binary(content), document(), with_files("d1"))]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    [file], [sent] = await rows(Attachment), await rows(Message)
    assert (file.message_id, file.person_id, file.uploader_id) == (sent.id, await person_id(KARI), None)
    assert (file.file_name, file.content_type, file.size) == ("Epikrise.pdf", PDF, len(content))
    assert [row.content for row in await rows(AttachmentContent)] == [content]


async def test_said_again_changes_nothing(talking: World) -> None:
    sent = [binary(files.pdf()), document(), with_files("d1")]
    for resource in sent:
        await talking.alvdal.put(resource)
    assert [(await talking.alvdal.put(one)).status_code for one in sent] == [200, 200, 200]
    assert len(await rows(Attachment)) == 1


async def test_other_bytes_under_a_known_id_are_a_conflict(talking: World) -> None:
    await talking.alvdal.put(binary(files.pdf()))
    answer = await talking.alvdal.put(binary(files.pdf() + b"\n"))
    assert (answer.status_code, issues(answer)) == (409, [("conflict", "Binary.id")])


async def test_service_photo_is_written_anew_and_read_back_so(talking: World) -> None:
    await talking.alvdal.put(binary(files.photo(), "image/jpeg"))
    answer = await talking.alvdal.get("/fhir/Binary/b1")
    content = b64decode(answer.json()["data"])
    picture = Image.open(io.BytesIO(content))
    assert (picture.size, dict(picture.getexif())) == ((40, 80), {})
    assert answer.json()["securityContext"] == patient(KARI)


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (binary(b"MZ\x90\x00"), "Binary.data"),
        (binary(files.pdf(javascript=True)), "Binary.data"),
        (binary(files.png_bomb(), "image/png"), "Binary.data"),
        (binary(files.pdf(), "image/png"), "Binary.contentType"),
        (binary(files.pdf(), "text/html"), "Binary.contentType"),
        (binary(files.pdf()) | {"data": "ikke base64!"}, "Binary.data"),
        (binary(files.pdf(), who=ASTRID), "Binary.securityContext"),
        ({**binary(files.pdf()), "securityContext": {"reference": "Patient/1"}}, "Binary.securityContext"),
        (document("nothing"), "DocumentReference.content[0].attachment.url"),
        (document("b0", who=OLA), "DocumentReference.content[0].attachment.url"),
        (document("b0", contentType="image/png"), "DocumentReference.content[0].attachment.contentType"),
        (document("b0", data="UERG"), "DocumentReference.content[0].attachment.data"),
        (document("b0", url="https://evil.example/x.pdf"), "DocumentReference.content[0].attachment.url"),
        (document("b0") | {"status": "superseded"}, "DocumentReference.status"),
        (with_files("nothing", message_id="m9"), "Communication.payload"),
        (with_files(*(f"d{n}" for n in range(6)), message_id="m9"), "Communication.payload"),
        (with_files("d0", "d0", message_id="m9"), "Communication.payload"),
    ],
)
async def test_what_cannot_be_taken_is_refused_by_its_element(
    filled: tuple[World, Message], resource: Resource, told: str
) -> None:
    world, _ = filled
    await world.alvdal.put(binary(files.pdf(), file_id="b0"))
    answer = await world.alvdal.put(resource)
    assert (answer.status_code, [element for _, element in issues(answer)]) == (422, [told])


async def test_file_may_be_ten_megabytes_and_no_more(talking: World) -> None:
    whole = files.pdf(size=MAX_BYTES)
    assert len(whole) == MAX_BYTES
    assert (await talking.alvdal.put(binary(whole))).status_code == httpx.codes.CREATED
    answer = await talking.alvdal.put(binary(whole + b"\n", file_id="b2"))
    assert issues(answer) == [("value", "Binary.data")]
    answer = await talking.alvdal.put(binary(whole + bytes(600_000), file_id="b3"))
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE


async def test_file_goes_with_one_message_to_one_person(talking: World) -> None:
    await talking.alvdal.put(episode(OLA, "e2"))
    await talking.alvdal.put(header(OLA, "t2"))
    for resource in (binary(files.pdf()), document()):
        await talking.alvdal.put(resource)
    answer = await talking.alvdal.put(with_files("d1", message_id="m2", thread="t2", who=OLA))
    assert issues(answer) == [("not-found", "Communication.payload")]
    await talking.alvdal.put(with_files("d1"))
    answer = await talking.alvdal.put(with_files("d1", message_id="m3"))
    assert issues(answer) == [("not-found", "Communication.payload")]


async def test_another_organisation_neither_reads_nor_uses_a_file(talking: World) -> None:
    for resource in (binary(files.pdf()), document()):
        await talking.alvdal.put(resource)
    unknown = await talking.tynset.get("/fhir/Binary/unknown")
    for path in ("Binary/b1", "DocumentReference/d1"):
        answer = await talking.tynset.get(f"/fhir/{path}")
        assert (answer.status_code, answer.content) == (404, unknown.content)
    answer = await talking.tynset.put(document(document_id="d2"))
    assert issues(answer) == [("not-found", "DocumentReference.content[0].attachment.url")]


async def _send(written: Message, content: bytes, name: str) -> Attachment:
    """A file that Kari sent with a message, as the app would store it."""
    file = checked(name, content)
    row = attachments.described(written.person_id, file)
    row.uploader_id, row.message_id = written.author_id, written.id
    async with unit_of_work() as session:
        await attachments.keep(session, row, file)
    return row


async def test_citizens_file_is_read_by_the_organisation_it_was_sent_to(talking: World) -> None:
    written = await write(KARI, "Se bildet.")
    file = await _send(written, files.photo(), "Såret.jpeg")
    answer = await talking.alvdal.get(f"/fhir/Communication/{written.id}")
    reference = f"DocumentReference/{file.id}"
    assert answer.json()["payload"][1:] == [{"contentReference": {"reference": reference}}]
    described = (await talking.alvdal.get(f"/fhir/{reference}")).json()
    [content] = described["content"]
    assert described["subject"] == patient(KARI)
    assert content["attachment"]["title"] == "Såret.jpg"
    whole = (await talking.alvdal.get(f"/fhir/{content['attachment']['url']}")).json()
    kept = await rows(AttachmentContent)
    assert [b64decode(whole["data"])] == [row.content for row in kept]
    for path in (reference, f"Binary/{file.id}"):
        assert (await talking.tynset.get(f"/fhir/{path}")).status_code == httpx.codes.NOT_FOUND


async def test_files_are_read_by_id_and_not_searched_for(talking: World) -> None:
    for kind in ("Binary", "DocumentReference"):
        assert (await talking.alvdal.get(f"/fhir/{kind}")).status_code == httpx.codes.METHOD_NOT_ALLOWED
    statement = (await talking.alvdal.get("/fhir/metadata")).json()
    offered = {each["type"]: each["interaction"] for each in statement["rest"][0]["resource"]}
    assert offered["Binary"] == offered["DocumentReference"] == [{"code": "read"}, {"code": "update"}]


async def test_file_that_no_message_names_is_dropped_after_a_week_and_may_be_put_anew(
    talking: World, clock: MovableClock
) -> None:
    await talking.alvdal.put(binary(files.pdf()))
    await talking.alvdal.put(binary(files.pdf(), file_id="b2"))
    await talking.alvdal.put(document("b2", "d2"))
    clock.advance(days=7)
    assert await record_files.purge_unnamed() == 0
    clock.advance(seconds=1)
    await talking.alvdal.put(binary(files.pdf(), file_id="fresh"))
    assert await record_files.purge_unnamed() == 2
    assert [file.external_id for file in await rows(Attachment)] == ["fresh"]
    assert len(await rows(AttachmentContent)) == 1
    gone = [await talking.alvdal.get(path) for path in ("/fhir/Binary/b1", "/fhir/DocumentReference/d2")]
    assert [answer.status_code for answer in gone] == [404, 404]
    again = [binary(files.pdf(), file_id="b2"), document("b2", "d2"), with_files("d2")]
    assert [(await talking.alvdal.put(one)).status_code for one in again] == [201, 201, 201]


async def test_only_what_no_message_names_is_dropped(talking: World, clock: MovableClock) -> None:
    for resource in (binary(files.pdf()), document(), with_files("d1")):
        await talking.alvdal.put(resource)
    # The same ids under another kind, and another organisation's, are other things.
    await talking.alvdal.put(binary(files.pdf(), file_id="m1"))
    acting = await acting_context(await person_id(KARI))
    upload = attachments.Upload("eget.pdf", files.pdf())
    await attachments.store(acting, upload, "new")
    clock.advance(days=8)
    assert await record_files.purge_unnamed() == 1
    assert {file.external_id for file in await rows(Attachment)} == {"b1", None}
    found = [await talking.alvdal.get(path) for path in ("/fhir/Binary/b1", "/fhir/Communication/m1")]
    assert [answer.status_code for answer in found] == [200, 200]


async def test_dropping_a_file_is_in_the_log_of_whose_it_was(talking: World, clock: MovableClock) -> None:
    await talking.alvdal.put(binary(files.pdf()))
    [file] = await rows(Attachment)
    clock.advance(days=8)
    await record_files.purge_unnamed()
    dropped = [row for row in await rows(AccessLogEntry) if row.agent is AgentKind.SYSTEM]
    assert [(row.represented_id, row.action, row.object_id) for row in dropped] == [
        (await person_id(KARI), LogAction.ATTACHMENT_REMOVE, file.id)
    ]
