"""POST /fhir: several PUTs at once, each on its own (batch) or all or none (transaction)."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.outside import outgoing_communication
from digihelse_app.outside.registers.answers import RegisterDownError
from digihelse_app.services import record_keeping
from digihelse_app.services.record_keeping import Kept, PutResult
from digihelse_app.services.submission import Submission, TransactionRefusedError
from digihelse_app.web.fhir import rendering, submissions
from digihelse_app.web.fhir.elements import Resource, refused
from digihelse_app.web.fhir.outcome import FhirError, answer
from digihelse_app.web.fhir.payload import read_object

MAX_ENTRIES = 200
_STATUS = {PutResult.CREATED: "201 Created", PutResult.CHANGED: "200 OK", PutResult.UNCHANGED: "200 OK"}


@dataclass(frozen=True, slots=True)
class _Put:
    """One entry: where it stood, and what it asks for."""

    position: int
    resource_type: str
    resource_id: str
    resource: Resource
    if_match: str | None

    @property
    def path(self) -> str:
        return f"Bundle.entry[{self.position}].resource"

    @property
    def rank(self) -> tuple[int, bool]:
        """Services before relations before conversations before messages: what refers comes after."""
        return list(submissions.KINDS).index(self.resource_type), "partOf" in self.resource

    async def submission(self, organisation_id: str) -> Submission:
        try:
            return await submissions.submission(
                organisation_id, self.resource_type, self.resource_id, self.resource, self.if_match
            )
        except FhirError as error:
            raise error.within(self.path) from None


async def post(request: Request, organisation_id: str) -> Response:
    """Answer a batch or transaction Bundle."""
    content = await read_object(request)
    if content.get("resourceType") != "Bundle":
        raise refused("resourceType", "value", "A Bundle.")
    puts = _entries(content)
    if content.get("type") == "batch":
        entries = [await _alone(organisation_id, put) for put in puts]
    elif content.get("type") == "transaction":
        entries = await _together(organisation_id, puts)
    else:
        raise refused("Bundle.type", "value", "batch or transaction.")
    return answer({"resourceType": "Bundle", "type": f"{content['type']}-response", "entry": entries})


def _entries(content: Resource) -> list[_Put]:
    entries = content.get("entry", [])
    if not isinstance(entries, list) or not 0 < len(entries) <= MAX_ENTRIES:
        raise refused("Bundle.entry", "value", f"1 to {MAX_ENTRIES} entries.")
    puts = [_put(position, entry) for position, entry in enumerate(entries)]
    if len({(put.resource_type, put.resource_id) for put in puts}) < len(puts):
        raise refused("Bundle.entry", "duplicate", "Each resource once.")
    return puts


def _put(position: int, entry: Any) -> _Put:
    path = f"Bundle.entry[{position}]"
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict) or request.get("method") != "PUT":
        raise refused(f"{path}.request.method", "not-supported", "PUT.")
    resource_type, _, resource_id = str(request.get("url", "")).partition("/")
    if resource_type not in submissions.KINDS:
        raise refused(f"{path}.request.url", "not-supported")
    resource, if_match = entry.get("resource"), request.get("ifMatch")
    if not isinstance(resource, dict):
        raise refused(f"{path}.resource", "required")
    return _Put(position, resource_type, resource_id, resource, None if if_match is None else str(if_match))


async def _alone(organisation_id: str, put: _Put) -> Resource:
    try:
        return _kept(await record_keeping.put(organisation_id, await put.submission(organisation_id)))
    except FhirError as error:
        return _refused(error)
    except submissions.REFUSALS as error:
        return _refused(submissions.refusal(put.resource_type, error).within(put.path))


async def _together(organisation_id: str, puts: list[_Put]) -> list[Resource]:
    ordered = sorted(puts, key=lambda put: put.rank)
    wanted = [await put.submission(organisation_id) for put in ordered]
    try:
        kept = await record_keeping.put_all(organisation_id, wanted)
    except RegisterDownError as error:
        raise submissions.refusal("Bundle", error) from None
    except TransactionRefusedError as error:
        put = ordered[error.position]
        raise submissions.refusal(put.resource_type, error.__cause__).within(put.path) from None
    answers = {put.position: _kept(one) for put, one in zip(ordered, kept, strict=True)}
    return [answers[put.position] for put in puts]


def _kept(kept: Kept) -> Resource:
    response = {
        "status": _STATUS[kept.result],
        "location": f"{kept.resource_type}/{kept.resource_id}",
        "etag": rendering.etag(kept),
        "lastModified": outgoing_communication.instant(kept.updated_at),
    }
    return {"response": response}


def _refused(error: FhirError) -> Resource:
    return {"response": {"status": str(error.status), "outcome": error.outcome()}}
