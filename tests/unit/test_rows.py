"""Rows: what lists and conversations show, in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digihelse_app.models.codes import SenderKind, ServiceKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.organisation import CareService
from digihelse_app.services.inbox import OpenThread, Recipient, ThreadSummary
from digihelse_app.state.rows import MessageRow, RecipientRow, ThreadRow, initials, message_rows
from tests.answers import plain
from tests.world import START

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SERVICE = CareService(organisation_id="o", external_id="s", name="Hjemmesykepleie", phone="62 48 90 00")
SOON, LATE = START + timedelta(hours=1), START + timedelta(hours=2)


def thread(**times: datetime | None) -> Thread:
    """A conversation."""
    made = Thread(
        id="t", person_id="kari", service_id="s", subject="Nye tider", created_at=START, last_message_at=START
    )
    made.preview = "Takk"
    for name, at in times.items():
        setattr(made, name, at)
    return made


@pytest.mark.parametrize(
    ("times", "unread", "status", "preview"),
    [
        ({"last_from_service_at": START}, True, "new", "Takk"),
        ({"last_from_service_at": START}, False, "answered", "Takk"),
        ({"last_from_citizen_at": START}, False, "waiting", "Du: Takk"),
        ({"last_from_citizen_at": SOON, "last_from_service_at": START}, False, "waiting", "Du: Takk"),
        ({"last_from_citizen_at": START, "last_from_service_at": SOON}, False, "answered", "Takk"),
        ({"last_from_citizen_at": START, "closed_at": SOON}, False, "closed", "Du: Takk"),
        ({"last_from_service_at": START, "closed_at": SOON}, True, "new", "Takk"),
    ],
)
def test_a_conversation_has_one_status(
    times: dict[str, datetime], unread: bool, status: str, preview: str
) -> None:
    row = ThreadRow.of(ThreadSummary(thread(**times), SERVICE, unread), "nb", NOW)
    assert (row.status, row.preview, row.when) == (status, preview, "1. nov.")


@pytest.mark.parametrize(
    ("times", "unread", "status"),
    [
        ({"last_from_citizen_at": START}, False, "failed"),
        ({"last_from_citizen_at": START, "closed_at": SOON}, False, "failed"),
        ({"last_from_citizen_at": START, "last_from_service_at": SOON}, False, "answered"),
        ({"last_from_citizen_at": START, "last_from_service_at": SOON}, True, "new"),
    ],
)
def test_a_conversation_says_that_the_newest_message_did_not_get_there(
    times: dict[str, datetime], unread: bool, status: str
) -> None:
    summary = ThreadSummary(thread(**times), SERVICE, unread, failed=True)
    assert ThreadRow.of(summary, "nb", NOW).status == status


def test_a_conversation_that_failed_promises_no_answer() -> None:
    promised = thread(last_from_citizen_at=START)
    promised.reply_due_on = NOW.date()
    rows = [
        ThreadRow.of(ThreadSummary(promised, SERVICE, False, failed=failed), "nb", NOW)
        for failed in (False, True)
    ]
    assert [bool(row.promise) for row in rows] == [True, False]


def test_a_nursing_home_is_drawn_apart() -> None:
    home = CareService(organisation_id="o", external_id="h", name="Solsida", kind=ServiceKind.NURSING_HOME)
    rows = [
        ThreadRow.of(ThreadSummary(thread(), one, False), "nb", NOW).nursing_home for one in (home, SERVICE)
    ]
    assert rows == [True, False]


def own(message_id: str = "m", **changes: Any) -> Message:
    """A message Kari wrote."""
    fields: dict[str, Any] = {"author_id": "kari", "author_name": "Kari Nordmann", "sent_at": START}
    return Message(
        id=message_id,
        thread_id="t",
        person_id="kari",
        sender=SenderKind.CITIZEN,
        body="Takk",
        **(fields | changes),
    )


def answer(message_id: str = "a", at: datetime = START) -> Message:
    """A message from the service."""
    return Message(
        id=message_id,
        thread_id="t",
        person_id="kari",
        sender=SenderKind.SERVICE,
        author_name="Hjemmesykepleie",
        body="Vi kommer",
        sent_at=at,
    )


def rows_of(*messages: Message) -> list[MessageRow]:
    """The messages as a page shows them."""
    opened = OpenThread(thread(), SERVICE, list(messages), may_reply=True, has_older=False)
    return message_rows(opened, "Kari Nordmann", "nb", NOW)


def test_the_newest_own_message_shows_its_chain_and_older_ones_a_line() -> None:
    rows = rows_of(own("1", delivered_at=SOON), own("2", delivered_at=SOON, opened_at=LATE), answer())
    assert [(row.shows_chain, plain(row.meta)) for row in rows] == [
        (False, "Overlevert kl. 10.00"),
        (True, ""),
        (False, ""),
    ]
    assert (rows[1].sent, rows[1].delivered, rows[1].opened, rows[1].answered) == (
        "09.00",
        "10.00",
        "11.00",
        "",
    )


@pytest.mark.parametrize(
    ("times", "meta"),
    [
        ({}, "Sendt kl. 09.00"),
        ({"delivered_at": SOON}, "Overlevert kl. 10.00"),
        ({"delivered_at": SOON, "answered_at": LATE}, "Besvart kl. 11.00"),
        ({"failed_at": SOON}, ""),
    ],
)
def test_an_older_own_message_tells_the_furthest_step(times: dict[str, datetime], meta: str) -> None:
    row, _ = rows_of(own("1", **times), own("2"))
    assert (plain(row.meta), row.failed) == (meta, "failed_at" in times)


def test_a_message_that_did_not_arrive_shows_no_chain() -> None:
    (row,) = rows_of(own(failed_at=SOON))
    assert (row.failed, row.shows_chain, row.meta) == (True, False, "")


def test_each_day_has_one_heading_in_oslo() -> None:
    before_midnight = datetime(2026, 11, 22, 22, 59, tzinfo=UTC)
    minute = timedelta(minutes=1)
    rows = rows_of(
        answer("1", before_midnight - minute),
        answer("2", before_midnight),
        answer("3", before_midnight + minute),
        answer("4", before_midnight + 2 * minute),
    )
    assert [row.day for row in rows] == ["I går", "", "I dag", ""]


def test_a_message_on_behalf_of_her_says_so() -> None:
    by_ingrid, by_kari, from_service = rows_of(
        own("1", author_id="ingrid", author_name="Ingrid Nordmann"), own("2"), answer()
    )
    assert (by_ingrid.acting, by_ingrid.by, by_ingrid.initials, by_ingrid.on_behalf) == (
        True,
        "Ingrid Nordmann",
        "IN",
        "på vegne av Kari Nordmann (fullmakt)",
    )
    assert [(row.own, row.acting, row.on_behalf) for row in (by_kari, from_service)] == [
        (True, False, ""),
        (False, False, ""),
    ]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Kari Nordmann", "KN"),
        ("Anne Marie von der Lippe", "AL"),
        ("Åse", "Å"),
        ("", ""),
        ("øyvind ås", "ØÅ"),
    ],
)
def test_initials_are_of_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("recipient", "note"),
    [
        (Recipient("1", "Solsida", "", True, START.date(), None), ""),
        (Recipient("1", "Solsida", "", True, START.date(), 1), "Svarer innen 1 virkedag"),
        (Recipient("1", "Solsida", "", True, START.date(), 3), "Svarer innen 3 virkedager"),
        (Recipient("1", "Solsida", "", False, START.date(), 3), "Solsida åpner søndag 1. november."),
        (
            Recipient("1", "Solsida", "62 48 90 00", False, None, 3),
            "Solsida har ikke åpnet for Digihelse. Ring 62 48 90 00.",
        ),
        (Recipient("1", "Solsida", "", False, None, 3), "Solsida har ikke åpnet for Digihelse ennå."),
    ],
)
def test_a_recipient_says_how_soon_it_answers_or_why_it_cannot_be_chosen(
    recipient: Recipient, note: str
) -> None:
    assert plain(RecipientRow.of(recipient, "nb").note) == note
