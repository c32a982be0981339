"""Every act has words in each language, and every right it can be done by."""

from datetime import UTC, datetime

import pytest

from digihelse_app.models.codes import AgentKind, ConsentKind, DelegationOrigin, LogAction, RepresentationRole
from digihelse_app.services import access_log_words
from digihelse_app.services.access_log_names import NOTHING, Thing
from digihelse_app.services.access_log_reading import LogRow
from digihelse_app.text import catalogue

COMPLETE = ("nb", "nn", "en")
FU, PAPER = RepresentationRole.FU, DelegationOrigin.PAPER


def row(
    agent: AgentKind = AgentKind.PERSON,
    action: LogAction = LogAction.THREAD_READ,
    *,
    role: RepresentationRole | None = FU,
    origin: DelegationOrigin | None = DelegationOrigin.DIGITAL,
    thing: Thing = NOTHING,
    object_type: str = "",
    who: str = "Ingrid Nordmann",
    by_reader: bool = False,
    is_own: bool = True,
    count: int = 1,
) -> LogRow:
    """What Ingrid did for Kari, who reads it, unless told otherwise."""
    return LogRow(
        id="1",
        at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
        first_at=datetime(2026, 11, 23, 8, 55, tzinfo=UTC),
        count=count,
        agent=agent,
        who=who,
        whom="Kari Nordmann",
        by_reader=by_reader,
        is_own=is_own,
        role=role,
        origin=origin,
        given_at=datetime(2026, 3, 3, 9, 0, tzinfo=UTC),
        action=action,
        object_type=object_type,
        thing=thing,
    )


@pytest.mark.parametrize("language", COMPLETE)
def test_every_act_is_told_in_every_language_and_no_other(language: str) -> None:
    told = {key for key in catalogue.keys(language) if key.startswith("log.did.")}
    assert told == {access_log_words.did_key(action) for action in LogAction}


@pytest.mark.parametrize(
    ("role", "origin", "is_own", "words"),
    [
        (RepresentationRole.SELF, None, True, "Egen bruk"),
        (FU, DelegationOrigin.DIGITAL, True, "Fullmakt fra deg, 3.\N{NO-BREAK SPACE}mars 2026"),
        (
            FU,
            DelegationOrigin.DIGITAL,
            False,
            "Fullmakt fra Kari Nordmann, 3.\N{NO-BREAK SPACE}mars 2026",
        ),
        (FU, PAPER, True, "Fullmakt på papir, 3.\N{NO-BREAK SPACE}mars 2026"),
        (
            RepresentationRole.TD,
            DelegationOrigin.ASSIGNED,
            True,
            "Tildelt fullmakt, 3.\N{NO-BREAK SPACE}mars 2026",
        ),
        (RepresentationRole.FO, DelegationOrigin.REGISTER, True, "Foreldreansvar"),
        (RepresentationRole.VE, DelegationOrigin.REGISTER, True, "Verge"),
    ],
)
def test_by_what_right(
    role: RepresentationRole, origin: DelegationOrigin | None, is_own: bool, words: str
) -> None:
    assert access_log_words.ground(row(role=role, origin=origin, is_own=is_own), "nb") == words


def test_a_service_is_named_with_its_organisation_and_digihelse_by_itself() -> None:
    thing = Thing(subject="Nye tider", service="Hjemmesykepleie")
    wrote = row(
        AgentKind.ORGANISATION,
        LogAction.FHIR_WRITE,
        role=None,
        object_type="Message",
        thing=thing,
        who="Alvdal kommune",
    )
    assert access_log_words.who(wrote, "nb") == "Hjemmesykepleie"
    assert access_log_words.ground(wrote, "nb") == "Helsehjelp. Alvdal kommune"
    assert access_log_words.what(wrote, "nb").endswith("med den: «Nye tider»")
    unnamed = row(AgentKind.ORGANISATION, LogAction.ACTIVITY_READ, role=None, who="Alvdal kommune")
    assert access_log_words.who(unnamed, "nb") == "Alvdal kommune"
    assert access_log_words.ground(unnamed, "nb") == "Helsehjelp"
    by_itself = row(AgentKind.SYSTEM, LogAction.NOTICE_SEND, role=None, who="")
    assert access_log_words.who(by_itself, "nb") == "Digihelse"
    assert access_log_words.ground(by_itself, "nb") == "Gjort automatisk"


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (NOTHING, "Leste en samtale"),
        (Thing(subject="Nye tider", service="Heim"), "Leste en samtale: «Nye tider» (Heim)"),
        (Thing(person="Jonas Nordmann"), "Leste en samtale: Jonas Nordmann"),
        (Thing(consent=ConsentKind.TERMS), "Leste en samtale: Bruksvilkår"),
        (
            Thing(visit_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC), service="Heim"),
            "Leste en samtale: tirsdag 24.\N{NO-BREAK SPACE}november kl.\N{NO-BREAK SPACE}10.00 (Heim)",
        ),
    ],
)
def test_what_it_was_done_to_is_named_where_it_may_be(thing: Thing, words: str) -> None:
    assert access_log_words.what(row(thing=thing), "nb") == words


def test_the_reader_is_you_and_how_often_is_told() -> None:
    assert access_log_words.who(row(by_reader=True), "nb") == "Du"
    assert access_log_words.times(row(), "nb") == ""
    assert access_log_words.times(row(count=3), "nb") == "3 ganger siden kl.\N{NO-BREAK SPACE}09.55"
