"""What the circle of a conversation knows of each other, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digihelse_app.models.circle import CircleNote
from digihelse_app.services.circle import Circle, Member, Read
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

NAMED = 6
"""As many names as a line has; of more, the number is told."""


@dataclass(frozen=True)
class NoteRow:
    """A note; `acting`: by one who acts for the represented person."""

    id: str
    by: str
    initials: str
    acting: bool
    when: str
    body: str


def note_rows(
    notes: Sequence[CircleNote], actor_id: str, initials_of: dict[str, str], language: str, now: datetime
) -> list[NoteRow]:
    """The notes as `actor_id` reads them at `now` (UTC); `initials_of` by author name."""
    return [
        NoteRow(
            id=note.id,
            by=lookup(language, "circle.you") if note.author_id == actor_id else note.author_name,
            initials=initials_of[note.author_name],
            acting=note.author_id != note.person_id,
            when=dates.capitalised(dates.day_and_time(language, note.written_at, now)),
            body=note.body,
        )
        for note in notes
    ]


def short_names(members: Sequence[Member]) -> list[str]:
    """Given names; the whole name of those who share one."""
    given = [member.given_name for member in members]
    return [one.given_name if given.count(one.given_name) == 1 else one.name for one in members]


def seen_by(circle: Circle, language: str) -> str:
    """`Synlig for: deg, Ingrid og Jonas`, empty when nobody else reads it."""
    if not circle.others:
        return ""
    names = [lookup(language, "circle.you_object"), *short_names(circle.others)]
    if len(names) > NAMED:
        names[NAMED - 1 :] = [lookup(language, "circle.more", n=len(names) - NAMED + 1)]
    return lookup(language, "circle.seen_by", names=dates.listed(language, names))


def answering(circle: Circle, language: str) -> str:
    """`Ingrid svarer nå`, empty when nobody else writes."""
    if not circle.answering:
        return ""
    key = "circle.answering" if len(circle.answering) == 1 else "circle.answering_more"
    return lookup(language, key, names=dates.listed(language, short_names(circle.answering)))


def read_by(
    reads: Sequence[Read], received: Sequence[tuple[datetime, str]], language: str, now: datetime
) -> dict[str, str]:
    """By message id, who has read as far as that message of the service's and no further.

    `received` are the messages from the service that are shown, oldest first: when, and id.
    """
    readers: dict[str, list[Read]] = {}
    for read in reads:
        reached = [id for at, id in received if at <= read.until]
        if reached:
            readers.setdefault(reached[-1], []).append(read)
    return {id: _read_by(some, language, now) for id, some in readers.items()}


def _read_by(reads: Sequence[Read], language: str, now: datetime) -> str:
    names = short_names([read.member for read in reads])
    if len(names) > NAMED:
        names[NAMED - 1 :] = [lookup(language, "circle.more", n=len(names) - NAMED + 1)]
        return lookup(language, "circle.read_by", names=dates.listed(language, names))
    told = [
        f"{name} {dates.day_and_time(language, read.at, now)}"
        for name, read in zip(names, reads, strict=True)
    ]
    return lookup(language, "circle.read_by", names=dates.listed(language, told))
