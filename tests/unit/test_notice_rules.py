"""Which way a notice goes, what it says, and how a phone number is shown."""

import string
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digihelse_app.models.codes import NoticeChannel, NoticeKind
from digihelse_app.outside.mail import message
from digihelse_app.outside.registers.answers import ContactDetails, ContactPoint
from digihelse_app.services.connection import by_day
from digihelse_app.services.notice_rules import (
    Side,
    Unsent,
    Way,
    masked_email,
    masked_phone,
    side_of,
    way,
    words,
)
from digihelse_app.services.notices import NoticeSettings
from digihelse_app.settings import Settings, SettingsError
from digihelse_app.state.notices import SITUATIONS, situation
from digihelse_app.text import catalogue

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONG_AGO = datetime(2025, 5, 22, tzinfo=UTC)
PHONE, ADDRESS = "+4740000001", "kari@example.com"
SMS, EMAIL, NONE = NoticeChannel.SMS, NoticeChannel.EMAIL, NoticeChannel.NONE
BY_SMS, BY_EMAIL = Way(SMS, PHONE), Way(EMAIL, ADDRESS)

GSM_7 = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà")
GSM_7 |= set(string.ascii_letters + string.digits)
"""GSM 03.38's default alphabet: a text of other letters has room for 70."""
LONG_ADDRESS = "https://digihelse.nord-osterdal-helseregion.example"
LANGUAGES = ("nb", "nn", "en", "se")


def contact(phone: datetime | None, email: datetime | None, *, reserved: bool = False) -> ContactDetails:
    return ContactDetails(
        mobile=phone and ContactPoint(PHONE, phone),
        email=email and ContactPoint(ADDRESS, email),
        reserved=reserved,
    )


@pytest.mark.parametrize(
    ("chosen", "details", "goes"),
    [
        (SMS, contact(NOW, NOW), BY_SMS),
        (EMAIL, contact(NOW, NOW), BY_EMAIL),
        (SMS, contact(None, NOW), BY_EMAIL),
        (SMS, contact(LONG_AGO, NOW), BY_EMAIL),
        (EMAIL, contact(NOW, None), BY_SMS),
        (EMAIL, contact(NOW, LONG_AGO), BY_SMS),
        (SMS, contact(LONG_AGO, LONG_AGO), Unsent.STALE),
        (SMS, contact(None, LONG_AGO), Unsent.STALE),
        (EMAIL, contact(None, None), Unsent.MISSING),
        (SMS, contact(NOW, NOW, reserved=True), Unsent.RESERVED),
        (NONE, contact(NOW, NOW), Unsent.NONE_CHOSEN),
        (NONE, contact(NOW, NOW, reserved=True), Unsent.NONE_CHOSEN),
    ],
)
def test_notice_goes_the_chosen_way_or_the_other_or_not_at_all(
    chosen: NoticeChannel, details: ContactDetails, goes: Way | Unsent
) -> None:
    assert way(chosen, details, NOW) == goes


def test_notice_that_was_begun_one_way_goes_on_that_way_while_it_can() -> None:
    assert way(EMAIL, contact(NOW, NOW), NOW, begun=SMS) == BY_SMS
    assert way(EMAIL, contact(None, NOW), NOW, begun=SMS) == BY_EMAIL
    assert way(NONE, contact(NOW, NOW), NOW, begun=SMS) == Unsent.NONE_CHOSEN


def test_contact_point_confirmed_within_18_months_is_used() -> None:
    point = ContactPoint(PHONE, LONG_AGO, datetime(2025, 5, 23, 9, tzinfo=UTC))
    assert way(SMS, ContactDetails(mobile=point), NOW) == BY_SMS
    assert way(SMS, ContactDetails(mobile=point), NOW + timedelta(seconds=1)) == Unsent.STALE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("for_herself", [True, False])
@pytest.mark.parametrize("kind", NoticeKind)
def test_sms_is_one_message_of_the_plain_alphabet(
    kind: NoticeKind, language: str, *, for_herself: bool
) -> None:
    said = words(kind, language, LONG_ADDRESS, side_of(kind, for_herself=for_herself))
    assert set(said.sms) - GSM_7 == set()
    assert len(said.sms) <= 160
    assert said.mail.count(said.sms) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_link_in_a_notice_is_the_plain_address(kind: NoticeKind, language: str) -> None:
    said, other = (
        words(kind, language, LONG_ADDRESS, side_of(kind, for_herself=herself)) for herself in (True, False)
    )
    for text in (said.sms, said.mail, other.sms, other.mail):
        assert [word.rstrip(".") for word in text.split() if "//" in word] == [LONG_ADDRESS]


def test_giver_and_holder_of_a_delegation_are_told_in_words_of_their_own() -> None:
    kinds = (NoticeKind.DELEGATION_NEW, NoticeKind.DELEGATION_CHANGED, NoticeKind.DELEGATION_ENDED)
    assert [side_of(kind, for_herself=True) for kind in kinds] == [Side.OF_PROXY] * 3
    assert [side_of(kind, for_herself=False) for kind in kinds] == [Side.OWN] * 3
    [giver, holder] = [words(kinds[0], "nb", LONG_ADDRESS, side).sms for side in (Side.OF_PROXY, Side.OWN)]
    assert giver.startswith("Noen har fått fullmakt til å bruke Digihelse for deg.")
    assert holder.startswith("Du har fått en ny fullmakt i Digihelse.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_subject_is_the_same_whatever_has_come(language: str) -> None:
    assert {words(kind, language, LONG_ADDRESS).subject for kind in NoticeKind} == {
        catalogue.lookup(language, "notice.subject")
    }


def test_contact_points_are_masked() -> None:
    assert (masked_phone(PHONE), masked_email(ADDRESS)) == ("*****001", "k*****@example.com")


def test_mail_is_plain_text_that_no_machine_answers() -> None:
    mail = message("Digihelse <no-reply@digihelse.example>", ADDRESS, "Varsel", "Hei på deg", "key-1")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == "<key-1@digihelse.example>"
    assert (mail.get_content_type(), mail.get_content()) == ("text/plain", "Hei på deg\n")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (NoticeSettings(SMS, "", goes_by=SMS), ""),
        (NoticeSettings(SMS, "", goes_by=EMAIL), "to_email"),
        (NoticeSettings(EMAIL, "", goes_by=SMS), "to_sms"),
        (NoticeSettings(SMS, "", unsent=Unsent.RESERVED), "reserved"),
        (NoticeSettings(SMS, "", unsent=Unsent.STALE), "unconfirmed"),
        (NoticeSettings(SMS, "", unsent=Unsent.MISSING), "missing"),
        (NoticeSettings(SMS, ""), "register_down"),
        (NoticeSettings(NONE, "", unsent=Unsent.NONE_CHOSEN), ""),
    ],
)
def test_page_says_what_happens_instead(found: NoticeSettings, told: str) -> None:
    assert situation(found) == told
    assert told in ("", *SITUATIONS)


def test_what_is_ready_at_night_is_told_of_in_the_morning() -> None:
    at_night, by_light = datetime(2026, 11, 23, 1, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert by_day(at_night) == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert by_day(by_light) == by_light


REAL: dict[str, Any] = {
    "base_url": "https://digihelse.example",
    "oidc_profile": "idporten",
    "registers_url": "https://registers.example",
    "machine_issuer": "https://machines.example",
    "sms": "altinn",
    "mail": "smtp",
    "mail_host": "mail.example",
    "mail_from": "no-reply@digihelse.example",
}


@pytest.mark.parametrize(
    "changed",
    [
        {"sms": ""},
        {"sms": "mailbox"},
        {"sms": "pigeon"},
        {"sms": "sveve", "sms_url": "https://sveve.example"},
        {"mail": ""},
        {"mail_host": ""},
        {"mail_from": ""},
        {"mail_tls": "none"},
    ],
)
def test_real_people_are_not_served_without_gateways(changed: dict[str, str]) -> None:
    assert Settings(**REAL).checked().sms_gateway == "altinn"
    with pytest.raises(SettingsError):
        Settings(**{**REAL, **changed}).checked()
