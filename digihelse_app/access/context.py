"""The proof of a right: made for one event, required by every use case, kept by nobody."""

from dataclasses import dataclass

from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import RepresentationRole


class AccessDeniedError(Exception):
    """The actor has no such right for the represented person at this instant."""


class NotFoundError(Exception):
    """No such thing among what the represented person has; also said of what belongs to others."""


@dataclass(frozen=True, slots=True)
class ActingContext:
    """Who acts, for whom, in which role, and what that allows. Ids are random person ids."""

    actor_id: str
    represented_id: str
    role: RepresentationRole
    representation_id: str | None
    permissions: frozenset[Permission]

    def require(self, permission: Permission) -> None:
        """Pass if `permission` is held, raise AccessDeniedError otherwise. Line one of every use case."""
        if permission not in self.permissions:
            raise AccessDeniedError

    @property
    def for_self(self) -> bool:
        """Whether the actor is the represented person."""
        return self.actor_id == self.represented_id
