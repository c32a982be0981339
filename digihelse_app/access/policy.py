"""The decision: which permissions a representation gives at an instant, and how far. Empty by default."""

from datetime import date, datetime

from digihelse_app.access.context import Reach
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.codes import AccessTag, RepresentationRole
from digihelse_app.models.representation import EVERY_SERVICE, Representation

BEFORE_CONSENT = frozenset(
    {
        Permission.SEE_HOME,
        Permission.MANAGE_CONSENT,
        Permission.HOLD_DELEGATIONS,
        Permission.SEE_PROFILE,
        Permission.SEE_ACCESS_LOG,
        Permission.SEE_OWN_USE,
    }
)
"""What a person may do for herself before consenting, or after taking the consent back."""

WITH_ANY_SCOPE = frozenset({Permission.SEE_HOME, Permission.SEE_OWN_USE})
"""What comes with every representation that gives something: to come in, and to see what one did oneself."""

PARENTS_ACT_UNTIL = 16
"""Age at which parental responsibility gives no access any more (pasient- og brukerrettighetsloven § 4-3)."""
TAGS_COUNT_FROM = 12
"""Age from which what is tagged may be kept from parents, or from the young (Volven 9603)."""

_BY_SCOPE = frozenset({RepresentationRole.FU, RepresentationRole.TD, RepresentationRole.FO})


def permissions_for_self(*, consented: bool) -> frozenset[Permission]:
    """What a person may do for herself: everything, once she has consented to the current versions."""
    return frozenset(Permission) if consented else BEFORE_CONSENT


def permissions_for(
    representation: Representation, at: datetime, *, living: bool, consented: bool, age: int | None = None
) -> frozenset[Permission]:
    """What `representation` allows at `at` (UTC), for some service or for all (see `reach_of`).

    `living`: neither of the two is dead, as far as the register has said: what one may do for another ends
    with either. `consented`: whether the represented person has; `age` is hers in whole years, None when the
    register does not say. Guardianship alone (VE) allows nothing, and parental responsibility only for a
    known child.
    """
    if not living or not consented or representation.role not in _BY_SCOPE or not representation.in_force(at):
        return frozenset()
    if representation.role is RepresentationRole.FO and (age is None or age >= PARENTS_ACT_UNTIL):
        return frozenset()
    given = DELEGABLE.intersection(scope for scope, services in representation.scopes.items() if services)
    return WITH_ANY_SCOPE.union(map(Permission, given)) if given else frozenset()


def reach_of(representation: Representation, age: int | None) -> Reach:
    """How far what `representation` allows goes; `age` as in `permissions_for`."""
    limited = {
        Permission(scope): frozenset(services)
        for scope, services in representation.scopes.items()
        if scope in DELEGABLE and EVERY_SERVICE not in services
    }
    parent = representation.role is RepresentationRole.FO
    kept = _is_tagged_age(age) and parent
    withheld = frozenset({AccessTag.NOT_PARENTS}) if kept else frozenset[AccessTag]()
    return Reach(limited, representation.since, withheld, sees_hidden=False)


def reach_for_self(age: int | None) -> Reach:
    """How far one sees what is one's own: all of it, but for what is kept from the young."""
    return Reach(withheld=frozenset({AccessTag.NOT_YOUNG}) if _is_tagged_age(age) else frozenset())


def _is_tagged_age(age: int | None) -> bool:
    return age is not None and TAGS_COUNT_FROM <= age < PARENTS_ACT_UNTIL


def age_on(born: date | None, day: date) -> int | None:
    """Whole years on `day` of one born on `born`; None when that is not known."""
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
