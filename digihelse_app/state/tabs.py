"""Which open tabs this worker serves: token -> whose session, and whom the address says they act for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Tab:
    """One admitted tab. `key` is the representation key in its address, empty for oneself."""

    session_id: str
    actor_id: str
    key: str


_tabs: dict[str, Tab] = {}
_asked: dict[str, datetime] = {}
"""When a tab was asked to look again and has not begun to: once is enough, however much changes meanwhile."""
_looked: dict[str, datetime] = {}
"""When a tab last began to look."""

PATIENCE = timedelta(seconds=5)
"""After this an asking counts as lost: the line may have broken under it."""
PACE = timedelta(seconds=2)
"""A tab looks no oftener than this, so that a storm of changes leaves room for what its person does."""


def seen(token: str, tab: Tab) -> None:
    """Note the tab as it was at its last admitted event."""
    _tabs[token] = tab


def gone(token: str) -> None:
    """Forget the tab."""
    _tabs.pop(token, None)
    _asked.pop(token, None)
    _looked.pop(token, None)


def ask(token: str, now: datetime) -> timedelta | None:
    """How long to wait before the tab is told to look again; None when it has been asked and has yet to.

    `now` (aware) is when it is asked. The first change is told at once, those close upon it together.
    """
    if token in _asked and now - _asked[token] < PATIENCE:
        return None
    _asked[token] = now
    looked = _looked.get(token)
    return timedelta() if looked is None else max(looked + PACE - now, timedelta())


def waits(token: str, since: datetime) -> bool:
    """Whether the tab that was asked at `since` has not begun to look."""
    return _asked.get(token) == since


def looks(token: str, now: datetime) -> None:
    """The tab begins to look at `now` (aware): what changes from here on is for another time."""
    _asked.pop(token, None)
    if token in _tabs:
        _looked[token] = now


def of_session(session_id: str) -> list[str]:
    """Tokens of the tabs that live by this session."""
    return [token for token, tab in _tabs.items() if tab.session_id == session_id]


def showing(person_id: str, keys: Iterable[str]) -> list[str]:
    """Tokens of the tabs that show `person_id`: her own, and those whose address has one of `keys`."""
    wanted = set(keys)
    return [token for token, tab in _tabs.items() if _shows(tab, person_id, wanted)]


def _shows(tab: Tab, person_id: str, keys: set[str]) -> bool:
    return tab.key in keys if tab.key else tab.actor_id == person_id
