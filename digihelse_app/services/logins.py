"""Logins under way: kept from the moment a person is sent to the provider until the answer comes.

No represented person: whoever this is, is not known yet.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.database import unit_of_work
from digihelse_app.models.session import LoginTransaction
from digihelse_app.outside import clock
from digihelse_app.outside.identity_provider.failures import Failure, SignInError
from digihelse_app.outside.identity_provider.requests import Question
from digihelse_app.outside.identity_provider.validation import Expected

LIFETIME = timedelta(minutes=10)
PARALLEL = 5
"""Logins one browser may have open at once; a sixth closes the oldest."""


@dataclass(frozen=True)
class Login:
    """What was kept of a login: the callback's measure of what may come back."""

    expected: Expected
    code_verifier: str = field(repr=False)
    return_path: str
    language: str


def digest(secret: str) -> str:
    """How a secret is stored: its SHA-256 in hex. Enough, for secrets of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def begin_login(question: Question, browser: str, return_path: str) -> None:
    """Keep a login for ten minutes, bound to the browser that holds the cookie value `browser`."""
    now = clock.now()
    async with unit_of_work() as session:
        await session.exec(delete(LoginTransaction).where(col(LoginTransaction.expires_at) <= now))
        await _make_room(session, digest(browser))
        session.add(
            LoginTransaction(
                state_hash=digest(question.state),
                browser_hash=digest(browser),
                nonce=question.nonce,
                code_verifier=question.code_verifier,
                return_path=return_path,
                started_at=now,
                expires_at=now + LIFETIME,
                prompt_login=question.prompt_login,
                language=question.language,
            )
        )


async def _make_room(session: AsyncSession, browser_hash: str) -> None:
    mine = select(LoginTransaction.state_hash).where(
        LoginTransaction.browser_hash == browser_hash, col(LoginTransaction.taken_at).is_(None)
    )
    newest_first = (await session.exec(mine.order_by(col(LoginTransaction.started_at).desc()))).all()
    too_many = newest_first[PARALLEL - 1 :]
    await session.exec(delete(LoginTransaction).where(col(LoginTransaction.state_hash).in_(too_many)))


async def take_login(state: str, browser: str) -> Login:
    """The login that `state` names, for this browser, this once.

    Raises SignInError: REPLAYED when it has been taken, EXPIRED when over, unknown or another browser's.
    """
    now = clock.now()
    mine = (
        col(LoginTransaction.state_hash) == digest(state),
        col(LoginTransaction.browser_hash) == digest(browser),
    )
    async with unit_of_work() as session:
        taken = await session.exec(
            update(LoginTransaction)
            .where(*mine, col(LoginTransaction.taken_at).is_(None), col(LoginTransaction.expires_at) > now)
            .values(taken_at=now)
        )
        row = (await session.exec(select(LoginTransaction).where(*mine))).one_or_none()
    if row is None or row.expires_at <= now:
        raise SignInError(Failure.EXPIRED, "no such login")
    if taken.rowcount != 1:
        raise SignInError(Failure.REPLAYED)
    return _login(row)


def _login(row: LoginTransaction) -> Login:
    return Login(
        expected=Expected(row.nonce, row.started_at, row.prompt_login),
        code_verifier=row.code_verifier,
        return_path=row.return_path,
        language=row.language,
    )
