"""What a record system tells of how far it has come: opened, worked on, closed."""

from datetime import timedelta

import pytest

from digihelse_app.access.context import ActingContext
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.services import inbox, sending
from digihelse_app.services.representation import acting_context
from digihelse_app.services.sending import Draft, Sent
from tests.conftest import MovableClock
from tests.fhir_world import (
    World,
    closing,
    episode,
    follow_up,
    header,
    issues,
    message,
    person_id,
    rows,
    service,
)
from tests.people import KARI, OLA


async def kari_asks(api: World) -> tuple[ActingContext, str, str]:
    """Alvdal's home care is asked; who acts, the conversation and the message."""
    await api.alvdal.put(service())
    await api.alvdal.put(episode(KARI))
    acting = await acting_context(await person_id(KARI))
    [recipient] = await inbox.list_recipients(acting)
    sent = await sending.send_new(acting, Draft("Når kommer dere?", "first-key", recipient.id, "Besøk"))
    [asked] = await rows(Message)
    return acting, sent.thread_id, asked.id


async def question(message_id: str) -> Message:
    """A citizen's message as it stands."""
    return next(row for row in await rows(Message) if row.id == message_id)


@pytest.mark.parametrize("status", ["received", "accepted", "in-progress", "completed"])
async def test_whoever_has_it_has_opened_it_and_works_on_it_only_when_in_progress(
    api: World, clock: MovableClock, status: str
) -> None:
    _, _, asked = await kari_asks(api)
    clock.advance(minutes=5)
    assert (await api.alvdal.put(follow_up(KARI, asked, status))).status_code == 201
    told = await question(asked)
    in_progress = clock() if status == "in-progress" else None
    assert (told.opened_at, told.in_progress_at, told.answered_at) == (clock(), in_progress, None)


async def test_opened_stays_at_its_first_time_and_work_may_end_again(api: World, clock: MovableClock) -> None:
    _, _, asked = await kari_asks(api)
    opened_at = clock()
    for status in ("received", "in-progress", "completed"):
        await api.alvdal.put(follow_up(KARI, asked, status))
        clock.advance(minutes=5)
    told = await question(asked)
    assert (told.opened_at, told.in_progress_at) == (opened_at, None)


async def test_opened_is_what_was_written_up_to_that_message_and_no_later(
    api: World, clock: MovableClock
) -> None:
    acting, thread, asked = await kari_asks(api)
    clock.advance(minutes=1)
    await sending.reply(acting, thread, Draft("Og én ting til.", "second-key"))
    clock.advance(minutes=1)
    await sending.reply(acting, thread, Draft("Og enda én.", "third-key"))
    first, second, third = sorted(await rows(Message), key=lambda row: row.sent_at)
    assert first.id == asked
    await api.alvdal.put(follow_up(KARI, second.id))
    opened = [(await question(row.id)).opened_at for row in (first, second, third)]
    assert opened == [clock(), clock(), None]
    await api.alvdal.put(follow_up(KARI, thread, "accepted"))
    assert (await question(third.id)).opened_at == clock()


async def test_the_same_told_twice_changes_nothing_and_an_older_one_neither(
    api: World, clock: MovableClock
) -> None:
    _, _, asked = await kari_asks(api)
    newer = follow_up(KARI, asked, "in-progress", meta={"lastUpdated": "2026-11-23T09:00:00Z"})
    older = follow_up(KARI, asked, "received", meta={"lastUpdated": "2026-11-23T08:00:00Z"})
    answers = [await api.alvdal.put(resource) for resource in (newer, newer, older)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert [answer.json()["status"] for answer in answers] == ["in-progress"] * 3
    assert (await question(asked)).in_progress_at == clock()


async def test_someone_elses_message_is_unknown(api: World, clock: MovableClock) -> None:
    _, thread, asked = await kari_asks(api)
    await api.tynset.put(service("80002"))
    unknown = follow_up(KARI, "no-such-message")
    answers = [await api.alvdal.put(unknown)]
    answers += [await api.tynset.put(follow_up(KARI, about)) for about in (asked, thread)]
    answers += [await api.alvdal.put(follow_up(OLA, about)) for about in (asked, thread)]
    assert [(answer.status_code, issues(answer)) for answer in answers] == [
        (422, [("not-found", "Task.focus")])
    ] * 5
    assert [answer.content for answer in answers] == [answers[0].content] * 5
    assert (await question(asked)).opened_at is None


async def test_service_may_not_follow_up_its_own_message(small_api: World) -> None:
    await kari_asks(small_api)
    await small_api.alvdal.put(header(KARI))
    await small_api.alvdal.put(message(KARI))
    answer = await small_api.alvdal.put(follow_up(KARI, "m1"))
    assert (answer.status_code, issues(answer)) == (422, [("not-found", "Task.focus")])


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"status": "draft"}, "Task.status"),
        ({"focus": {"reference": "HealthcareService/hjemmebasert-omsorg"}}, "Task.focus"),
        (
            {
                "status": "completed",
                "businessStatus": {
                    "coding": [{"system": "https://digihelse.no/fhir/oppfolging", "code": "lost"}]
                },
            },
            "Task.businessStatus",
        ),
        (
            {
                "businessStatus": {
                    "coding": [{"system": "https://digihelse.no/fhir/oppfolging", "code": "closed"}]
                }
            },
            "Task.businessStatus",
        ),
    ],
)
async def test_what_is_wrong_is_named(small_api: World, changes: dict, element: str) -> None:
    _, _, asked = await kari_asks(small_api)
    answer = await small_api.alvdal.put(follow_up(KARI, asked) | changes)
    assert (answer.status_code, [path for _, path in issues(answer)]) == (422, [element])


async def test_staff_is_kept_for_the_record_system_and_shown_to_nobody(small_api: World) -> None:
    acting, thread, asked = await kari_asks(small_api)
    told = follow_up(KARI, asked, "in-progress", owner={"display": "Marit Haugen"})
    await small_api.alvdal.put(told)
    read = (await small_api.alvdal.get("/fhir/Task/task-1")).json()
    opened = await inbox.open_thread(acting, thread)
    assert read["owner"] == {"display": "Marit Haugen"}
    assert "Marit" not in repr(opened)


async def test_closed_conversation_takes_no_reply_until_the_service_writes_again(
    api: World, clock: MovableClock
) -> None:
    acting, thread, asked = await kari_asks(api)
    assert (await api.alvdal.put(closing(KARI, asked))).status_code == 201
    [closed] = await rows(Thread)
    assert (closed.closed_at, closed.reply_due_on) == (clock(), None)
    assert (await inbox.open_thread(acting, thread)).may_reply is False
    refused = await sending.reply(acting, thread, Draft("Takk", "reply-key"))
    assert refused == Sent(errors={"body": "compose.error.closed_thread"})
    clock.advance(minutes=1)
    await api.alvdal.put(message(KARI, "m1", thread))
    assert (await inbox.open_thread(acting, thread)).may_reply is True
    assert await sending.reply(acting, thread, Draft("Takk", "reply-key")) == Sent(thread)


async def test_conversation_the_service_began_is_closed_by_its_own_id(
    api: World, clock: MovableClock
) -> None:
    await kari_asks(api)
    await api.alvdal.put(header(KARI))
    await api.alvdal.put(message(KARI))
    await api.alvdal.put(closing(KARI, "t1"))
    closed = {thread.external_id: thread.closed_at for thread in await rows(Thread)}
    assert closed == {None: None, "t1": clock()}


async def test_answer_ends_the_work_and_the_promise(api: World, clock: MovableClock) -> None:
    acting, thread, asked = await kari_asks(api)
    [waiting] = await rows(Thread)
    assert waiting.reply_due_on is not None
    await api.alvdal.put(follow_up(KARI, asked, "in-progress"))
    clock.advance(minutes=5)
    await api.alvdal.put(message(KARI, "m1", thread))
    [answered] = await rows(Thread)
    told = await question(asked)
    assert (told.opened_at, told.answered_at) == (clock() - timedelta(minutes=5), clock())
    assert answered.reply_due_on is None
    assert (await inbox.open_thread(acting, thread)).awaits_reply is False


async def test_task_is_found_by_its_patient(small_api: World) -> None:
    _, _, asked = await kari_asks(small_api)
    await small_api.alvdal.put(follow_up(KARI, asked))
    for name in ("patient", "subject"):
        data = {f"{name}:identifier": KARI.national_id}
        found = (await small_api.alvdal.call("POST", "/fhir/Task/_search", data=data)).json()
        assert [entry["resource"]["id"] for entry in found["entry"]] == ["task-1"]
