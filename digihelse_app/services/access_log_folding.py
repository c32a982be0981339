"""The same reading over and over is one row of the log to a person; in the table each stands by itself."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction
from digihelse_app.outside import clock

WITHIN = timedelta(minutes=10)
READS = frozenset(action for action in LogAction if action.value.rpartition(".")[2] in ("read", "search"))
"""What changes nothing that the person decides; each act of hers stands alone."""

IN_PARTS = frozenset({LogAction.PROFILE_READ, LogAction.DELEGATIONS_READ})
"""Read in several parts for one page: to the person it is the page that was opened, once for all of them."""

_Key = tuple[object, ...]


@dataclass(slots=True)
class Folded:
    """The newest of a group, how many there were, and when (UTC) the first of them was."""

    newest: AccessLogEntry
    count: int
    first_at: datetime


class Folding:
    """Takes entries newest first, and groups them until it has `limit` groups.

    An entry joins the newest like it of the same agent's when that is at most ten minutes later, on the same
    day in Norway, with nothing but readings by that agent between them.
    """

    def __init__(self, limit: int) -> None:
        self.groups: list[Folded] = []
        self._limit = limit
        self._open: dict[_Key, dict[_Key, Folded]] = {}

    def take(self, entry: AccessLogEntry) -> bool:
        """Whether there was room for it; when not, it is left out."""
        agent = (entry.agent, entry.actor_id, entry.organisation_id)
        groups = self._open.setdefault(agent, {})
        same = groups.get(_key(entry))
        if same is not None and _belongs(same, entry):
            same.count += entry.object_type == same.newest.object_type
            same.first_at = entry.at
            return True
        if len(self.groups) == self._limit:
            return False
        group = Folded(entry, 1, entry.at)
        self.groups.append(group)
        if entry.action in READS:
            groups[_key(entry)] = group
        else:
            groups.clear()
        return True


def _key(entry: AccessLogEntry) -> _Key:
    what = () if entry.action in IN_PARTS else (entry.object_type, entry.object_id)
    return entry.action, *what, entry.role, entry.representation_id


def _belongs(group: Folded, entry: AccessLogEntry) -> bool:
    newest = group.newest.at
    return newest - entry.at <= WITHIN and _day(newest) == _day(entry.at)


def _day(at: datetime) -> date:
    return at.astimezone(clock.OSLO).date()
