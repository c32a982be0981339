"""The decision: which permissions a representation gives at an instant. Pure, and empty by default."""

from datetime import datetime

from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.representation import Representation

BEFORE_CONSENT = frozenset(
    {Permission.SEE_HOME, Permission.MANAGE_CONSENT, Permission.SEE_PROFILE, Permission.SEE_ACCESS_LOG}
)
"""What a person may do for herself before consenting, or after taking the consent back."""

_BY_SCOPE = frozenset({RepresentationRole.FU, RepresentationRole.TD, RepresentationRole.FO})


def permissions_for_self(*, consented: bool) -> frozenset[Permission]:
    """What a person may do for herself: everything, once she has consented to the current versions."""
    return frozenset(Permission) if consented else BEFORE_CONSENT


def permissions_for(
    representation: Representation, at: datetime, *, consented: bool
) -> frozenset[Permission]:
    """What `representation` allows at `at` (UTC), given whether the represented person has consented.

    Guardianship alone (VE) allows nothing.
    """
    if not consented or representation.role not in _BY_SCOPE or not representation.in_force(at):
        return frozenset()
    given = DELEGABLE.intersection(scope for scope in representation.scopes)
    return frozenset({Permission.SEE_HOME, *map(Permission, given)}) if given else frozenset()
