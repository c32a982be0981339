"""Who may act for whom, who has asked to, and the signed proof of it."""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from digihelse_app.models.codes import (
    DelegationOrigin,
    DelegationRequestStatus,
    EndReason,
    RepresentationRole,
    stored,
)
from digihelse_app.models.database import new_id

EVERY_SERVICE = "*"
"""Stands among the services of a scope for all of them, also those received later."""


class Representation(SQLModel, table=True):
    """That `actor_id` may act for `represented_id`, in which role, with which scopes, and when.

    What was given never changes, but for when it ended: a change ends one row and makes another, which
    `replaces_id` ties to it. `key` is what stands in an address (`?for=`): random, no right by itself, and
    the same for all rows of one actor and one represented, so that open tabs live through a change.
    `scopes` has, by permission, the ids of the services it holds for, or EVERY_SERVICE. `since`: what is
    older than that is not shown. Of what a municipality registers, `organisation_id`, `external_id` and
    `evidence` (its reference to the paper) are kept. Times are UTC. Acting for oneself needs no row.
    """

    __table_args__ = (
        Index("ix_representation_key", "key", "actor_id"),
        Index("ix_representation_given", "represented_id", "ended_at"),
        Index("ix_representation_held", "actor_id", "ended_at"),
        Index("ix_representation_external", "organisation_id", "external_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    key: str = Field(default_factory=new_id, max_length=36)
    actor_id: str = Field(foreign_key="person.id", max_length=36)
    represented_id: str = Field(foreign_key="person.id", max_length=36)
    role: RepresentationRole = Field(sa_type=stored(RepresentationRole))  # pyright: ignore[reportArgumentType]
    origin: DelegationOrigin = Field(
        default=DelegationOrigin.DIGITAL,
        sa_type=stored(DelegationOrigin),  # pyright: ignore[reportArgumentType]
    )
    scopes: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON)
    since: datetime | None = None
    valid_from: datetime
    valid_until: datetime | None = None
    given_at: datetime | None = None
    given_by: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    end_reason: EndReason | None = Field(default=None, sa_type=stored(EndReason))  # pyright: ignore[reportArgumentType]
    replaces_id: str | None = Field(default=None, foreign_key="representation.id", max_length=36)
    organisation_id: str | None = Field(default=None, foreign_key="organisation.id", max_length=36)
    external_id: str | None = Field(default=None, max_length=64)
    evidence: str = Field(default="", max_length=200)

    def in_force(self, at: datetime) -> bool:
        """Whether it holds at the instant `at` (UTC): from its start, up to but not at its end."""
        ends = [end for end in (self.valid_until, self.ended_at) if end is not None]
        return self.valid_from <= at and all(at < end for end in ends)


class Mandate(SQLModel, table=True):
    """What a representation said, signed (JWS) when it was first acted upon: proof for each act done by it.

    One row a representation, since what was given never changes.
    """

    representation_id: str = Field(foreign_key="representation.id", primary_key=True, max_length=36)
    jws: str
    digest: str = Field(max_length=64)
    made_at: datetime


class DelegationRequest(SQLModel, table=True):
    """That someone asks to act for another, who says yes or no. The scopes are as in Representation.

    `grantor_id` is empty when the register knew nobody by that number and name: the asker cannot tell which.
    `grantor_name` is what the asker wrote.
    """

    __table_args__ = (Index("ix_delegationrequest_grantor", "grantor_id", "status"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    asker_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    grantor_id: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    grantor_name: str = Field(max_length=200)
    scopes: dict[str, list[str]] = Field(default_factory=dict, sa_type=JSON)
    reason: str = Field(default="", max_length=500)
    status: DelegationRequestStatus = Field(sa_type=stored(DelegationRequestStatus))  # pyright: ignore[reportArgumentType]
    asked_at: datetime
    decided_at: datetime | None = None
    representation_id: str | None = Field(default=None, foreign_key="representation.id", max_length=36)
