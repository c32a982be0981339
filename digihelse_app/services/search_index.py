"""The words conversations are found by: folded, and stored in the transaction of what they stand in."""

import unicodedata
from collections.abc import Iterator

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.conversation import Thread
from digihelse_app.models.organisation import CareService
from digihelse_app.models.search import WORD_LENGTH, ThreadWord

_LETTERS = frozenset(map(chr, (0xE6, 0xF8, 0xE5)))
"""ae, oe and aa: letters of their own in Norwegian. Other marks are left out, so that "Rene" finds "René"."""
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def words(text: str) -> frozenset[str]:
    """The words of `text`, folded to small letters without marks, each at most WORD_LENGTH long."""
    return frozenset(word[:WORD_LENGTH] for word in _folded(text).split())


def _folded(text: str) -> str:
    small = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return "".join(part for letter in small for part in _parts(letter))


def _parts(letter: str) -> Iterator[str]:
    if letter in _LETTERS:
        yield letter
        return
    for part in unicodedata.normalize("NFKD", letter).casefold():
        if part.isalnum():
            yield part
        elif not unicodedata.combining(part):
            yield " "


async def add(session: AsyncSession, thread: Thread, text: str) -> None:
    """Let the conversation be found by `text`, its subject and its service's name.

    Text is what was just written in it. A word that is there already counts as written again.
    """
    service = await session.get_one(CareService, thread.service_id)
    # In one order everywhere, so that two who write in the same conversation never wait for each other.
    found = sorted(words(f"{thread.subject} {service.name} {text}"))
    if not found:
        return
    of_thread = {"person_id": thread.person_id, "thread_id": thread.id, "written_at": thread.last_message_at}
    rows = [{**of_thread, "word": word} for word in found]
    insert = _INSERT[session.get_bind().dialect.name](ThreadWord)
    again = insert.on_conflict_do_update(
        index_elements=["person_id", "word", "thread_id"], set_={"written_at": insert.excluded.written_at}
    )
    await session.exec(again, params=rows)
