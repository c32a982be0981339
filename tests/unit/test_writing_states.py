"""Writing a message, consenting and withdrawing: on a real database, without a browser."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digihelse_app import routes
from digihelse_app.models.codes import ConsentKind
from digihelse_app.models.consent import Consent
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import new_id
from digihelse_app.services.consent import CURRENT_VERSIONS, OutdatedConsentError
from digihelse_app.state.compose import ComposeState
from digihelse_app.state.consenting import ConsentState
from digihelse_app.state.person import ComposedForAnotherError
from digihelse_app.state.profile import ProfileState
from tests import world
from tests.answers import focus_of, plain, redirect_of
from tests.people import INGRID, OLA
from tests.world import World

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TERMS, DIALOGUE = ConsentKind.TERMS, ConsentKind.DIALOGUE

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")


def message_form(kari: World, **form: str) -> dict[str, Any]:
    """A new message as the page sends it."""
    written = {"recipient": kari.service.id, "subject": "Senere besøk", "body": "Kan dere?", "key": new_id()}
    return {"person": "", **written, **form}


async def test_compose_lists_who_can_be_written_to_and_why_not() -> None:
    kari = await world.world()
    later_on = world.service(kari.organisation, "Solsida", opens_on=(NOW + timedelta(days=8)).date())
    unopened = world.service(kari.organisation, "Dagsenter", opens_on=None)
    kari.service.reply_working_days = 2
    await world.add(kari.service, later_on, unopened)
    await world.add(world.relation(kari.kari, later_on), world.relation(kari.kari, unopened))
    compose = await world.state(ComposeState, kari.kari, path=routes.COMPOSE)
    await compose.load()
    assert [(row.name, plain(row.note)) for row in compose.recipients] == [
        ("Hjemmesykepleie", "Svarer innen 2 virkedager")
    ]
    assert [(row.name, plain(row.note)) for row in compose.closed] == [
        ("Dagsenter", "Dagsenter har ikke åpnet for Digihelse ennå."),
        ("Solsida", "Solsida åpner tirsdag 1. desember."),
    ]


async def test_compose_sends_and_goes_to_the_conversation() -> None:
    kari = await world.world()
    compose = await world.state(ComposeState, kari.kari, path=routes.COMPOSE)
    form = message_form(kari)
    answer = await compose.send(form)
    (message,) = await world.rows(Message)
    assert redirect_of(answer) == f"/innboks?samtale={message.thread_id}"
    assert (compose.sent_key, compose.error_count) == (form["key"], 0)


async def test_compose_for_another_goes_to_the_conversation_for_her() -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "read_messages", "write_messages")
    await world.add(right)
    compose = await world.state(ComposeState, ingrid, key=right.key, path=routes.COMPOSE)
    answer = await compose.send(message_form(kari, person=right.key))
    (message,) = await world.rows(Message)
    assert redirect_of(answer) == f"/innboks?samtale={message.thread_id}&for={right.key}"


async def test_compose_says_what_to_mend_by_field_and_forgets_it_when_mended() -> None:
    kari = await world.world()
    compose = await world.state(ComposeState, kari.kari, path=routes.COMPOSE)
    answer = await compose.send(message_form(kari, recipient="", subject="", body=""))
    assert focus_of(answer) == "ref_error_summary"
    assert (compose.recipient_error, compose.subject_error, compose.body_error, compose.error_count) == (
        "Velg hvem du vil skrive til.",
        "Skriv et emne.",
        "Skriv meldingen din.",
        3,
    )
    await compose.send(message_form(kari))
    assert (compose.recipient_error, compose.subject_error, compose.body_error, compose.error_count) == (
        "",
        "",
        "",
        0,
    )


async def test_consent_is_given_step_by_step_and_then_one_goes_home() -> None:
    ola = await world.person(OLA, consented=False)
    page = await world.state(ConsentState, ola, path=routes.CONSENT)
    await page.load()
    assert (page.kind, page.version) == (TERMS, CURRENT_VERSIONS[TERMS])
    await page.accept(consent_form(TERMS))
    assert (page.kind, page.version) == (DIALOGUE, CURRENT_VERSIONS[DIALOGUE])
    answer = await page.accept(consent_form(DIALOGUE))
    assert (page.kind, redirect_of(answer)) == ("", routes.HOME)


def consent_form(kind: ConsentKind, **changes: object) -> dict[str, Any]:
    """An acceptance as the page sends it."""
    return {"person": "", "kind": kind, "version": CURRENT_VERSIONS[kind], "accept": "yes"} | changes


@pytest.mark.parametrize("accept", [None, False, "", "no", 1.5, ["yes"]])
async def test_consent_needs_the_tick(accept: object) -> None:
    ola = await world.person(OLA, consented=False)
    page = await world.state(ConsentState, ola, path=routes.CONSENT)
    answer = await page.accept(consent_form(TERMS, accept=accept))
    assert (page.not_ticked, focus_of(answer), await world.rows(Consent)) == (True, "ref_error_summary", [])


async def test_consent_to_another_text_than_the_one_asked_for_is_refused() -> None:
    ola = await world.person(OLA, consented=False)
    page = await world.state(ConsentState, ola, path=routes.CONSENT)
    with pytest.raises(OutdatedConsentError):
        await page.accept(consent_form(TERMS, version="2025-01"))
    assert await world.rows(Consent) == []


async def test_profile_shows_the_person_and_withdraws_only_when_asked_to() -> None:
    kari = await world.world()
    page = await world.state(ProfileState, kari.kari, path=routes.PROFILE)
    await page.load()
    assert (page.name, page.masked_national_id) == ("Kari Nordmann", "148348*****")
    assert sorted((row.kind, row.withdrawn) for row in page.consents) == [(DIALOGUE, ""), (TERMS, "")]
    asked = await page.ask_withdraw(DIALOGUE)
    assert (page.withdrawing, page.withdrawing_name, focus_of(asked)) == (
        DIALOGUE,
        "Dialogtjenester og personlig helsearkiv",
        "ref_withdraw_title",
    )
    assert focus_of(await page.keep()) == "ref_consents_title"
    assert (page.withdrawing, [row.withdrawn_at for row in await world.rows(Consent)]) == ("", [None, None])
    assert focus_of(await page.withdraw(DIALOGUE)) == "ref_consents_title"
    withdrawn = [(row.kind, plain(row.withdrawn)) for row in page.consents if row.withdrawn]
    assert withdrawn == [(DIALOGUE, "Trukket tilbake i dag kl. 10.00")]
    assert await page.ask_withdraw(DIALOGUE) is None
    assert page.withdrawing == ""


async def test_profile_withdraws_nothing_by_a_name_that_is_no_consent() -> None:
    kari = await world.world()
    page = await world.state(ProfileState, kari.kari, path=routes.PROFILE)
    await page.withdraw("everything")
    assert [row.withdrawn_at for row in await world.rows(Consent)] == [None, None]


async def test_a_message_written_for_another_is_not_sent() -> None:
    kari = await world.world()
    compose = await world.state(ComposeState, kari.kari, path=routes.COMPOSE)
    with pytest.raises(ComposedForAnotherError):
        await compose.send(message_form(kari, person="another-key"))
    assert await world.rows(Message) == []
