"""One visit whole, as its page shows it: rows of finished text, in the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from digihelse_app.models.codes import CancellationStatus, CancelRight, VisitChangeKind
from digihelse_app.models.visit import Cancellation, VisitChange
from digihelse_app.services.visit_list import VisitSummary
from digihelse_app.services.visit_rules import WhyNot
from digihelse_app.services.visit_standing import NOBODY_COMES, Standing, standing
from digihelse_app.services.visits import OpenVisit
from digihelse_app.state.call import CallRow
from digihelse_app.state.visit_rows import MOVED, TagRow, tags, times_of, title_of, who
from digihelse_app.text import dates, visit_times
from digihelse_app.text.catalogue import lookup


@dataclass(frozen=True)
class StepRow:
    """A step of what becomes of a request; `time` is empty where it is not known."""

    name: str
    time: str
    done: bool


@dataclass(frozen=True)
class EventRow:
    """Something that happened to a visit, and when."""

    when: str
    text: str


@dataclass(frozen=True)
class AskedRow:
    """The newest request to cancel a visit. `status` is a CancellationStatus; `title` and `text` say it.

    `waits`: it can still be taken back; `failed`: it did not arrive.
    """

    id: str = ""
    status: str = ""
    title: str = ""
    text: str = ""
    answer: str = ""
    comment: str = ""
    waits: bool = False
    failed: bool = False
    steps: list[StepRow] = field(default_factory=list)


@dataclass(frozen=True)
class VisitDetail:
    """A visit whole. `why_not` says why it cannot be cancelled here, empty when it can or that is no matter.

    `comes`: it is planned, and not over; `may_cancel`: the reader may cancel visits of this service;
    `can_cancel`: and this one, now.
    """

    id: str = ""
    title: str = ""
    day: str = ""
    time: str = ""
    old: str = ""
    who: str = ""
    instruction: str = ""
    essential: bool = False
    call: CallRow = field(default_factory=CallRow)
    tags: list[TagRow] = field(default_factory=list)
    lead: str = ""
    comes: bool = False
    may_cancel: bool = False
    can_cancel: bool = False
    may_comment: bool = False
    deadline: str = ""
    why_not: str = ""
    asked: AskedRow = field(default_factory=AskedRow)
    events: list[EventRow] = field(default_factory=list)


_LED = frozenset({Standing.LATE, Standing.MISSED, Standing.CALLED_OFF})


def detail(opened: OpenVisit, actor_id: str, language: str, now: datetime) -> VisitDetail:
    """The visit as `actor_id` reads it at `now` (UTC)."""
    visit, service = opened.visit, opened.service
    newest = opened.cancellations[0] if opened.cancellations else None
    moves = [change for change in opened.changes if change.kind is VisitChangeKind.MOVED]
    summary = VisitSummary(visit, service, newest, moves[0] if moves else None)
    times, stands = times_of(visit), standing(summary)
    told = tags(summary, language, changed=False)
    day = dates.long_date(language, times.day)
    words = {"service": service.name, "end": dates.clock_time(language, visit.ends_at)}
    return VisitDetail(
        id=visit.id,
        title=title_of(visit, language),
        day=dates.capitalised(day),
        time=visit_times.at(language, times),
        old=_old(summary, told, language),
        who=who(visit),
        instruction=visit.instruction,
        essential=visit.essential,
        call=CallRow.of(service, language, now),
        tags=told,
        lead=lookup(language, f"visit_row.lead_{stands}", **words) if stands in _LED else "",
        comes=opened.verdict.why_not is not WhyNot.OVER and stands not in NOBODY_COMES,
        may_cancel=opened.may_cancel,
        can_cancel=opened.may_cancel and opened.verdict.allowed,
        may_comment=visit.cancel_right is CancelRight.WITH_COMMENT,
        deadline=_instant(opened.verdict.deadline, language, now),
        why_not=_why_not(opened, language, now),
        asked=_asked(newest, opened, language) if newest else AskedRow(),
        events=[event for _, event in sorted(_events(opened, actor_id, language, now), key=_by_time)],
    )


def _by_time(dated: tuple[datetime, EventRow]) -> float:
    """Newest first."""
    return -dated[0].timestamp()


def _old(summary: VisitSummary, told: list[TagRow], language: str) -> str:
    """When it was to be before it was moved, while that matters."""
    if summary.moved_from is None or MOVED not in {tag.kind for tag in told}:
        return ""
    was, now_is = times_of(summary.moved_from), times_of(summary.visit)
    time = visit_times.at(language, was)
    return time if was.day == now_is.day else f"{dates.long_date(language, was.day)} {time}"


def _why_not(opened: OpenVisit, language: str, now: datetime) -> str:
    why = opened.verdict.why_not
    if why in (WhyNot.OVER, WhyNot.PENDING):
        return ""
    if not opened.may_cancel:
        return lookup(language, "visit_row.why_no_permission")
    if why is None:
        return ""
    until = _instant(opened.verdict.deadline, language, now)
    return lookup(language, f"visit_row.why_{why}", until=until)


def _asked(newest: Cancellation, opened: OpenVisit, language: str) -> AskedRow:
    status, service = newest.status, opened.service.name
    waits = status is CancellationStatus.REQUESTED
    failed = waits and newest.failed_at is not None
    name = "failed" if failed else status.value
    text = lookup(language, f"visit_row.asked_text_{name}", service=service)
    if waits and newest.visit_starts_at != opened.visit.starts_at:
        text = f"{text} {lookup(language, 'visit_row.asked_moved')}"
    return AskedRow(
        id=newest.id,
        status=status.value,
        title=lookup(language, f"visit_row.asked_title_{name}"),
        text=text,
        answer=newest.answer,
        comment=newest.comment,
        waits=waits,
        failed=failed,
        steps=list(_steps(newest, language)),
    )


def _steps(asked: Cancellation, language: str) -> Iterator[StepRow]:
    answered = asked.status in (CancellationStatus.ACCEPTED, CancellationStatus.DECLINED)
    handed_over = answered or asked.delivered_version > 0
    sent = dates.clock_time(language, asked.requested_at)
    yield StepRow(lookup(language, "visit_row.step_sent"), sent, done=True)
    yield StepRow(lookup(language, "visit_row.step_delivered"), "", done=handed_over)
    name = asked.status.value if answered else "answer"
    time = dates.clock_time(language, asked.answered_at) if answered and asked.answered_at else ""
    yield StepRow(lookup(language, f"visit_row.step_{name}"), time, done=answered)


def _events(
    opened: OpenVisit, actor_id: str, language: str, now: datetime
) -> Iterator[tuple[datetime, EventRow]]:
    for change in opened.changes:
        yield change.at, EventRow(_told(change.at, language, now), _change(change, language))
    for asked in opened.cancellations:
        by = lookup(language, "visit_row.you") if asked.actor_id == actor_id else asked.actor_name
        for at, name in (
            (asked.requested_at, "requested"),
            (asked.taken_back_at, "taken_back"),
            (asked.answered_at, _answered(asked)),
        ):
            if at is not None and name:
                text = lookup(language, f"visit_row.event_{name}", who=by, service=opened.service.name)
                yield at, EventRow(_told(at, language, now), text)


def _answered(asked: Cancellation) -> str:
    known = {CancellationStatus.ACCEPTED: "accepted", CancellationStatus.DECLINED: "declined"}
    return known.get(asked.status, "")


def _change(change: VisitChange, language: str) -> str:
    was = times_of(change)
    told = f"{dates.long_date(language, was.day)} {visit_times.at(language, was)}"
    return lookup(language, f"visit_row.change_{change.kind}", was=told)


def _told(at: datetime, language: str, now: datetime) -> str:
    return dates.capitalised(_instant(at, language, now))


def _instant(at: datetime, language: str, now: datetime) -> str:
    """`i morgen kl. 12.00`."""
    return f"{visit_times.day(language, at.astimezone(dates.OSLO).date(), now)} {dates.at_time(language, at)}"
