"""The proof of a right: made for one event, required by every use case, kept by nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import AccessTag, RepresentationRole


class AccessDeniedError(Exception):
    """The actor has no such right for the represented person at this instant."""


class NotFoundError(Exception):
    """No such thing among what the represented person has; also said of what belongs to others."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the permissions go; by default over everything the represented person has.

    `services` names, for a permission that does not hold for every service, the ids of those it holds for.
    `since` (UTC) is from when on things are shown, None for all history. `withheld` are the access tags of
    what is kept from this reader, and `sees_hidden` is whether what was hidden from proxies is shown.
    """

    services: Mapping[Permission, frozenset[str]] = field(default_factory=dict)
    since: datetime | None = None
    withheld: frozenset[AccessTag] = frozenset()
    sees_hidden: bool = True


@dataclass(frozen=True, slots=True)
class ActingContext:
    """Who acts, for whom, in which role, and what that allows. Ids are random person ids."""

    actor_id: str
    represented_id: str
    role: RepresentationRole
    representation_id: str | None
    permissions: frozenset[Permission]
    reach: Reach = field(default_factory=Reach)

    def require(self, permission: Permission) -> None:
        """Pass if `permission` is held, raise AccessDeniedError otherwise. Line one of every use case."""
        if permission not in self.permissions:
            raise AccessDeniedError

    def allows(self, permission: Permission, service_id: str) -> bool:
        """Whether `permission` is held for this service."""
        services = self.reach.services.get(permission)
        return permission in self.permissions and (services is None or service_id in services)

    @property
    def for_self(self) -> bool:
        """Whether the actor is the represented person."""
        return self.actor_id == self.represented_id
