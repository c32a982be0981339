"""Who may act for whom."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from digihelse_app.models.codes import RepresentationRole, stored
from digihelse_app.models.database import new_id

EVERY_SERVICE = "*"
"""Stands among the services of a scope for all of them, also those received later."""


class Representation(SQLModel, table=True):
    """That `actor_id` may act for `represented_id`, in which role, with which scopes, and when.

    `key` is what stands in an address (`?for=`): random, and no right by itself. `scopes` has, by permission,
    the ids of the services it holds for, or EVERY_SERVICE. `since`: what is older than that is not shown.
    Acting for oneself needs no row.
    """

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    key: str = Field(default_factory=new_id, unique=True, max_length=36)
    actor_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    represented_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    role: RepresentationRole = Field(sa_type=stored(RepresentationRole))  # pyright: ignore[reportArgumentType]
    scopes: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON)
    since: datetime | None = None
    valid_from: datetime
    valid_until: datetime | None = None
    ended_at: datetime | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether it holds at the instant `at` (UTC): from its start, up to but not at its end."""
        ends = [end for end in (self.valid_until, self.ended_at) if end is not None]
        return self.valid_from <= at and all(at < end for end in ends)
