"""Which open tabs this worker serves: token -> whose session, and whom the address says they act for."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tab:
    """One admitted tab. `key` is the representation key in its address, empty for oneself."""

    session_id: str
    actor_id: str
    key: str


_tabs: dict[str, Tab] = {}


def seen(token: str, tab: Tab) -> None:
    """Note the tab as it was at its last admitted event."""
    _tabs[token] = tab


def gone(token: str) -> None:
    """Forget the tab."""
    _tabs.pop(token, None)


def of_session(session_id: str) -> list[str]:
    """Tokens of the tabs that live by this session."""
    return [token for token, tab in _tabs.items() if tab.session_id == session_id]


def showing(person_id: str, keys: Iterable[str]) -> list[str]:
    """Tokens of the tabs that show `person_id`: her own, and those whose address has one of `keys`."""
    wanted = set(keys)
    return [token for token, tab in _tabs.items() if _shows(tab, person_id, wanted)]


def _shows(tab: Tab, person_id: str, keys: set[str]) -> bool:
    return tab.key in keys if tab.key else tab.actor_id == person_id
