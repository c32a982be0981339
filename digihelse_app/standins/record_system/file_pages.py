"""Files on the staff's pages: the ones a message has, and the field to send some with an answer."""

from collections.abc import Sequence
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system.files import MAX_BYTES, MAX_FILES, TYPES, Chosen, File
from digihelse_app.standins.record_system.frame import HEADERS, field, not_found, own_form, sent_from_here
from digihelse_app.standins.record_system.html import Html, element
from digihelse_app.standins.record_system.system import System, system_of

KINDS = {"application/pdf": "PDF", "image/jpeg": "bilde", "image/png": "bilde"}
MAX_NAME = 120
MAX_BODY = MAX_FILES * MAX_BYTES + 100_000
FAILURE = f"Høyst {MAX_FILES} filer: PDF, JPEG eller PNG, hver på inntil {MAX_BYTES // 1_000_000} MB."


def listed(system: System, files: Sequence[File]) -> Html | None:
    """The files of a message, each to be downloaded."""
    rows = [
        element(
            "p",
            element("a", file.name or file.id, href=system.path(f"/vedlegg/{file.id}")),
            f" ({KINDS[file.content_type]}, {max(file.size // 1000, 1)} kB)",
        )
        for file in files
    ]
    return element("div", rows, class_="files", role="group", aria_label="Vedlegg") if rows else None


def file_field() -> Html:
    """What to send with the answer."""
    control = element(
        "input",
        type="file",
        id="files",
        name="files",
        multiple=True,
        accept=",".join(TYPES),
        aria_describedby="files-hint",
    )
    return field("Legg ved filer", control, "files", FAILURE)


async def own_form_with_files(request: Request) -> tuple[dict[str, str] | None, list[Chosen] | None]:
    """The form's fields, as `own_form`, and its files; None for files that cannot be sent."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await own_form(request), []
    declared = request.headers.get("content-length", "")
    if not sent_from_here(request) or not declared.isdecimal() or int(declared) > MAX_BODY:
        return None, None
    fields: dict[str, str] = {}
    chosen: list[Chosen] = []
    async with request.form(max_files=MAX_FILES + 1) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                content = await value.read()
                if content or value.filename:
                    chosen.append(Chosen((value.filename or "vedlegg")[-MAX_NAME:], content))
            else:
                fields[name] = value.strip()
    usable = all(each.content_type and len(each.content) <= MAX_BYTES for each in chosen)
    return fields, chosen if usable and len(chosen) <= MAX_FILES else None


async def download(request: Request) -> Response:
    """One file, never shown as a page of ours."""
    system = system_of(request)
    async with system.store.transaction() as session:
        file = await session.get(File, request.path_params["id"])
    if file is None or file.message_id is None:
        return not_found(system)
    named = f"attachment; filename*=UTF-8''{quote(file.name or file.id, safe='')}"
    alone = {"Content-Security-Policy": "sandbox; default-src 'none'", "Content-Disposition": named}
    return Response(file.content, headers=HEADERS | alone, media_type=file.content_type)
