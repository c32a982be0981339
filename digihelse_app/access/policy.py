"""The decision: which permissions a representation gives at an instant. Pure, and empty by default."""

from datetime import datetime

from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.representation import Representation

ALL = frozenset(Permission)
_BY_SCOPE = frozenset({RepresentationRole.FU, RepresentationRole.TD, RepresentationRole.FO})


def permissions_for_self() -> frozenset[Permission]:
    """What a person may do for herself: everything."""
    return ALL


def permissions_for(representation: Representation, at: datetime) -> frozenset[Permission]:
    """What `representation` allows at `at` (UTC). Guardianship alone (VE) allows nothing."""
    if representation.role not in _BY_SCOPE or not representation.in_force(at):
        return frozenset()
    given = DELEGABLE.intersection(scope for scope in representation.scopes)
    return frozenset({Permission.SEE_HOME, *map(Permission, given)}) if given else frozenset()
