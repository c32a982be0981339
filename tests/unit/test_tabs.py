"""Which tabs a signal concerns."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from digihelse_app.state import tabs
from digihelse_app.state.tabs import Tab

OPEN = {
    "own": Tab("s1", "kari", ""),
    "own too": Tab("s2", "kari", ""),
    "for her": Tab("s3", "ingrid", "key-to-kari"),
    "daughter's own": Tab("s3", "ingrid", ""),
    "for another": Tab("s1", "kari", "key-to-ola"),
}


@pytest.fixture(autouse=True)
def open_tabs() -> Iterator[None]:
    """Five open tabs."""
    for token, tab in OPEN.items():
        tabs.seen(token, tab)
    yield
    for token in OPEN:
        tabs.gone(token)


@pytest.mark.parametrize(
    ("person", "keys", "concerned"),
    [
        ("kari", ["key-to-kari"], ["own", "own too", "for her"]),
        ("kari", [], ["own", "own too"]),
        ("ingrid", [], ["daughter's own"]),
        ("ola", ["key-to-ola", ""], ["for another"]),
        ("nobody", [], []),
    ],
)
def test_showing_is_her_own_tabs_and_those_that_act_for_her(
    person: str, keys: list[str], concerned: list[str]
) -> None:
    assert tabs.showing(person, keys) == concerned


def test_of_session_is_every_tab_that_lives_by_it() -> None:
    assert tabs.of_session("s1") == ["own", "for another"]
    assert tabs.of_session("s3") == ["for her", "daughter's own"]
    assert tabs.of_session("") == []


def test_a_tab_that_turns_to_another_person_is_shown_as_it_now_is() -> None:
    tabs.seen("own", Tab("s1", "kari", "key-to-ola"))
    assert tabs.showing("kari", []) == ["own too"]


def test_a_tab_that_is_gone_concerns_nobody_and_may_be_gone_twice() -> None:
    tabs.gone("own")
    tabs.gone("own")
    assert tabs.showing("kari", []) == ["own too"]


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


AT_ONCE = timedelta()


def test_a_tab_is_asked_once_until_it_begins_to_look() -> None:
    assert [tabs.ask("own", NOW) for _ in range(3)] == [AT_ONCE, None, None]


def test_what_changes_after_it_began_to_look_is_told_a_little_later() -> None:
    tabs.ask("own", NOW)
    tabs.looks("own", NOW)
    soon = NOW + tabs.PACE / 4
    assert [tabs.ask("own", soon) for _ in range(3)] == [tabs.PACE * 3 / 4, None, None]


def test_what_changes_after_a_while_is_told_at_once() -> None:
    tabs.ask("own", NOW)
    tabs.looks("own", NOW)
    assert tabs.ask("own", NOW + tabs.PACE) == AT_ONCE


def test_an_asking_that_was_lost_on_the_way_is_made_again() -> None:
    tabs.ask("own", NOW)
    assert tabs.ask("own", NOW + tabs.PATIENCE / 2) is None
    assert tabs.ask("own", NOW + tabs.PATIENCE) == AT_ONCE


def test_a_tab_waits_from_when_it_was_asked_until_it_looks() -> None:
    tabs.ask("own", NOW)
    assert (tabs.waits("own", NOW), tabs.waits("own", NOW + tabs.PACE)) == (True, False)
    tabs.looks("own", NOW)
    assert not tabs.waits("own", NOW)


def test_a_tab_that_came_back_is_asked_anew() -> None:
    tabs.ask("own", NOW)
    tabs.gone("own")
    tabs.looks("own", NOW)
    assert tabs.ask("own", NOW) == AT_ONCE
