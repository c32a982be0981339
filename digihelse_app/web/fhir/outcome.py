"""OperationOutcome: what went wrong, in FHIR's words. It names elements and never repeats a value."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

from digihelse_app.outside import fhir_names

_STORE_NOTHING = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault: FHIR's issue code, the path of the element (empty: the whole), a sentence for developers."""

    code: str
    expression: str = ""
    diagnostics: str = ""

    def within(self, prefix: str) -> "Issue":
        """The same fault seen from a resource that holds this one."""
        path = self.expression.partition(".")[2]
        return Issue(self.code, f"{prefix}.{path}" if path else prefix, self.diagnostics)

    def as_dict(self) -> dict[str, Any]:
        """`OperationOutcome.issue`."""
        issue: dict[str, Any] = {"severity": "error", "code": self.code}
        if self.diagnostics:
            issue["diagnostics"] = self.diagnostics
        if self.expression:
            issue["expression"] = [self.expression]
        return issue


class FhirError(Exception):
    """An answer other than success, with the faults that explain it."""

    def __init__(self, status: int, *issues: Issue, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, *(issue.code for issue in issues))
        self.status = status
        self.issues = issues
        self.headers = headers or {}

    def within(self, prefix: str) -> "FhirError":
        """The same answer for an entry of a Bundle."""
        issues = (issue.within(prefix) for issue in self.issues)
        return FhirError(self.status, *issues, headers=self.headers)

    def outcome(self) -> dict[str, Any]:
        """The OperationOutcome."""
        return {"resourceType": "OperationOutcome", "issue": [issue.as_dict() for issue in self.issues]}


def not_found() -> FhirError:
    """No such thing, or not the caller's: never told apart."""
    return FhirError(404, Issue("not-found"))


def answer(resource: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`resource` as a response that no cache keeps."""
    return JSONResponse(
        resource, status, headers=_STORE_NOTHING | (headers or {}), media_type=fhir_names.MEDIA_TYPE
    )


def failure(error: FhirError) -> Response:
    """`error` as a response."""
    return answer(error.outcome(), error.status, error.headers)
