"""What did not go, or will not go, as planned: told first, in whole sentences."""

from dataclasses import dataclass, field
from datetime import datetime

from digihelse_app.services.visit_list import VisitSummary
from digihelse_app.services.visit_standing import Standing, standing
from digihelse_app.state.call import CallRow
from digihelse_app.state.visit_rows import MOVED, times_of, title_of
from digihelse_app.text import dates, visit_times
from digihelse_app.text.catalogue import lookup

_CALLS = frozenset({Standing.LATE, Standing.MISSED, Standing.CALLED_OFF})
"""After which one may want to call."""
_OF_ITSELF = frozenset({*_CALLS, Standing.DECLINED})
_STILL_MOVED = frozenset({Standing.PLANNED, Standing.REQUESTED, Standing.FAILED})


@dataclass(frozen=True)
class ExceptionRow:
    """`kind` is a Standing or `moved`; `head` what happened, `text` the rest; `calls`: with the number."""

    id: str
    kind: str
    head: str
    text: str
    calls: bool = False
    call: CallRow = field(default_factory=CallRow)


def exception_rows(found: list[VisitSummary], language: str, now: datetime) -> list[ExceptionRow]:
    """The rows for what a person should know of at `now` (UTC), earliest first."""
    return [row for one in found if (row := _row(one, language, now))]


def _row(one: VisitSummary, language: str, now: datetime) -> ExceptionRow | None:
    stands = standing(one)
    if stands in _OF_ITSELF:
        kind = stands.value
    elif one.moved_from and stands in _STILL_MOVED:
        kind = MOVED
    else:
        return None
    times = times_of(one.visit)
    words = {
        "title": title_of(one.visit, language),
        "service": one.service.name,
        "when": visit_times.when(language, times, now),
        "end": dates.clock_time(language, one.visit.ends_at),
    }
    return ExceptionRow(
        id=one.visit.id,
        kind=kind,
        head=lookup(language, f"visit_row.head_{kind}", **words),
        text=lookup(language, f"visit_row.text_{kind}", **words),
        calls=stands in _CALLS and bool(one.service.phone),
        call=CallRow.of(one.service, language, now),
    )
