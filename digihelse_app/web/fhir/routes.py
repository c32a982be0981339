"""The routes under /fhir."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digihelse_app.services import record_files, record_keeping, record_reading
from digihelse_app.services.record_keeping import Kept, PutResult
from digihelse_app.web.fhir import (
    binary,
    bundle,
    capability,
    payload,
    rendering,
    search,
    structure,
    submissions,
)
from digihelse_app.web.fhir.guard import guarded
from digihelse_app.web.fhir.outcome import FhirError, Issue, answer, not_found
from digihelse_app.web.fhir.tokens import MachineTokens

_ANY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_MAX_PARAMETERS = 50


def routes(tokens: MachineTokens, base_url: str) -> list[Route]:
    """Every route of the record-system API; `base_url` is where callers reach the app."""
    base_url = base_url.rstrip("/")

    async def metadata(_request: Request) -> Response:
        return answer(capability.statement(base_url))

    async def put(request: Request, organisation_id: str) -> Response:
        return await _put(request, organisation_id, base_url)

    async def find(request: Request, organisation_id: str) -> Response:
        return await _find(request, organisation_id, base_url)

    return [
        Route("/fhir/metadata", metadata, methods=["GET"]),
        Route("/fhir", guarded(tokens, bundle.post), methods=["POST"]),
        Route("/fhir/{type}/_search", guarded(tokens, find), methods=["POST"]),
        Route("/fhir/{type}/{id}", guarded(tokens, put), methods=["PUT"]),
        Route("/fhir/{type}/{id}", guarded(tokens, _get), methods=["GET"]),
        Route("/fhir/{type}", guarded(tokens, find), methods=["GET"]),
        Route("/fhir{rest:path}", guarded(tokens, _unknown), methods=_ANY),
    ]


def _type(request: Request) -> str:
    resource_type = request.path_params["type"]
    if resource_type not in submissions.KINDS:
        raise not_found()
    return resource_type


async def _put(request: Request, organisation_id: str, base_url: str) -> Response:
    resource_type, resource_id = _type(request), request.path_params["id"]
    limit = binary.MAX_BODY if resource_type == binary.TYPE else payload.MAX_BYTES
    resource = await payload.read_object(request, limit)
    if_match = request.headers.get("if-match")
    wanted = await submissions.submission(organisation_id, resource_type, resource_id, resource, if_match)
    try:
        kept = await record_keeping.put(organisation_id, wanted)
    except submissions.REFUSALS as error:
        raise submissions.refusal(resource_type, error) from None
    created = kept.result is PutResult.CREATED
    headers = _headers(kept)
    if created:
        headers["Location"] = f"{base_url}/fhir/{resource_type}/{resource_id}"
    return answer(rendering.stored(kept), 201 if created else 200, headers)


def _headers(of: Kept | record_reading.Record) -> dict[str, str]:
    modified = of.updated_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return {"ETag": rendering.etag(of), "Last-Modified": modified}


async def _get(request: Request, organisation_id: str) -> Response:
    resource_type, resource_id = _type(request), request.path_params["id"]
    structure.check_id(resource_id, f"{resource_type}.id")
    kind = submissions.KINDS[resource_type]
    if kind.is_file:
        whole = resource_type == binary.TYPE
        found = await record_files.read(organisation_id, kind.source, resource_id, whole=whole)
    else:
        found = await record_reading.read(organisation_id, kind.source, resource_id)
    return answer(rendering.record(found), headers=_headers(found))


async def _find(request: Request, organisation_id: str, base_url: str) -> Response:
    resource_type, in_body = _type(request), request.method == "POST"
    if submissions.KINDS[resource_type].is_file:
        raise FhirError(405, Issue("not-supported", diagnostics="A file is read by its id."))
    parameters = request.query_params.multi_items()
    if in_body:
        if parameters:
            raise FhirError(400, Issue("invalid", diagnostics="Send all parameters in the body."))
        parameters = _parsed(await payload.read_text(request, payload.FORM))
    wanted = await search.read(organisation_id, resource_type, parameters, in_body=in_body)
    source = submissions.KINDS[resource_type].source
    found, following = await record_reading.search(
        organisation_id, source, wanted.selection, wanted.start, wanted.count
    )
    return answer(search.bundle(base_url, organisation_id, resource_type, wanted, found, following))


def _parsed(form: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(form, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        raise FhirError(400, Issue("invalid", diagnostics="Too many parameters.")) from None


async def _unknown(request: Request, _organisation_id: str) -> Response:
    """What is not offered: another method on what is there, or an address that is not."""
    resource_type = request.path_params["rest"].strip("/").partition("/")[0]
    if resource_type in (*submissions.KINDS, "metadata", ""):
        raise FhirError(405, Issue("not-supported"))
    raise not_found()
