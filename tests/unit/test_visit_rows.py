"""Visits as rows of finished text: where each stands, who comes, what is said of it. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digihelse_app.models.codes import (
    CancellationStatus,
    CancelReason,
    RepresentationRole,
    VisitChangeKind,
    VisitStatus,
)
from digihelse_app.models.organisation import CareService
from digihelse_app.models.visit import Cancellation, Visit, VisitChange
from digihelse_app.services.visit_list import VisitSummary
from digihelse_app.services.visit_standing import Standing, standing
from digihelse_app.state.visit_exceptions import exception_rows
from digihelse_app.state.visit_rows import VisitRow, by_day, who
from digihelse_app.text.visit_times import WORD_JOINER
from tests.answers import plain

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Monday, 10:00 in Oslo."""
NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
"""Thursday, 12:00 in Oslo."""
SERVICE = CareService(
    id="s", organisation_id="o", external_id="s", name="Hjemmesykepleie", phone="62 48 90 00"
)


def words(text: str) -> str:
    """As read."""
    return plain(text).replace(WORD_JOINER, "")


def summary(
    *, asked: CancellationStatus | None = None, was: datetime | None = None, **told: Any
) -> VisitSummary:
    """A visit on Thursday between 12 and 14, unless told otherwise; moved from `was`."""
    given = {"starts_at": NOON, "ends_at": NOON + timedelta(hours=2), "status": VisitStatus.PROPOSED} | told
    failed_at = given.pop("failed_at", None)
    changed = given.pop("changed", False)
    visit = Visit(
        id="v",
        person_id="p",
        service_id="s",
        organisation_id="o",
        external_id="v",
        is_window=True,
        title="Medisiner",
        created_at=NOW,
        **given,
    )
    cancellation = None if asked is None else _cancellation(asked, failed_at)
    moved = None if was is None else _moved(was)
    return VisitSummary(visit, SERVICE, cancellation, moved, changed)


def _cancellation(status: CancellationStatus, failed_at: datetime | None) -> Cancellation:
    return Cancellation(
        visit_id="v",
        person_id="p",
        actor_id="p",
        actor_name="Kari Nordmann",
        role=RepresentationRole.SELF,
        reason=CancelReason.BY_CITIZEN,
        idempotency_key="k",
        status=status,
        visit_starts_at=NOON,
        requested_at=NOW,
        failed_at=failed_at,
    )


def _moved(was: datetime) -> VisitChange:
    end = was + timedelta(hours=2)
    return VisitChange(
        visit_id="v", kind=VisitChangeKind.MOVED, at=NOW, starts_at=was, ends_at=end, is_window=True
    )


CANCELLED: dict[str, Any] = {"status": VisitStatus.CANCELLED}
REQUESTED, ACCEPTED = CancellationStatus.REQUESTED, CancellationStatus.ACCEPTED


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        ({}, Standing.PLANNED),
        ({"begun_at": NOW}, Standing.UNDER_WAY),
        ({"late_at": NOW}, Standing.LATE),
        ({"late_at": NOW, "begun_at": NOW}, Standing.UNDER_WAY),
        ({"late_at": NOW, "missed_at": NOW}, Standing.MISSED),
        ({"missed_at": NOW, "done_at": NOW}, Standing.DONE),
        ({"status": VisitStatus.FULFILLED}, Standing.DONE),
        ({"status": VisitStatus.NO_SHOW}, Standing.NOT_HOME),
        (CANCELLED | {"cancel_reason": CancelReason.BY_SERVICE}, Standing.CALLED_OFF),
        (CANCELLED | {"cancel_reason": CancelReason.NOT_AT_HOME}, Standing.NOT_HOME),
        (CANCELLED | {"cancel_reason": CancelReason.BY_CITIZEN}, Standing.CANCELLED),
        (CANCELLED | {"cancel_reason": CancelReason.FOR_CITIZEN}, Standing.CANCELLED),
        (CANCELLED, Standing.CALLED_OFF),
        ({"asked": REQUESTED}, Standing.REQUESTED),
        ({"asked": REQUESTED, "failed_at": NOW}, Standing.FAILED),
        ({"asked": REQUESTED, "begun_at": NOW}, Standing.UNDER_WAY),
        ({"asked": ACCEPTED}, Standing.CANCELLED),
        ({"asked": ACCEPTED, "missed_at": NOW}, Standing.CANCELLED),
        ({"asked": CancellationStatus.DECLINED}, Standing.DECLINED),
        ({"asked": CancellationStatus.DECLINED, "late_at": NOW}, Standing.LATE),
        ({"asked": CancellationStatus.TAKEN_BACK}, Standing.PLANNED),
        ({"asked": CancellationStatus.OVERTAKEN, "status": VisitStatus.FULFILLED}, Standing.DONE),
    ],
)
def test_a_visit_stands_as_what_matters_most(told: dict[str, Any], stands: Standing) -> None:
    assert standing(summary(**told)) is stands


@pytest.mark.parametrize(
    ("role", "name", "told"),
    [
        ("", "", ""),
        ("Sykepleier", "", "Sykepleier"),
        ("Sykepleier", "Anne", "Anne, sykepleier"),
        ("", "Anne", "Anne"),
        ("LPN", "Anne", "Anne, LPN"),
    ],
)
def test_who_comes_is_the_role_until_there_is_a_name(role: str, name: str, told: str) -> None:
    assert who(summary(who_role=role, who_name=name).visit) == told


def test_a_visit_moved_within_the_day_keeps_its_former_time() -> None:
    row = VisitRow.of(summary(was=NOON - timedelta(hours=2)), "nb")
    assert (row.time, row.old, row.note) == ("12–14", "10–12", "Nytt tidspunkt")
    assert [(tag.kind, tag.text) for tag in row.tags] == [("moved", "Flyttet")]


def test_a_visit_moved_to_another_day_tells_which_it_was() -> None:
    row = VisitRow.of(summary(was=NOON - timedelta(days=1)), "nb", marked=True)
    assert (row.old, words(row.note)) == ("", "Flyttet fra onsdag 25. november kl. 12.00–14.00")
    assert [tag.kind for tag in row.tags] == ["moved", "changed"]


def test_what_is_over_is_not_called_moved() -> None:
    row = VisitRow.of(summary(was=NOON - timedelta(days=1), status=VisitStatus.FULFILLED), "nb")
    assert (row.old, row.note, [tag.text for tag in row.tags]) == ("", "", ["Utført"])


def test_a_done_visit_tells_when() -> None:
    begun, done = NOON + timedelta(minutes=10), NOON + timedelta(minutes=35)
    both = VisitRow.of(summary(status=VisitStatus.FULFILLED, begun_at=begun, done_at=done), "nb")
    end = VisitRow.of(summary(status=VisitStatus.FULFILLED, done_at=done), "nb")
    assert [words(row.tags[0].text) for row in (both, end)] == [
        "Utført kl. 12.10–12.35",
        "Utført kl. 12.35",
    ]


def test_what_does_not_come_or_is_asked_not_to_is_off() -> None:
    told = [
        summary(asked=REQUESTED),
        summary(asked=ACCEPTED),
        summary(**CANCELLED),
        summary(),
        summary(late_at=NOW),
    ]
    assert [VisitRow.of(one, "nb").off for one in told] == [True, True, True, False, False]


def test_a_night_stands_on_the_day_it_begins() -> None:
    night = datetime(2026, 11, 26, 21, 0, tzinfo=UTC)
    row = VisitRow.of(summary(starts_at=night, ends_at=night + timedelta(hours=3)), "nb")
    assert (row.day, row.time, row.over_night) == ("2026-11-26", "22–01", True)
    until_midnight = VisitRow.of(summary(starts_at=night, ends_at=night + timedelta(hours=2)), "nb")
    assert (until_midnight.time, until_midnight.over_night) == ("22–24", False)


def test_days_follow_each_other_and_months_head_the_first_of_theirs() -> None:
    starts = [NOON, NOON - timedelta(hours=2), NOON - timedelta(days=1), NOON - timedelta(days=30)]
    rows = [VisitRow.of(summary(starts_at=at, ends_at=at + timedelta(hours=1)), "nb") for at in starts]
    days = by_day(rows, "nb", NOW.date(), months=True)
    assert [(day.month, day.strong, words(day.rest), len(day.visits)) for day in days] == [
        ("November 2026", "Torsdag", "26. november", 2),
        ("", "Onsdag", "25. november", 1),
        ("Oktober 2026", "Tirsdag", "27. oktober", 1),
    ]
    assert {day.month for day in by_day(rows, "nb", NOW.date())} == {""}


@pytest.mark.parametrize(
    ("told", "kind", "said", "calls"),
    [
        (
            {"was": NOON - timedelta(days=1)},
            "moved",
            "Medisiner er flyttet til torsdag 26. november kl. 12.00–14.00.",
            False,
        ),
        (
            CANCELLED | {"cancel_reason": CancelReason.BY_SERVICE},
            "called_off",
            "Medisiner er avlyst av tjenesten. Det gjelder torsdag 26. november kl. 12.00–14.00. "
            "Hjemmesykepleie kommer ikke.",
            True,
        ),
        (
            {"late_at": NOW},
            "late",
            "Medisiner er forsinket. Hjemmesykepleie skulle ha kommet innen kl. 14.00.",
            True,
        ),
        (
            {"missed_at": NOW},
            "missed",
            "Medisiner er ikke registrert som utført. Det gjelder torsdag 26. november kl. 12.00–14.00. "
            "Har ingen kommet, ring Hjemmesykepleie.",
            True,
        ),
    ],
)
def test_an_exception_is_told_in_whole_sentences(
    told: dict[str, Any], kind: str, said: str, calls: bool
) -> None:
    [row] = exception_rows([summary(**told)], "nb", NOW)
    assert (row.kind, words(f"{row.head} {row.text}"), row.calls) == (kind, said, calls)
    assert words(row.call.phone) == "62 48 90 00"


def test_what_went_as_one_wished_is_no_exception() -> None:
    went = [summary(), summary(asked=ACCEPTED), summary(begun_at=NOW), summary(status=VisitStatus.FULFILLED)]
    assert exception_rows(went, "nb", NOW) == []
