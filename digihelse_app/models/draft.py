"""What someone has begun to write and not sent."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Draft(SQLModel, table=True):
    """One draft: by whom, on behalf of whom, and where: a conversation's id, or `new`.

    `idempotency_key` lives with the draft, so that sending it again after a lost answer is the same send.
    """

    actor_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    place: str = Field(primary_key=True, max_length=36)
    recipient: str = Field(default="", max_length=36)
    category: str = Field(default="", max_length=64)
    subject: str = Field(default="", max_length=200)
    body: str = ""
    idempotency_key: str = Field(max_length=64)
    updated_at: datetime
