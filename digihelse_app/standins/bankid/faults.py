"""What can be made to go wrong on purpose, so that a relying party's checks can be seen to bite."""

from typing import Any

from digihelse_app.standins.bankid.provider import Provider

NO_PID = "no-pid"
WRONG_NONCE = "wrong-nonce"
EXPIRED = "expired"
CLOCK_SKEW = "clock-skew"
WRONG_KEY = "wrong-key"
WRONG_ISSUER = "wrong-iss"
WRONG_ISSUER_PARAMETER = "wrong-iss-parameter"
WRONG_AUDIENCE = "wrong-aud"

FAULTS = {
    NO_PID: "Uten identitetsnummer (pid)",
    WRONG_NONCE: "Feil nonce",
    EXPIRED: "Utløpt id_token",
    CLOCK_SKEW: "Klokke feil (iat i fremtiden)",
    WRONG_KEY: "Signert med feil nøkkel",
    WRONG_ISSUER: "Feil utsteder (iss) i id_token",
    WRONG_ISSUER_PARAMETER: "Feil utsteder (iss) i svaret",
    WRONG_AUDIENCE: "Feil mottaker (aud)",
}
AN_HOUR = 3600


def foreign_issuer(provider: Provider) -> str:
    """Another provider's name, one letter away."""
    return provider.issuer + "x"


def spoil(provider: Provider, claims: dict[str, Any], fault: str) -> dict[str, Any]:
    """The claims of an id_token with the chosen fault in them (a wrong key is not a matter of claims)."""
    shift = {EXPIRED: -AN_HOUR, CLOCK_SKEW: AN_HOUR}.get(fault, 0)
    spoilt = claims | {"iat": claims["iat"] + shift, "exp": claims["exp"] + shift}
    if fault == NO_PID:
        spoilt.pop("pid", None)
    elif fault == WRONG_NONCE:
        spoilt["nonce"] = "another-nonce"
    elif fault == WRONG_ISSUER:
        spoilt["iss"] = foreign_issuer(provider)
    elif fault == WRONG_AUDIENCE:
        spoilt["aud"] = "another-client"
    return spoilt
