"""The synthetic people every stand-in knows, and their story.

Nobody here exists. The identity numbers have 80 added to the month (Skatteetaten's series for synthetic
people), the telephone numbers are made up and only ever reach a stand-in, and the mail addresses belong to
nobody (RFC 2606). Ages are as of 23 November 2026.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Status = Literal["Resident", "Emigrated", "Disappeared", "Deceased", "Inactive"]
AddressProtection = Literal["Unclassified", "ClientAddress", "Confidential", "StrictlyConfidential"]


@dataclass(frozen=True)
class SyntheticPerson:
    """One person as the registers know them.

    `key` is what code and tests call them. `parental_responsibility` holds the keys of the children. `phone`
    is in international form, and like `email` None for someone the contact register does not know. `reserved`
    means reserved against digital communication; without `has_eid` one cannot sign in.
    """

    key: str
    national_id: str
    given_name: str
    family_name: str
    birth_date: date
    story: str
    status: Status = "Resident"
    address_protection: AddressProtection = "Unclassified"
    phone: str | None = None
    email: str | None = None
    language: str = "nb"
    reserved: bool = False
    parental_responsibility: tuple[str, ...] = ()
    has_eid: bool = True

    @property
    def name(self) -> str:
        """Given name and family name, as one writes it."""
        return f"{self.given_name} {self.family_name}"


PEOPLE = (
    SyntheticPerson(
        key="kari",
        national_id="14834813638",
        given_name="Kari",
        family_name="Nordmann",
        birth_date=date(1948, 3, 14),
        story="Får hjemmesykepleie og praktisk hjelp i Alvdal. Alt er klart, med samtaler og besøk.",
        phone="+4740000001",
        email="kari.nordmann@example.com",
    ),
    SyntheticPerson(
        key="ingrid",
        national_id="02857714264",
        given_name="Ingrid",
        family_name="Nordmann",
        birth_date=date(1977, 5, 2),
        story="Datteren til Kari, bor i Oslo. Har fullmakt til alt, og får ingen tjenester selv.",
        phone="+4740000002",
        email="ingrid.nordmann@example.com",
    ),
    SyntheticPerson(
        key="jonas",
        national_id="19888117590",
        given_name="Jonas",
        family_name="Nordmann",
        birth_date=date(1981, 8, 19),
        story="Sønnen til Kari. Kan se og avbestille besøk, men ikke lese meldinger.",
        phone="+4740000003",
        email="jonas.nordmann@example.com",
        parental_responsibility=("liv",),
    ),
    SyntheticPerson(
        key="ola",
        national_id="27814313560",
        given_name="Ola",
        family_name="Hansen",
        birth_date=date(1943, 1, 27),
        story="Får hjemmesykepleie. Har aldri logget inn før.",
        phone="+4740000004",
        email="ola.hansen@example.com",
    ),
    SyntheticPerson(
        key="per",
        national_id="08863815151",
        given_name="Per",
        family_name="Solberg",
        birth_date=date(1938, 6, 8),
        story="Bor på Solsida omsorgsheim og kan ikke samtykke selv.",
    ),
    SyntheticPerson(
        key="erik",
        national_id="30896719560",
        given_name="Erik",
        family_name="Solberg",
        birth_date=date(1967, 9, 30),
        story="Sønnen til Per, med tildelt fullmakt.",
        phone="+4740000006",
        email="erik.solberg@example.com",
    ),
    SyntheticPerson(
        key="mina",
        national_id="11840964002",
        given_name="Mina",
        family_name="Berg",
        birth_date=date(2009, 4, 11),
        story="Er 17 år, og for ung til å ha fullmakt.",
        phone="+4740000007",
        email="mina.berg@example.com",
        language="nn",
    ),
    SyntheticPerson(
        key="nils",
        national_id="23826613785",
        given_name="Nils",
        family_name="Fjell",
        birth_date=date(1966, 2, 23),
        story="Har sperret adresse. Kan bruke innboksen sin, men ikke gi eller ha fullmakt.",
        phone="+4740000008",
        address_protection="Confidential",
    ),
    SyntheticPerson(
        key="astrid",
        national_id="05879115681",
        given_name="Astrid",
        family_name="Lien",
        birth_date=date(1991, 7, 5),
        story="Får ingen tjenester. Ser hvorfor, og hvem hun kan ringe.",
        phone="+4740000009",
        email="astrid.lien@example.com",
    ),
    SyntheticPerson(
        key="liv",
        national_id="16901768831",
        given_name="Liv",
        family_name="Nordmann",
        birth_date=date(2017, 10, 16),
        story="Datteren til Jonas, 9 år. Logger ikke inn selv.",
        has_eid=False,
    ),
)

BY_KEY = {person.key: person for person in PEOPLE}
BY_NATIONAL_ID = {person.national_id: person for person in PEOPLE}
