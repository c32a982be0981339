"""The policy table: what each role gives, with which scopes, when, and whether consent was given."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digihelse_app.access.context import AccessDeniedError, ActingContext
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.access.policy import (
    BEFORE_CONSENT,
    WITH_ANY_SCOPE,
    age_on,
    permissions_for,
    permissions_for_self,
    reach_for_self,
    reach_of,
)
from digihelse_app.models.codes import AccessTag, RepresentationRole
from digihelse_app.models.representation import Representation

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BY_SCOPE = (RepresentationRole.FU, RepresentationRole.TD, RepresentationRole.FO)
NOT_DELEGABLE = sorted(set(Permission) - DELEGABLE)

instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
some_services = st.lists(st.sampled_from(["*", "home-care", "cleaning"]), min_size=1, max_size=3)
scopes = st.dictionaries(
    st.one_of(st.sampled_from([str(one) for one in Permission]), st.text(max_size=20)), some_services
)
EVERYWHERE = ["*"]


def represented(
    role: RepresentationRole = RepresentationRole.FU,
    scopes: dict[str, list[str]] | None = None,
    valid_from: datetime = NOW - timedelta(days=1),
    valid_until: datetime | None = None,
    ended_at: datetime | None = None,
) -> Representation:
    """A representation that lets one read, unless told otherwise."""
    return Representation(
        actor_id="actor",
        represented_id="represented",
        role=role,
        scopes={"read_messages": EVERYWHERE} if scopes is None else scopes,
        valid_from=valid_from,
        valid_until=valid_until,
        ended_at=ended_at,
    )


def test_what_can_be_given_away_is_these_five() -> None:
    assert sorted(DELEGABLE) == [
        "cancel_visits",
        "get_notices",
        "read_messages",
        "see_visits",
        "write_messages",
    ]


def test_one_may_do_everything_for_oneself_after_consenting() -> None:
    assert permissions_for_self(consented=True) == frozenset(Permission)


def test_one_may_do_little_for_oneself_before_consenting() -> None:
    assert permissions_for_self(consented=False) == BEFORE_CONSENT
    assert sorted(BEFORE_CONSENT) == [
        "hold_delegations",
        "manage_consent",
        "see_access_log",
        "see_home",
        "see_own_use",
        "see_profile",
    ]


def test_what_comes_with_any_scope_is_to_come_in_and_to_see_ones_own_use() -> None:
    assert sorted(WITH_ANY_SCOPE) == ["see_home", "see_own_use"]


@pytest.mark.parametrize("scope", sorted(DELEGABLE))
@pytest.mark.parametrize("role", BY_SCOPE)
def test_each_scope_gives_itself_and_what_comes_with_any(role: RepresentationRole, scope: Permission) -> None:
    given_away = permissions_for(
        represented(role, {scope.value: EVERYWHERE}), NOW, living=True, consented=True, age=9
    )
    assert given_away == {*WITH_ANY_SCOPE, scope}


@pytest.mark.parametrize("role", [RepresentationRole.VE, RepresentationRole.SELF])
def test_guardianship_or_a_row_for_oneself_gives_nothing(role: RepresentationRole) -> None:
    everything = {str(one): EVERYWHERE for one in Permission}
    assert permissions_for(represented(role, everything), NOW, living=True, consented=True) == frozenset()


@pytest.mark.parametrize("scope", [str(one) for one in NOT_DELEGABLE] + ["", "READ_MESSAGES", "*", "admin"])
def test_a_scope_that_cannot_be_given_gives_nothing(scope: str) -> None:
    assert (
        permissions_for(represented(scopes={scope: EVERYWHERE}), NOW, living=True, consented=True)
        == frozenset()
    )


def test_no_scope_gives_nothing() -> None:
    assert permissions_for(represented(scopes={}), NOW, living=True, consented=True) == frozenset()


@pytest.mark.parametrize("role", BY_SCOPE)
def test_nothing_is_given_while_the_represented_has_not_consented(role: RepresentationRole) -> None:
    assert permissions_for(represented(role), NOW, living=True, consented=False) == frozenset()


TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "ended_at", "in_force"),
    [
        (NOW, None, None, True),
        (NOW + TICK, None, None, False),
        (NOW, NOW + TICK, None, True),
        (NOW - TICK, NOW, None, False),
        (NOW - TICK, None, NOW, False),
        (NOW - TICK, None, NOW + TICK, True),
        (NOW - TICK, NOW + TICK, NOW, False),
        (NOW - TICK, NOW, NOW + TICK, False),
    ],
)
def test_it_holds_from_its_start_up_to_but_not_at_its_first_end(
    valid_from: datetime, valid_until: datetime | None, ended_at: datetime | None, in_force: bool
) -> None:
    one = represented(valid_from=valid_from, valid_until=valid_until, ended_at=ended_at)
    assert bool(permissions_for(one, NOW, living=True, consented=True)) == in_force


@given(st.sampled_from(RepresentationRole), scopes, instants, st.booleans())
def test_nothing_else_is_ever_given_away(
    role: RepresentationRole, scopes: dict[str, list[str]], at: datetime, consented: bool
) -> None:
    given_away = permissions_for(represented(role, scopes), at, living=True, consented=consented)
    assert given_away - WITH_ANY_SCOPE <= DELEGABLE.intersection(scopes)
    assert given_away & WITH_ANY_SCOPE == (WITH_ANY_SCOPE if given_away - WITH_ANY_SCOPE else frozenset())


@given(scopes, instants, instants, st.none() | instants, st.none() | instants)
def test_nothing_is_ever_given_outside_its_time(
    scopes: dict[str, list[str]],
    at: datetime,
    start: datetime,
    until: datetime | None,
    ended: datetime | None,
) -> None:
    row = represented(
        scopes={**scopes, "read_messages": EVERYWHERE}, valid_from=start, valid_until=until, ended_at=ended
    )
    first_end = min((end for end in (until, ended) if end), default=datetime.max.replace(tzinfo=UTC))
    assert bool(permissions_for(row, at, living=True, consented=True)) == (start <= at < first_end)


def test_require_passes_what_is_held_and_refuses_the_rest() -> None:
    held = frozenset({Permission.SEE_HOME})
    acting = ActingContext("a", "b", RepresentationRole.FU, "r", held)
    acting.require(Permission.SEE_HOME)
    for permission in sorted(set(Permission) - held):
        with pytest.raises(AccessDeniedError):
            acting.require(permission)


def test_one_acts_for_oneself_when_actor_and_represented_are_one() -> None:
    assert ActingContext("a", "a", RepresentationRole.SELF, None, frozenset()).for_self
    assert not ActingContext("a", "b", RepresentationRole.FU, "r", frozenset()).for_self


def test_a_scope_for_no_service_gives_nothing() -> None:
    assert (
        permissions_for(represented(scopes={"read_messages": []}), NOW, living=True, consented=True)
        == frozenset()
    )


@pytest.mark.parametrize(("age", "acts"), [(None, False), (0, True), (15, True), (16, False), (40, False)])
def test_parents_act_until_the_child_is_16_and_only_for_one_whose_age_is_known(
    age: int | None, acts: bool
) -> None:
    parent = represented(RepresentationRole.FO)
    assert bool(permissions_for(parent, NOW, living=True, consented=True, age=age)) == acts


@pytest.mark.parametrize(
    ("role", "age", "withheld"),
    [
        (RepresentationRole.FO, 11, set()),
        (RepresentationRole.FO, 12, {AccessTag.NOT_PARENTS}),
        (RepresentationRole.FO, 15, {AccessTag.NOT_PARENTS}),
        (RepresentationRole.FU, 15, set()),
        (RepresentationRole.TD, 15, set()),
    ],
)
def test_what_is_kept_from_parents_is_kept_from_parents_alone(
    role: RepresentationRole, age: int, withheld: set[AccessTag]
) -> None:
    assert reach_of(represented(role), age).withheld == withheld


@pytest.mark.parametrize(
    ("age", "withheld"),
    [(None, set()), (11, set()), (12, {AccessTag.NOT_YOUNG}), (15, {AccessTag.NOT_YOUNG}), (16, set())],
)
def test_what_is_kept_from_the_young_is_kept_from_them(age: int | None, withheld: set[AccessTag]) -> None:
    assert reach_for_self(age).withheld == withheld


def test_a_scope_reaches_the_services_it_names_and_a_star_reaches_all() -> None:
    row = represented(scopes={"see_visits": ["home-care"], "read_messages": ["cleaning", "*"]})
    permissions = permissions_for(row, NOW, living=True, consented=True)
    acting = ActingContext("a", "b", row.role, "r", permissions, reach_of(row, 78))
    assert acting.allows(Permission.SEE_VISITS, "home-care")
    assert not acting.allows(Permission.SEE_VISITS, "cleaning")
    assert acting.allows(Permission.READ_MESSAGES, "home-care")
    assert not acting.allows(Permission.WRITE_MESSAGES, "home-care")
    assert not acting.reach.sees_hidden


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (None, date(2026, 11, 23), None),
        (date(2010, 11, 24), date(2026, 11, 23), 15),
        (date(2010, 11, 23), date(2026, 11, 23), 16),
        (date(2012, 2, 29), date(2024, 2, 28), 11),
        (date(2012, 2, 29), date(2025, 3, 1), 13),
    ],
)
def test_age_is_in_whole_years(born: date | None, day: date, age: int | None) -> None:
    assert age_on(born, day) == age
