"""The built app as an attacker meets it: sign-ins over the real exchange, and what must never be seen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from sqlmodel import col, select

from digihelse_app import routes
from digihelse_app.models import database
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from digihelse_app.outside import clock
from digihelse_app.standins.people import BY_KEY
from digihelse_app.state.consenting import ConsentState
from tests.servers import RunningApp
from tests.sign_in_site import COOKIE, Browser
from tests.tab import Tab, tab


@dataclass(frozen=True)
class Belongings:
    """What is a person's own, and how it would show if it leaked."""

    person_id: str
    given_name: str
    threads: list[Thread]
    texts: list[str]

    @property
    def traces(self) -> list[str]:
        """Every text that gives the person away."""
        subjects = [part for thread in self.threads for part in (thread.id, thread.subject)]
        numbers = [who.national_id for who in BY_KEY.values() if who.given_name == self.given_name]
        return [self.person_id, self.given_name, *numbers, *subjects, *self.texts]

    def seen_in(self, text: str) -> list[str]:
        """The traces in `text`."""
        return [trace for trace in self.traces if trace in text]


@asynccontextmanager
async def data_of(running: RunningApp) -> AsyncIterator[None]:
    """Open the app's own database beside it."""
    database.connect(f"sqlite+aiosqlite:///{running.folder}/var/digihelse.db")
    try:
        yield
    finally:
        await database.disconnect()


async def belongings_of(key: str) -> Belongings:
    """What the synthetic person `key` has, read from the connected database."""
    name = BY_KEY[key].given_name
    async with unit_of_work(reading=True) as session:
        person = (await session.exec(select(Person).where(Person.given_name == name))).one()
        of_person = select(Thread).where(Thread.person_id == person.id)
        threads = list(await session.exec(of_person.order_by(col(Thread.last_message_at).desc())))
        of_threads = select(Message.body).where(col(Message.thread_id).in_([row.id for row in threads]))
        return Belongings(person.id, name, threads, list(await session.exec(of_threads)))


@asynccontextmanager
async def browser(base_url: str) -> AsyncIterator[Browser]:
    """A browser of its own, with no cookies."""
    async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=30) as http:
        yield Browser(http, f"{base_url}/testid")


async def sign_in(base_url: str, key: str) -> str:
    """Sign the synthetic person in in a new browser; gives the session cookie's secret."""
    person = BY_KEY[key]
    async with browser(base_url) as opened:
        answer = await opened.sign_in(f"{person.given_name}-{person.family_name}".lower())
        assert answer.status_code == 303, answer.text
        return answer.cookies[COOKIE]


async def log_out(url: str, secret: str) -> None:
    """Sign out in another tab of the same browser."""
    headers = {"Cookie": f"{COOKIE}={secret}", "Origin": url, "Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(base_url=url, headers=headers) as http:
        assert (await http.post(routes.LOGOUT)).status_code == 200


async def consent(base_url: str, secret: str) -> None:
    """Accept what there is to accept, page by page, as the person whose session `secret` opens."""
    async with tab(base_url, routes.CONSENT, cookie=secret) as page:
        await page.alive()
        while kind := page.value(ConsentState, "kind"):
            form = {
                "kind": kind,
                "version": page.value(ConsentState, "version"),
                "accept": True,
                "person": "",
            }
            page.call(ConsentState, "accept", {"form": form})
            await page.until(lambda tab, kind=kind: tab.value(ConsentState, "kind") != kind)


async def represent(actor: str, represented: str, *scopes: str, days_left: float = 1) -> str:
    """Let `actor` act for `represented` (person ids) with a delegation; gives the key for the address."""
    now = clock.now()
    row = Representation(
        actor_id=actor,
        represented_id=represented,
        role=RepresentationRole.FU,
        scopes={scope: [EVERY_SERVICE] for scope in scopes},
        valid_from=now - timedelta(days=2),
        valid_until=now + timedelta(days=days_left),
    )
    async with unit_of_work() as session:
        session.add(row)
        return row.key


def leaks_of(whose: Belongings, *tabs: Tab) -> list[str]:
    """What of `whose` any frame of `tabs` ever held."""
    return [trace for opened in tabs for trace in whose.seen_in(opened.everything)]
