"""Astrid, with things that each have a word of their own, and Ola, who comes with a key in the address."""

import hashlib
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from sqlmodel import SQLModel, select

from digihelse_app.models.attachment import Attachment, AttachmentContent
from digihelse_app.models.circle import CircleNote
from digihelse_app.models.codes import CancellationStatus, EndReason, RepresentationRole
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.draft import Draft
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.models.visit import Visit
from digihelse_app.outside import clock
from digihelse_app.standins.people import BY_KEY
from digihelse_app.state.reflex_internals import all_handlers
from tests import visit_world, world

SINCE = timedelta(days=3)
LOGGED = frozenset({"accesslogentry"})
READING = LOGGED | {"mailbox", "threadreading"}
SEEING = LOGGED | {"visitreading", "calendarfeed"}


@dataclass
class Astrid:
    """Her things by a word; the word stands in all that belongs to it, and nowhere else.

    "hjem" and "fysio" are of two services, "gammel" is older than `SINCE`, and "skjult" she has hidden.
    """

    person: Person
    services: dict[str, CareService]
    words: dict[str, str] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    files: dict[str, Attachment] = field(default_factory=dict)

    def word(self, kind: str, name: str) -> str:
        """What gives a thing away, such as `("thread", "hjem")`."""
        return self.words.setdefault(f"{kind} {name}", f"xx{uuid4().hex[:12]}")

    def seen_in(self, text: str) -> set[str]:
        """Which of her things show in `text`, by kind and name; `number` is her identity number."""
        number = {"number"} if BY_KEY["astrid"].national_id in text else set[str]()
        return {thing for thing, word in self.words.items() if word in text} | number


async def furnish(person_id: str) -> Astrid:
    """Her things, in the connected database, beside the municipality's own services."""
    async with unit_of_work() as session:
        person = await session.get_one(Person, person_id)
        organisation = (await session.exec(select(Organisation))).first()
        assert organisation is not None
    services = {name: world.service(organisation, f"Tjeneste {name}") for name in ("hjem", "fysio")}
    made = Astrid(person, services)
    for service in made.services.values():
        service.external_id = new_id()
        service.reply_working_days = None
        await world.add(service, world.relation(person, service))
    for name in ("hjem", "fysio", "gammel", "skjult"):
        await _thread(made, name)
        await _visit(made, name)
    await world.add(
        Draft(
            actor_id=person.id,
            person_id=person.id,
            place="new",
            body=made.word("draft", "hers"),
            idempotency_key=new_id(),
            updated_at=clock.now(),
        )
    )
    return made


def _service(made: Astrid, name: str) -> CareService:
    return made.services["fysio" if name == "fysio" else "hjem"]


async def _thread(made: Astrid, name: str) -> None:
    word, now = made.word("thread", name), clock.now()
    at = now - 2 * SINCE if name == "gammel" else now
    thread = world.thread(made.person, _service(made, name), at, subject=f"{word} emne")
    thread.preview, thread.hidden_at = f"{word} utdrag", now if name == "skjult" else None
    message = world.message(thread, at, body=f"{word} brev")
    file = Attachment(
        person_id=made.person.id,
        message_id=message.id,
        file_name=f"{word}.pdf",
        content_type="application/pdf",
        size=len(word),
        digest="0" * 64,
        created_at=at,
    )
    note = CircleNote(
        thread_id=thread.id,
        person_id=made.person.id,
        author_id=made.person.id,
        author_name=made.person.name,
        body=f"{word} notat",
        idempotency_key=new_id(),
        written_at=at,
    )
    content = AttachmentContent(attachment_id=file.id, content=word.encode())
    await world.add(thread, message, file, content, note)
    made.threads[name], made.messages[name], made.files[name] = thread, message, file


async def _visit(made: Astrid, name: str) -> None:
    word, now = made.word("visit", name), clock.now()
    at = now - 2 * SINCE if name == "gammel" else now + timedelta(days=8)
    told = {"hidden_at": now} if name == "skjult" else {}
    visit = visit_world.visit(made.person, _service(made, name), at, title=f"{word} tittel", **told)
    visit.instruction = f"{word} beskjed"
    asked = visit_world.requested(visit, made.person, CancellationStatus.REQUESTED, now)
    asked.comment, asked.actor_name = f"{word} ord", made.person.name
    await world.add(visit, asked)
    made.visits[name], made.requests[name] = visit, asked.id


async def delegation(
    made: Astrid,
    actor_id: str,
    scopes: Mapping[str, Iterable[str] | None],
    *,
    since: bool = False,
    begins: float = -10,
    ends: float | None = None,
) -> Representation:
    """A delegation by hand; `scopes` has names of services, None for all. Days from now."""
    now = clock.now()
    row = Representation(
        actor_id=actor_id,
        represented_id=made.person.id,
        role=RepresentationRole.FU,
        scopes={
            scope: ["*"] if names is None else [made.services[name].id for name in names]
            for scope, names in scopes.items()
        },
        since=now - SINCE if since else None,
        valid_from=now + timedelta(days=begins),
        valid_until=None if ends is None else now + timedelta(days=ends),
    )
    await world.add(row)
    return row


async def end(row: Representation) -> None:
    """Astrid takes it back, at this instant, and no tab is told."""
    async with unit_of_work() as session:
        kept = await session.get_one(Representation, row.id)
        kept.ended_at, kept.end_reason = clock.now(), EndReason.WITHDRAWN


async def written(person_id: str, but: frozenset[str] = frozenset()) -> dict[str, str]:
    """A digest of all rows about the person, by table; `but` these, and her delegations."""
    found: dict[str, str] = {}
    async with unit_of_work(reading=True) as session:
        for table in SQLModel.metadata.sorted_tables:
            whose = [name for name in ("person_id", "represented_id", "grantor_id") if name in table.c]
            if not whose or table.name in but | {"representation"}:
                continue
            rows = await session.exec(table.select().where(table.c[whose[0]] == person_id))  # pyright: ignore[reportCallIssue, reportArgumentType]
            found[table.name] = hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()
    return found


def payloads(made: Astrid, key: str, row_id: str, name: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Every handler with arguments that would reach the thing `name`, if anything did."""
    day = made.visits[name].starts_at.date()
    form: dict[str, object] = {
        "person": key,
        "thread": made.threads[name].id,
        "message": made.messages[name].id,
        "visit": made.visits[name].id,
        "visits": made.visits[name].id,
        f"visit-{made.visits[name].id}": "yes",
        "which": made.visits[name].id,
        "cancellation": made.requests[name],
        "delegation": row_id,
        "request": row_id,
        "recipient": made.services["hjem"].id,
        "subject": "Emne",
        "body": "Hei",
        "note": "Husk",
        "comment": "Borte",
        "text": "xx",
        "first": str(day),
        "last": str(day),
        "until": str(day),
        "read_messages": "yes",
        "see_visits": "yes",
    }
    known: dict[str, object] = {
        "composed_for": key,
        "person": key,
        "person_id": made.person.id,
        "service_id": _service(made, name).id,
        "recipient_id": made.services["hjem"].id,
        "about": row_id,
        "view": "past",
        "takes": True,
        "hides": True,
        "vars": {},
        "hashes": [],
        "value": True,
    }
    for handler, function in all_handlers().items():
        parameters = list(inspect.signature(function).parameters)[1:]
        given = {
            one: form | {"key": new_id()} if one == "form" else known.get(one, "all") for one in parameters
        }
        yield handler, given
