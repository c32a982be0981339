"""What the home page tells of visits: the next one, and what did not go as planned."""

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.outside import clock
from digihelse_app.services import visits
from digihelse_app.state.announcing import Announcing
from digihelse_app.state.person import PersonState
from digihelse_app.state.visit_exceptions import ExceptionRow, exception_rows
from digihelse_app.state.visit_rows import VisitRow, times_of
from digihelse_app.text import dates, visit_times


class AheadState(Announcing, PersonState):
    """`next` holds the next visit or nothing, `next_day` its day above the time; read with the home page."""

    next: list[VisitRow] = []
    next_day: str = ""
    exceptions: list[ExceptionRow] = []

    async def _tell(self, acting: ActingContext, *, same: bool) -> None:
        """Read it anew, for one who may see visits; `same`: as before for the same, so news are said."""
        known = {(row.id, row.kind) for row in self.exceptions}
        self.next, self.next_day, self.exceptions = [], "", []
        if Permission.SEE_VISITS not in acting.permissions:
            return
        language, now = await self._language(), clock.now()
        self.exceptions = exception_rows(await visits.exceptions(acting), language, now)
        fresh = [row for row in self.exceptions if (row.id, row.kind) not in known]
        self._announce(f"{fresh[0].head} {fresh[0].text}" if same and fresh else "")
        one = await visits.next_visit(acting)
        if one is not None:
            self.next = [VisitRow.of(one, language)]
            day = dates.capitalised(visit_times.day(language, times_of(one.visit).day, now))
            self.next_day = f"{day} {await self._text('visits.clock')}"
