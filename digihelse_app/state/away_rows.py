"""The visits of a period as the page of being away shows them: rows of finished text."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digihelse_app.models.codes import COMING, CancellationStatus, CancelRight
from digihelse_app.models.visit import Cancellation
from digihelse_app.services.cancellation_period import PeriodHit
from digihelse_app.services.visit_rules import WhyNot
from digihelse_app.state.call import CallRow
from digihelse_app.state.visit_rows import times_of, title_of
from digihelse_app.text import dates, visit_times
from digihelse_app.text.catalogue import lookup


@dataclass(frozen=True)
class AwayRow:
    """A visit in the period. `why_not` says why it cannot be cancelled here, empty when it can.

    `cancellation` is the request that can be taken back, empty for none; `taken_back`: it was; `status` is
    how it stands, in words.
    """

    id: str
    when: str
    title: str
    service: str
    essential: bool
    why_not: str = ""
    cancellation: str = ""
    taken_back: bool = False
    status: str = ""
    call: CallRow = field(default_factory=CallRow)

    @classmethod
    def of(cls, hit: PeriodHit, language: str, now: datetime, why: WhyNot | None = None) -> "AwayRow":
        """The row for one visit at `now` (UTC); `why`: what the service layer refused it for."""
        one, times = hit.summary, times_of(hit.summary.visit)
        why = why or hit.verdict.why_not
        asked = one.cancellation
        waits = asked is not None and asked.status is CancellationStatus.REQUESTED
        until = hit.verdict.deadline
        day = visit_times.day(language, until.astimezone(dates.OSLO).date(), now)
        words = f"{day} {dates.at_time(language, until)}"
        return cls(
            id=one.visit.id,
            when=dates.capitalised(visit_times.when(language, times, now)),
            title=title_of(one.visit, language),
            service=one.service.name,
            essential=one.visit.essential,
            why_not=lookup(language, f"visit_row.why_{why}", until=words) if why else "",
            cancellation=asked.id if asked and waits else "",
            taken_back=asked is not None and asked.status is CancellationStatus.TAKEN_BACK,
            status=_status(asked, language) if asked else "",
            call=CallRow.of(one.service, language, now),
        )


def _status(asked: Cancellation, language: str) -> str:
    failed = asked.status is CancellationStatus.REQUESTED and asked.failed_at is not None
    return lookup(language, f"visit_row.short_{'failed' if failed else asked.status}")


@dataclass(frozen=True)
class Sorted:
    """A period's visits: what can be cancelled and is depended on, the others, and what cannot be."""

    essential: list[AwayRow]
    others: list[AwayRow]
    closed: list[AwayRow]
    may_comment: bool

    @classmethod
    def of(cls, hits: list[PeriodHit], language: str, now: datetime) -> "Sorted":
        """Each in the order of time."""
        rows = [AwayRow.of(hit, language, now) for hit in hits if hit.verdict.why_not is not WhyNot.OVER]
        can = [row for row in rows if not row.why_not]
        return cls(
            [row for row in can if row.essential],
            [row for row in can if not row.essential],
            [row for row in rows if row.why_not],
            any(
                hit.verdict.allowed and hit.summary.visit.cancel_right is CancelRight.WITH_COMMENT
                for hit in hits
            ),
        )


@dataclass(frozen=True)
class Outcome:
    """What came of a period: what was asked for, what could not be, and what comes all the same."""

    asked: list[AwayRow]
    refused: list[AwayRow]
    remaining: list[AwayRow]

    @classmethod
    def of(
        cls,
        hits: list[PeriodHit],
        asked: Collection[str],
        refused: Mapping[str, WhyNot],
        language: str,
        now: datetime,
    ) -> "Outcome":
        """Each in the order of time, as it stands at `now` (UTC); `asked` and `refused` by visit id."""
        told = {*asked, *refused}
        return cls(
            [AwayRow.of(hit, language, now) for hit in hits if hit.summary.visit.id in asked],
            [
                AwayRow.of(hit, language, now, refused[hit.summary.visit.id])
                for hit in hits
                if hit.summary.visit.id in refused
            ],
            [
                AwayRow.of(hit, language, now)
                for hit in hits
                if hit.summary.visit.id not in told and _comes(hit)
            ],
        )


def _comes(hit: PeriodHit) -> bool:
    """Whether the visit is still to come, and nobody has asked for anything else."""
    return hit.summary.visit.status in COMING and hit.verdict.why_not not in (WhyNot.OVER, WhyNot.PENDING)
