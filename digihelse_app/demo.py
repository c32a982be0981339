"""The stand-ins, wired to the app as the real systems would be, and the story it begins with when empty.

Beside the composition root: the only modules that know both the app and the stand-ins.
"""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route

from digihelse_app import routes
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.models.codes import ConsentKind, SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.notice import Notice
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside import clock
from digihelse_app.outside.key_store import keep_once
from digihelse_app.outside.record_system import SCOPE as RECORD_SYSTEM_SCOPE
from digihelse_app.outside.signing_keys import SigningKeys
from digihelse_app.services import consent, inbox, mailboxes, people, representation, sending
from digihelse_app.services.organisations import KnownOrganisation
from digihelse_app.settings import Settings
from digihelse_app.standins import bankid, mailbox, record_system, registers
from digihelse_app.standins.people import PEOPLE, SyntheticPerson

ALVDAL = record_system.Organisation("80001", "990000001", "Alvdal kommune")
ALVDAL_PHONE = "62 48 90 00"
RECORD_SYSTEM_CLIENT = "fagsystem-alvdal"


@dataclass(frozen=True)
class Standins:
    """The stand-ins of one installation: what to mount, and the municipality to play the story with."""

    mounts: list[BaseRoute]
    municipality: record_system.RecordSystem
    organisation: KnownOrganisation


def build(settings: Settings, keys: SigningKeys) -> Standins:
    """Every stand-in, each with its own database under `var/standins`, at its path of the app's address."""
    folder = settings.var_dir / "standins"
    folder.mkdir(parents=True, exist_ok=True)
    base, issuer = settings.base_url, settings.machine_token_issuer
    key = _record_system_key(folder / "fagsystem-key.json")
    municipality = record_system.create(
        base_url=f"{base}/fagsystem",
        digihelse_url=base,
        issuer=issuer,
        database_url=f"sqlite+aiosqlite:///{folder}/fagsystem.db",
        client_id=RECORD_SYSTEM_CLIENT,
        private_jwk=dict(key.as_dict(private=True)),
        organisation=ALVDAL,
        night_run_at=settings.night_run_at,
    )
    provider = bankid.create(
        issuer=issuer,
        database_url=f"sqlite+aiosqlite:///{folder}/testid.db",
        clients=[_app_client(settings, keys), _record_system_client(key)],
        people=bankid.picker_people(),
    )
    register = registers.create(people=PEOPLE, issuer=issuer, jwks_url=f"{issuer}/jwks")
    sent = mailbox.create(database_url=f"sqlite+aiosqlite:///{folder}/varsler.db")
    mounts: list[BaseRoute] = [
        Mount("/testid", app=provider),
        Mount("/fagsystem", app=municipality.app),
        Mount("/registre", app=register),
        Route("/varsler-test", _to_mailbox),
        Mount("/varsler-test", app=sent),
    ]
    organisation = KnownOrganisation(
        her_id=ALVDAL.her_id,
        organisation_number=ALVDAL.organisation_number,
        name=ALVDAL.name,
        phone=ALVDAL_PHONE,
        fhir_base_url=f"{base}/fagsystem/fhir",
    )
    return Standins(mounts, municipality, organisation)


async def _to_mailbox(_request: Request) -> RedirectResponse:
    return RedirectResponse("/varsler-test/")


def _record_system_key(file: Path) -> RSAKey:
    if not file.exists():
        made = RSAKey.generate_key(2048, {"kid": new_id(), "use": "sig", "alg": "RS256"})
        keep_once(file, json.dumps(made.as_dict(private=True)))
    return RSAKey.import_key(json.loads(file.read_text("utf-8")))


def _app_client(settings: Settings, keys: SigningKeys) -> bankid.Client:
    base = settings.base_url
    audiences = {
        RECORD_SYSTEM_SCOPE: "record-system",
        **registers.AUDIENCES,
    }
    return bankid.Client(
        client_id="digihelse",
        name="Digihelse",
        redirect_uris=(base + routes.CALLBACK,),
        post_logout_redirect_uris=(base + routes.LOGOUT_CALLBACK,),
        frontchannel_logout_uri=base + routes.FRONTCHANNEL_LOGOUT,
        jwks=keys.public(),
        grant_types=("authorization_code", "client_credentials"),
        scopes=("openid", "profile", *audiences),
        audiences=audiences,
    )


def _record_system_client(key: RSAKey) -> bankid.Client:
    public: dict[str, Any] = {"keys": [key.as_dict(private=False)]}
    return bankid.Client(
        client_id=RECORD_SYSTEM_CLIENT,
        name="Fagsystem i Alvdal",
        jwks=public,
        grant_types=("client_credentials",),
        scopes=("digihelse/record-system",),
        claims={"digihelse:her_id": ALVDAL.her_id},
        audiences={"digihelse/record-system": "digihelse"},
    )


@dataclass(frozen=True)
class _Told:
    """One conversation of Kari's: how many days ago she wrote, and the answer's hours after, if any."""

    service: str
    subject: str
    text: str
    days_ago: int
    at: time
    answer: str = ""
    answer_hours: float = 0
    read: bool = True


_KARIS = (
    _Told(
        "Hjemmebasert omsorg",
        "Rullator til gangen",
        "Hei. Jeg trenger en rullator til gangen. Hvem snakker jeg med om det?",
        21,
        time(10, 5),
        "Hei Kari. Vi har bestilt en til deg. Den kommer på tirsdag.",
        25,
    ),
    _Told(
        "Hjemmebasert omsorg",
        "Nye øyedråper",
        "Hei. Øyelegen har gitt meg nye dråper. De skal tas morgen og kveld.",
        7,
        time(9, 30),
        "Takk, det er notert. Dråpene ligger i kjøleskapet.",
        5,
    ),
    _Told(
        "Praktisk hjelp",
        "Bytte dag for husvask",
        "Kan dere komme fredag i stedet for torsdag neste uke?",
        3,
        time(13, 10),
    ),
    _Told(
        "Hjemmebasert omsorg",
        "Senere besøk på torsdager",
        "Hei. Kan dere komme litt senere på torsdager? Jeg er på trim til klokka ett.",
        2,
        time(12, 2),
        "Hei Kari. Ja, det får vi til. Fra neste torsdag kommer vi mellom kl. 14.00 og 15.30. "
        "Fortell oss hvis det ikke passer likevel.",
        20,
        read=False,
    ),
)


async def play(standins: Standins, dispatcher: Dispatcher) -> None:
    """Let an empty installation begin with the people's story, relative to now, over the real wires.

    Needs the app to answer on its own address. Played once: whoever makes Kari known first plays it.
    """
    await standins.municipality.seed()
    kari = next(who for who in PEOPLE if who.key == "kari")
    kari_id = await _make_known(kari)
    if kari_id is None:
        return
    with clock.at(clock.now() - timedelta(days=200)):
        for kind in ConsentKind:
            acting = await representation.acting_context(kari_id)
            await consent.give(acting, kind, consent.CURRENT_VERSIONS[kind])
    await standins.municipality.run_night_job()
    await _told_long_ago(kari_id)
    for told in _KARIS:
        await _tell(kari_id, told, standins.municipality, dispatcher)


async def _told_long_ago(person_id: str) -> None:
    """That Digihelse is ready she was told when she began, and not today."""
    async with unit_of_work() as session:
        for notice in await session.exec(select(Notice).where(Notice.recipient_id == person_id)):
            found = await session.exec(select(OutboxItem).where(OutboxItem.subject_id == notice.id))
            for item in found:
                await session.delete(item)
            await session.delete(notice)


async def _make_known(who: SyntheticPerson) -> str | None:
    """The person's id, or None when someone else made her known before."""
    try:
        async with unit_of_work() as session:
            if await people.by_national_id(session, who.national_id) is not None:
                return None
            person = await people.find_or_create(session, who.national_id)
            people.describe(person, _as_registered(who))
            session.add(person)
            return person.id
    except IntegrityError:
        return None


@dataclass(frozen=True)
class _Registered:
    given_name: str
    family_name: str
    birth_date: Any
    address_protected: bool = False
    deceased: bool = False


def _as_registered(who: SyntheticPerson) -> _Registered:
    return _Registered(who.given_name, who.family_name, who.birth_date)


async def _tell(
    kari_id: str, told: _Told, municipality: record_system.RecordSystem, dispatcher: Dispatcher
) -> None:
    wrote = _past(told.days_ago, told.at)
    acting = await representation.acting_context(kari_id)
    service = next(one for one in await inbox.list_recipients(acting) if one.name == told.service)
    with clock.at(wrote):
        draft = sending.Draft(told.text, new_id(), service.id, told.subject)
        sent = await sending.send_new(acting, draft)
    with clock.at(wrote + timedelta(minutes=1)):
        await dispatcher.dispatch_due()
    if not told.answer:
        return
    answered = min(wrote + timedelta(hours=told.answer_hours), clock.now() - timedelta(minutes=20))
    await municipality.open_thread(sent.thread_id, at=answered - timedelta(minutes=10))
    await municipality.reply(sent.thread_id, told.answer, sent=answered)
    await _set_back(sent.thread_id, answered)
    if told.read:
        with clock.at(answered + timedelta(hours=1)):
            await inbox.open_thread(acting, sent.thread_id)


async def _set_back(thread_id: str, answered: datetime) -> None:
    """Let the answer have come when the story says: what arrives counts from its arrival otherwise."""
    async with unit_of_work() as session:
        thread = await session.get_one(Thread, thread_id)
        thread.last_message_at = thread.last_from_service_at = answered
        session.add(thread)
        for message in await session.exec(select(Message).where(Message.thread_id == thread_id)):
            if message.sender is SenderKind.SERVICE:
                message.sent_at = answered
            else:
                message.answered_at, message.opened_at = answered, answered - timedelta(minutes=10)
            session.add(message)
        await mailboxes.follow(session, thread)


def _past(days_ago: int, at: time) -> datetime:
    day = clock.today() - timedelta(days=days_ago)
    return datetime.combine(day, at, tzinfo=clock.OSLO)
