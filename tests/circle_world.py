"""Kari with Ingrid, who may do everything for her, and Jonas, who may read; a question from her service."""

from dataclasses import dataclass, replace

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.conversation import Thread
from digihelse_app.models.database import new_id
from digihelse_app.models.representation import Representation
from digihelse_app.services import inbox, sending
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.people import SyntheticPerson
from tests import world
from tests.people import INGRID, JONAS
from tests.world import World, later


@dataclass(frozen=True)
class Circle:
    """The people and their question. `kari` acts for herself, the others for her."""

    world: World
    thread: Thread
    kari: ActingContext
    ingrid: ActingContext
    jonas: ActingContext
    rights: dict[str, Representation]


async def proxy(kari: World, who: SyntheticPerson, *scopes: str) -> tuple[ActingContext, Representation]:
    """Someone who may act for Kari."""
    row = world.representation(await world.person(who), kari.kari, *scopes)
    await world.add(row)
    return await acting_context(row.actor_id, row.key), row


async def circle() -> Circle:
    """Everyone, in the connected, empty database."""
    kari = await world.world()
    (thread,) = await kari.threads([later(hours=1)])
    ingrid, hers = await proxy(kari, INGRID, *sorted(DELEGABLE))
    jonas, his = await proxy(kari, JONAS, Permission.READ_MESSAGES)
    rights = {"ingrid": hers, "jonas": his}
    return Circle(kari, thread, await kari.acting(), ingrid, jonas, rights)


async def again(acting: ActingContext, right: Representation) -> ActingContext:
    """The proxy, authorised anew."""
    return await acting_context(acting.actor_id, right.key)


async def reply(acting: ActingContext, thread: Thread, key: str = "") -> None:
    """Answer in the conversation."""
    sent = await sending.reply(acting, thread.id, sending.Draft("Ja takk", key or new_id()))
    assert sent.errors == {}


async def listed(acting: ActingContext) -> list[str]:
    """Ids of the conversations in the actor's inbox."""
    return [one.thread.id for one in (await inbox.list_threads(acting)).threads]


def without(acting: ActingContext, permission: Permission) -> ActingContext:
    """The same actor, with one right less."""
    return replace(acting, permissions=acting.permissions - {permission})
