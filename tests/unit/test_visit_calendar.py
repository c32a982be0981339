"""iCalendar as written here, judged by a reader that others wrote."""

from datetime import UTC, datetime, timedelta

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from digihelse_app.models.codes import VisitChangeKind, VisitStatus
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Visit, VisitChange
from digihelse_app.services.visit_calendar import Entry, document, entry, escaped, folded
from digihelse_app.text import catalogue
from tests import visit_world

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
MADE = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def planned(**told: object) -> Visit:
    """A window from ten to twelve in Oslo, full of words that no calendar may have."""
    words = {
        "title": "Insulin",
        "instruction": "Mål blodsukkeret først",
        "who_role": "Sykepleier",
        "who_name": "Siri Moen",
    }
    service = CareService(organisation_id="o", external_id="s", name="Hjemmesykepleie")
    kari = Person(national_id_cipher=b"", national_id_index="", created_at=MADE)
    return visit_world.visit(kari, service, AT, **(words | told))


def change(kind: VisitChangeKind, at: datetime) -> VisitChange:
    """Something happened to the visit at `at`."""
    return VisitChange(visit_id="v", kind=kind, at=at, starts_at=AT, ends_at=AT, is_window=False)


def only_event(text: str) -> icalendar.Event:
    """The one event of a document, as the other reader finds it."""
    [event] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    assert event.errors == []
    return event


def test_a_window_is_an_event_of_its_length_without_a_word_of_health() -> None:
    visit = planned()
    text = document([entry(visit, [], None)], "nb")
    event = only_event(text)
    assert event.decoded("DTSTART") == AT
    assert event.decoded("DTEND") == AT + timedelta(hours=2)
    assert (str(event["UID"]), str(event["SUMMARY"]), str(event["STATUS"]), event["SEQUENCE"]) == (
        f"{visit.id}@digihelse",
        "Hjemmebesøk",
        "CONFIRMED",
        0,
    )
    assert event.decoded("DTSTAMP") == event.decoded("LAST-MODIFIED") == MADE
    assert set(event) == {
        *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND"),
        *("SUMMARY", "STATUS", "CLASS", "TRANSP"),
    }
    told = [visit.title, visit.instruction, visit.who_role, visit.who_name, "sykepleie", visit.person_id]
    assert [word for word in told if word in text] == []


def test_what_shows_in_a_calendar_makes_a_new_revision_and_other_changes_do_not() -> None:
    moved, assigned = MADE + timedelta(days=1), MADE + timedelta(days=2)
    changes = [change(VisitChangeKind.MOVED, moved), change(VisitChangeKind.ASSIGNED, assigned)]
    event = only_event(document([entry(planned(), changes, None)], "nb"))
    assert (event["SEQUENCE"], event.decoded("LAST-MODIFIED")) == (1, moved)


def test_a_cancelled_visit_says_so_in_words_too() -> None:
    cancelled = entry(planned(status=VisitStatus.CANCELLED), [change(VisitChangeKind.CANCELLED, AT)], None)
    in_error = entry(planned(status=VisitStatus.ENTERED_IN_ERROR), [], None)
    granted = entry(planned(), [], MADE + timedelta(days=3))
    events = [only_event(document([one], "en")) for one in (cancelled, in_error, granted)]
    assert [(str(event["STATUS"]), str(event["SUMMARY"])) for event in events] == [
        ("CANCELLED", "Cancelled: home visit")
    ] * 3
    assert [event["SEQUENCE"] for event in events] == [1, 0, 1]
    assert events[2].decoded("LAST-MODIFIED") == MADE + timedelta(days=3)


def test_every_language_has_its_words() -> None:
    found = {
        language: str(only_event(document([entry(planned(), [], None)], language))["SUMMARY"])
        for language in catalogue.LANGUAGES
    }
    assert found == {"nb": "Hjemmebesøk", "nn": "Heimebesøk", "en": "Home visit", "se": "Hjemmebesøk"}


def test_no_visits_are_a_calendar_too() -> None:
    calendar = icalendar.Calendar.from_ical(document([], "nb"))
    assert (str(calendar["VERSION"]), str(calendar["X-WR-CALNAME"]), calendar.walk("VEVENT")) == (
        "2.0",
        "Hjemmebesøk",
        [],
    )


texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\n"))
instants = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(texts)
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    line = folded(f"SUMMARY:{escaped(text)}")
    assert [piece for piece in line.split("\r\n") if len(piece.encode()) > 75] == []
    lines = "BEGIN:VEVENT\r\n" + line + "\r\nEND:VEVENT\r\n"
    event = icalendar.Event.from_ical(lines)
    assert str(event["SUMMARY"]) == text


@given(st.lists(st.tuples(instants, st.integers(1, 86_400), st.integers(0, 99), st.booleans()), max_size=5))
def test_any_entries_are_read_back_in_their_order(told: list[tuple[datetime, int, int, bool]]) -> None:
    entries = [
        Entry(f"{n}@digihelse", at, at + timedelta(seconds=long), sequence, at, cancelled)
        for n, (at, long, sequence, cancelled) in enumerate(told)
    ]
    text = document(entries, "nb")
    assert text == document(entries, "nb")
    assert text.replace("\r\n", "").count("\n") == 0
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    read = [
        (
            str(event["UID"]),
            event.decoded("DTSTART"),
            event.decoded("DTEND"),
            event["SEQUENCE"],
            str(event["STATUS"]) == "CANCELLED",
        )
        for event in events
    ]
    whole = [
        (
            one.uid,
            one.starts_at.replace(microsecond=0),
            one.ends_at.replace(microsecond=0),
            one.sequence,
            one.cancelled,
        )
        for one in entries
    ]
    assert read == whole
