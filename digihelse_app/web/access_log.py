"""The log of use to take away: `GET /logg/csv` and `GET /logg/json`, read from the database as it is sent."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from digihelse_app import routes as addresses
from digihelse_app.outside import clock
from digihelse_app.services import access_log_reading, access_log_words
from digihelse_app.services.access_log_reading import LogRow
from digihelse_app.text import catalogue
from digihelse_app.text.catalogue import lookup
from digihelse_app.web.caller import STATUS, Callers

_NO_STORE = {"Cache-Control": "no-store"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_COLUMNS = ("time", "who", "whom", "what", "ground")

Rows = AsyncIterator[LogRow]


def routes(callers: Callers) -> list[Route]:
    """The one route, in two forms; what one may not see is not found."""

    async def endpoint(request: Request) -> Response:
        form = request.path_params["form"]
        if form not in _FORMS:
            return Response(status_code=404, headers=_NO_STORE)
        try:
            acting = await callers.acting(request)
            rows = await access_log_reading.open_download(acting)
        except tuple(STATUS) as refusal:
            return Response(status_code=STATUS[type(refusal)], headers=_NO_STORE)
        media_type, as_text = _FORMS[form]
        headers = {**_NO_STORE, "Content-Disposition": f'attachment; filename="logg-{clock.today()}.{form}"'}
        return StreamingResponse(as_text(rows, _language(request)), media_type=media_type, headers=headers)

    return [Route(addresses.LOG_FILE, endpoint, methods=["GET"])]


def _language(request: Request) -> str:
    asked = request.query_params.get(addresses.LANGUAGE_QUERY, "")
    return asked if asked in catalogue.LANGUAGES else catalogue.FALLBACK


def safe_cell(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula: people choose what they write."""
    return f"'{text}" if text.startswith(_FORMULA) else text


async def _as_csv(rows: Rows, language: str) -> AsyncIterator[str]:
    """Semicolons and a byte order mark: what spreadsheets in Norway take for columns and letters."""
    yield _BYTE_ORDER_MARK + _csv_line([lookup(language, f"log.column_{name}") for name in _COLUMNS])
    async for row in rows:
        yield _csv_line(list(_cells(row, language).values()))


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()


async def _as_json(rows: Rows, language: str) -> AsyncIterator[str]:
    separator = "[\n"
    async for row in rows:
        record = {**_cells(row, language), "action": row.action.value, "role": row.role, "agent": row.agent}
        yield separator + json.dumps(record, ensure_ascii=False)
        separator = ",\n"
    yield "\n]\n"


def _cells(row: LogRow, language: str) -> dict[str, str]:
    return {
        "time": row.at.astimezone(clock.OSLO).isoformat(timespec="seconds"),
        "who": row.who or access_log_words.who(row, language),
        "whom": row.whom,
        "what": access_log_words.what(row, language),
        "ground": access_log_words.ground(row, language),
    }


_FORMS: dict[str, tuple[str, Callable[[Rows, str], AsyncIterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", _as_csv),
    "json": ("application/json", _as_json),
}
