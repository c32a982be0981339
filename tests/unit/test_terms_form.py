"""The form of a delegation's terms: how it begins, what is read from it, and what is to be mended."""

from datetime import UTC, date, datetime

import pytest

from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import DelegationOrigin, RepresentationRole
from digihelse_app.models.representation import EVERY_SERVICE
from digihelse_app.services.delegation_list import Delegation
from digihelse_app.services.delegation_rules import Terms
from digihelse_app.state import terms_form
from tests.answers import plain

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
READ, WRITE = Permission.READ_MESSAGES, Permission.WRITE_MESSAGES
SEE, CANCEL = Permission.SEE_VISITS, Permission.CANCEL_VISITS
FORM = {"see_visits": "yes", "which": "all", "begins": "now", "ends": "never"}


def test_terms_are_read_from_the_form_that_was_sent() -> None:
    terms = terms_form.terms_of(FORM, ["s1"])
    assert terms == Terms({SEE: [EVERY_SERVICE]}, None, None, only_new=False)
    chosen = {**FORM, "which": "chosen", "service-any-s1": "yes", "service-any-s2": "yes", "only_new": "yes"}
    days = {"begins": "day", "valid_from": "2026-12-01", "ends": "day", "valid_until": "2026-12-31"}
    terms = terms_form.terms_of(chosen | days, ["s1", "s3"])
    assert terms == Terms({SEE: ["s1"]}, date(2026, 12, 1), date(2026, 12, 31), only_new=True)


def standing(services: dict[Permission, tuple[str, ...]]) -> Delegation:
    """A delegation for these services, by id."""
    return Delegation(
        id="d",
        key="k",
        name="Jonas",
        role=RepresentationRole.FU,
        origin=DelegationOrigin.DIGITAL,
        scope={},
        services=services,
        valid_from=NOW,
        valid_until=None,
        since=None,
        given_at=NOW,
        begun=True,
        can_be_changed=True,
    )


def test_each_thing_can_hold_for_services_of_its_own() -> None:
    each = {"which": "each", "cancel_visits": "yes", "read_messages": "yes", "service-any-s1": "yes"}
    boxes = {
        "service-see_visits-*": "yes",
        "service-cancel_visits-s1": "yes",
        "service-get_notices-s1": "yes",
    }
    terms = terms_form.terms_of({**FORM, **each, **boxes}, ["s1", "s2"])
    assert terms.scopes == {SEE: [EVERY_SERVICE], CANCEL: ["s1"], READ: []}
    assert terms_form.check_said(terms) == {"services": "delegation.error.no_service"}


@pytest.mark.parametrize(
    ("services", "which", "boxes"),
    [
        ({SEE: (EVERY_SERVICE,), READ: (EVERY_SERVICE,)}, "all", ["see_visits-*", "read_messages-*"]),
        ({SEE: ("s1",)}, "chosen", ["see_visits-s1", "any-s1"]),
        ({SEE: ("s1",), READ: (EVERY_SERVICE,)}, "each", ["see_visits-s1", "read_messages-*"]),
    ],
)
def test_form_begins_as_the_delegation_stands(
    services: dict[Permission, tuple[str, ...]], which: str, boxes: list[str]
) -> None:
    row = terms_form.row_of(standing(services), NOW)
    assert (row.which, set(row.boxes)) == (which, {f"service-{each}" for each in boxes})


@pytest.mark.parametrize("wrong", [7, None, ["yes"], {"yes": 1}, "2026-13-40", "x" * 500])
def test_a_day_that_is_none_is_asked_for(wrong: object) -> None:
    terms = terms_form.terms_of({**FORM, "ends": "day", "valid_until": wrong}, [])
    assert terms_form.check_said(terms) == {"valid_until": "delegation.error.no_day"}


def test_chosen_services_without_any_are_asked_for() -> None:
    terms = terms_form.terms_of({**FORM, "which": "chosen"}, ["s1"])
    assert terms_form.check_said(terms) == {"services": "delegation.error.no_service"}


def test_terms_in_words_say_what_comes_along() -> None:
    terms = Terms({CANCEL: ["s1"], WRITE: [EVERY_SERVICE]}, valid_until=date(2026, 12, 31), only_new=True)
    said = [plain(each) for each in terms_form.in_words("nb", terms, "Jonas", {"s1": "Renhold"})]
    assert said == [
        "Jonas får lese og skrive meldinger, og se og avbestille besøk (bare Renhold) for deg.",
        "Fullmakten gjelder fra nå av, til og med 31. desember 2026.",
        "Jonas får ikke se det som er eldre enn fullmakten.",
    ]
