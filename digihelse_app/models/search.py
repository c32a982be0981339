"""What search finds conversations by."""

from sqlmodel import Field, SQLModel


class ThreadWord(SQLModel, table=True):
    """That a word stands in a conversation: subject, text or the service's name. Folded to small letters.

    Ordered by person and word, so that the beginning of a word is found by the index alone on either engine.
    """

    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    word: str = Field(primary_key=True, max_length=40)
    thread_id: str = Field(foreign_key="thread.id", primary_key=True, max_length=36)
