"""Kari with two services and much that could leak, and Ingrid, who may see a part of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from digihelse_app.access.context import ActingContext
from digihelse_app.models.attachment import Attachment, AttachmentContent
from digihelse_app.models.codes import AccessTag, CancellationStatus, RepresentationRole, VisitChangeKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.models.visit import Visit, VisitChange
from digihelse_app.services import search_index
from digihelse_app.services.representation import acting_context
from tests import visit_world, world
from tests.people import INGRID
from tests.visit_world import NOW

SINCE = NOW - timedelta(days=3)
BEFORE, AFTER = SINCE - timedelta(days=2), SINCE + timedelta(days=1)
CHILD = date(2013, 5, 17)
"""Kari is thirteen where it is about what is kept from parents."""


@dataclass
class Reach:
    """Kari's things by a word that tells them apart; each word is in everything that belongs to it.

    "hjem" and "fysio" are of the two services, "gammel" is from before `SINCE`, "skjult" is what Kari hid and
    "merket" what is kept from parents. The conversation "blandet" has "eldgammelt" and, since then, "nyere".
    """

    kari: Person
    ingrid: Person
    home: CareService
    physio: CareService
    threads: dict[str, Thread] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    files: dict[str, Attachment] = field(default_factory=dict)

    async def may(
        self,
        scopes: Mapping[str, Iterable[CareService] | None],
        *,
        since: datetime | None = None,
        role: RepresentationRole = RepresentationRole.FU,
    ) -> ActingContext:
        """Ingrid with these scopes by hand, also such as the app would never write."""
        row = await self.row(scopes, since=since, role=role)
        return await acting_context(self.ingrid.id, row.key)

    async def row(
        self,
        scopes: Mapping[str, Iterable[CareService] | None],
        *,
        since: datetime | None = None,
        role: RepresentationRole = RepresentationRole.FU,
    ) -> Representation:
        """The row of `may`; None is every service."""
        row = world.representation(self.ingrid, self.kari, *scopes, role=role)
        row.scopes |= {
            scope: [one.id for one in services] for scope, services in scopes.items() if services is not None
        }
        row.since = since
        await world.add(row)
        return row

    async def write(self, word: str, thread: Thread, at: datetime) -> Message:
        """A message with a file in a conversation, found by its word."""
        message = world.message(thread, at, body=f"{word} brev")
        await world.add(message)
        file = Attachment(
            person_id=self.kari.id,
            message_id=message.id,
            file_name=f"{word}.pdf",
            content_type="application/pdf",
            size=3,
            digest="0" * 64,
            created_at=at,
        )
        await world.add(file, AttachmentContent(attachment_id=file.id, content=b"pdf"))
        async with unit_of_work() as session:
            row = await session.get_one(Thread, thread.id)
            row.last_message_at, row.preview = at, message.body
            await session.flush()
            await search_index.add(session, row, message.body)
        self.messages[word], self.files[word] = message, file
        return message

    async def talk(self, word: str, of: CareService, at: datetime, **told: object) -> Thread:
        """A conversation with one message."""
        thread = world.thread(self.kari, of, at, subject=f"{word} emne")
        thread.preview = f"{word} brev"
        for name, value in told.items():
            setattr(thread, name, value)
        await world.add(thread)
        self.threads[word] = thread
        await self.write(word, thread, at)
        return thread

    async def visit(self, word: str, of: CareService, at: datetime, **told: object) -> Visit:
        """A visit with the word in its title."""
        self.visits[word] = visit = visit_world.visit(self.kari, of, at, title=f"{word} besøk", **told)
        await world.add(visit)
        return visit


async def reach() -> Reach:
    """All of it in the connected, empty database, read by nobody yet."""
    base = await world.world()
    ingrid = await world.person(INGRID, consented=False)
    physio = world.service(base.organisation, "Fysioterapi")
    await world.add(physio, world.relation(base.kari, physio))
    made = Reach(base.kari, ingrid, base.service, physio)
    await made.talk("hjem", made.home, AFTER)
    await made.talk("fysio", physio, AFTER)
    await made.talk("gammel", made.home, BEFORE)
    await made.talk("skjult", made.home, AFTER, hidden_at=NOW)
    await made.talk("merket", made.home, AFTER, access_tag=AccessTag.NOT_PARENTS)
    mixed = await made.talk("blandet", made.home, BEFORE)
    await made.write("eldgammelt", mixed, BEFORE)
    await made.write("nyere", mixed, AFTER)
    in_a_week = NOW + timedelta(days=7)
    await made.visit("hjem", made.home, in_a_week)
    await made.visit("fysio", physio, in_a_week + timedelta(hours=3))
    await made.visit("gammel", made.home, BEFORE)
    await made.visit("skjult", made.home, in_a_week, hidden_at=NOW)
    await made.visit("merket", made.home, in_a_week, access_tag=AccessTag.NOT_PARENTS)
    return made


async def moved_and_asked(made: Reach, *, at: datetime, status: CancellationStatus) -> None:
    """The visit of home care was moved, and Kari asked for it to be cancelled, with words, at `at`."""
    visit = made.visits["hjem"]
    asked = visit_world.requested(visit, made.kari, status, at)
    asked.comment, asked.answer = "på sykehus", "god bedring"
    before = visit.starts_at - timedelta(hours=5)
    moved = VisitChange(
        visit_id=visit.id,
        kind=VisitChangeKind.MOVED,
        at=at,
        starts_at=before,
        ends_at=before + timedelta(hours=2),
        is_window=True,
    )
    await world.add(asked, moved)
