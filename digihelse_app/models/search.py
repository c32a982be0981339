"""What search finds conversations by."""

from datetime import datetime

from sqlalchemy import String
from sqlmodel import Field, SQLModel

WORD_LENGTH = 40

# By code point, whatever language the database sorts by: the beginning of a word is a range of the index.
_WORD = String(WORD_LENGTH).with_variant(String(WORD_LENGTH, collation="C"), "postgresql")


class ThreadWord(SQLModel, table=True):
    """That a word stands in a conversation: subject, text or the service's name. Folded to small letters.

    `written_at` (UTC) is when it was last written: what is older than a delegation shows is not found by it.

    Ordered by person and word, so that the beginning of a word is found by the index alone on either engine.
    """

    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    word: str = Field(primary_key=True, sa_type=_WORD)  # pyright: ignore[reportArgumentType]
    thread_id: str = Field(foreign_key="thread.id", primary_key=True, max_length=36)
    written_at: datetime
