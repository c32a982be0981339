"""What «everything about me» is made of, part by part."""

from collections.abc import AsyncIterator

from sqlmodel import col, or_, select

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.consent import Consent
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.insight import KnownDevice
from digihelse_app.models.notice import Notice, NoticeChoice
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.services import access_log_reading, access_log_words, export_care, people
from digihelse_app.services.export_items import Item, Part, plain, when
from digihelse_app.text.catalogue import lookup


async def _profile(acting: ActingContext, language: str) -> AsyncIterator[Item]:
    async with unit_of_work(reading=True) as session:
        person = await session.get_one(Person, acting.represented_id)
        choice = await session.get(NoticeChoice, person.id)
        query = select(KnownDevice).where(KnownDevice.person_id == person.id)
        devices = (await session.exec(query.order_by(col(KnownDevice.first_seen_at)))).all()
    number = people.masked_number(person)
    record = {
        **plain(
            person, "given_name", "family_name", "birth_date", "language", "created_at", "self_inactive_at"
        ),
        "national_id": number,
        "notices_by": choice.channel if choice else None,
        "devices": [plain(one, "label", "first_seen_at", "last_seen_at") for one in devices],
    }
    labels = [one.label.replace("/", ", ") for one in devices]
    known_since = lookup(language, "export.from", when=when(language, person.created_at))
    yield Item(record, person.name, [number, known_since, *labels])


async def _consents(acting: ActingContext, language: str) -> AsyncIterator[Item]:
    async with unit_of_work(reading=True) as session:
        query = select(Consent).where(Consent.person_id == acting.represented_id)
        rows = (await session.exec(query.order_by(col(Consent.given_at)))).all()
    for row in rows:
        lines = [lookup(language, "profile.given", when=when(language, row.given_at))]
        if row.withdrawn_at:
            lines.append(lookup(language, "profile.withdrawn", when=when(language, row.withdrawn_at)))
        record = plain(row, "kind", "version", "given_at", "withdrawn_at")
        yield Item(record, lookup(language, f"consent.{row.kind}_name"), lines)


async def _delegations(acting: ActingContext, language: str) -> AsyncIterator[Item]:
    """Given and held, with those that have ended; the other party by name alone."""
    me = acting.represented_id
    mine = or_(col(Representation.represented_id) == me, col(Representation.actor_id) == me)
    async with unit_of_work(reading=True) as session:
        rows = (
            await session.exec(select(Representation).where(mine).order_by(col(Representation.valid_from)))
        ).all()
        ids = {one for row in rows for one in (row.actor_id, row.represented_id)}
        found = await session.exec(select(Person).where(col(Person.id).in_(ids)))
        names = {person.id: person.name for person in found}
    columns = ("role", "origin", "scopes", "since", "valid_from", "valid_until", "ended_at", "end_reason")
    for row in rows:
        given = row.represented_id == me
        other = names[row.actor_id if given else row.represented_id]
        ends = row.ended_at or row.valid_until
        lines = [lookup(language, "export.from", when=when(language, row.valid_from))]
        if ends:
            lines.append(lookup(language, "export.until", when=when(language, ends)))
        record = {"given": given, "other": other, **plain(row, *columns)}
        key = "export.delegation_given" if given else "export.delegation_held"
        yield Item(record, lookup(language, key, name=other), lines)


async def _notices(acting: ActingContext, language: str) -> AsyncIterator[Item]:
    async with unit_of_work(reading=True) as session:
        query = select(Notice).where(Notice.recipient_id == acting.represented_id)
        rows = (await session.exec(query.order_by(col(Notice.created_at)))).all()
    for row in rows:
        about_self = row.person_id == acting.represented_id
        record = {
            **plain(row, "kind", "status", "channel", "reason", "created_at", "done_at"),
            "for_self": about_self,
        }
        yield Item(record, when(language, row.created_at), [lookup(language, f"export.notice_{row.status}")])


async def _log(acting: ActingContext, language: str) -> AsyncIterator[Item]:
    async for row in access_log_reading.everything(acting):
        who, what = access_log_words.who(row, language), access_log_words.what(row, language)
        ground = access_log_words.ground(row, language)
        record = {"at": row.at, "who": row.who or who, "what": what, "ground": ground, "action": row.action}
        yield Item(record, when(language, row.at), [f"{who}. {what}. {ground}."])


PARTS = (
    Part("profile", "export.part_profile", Permission.SEE_PROFILE, _profile),
    Part("consents", "export.part_consents", Permission.MANAGE_CONSENT, _consents),
    Part("delegations", "export.part_delegations", Permission.HOLD_DELEGATIONS, _delegations),
    Part("conversations", "export.part_conversations", Permission.READ_MESSAGES, export_care.conversations),
    Part("drafts", "export.part_drafts", Permission.READ_MESSAGES, export_care.drafts),
    Part("notes", "export.part_notes", Permission.READ_MESSAGES, export_care.notes),
    Part("visits", "export.part_visits", Permission.SEE_VISITS, export_care.visits),
    Part("notices", "export.part_notices", Permission.SEE_PROFILE, _notices),
    Part("log", "export.part_log", Permission.SEE_ACCESS_LOG, _log),
)
"""In the order they are made and read."""
