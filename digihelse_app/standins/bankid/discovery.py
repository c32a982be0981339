"""What the provider says of itself (OpenID Connect Discovery 1.0, RFC 8414, RFC 9126, RFC 9207, RFC 9449)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digihelse_app.standins.bankid.client_authentication import ASSERTION_ALGORITHMS
from digihelse_app.standins.bankid.keys import ALGORITHM
from digihelse_app.standins.bankid.provider import (
    CODE_GRANT,
    HIGH,
    LOCALES,
    MACHINE_GRANT,
    SUBSTANTIAL,
    provider_of,
)

CLAIMS = "iss aud sub exp iat jti nonce auth_time acr amr sid locale pid"


async def configuration(request: Request) -> Response:
    """The metadata document."""
    provider = provider_of(request)
    scopes = {scope for client in provider.clients.values() for scope in (*client.scopes, *client.audiences)}
    document = {
        "issuer": provider.issuer,
        "authorization_endpoint": provider.address("/authorize"),
        "pushed_authorization_request_endpoint": provider.address("/par"),
        "token_endpoint": provider.address("/token"),
        "userinfo_endpoint": provider.address("/userinfo"),
        "end_session_endpoint": provider.address("/endsession"),
        "jwks_uri": provider.address("/jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [CODE_GRANT, MACHINE_GRANT],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [
            "private_key_jwt",
            "client_secret_basic",
            "client_secret_post",
        ],
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "dpop_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "scopes_supported": sorted(scopes),
        "claims_supported": CLAIMS.split(" "),
        "acr_values_supported": [SUBSTANTIAL, HIGH],
        "ui_locales_supported": list(LOCALES),
        "prompt_values_supported": ["login", "none"],
        "authorization_response_iss_parameter_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": False,
    }
    return JSONResponse(document, headers={"Cache-Control": "max-age=60"})
