"""What the operator of a real provider would register: the clients, and the people who hold an e-ID."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from digihelse_app.standins.people import PEOPLE


@dataclass(frozen=True)
class Client:
    """A relying party, or a machine that fetches tokens for itself.

    `jwks` (public keys) makes private_key_jwt the only accepted authentication; otherwise `client_secret` is
    used, by Basic or in the body. `claims` are put into machine tokens as they are, `audiences` maps each
    machine scope to the audience of a token that carries it.
    """

    client_id: str
    name: str = ""
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    frontchannel_logout_uri: str | None = None
    jwks: Mapping[str, Any] | None = None
    client_secret: str | None = field(default=None, repr=False)
    grant_types: tuple[str, ...] = ("authorization_code",)
    scopes: tuple[str, ...] = ("openid", "profile")
    claims: Mapping[str, str] = field(default_factory=dict)
    audiences: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TestPerson:
    """Someone the picker offers. `eidas_without_pid` signs in as a European without a Norwegian number."""

    __test__: ClassVar[bool] = False  # not a test class, whatever pytest thinks of the name

    national_id: str = field(repr=False)
    name: str
    story: str = ""
    eidas_without_pid: bool = False


def slug(name: str) -> str:
    """A name as it stands in the picker's form: `Bjørn Åsen` -> `bjorn-asen`."""
    plain = name.lower().replace("ø", "o").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def by_key(people: Iterable[TestPerson]) -> dict[str, TestPerson]:
    """The people under the key the form sends; namesakes are told apart by a number."""
    keyed: dict[str, TestPerson] = {}
    for person in people:
        key = first = slug(person.name)
        number = 2
        while key in keyed:
            key, number = f"{first}-{number}", number + 1
        keyed[key] = person
    return keyed


def picker_people() -> list[TestPerson]:
    """The synthetic people who have an e-ID, and a European without a Norwegian number."""
    known = [TestPerson(who.national_id, who.name, who.story) for who in PEOPLE if who.has_eid]
    european = TestPerson(
        "", "Anna Larsson", "Logger inn med e-ID fra et annet land. Har ikke norsk nummer.", True
    )
    return [*known, european]
