"""The delegations of the story: Ingrid may do everything for Kari, Jonas may see and cancel visits."""

from datetime import timedelta

from sqlmodel import select

from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.codes import OutboxKind
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.notice import Notice
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from digihelse_app.outside import clock
from digihelse_app.services import delegation, representation
from digihelse_app.services.delegation_rules import Offer, Terms
from digihelse_app.standins.people import BY_KEY

_GIVEN = (
    ("ingrid", DELEGABLE, timedelta(days=180)),
    ("jonas", {Permission.SEE_VISITS, Permission.CANCEL_VISITS}, timedelta(days=52)),
)


async def give(kari_id: str) -> None:
    """Let Kari have given them long ago, and have them told then; raises RuntimeError if the rules refuse."""
    for key, permissions, ago in _GIVEN:
        who = BY_KEY[key]
        terms = Terms({permission: [EVERY_SERVICE] for permission in permissions})
        with clock.at(clock.now() - ago):
            kari = await representation.acting_context(kari_id)
            given = await delegation.give(kari, Offer(who.name, who.national_id, terms))
        if given.errors:
            message = f"the story's delegation was refused: {sorted(given.errors)}"
            raise RuntimeError(message)
        await _told_long_ago(given.representation_id)


async def _told_long_ago(representation_id: str) -> None:
    """Who was told of it then is not told of it today."""
    async with unit_of_work() as session:
        row = await session.get_one(Representation, representation_id)
        notices = await session.exec(select(Notice).where(Notice.recipient_id == row.actor_id))
        for notice in notices:
            told = select(OutboxItem).where(
                OutboxItem.subject_id == notice.id, OutboxItem.kind != OutboxKind.DELEGATION
            )
            for item in await session.exec(told):
                await session.delete(item)
            await session.delete(notice)
