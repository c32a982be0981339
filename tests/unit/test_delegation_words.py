"""Delegations in words: what may be done, for how long, and when it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest

from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.services.delegation_list import Scope
from digihelse_app.state import delegation_words as words
from tests.answers import plain

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
READ, WRITE = Permission.READ_MESSAGES, Permission.WRITE_MESSAGES
SEE, CANCEL, NOTICES = Permission.SEE_VISITS, Permission.CANCEL_VISITS, Permission.GET_NOTICES


@pytest.mark.parametrize(
    ("scope", "able", "unable"),
    [
        (
            words.scope_of(DELEGABLE),
            ["lese og skrive meldinger", "se og avbestille besøk", "få varsler"],
            [],
        ),
        (words.scope_of([SEE, CANCEL]), ["se og avbestille besøk"], ["lese meldinger"]),
        (words.scope_of([READ]), ["lese meldinger"], ["skrive meldinger", "se besøk"]),
        (
            {READ: ("Renhold",), WRITE: ("Renhold",)},
            ["lese og skrive meldinger (bare Renhold)"],
            ["se besøk"],
        ),
        (
            {READ: None, WRITE: ("Omsorg", "Renhold")},
            ["lese meldinger", "skrive meldinger (bare Omsorg og Renhold)"],
            ["se besøk"],
        ),
        ({}, [], ["lese meldinger", "se besøk"]),
    ],
)
def test_what_may_be_done_and_what_not(scope: Scope, able: list[str], unable: list[str]) -> None:
    assert (words.can("nb", scope), words.cannot("nb", scope)) == (able, unable)


def test_sentence_says_both_for_whom_one_acts() -> None:
    said = words.sentence("nb", words.scope_of([SEE, CANCEL]), "Kari Nordmann")
    assert said == "Du kan se og avbestille besøk for Kari Nordmann. Du kan ikke lese meldinger."
    assert words.sentence("nb", words.scope_of([]), "Kari") == "Du kan ikke lese meldinger eller se besøk."


@pytest.mark.parametrize(
    ("begins", "until", "said"),
    [
        (datetime(2026, 3, 3, 9, tzinfo=UTC), None, "Siden 3. mars 2026, uten sluttdato"),
        (
            datetime(2026, 10, 1, 9, tzinfo=UTC),
            datetime(2027, 4, 1, 22, tzinfo=UTC),
            "1. oktober 2026 til 1. april 2027",
        ),
        (datetime(2026, 11, 30, 23, tzinfo=UTC), None, "Begynner 1. desember 2026, uten sluttdato"),
    ],
)
def test_period_has_days_in_oslo_and_the_last_day_is_whole(
    begins: datetime, until: datetime | None, said: str
) -> None:
    assert plain(words.period("nb", begins, until, NOW)) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "Går ut i dag"), (1, "Går ut i morgen"), (30, "Går ut om 30 dager"), (120, "")],
)
def test_what_ends_soon_says_when(days: int, said: str) -> None:
    end_of_today = datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert words.ends_soon("nb", end_of_today + timedelta(days=days), NOW) == said


def test_a_year_after_a_leap_day_is_a_day_that_exists() -> None:
    assert words.a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert words.a_year_after(date(2026, 4, 1)) == date(2027, 4, 1)


def test_after_the_last_year_of_the_calendar_there_is_none() -> None:
    for day in (date(9999, 1, 1), date(9999, 6, 1), date.max):
        assert words.a_year_after(day) is None
    last_moment = datetime.max.replace(tzinfo=UTC)
    assert words.last_day(last_moment) == date.max
    said = plain(words.period("nb", NOW, last_moment, NOW))
    assert said == "23. november 2026 til 31. desember 9999"
