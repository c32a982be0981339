"""Health: is the process up, and does it do its work."""

from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from digihelse_app.models.database import engine

LIVE, READY = "/health/live", "/health/ready"


def routes(is_ready: Callable[[], bool]) -> list[Route]:
    """`/health/live` answers while the process runs; `/health/ready` when it can serve (503 until then)."""

    async def live(_request: Request) -> Response:
        return PlainTextResponse("live")

    async def ready(_request: Request) -> Response:
        if is_ready() and await _database_answers():
            return PlainTextResponse("ready")
        return PlainTextResponse("not ready", status_code=503)

    return [Route(LIVE, live), Route(READY, ready)]


async def _database_answers() -> bool:
    try:
        async with engine().connect() as connection:
            await connection.execute(text("select 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True
