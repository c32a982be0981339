"""Around every call: who calls, and what each failure is answered with."""

import logging
import traceback
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from digihelse_app.access.context import NotFoundError
from digihelse_app.outside.log import correlated
from digihelse_app.services import record_keeping
from digihelse_app.web.fhir import possession
from digihelse_app.web.fhir.outcome import FhirError, Issue, failure, not_found
from digihelse_app.web.fhir.tokens import KeysUnavailableError, MachineTokens, TokenError

logger = logging.getLogger(__name__)

Handler = Callable[[Request, str], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def guarded(tokens: MachineTokens, handler: Handler) -> Endpoint:
    """`handler(request, organisation_id)` behind a machine token, its failures as OperationOutcomes."""

    async def endpoint(request: Request) -> Response:
        with correlated() as correlation_id:
            try:
                return await handler(request, await _organisation(tokens, request))
            except FhirError as error:
                return failure(error)
            except NotFoundError:
                return failure(not_found())
            except ClientDisconnect:  # nobody is there to read the answer
                return failure(FhirError(400, Issue("incomplete")))
            except Exception as error:
                _log(error)
                told = f"The call failed here; correlation id {correlation_id}."
                return failure(FhirError(500, Issue("exception", diagnostics=told)))

    return endpoint


async def _organisation(tokens: MachineTokens, request: Request) -> str:
    try:
        caller = await tokens.caller(request)
        organisation_id = await record_keeping.organisation_by_her_id(caller.her_id)
        if organisation_id is None:
            raise TokenError("the organisation is not served here")
    except TokenError as error:
        told = f'error="invalid_token", error_description="{error.reason}"'
        challenge = f'Bearer {told}, DPoP algs="{" ".join(possession.ALGORITHMS)}"'
        raise FhirError(
            401, Issue("login", diagnostics=error.reason), headers={"WWW-Authenticate": challenge}
        ) from None
    except KeysUnavailableError:
        logger.warning("the machine issuer's keys cannot be fetched")
        raise FhirError(503, Issue("transient"), headers={"Retry-After": "30"}) from None
    return organisation_id


def _log(error: Exception) -> None:
    """Where it failed, without the message: a database error repeats the values it was given."""
    places = "".join(traceback.format_tb(error.__traceback__))
    logger.error("record-system call failed: %s\n%s", type(error).__name__, places)
