"""Home visits as iCalendar (RFC 5545), pure: what a calendar outside this house is told, and how.

Only that there is a visit, and when. A calendar is seen by others than its owner and kept by companies
elsewhere: neither what a visit is for, nor of which service, nor who comes, is in it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from digihelse_app.models.codes import VisitChangeKind, VisitStatus
from digihelse_app.models.visit import Visit, VisitChange
from digihelse_app.text.catalogue import lookup

_PRODUCT = "-//Digihelse//Visits//EN"
_LINE_BYTES = 75
_NOT_HELD = (VisitStatus.CANCELLED, VisitStatus.ENTERED_IN_ERROR)
_REVISIONS = frozenset(
    {
        VisitChangeKind.MOVED,
        VisitChangeKind.CANCELLED,
        VisitChangeKind.REINSTATED,
        VisitChangeKind.RETRACTED,
    }
)
"""The changes that show in a calendar."""
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_TO_ESCAPE = re.compile(r"[\\;,\n]")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar is told of one visit. Times are UTC; of a window they are its ends.

    `sequence` grows with each change that shows in a calendar, and `revised_at` is when the last one came.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    sequence: int
    revised_at: datetime
    cancelled: bool


def entry(visit: Visit, changes: Sequence[VisitChange], granted_at: datetime | None) -> Entry:
    """The entry of a visit with these changes; `granted_at` is when a request to cancel it was granted."""
    revised = [change.at for change in changes if change.kind in _REVISIONS]
    if granted_at is not None:
        revised.append(granted_at)
    return Entry(
        f"{visit.id}@digihelse",
        visit.starts_at,
        visit.ends_at,
        len(revised),
        max([visit.created_at, *revised]),
        visit.status in _NOT_HELD or granted_at is not None,
    )


def document(entries: Iterable[Entry], language: str) -> str:
    """The entries as a text/calendar document. The same entries give the same text, whenever it is made."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(lookup(language, 'ical.name'))}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *(line for one in entries for line in _event(one, language)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(one: Entry, language: str) -> Iterator[str]:
    # Many calendars show a cancelled event as any other, so it is said in words too.
    title = lookup(language, "ical.cancelled" if one.cancelled else "ical.visit")
    yield "BEGIN:VEVENT"
    yield f"UID:{one.uid}"
    # Without a METHOD, DTSTAMP is when it was last revised, and not when the document was made.
    yield f"DTSTAMP:{_instant(one.revised_at)}"
    yield f"LAST-MODIFIED:{_instant(one.revised_at)}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"DTSTART:{_instant(one.starts_at)}"
    yield f"DTEND:{_instant(one.ends_at)}"
    yield f"SUMMARY:{escaped(title)}"
    yield f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"  # a window of four hours does not make a daughter at work busy
    yield "END:VEVENT"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and the end of a line have a backslash before them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _TO_ESCAPE.sub(lambda found: _ESCAPED[found[0]], text)


def folded(line: str) -> str:
    """The line in pieces of at most 75 bytes of UTF-8, no letter split; further ones begin with a space."""
    pieces, piece, room = [], "", _LINE_BYTES
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", _LINE_BYTES - 1
        piece, room = piece + letter, room - size
    return "\r\n ".join([*pieces, piece])
