"""Providers as records of settings: another one is signed in at by environment variables alone."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from urllib.parse import urlsplit

from digihelse_app.settings import LOOPBACK, Settings, SettingsError

HIGH_LEVELS = frozenset(
    {
        "idporten-loa-high",
        "eidas-loa-high",
        "urn:bankid:bid;LOA=4",
        "urn:grn:authn:no:bankid:high",
        "high",
        "4",
    }
)
"""What providers call level high (eIDAS). Production accepts nothing else."""

TEST_METHOD = "TestID"
_MAX_LEEWAY_SECONDS = 10
_CHOICES = {
    "client_auth": ("private_key_jwt", "basic", "post"),
    "par": ("auto", "required", "off"),
    "pid_source": ("id_token", "userinfo"),
    "logout": ("front-channel", "none"),
}


@dataclass(frozen=True)
class OidcProfile:
    """One provider. Each field can be set by `DIGIHELSE_OIDC_` and its name in capitals.

    Sets and lists are written with spaces or commas, `ui_locales` as `nb=nb nn=nn`. Seconds are whole.
    """

    name: str
    issuer: str = ""
    client_id: str = ""
    client_auth: str = "private_key_jwt"
    client_secret: str = field(default="", repr=False)
    scopes: str = "openid profile"
    acr_values: str = ""
    accepted_acr: frozenset[str] = frozenset()
    level_claim: str = "acr"
    pid_claim: str = "pid"
    pid_source: str = "id_token"
    par: str = "auto"
    require_iss: bool = False
    dpop: bool = False
    logout: str = "front-channel"
    frame_ancestors: tuple[str, ...] = ()
    ui_locales: Mapping[str, str] = field(default_factory=dict)
    prompt: str = ""
    leeway: int = 10
    assertion_lifetime: int = 30
    assertion_audience: str = ""
    accepts_test_identities: bool = False

    @property
    def assertion_is_for(self) -> str:
        """The audience of client assertions: the issuer unless another is set."""
        return self.assertion_audience or self.issuer

    def checked(self, settings: Settings) -> "OidcProfile":
        """This profile, or SettingsError when it cannot be used, or not by real people."""
        for name in ("issuer", "client_id", "accepted_acr"):
            if not getattr(self, name):
                raise SettingsError(f"DIGIHELSE_OIDC_{name.upper()} must be set for the profile {self.name}")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise SettingsError(f"DIGIHELSE_OIDC_{name.upper()} must be one of: {', '.join(choices)}")
        if self.client_auth != "private_key_jwt" and not self.client_secret:
            raise SettingsError("DIGIHELSE_OIDC_CLIENT_SECRET must be set for this client_auth")
        if not 0 <= self.leeway <= _MAX_LEEWAY_SECONDS:
            raise SettingsError(f"DIGIHELSE_OIDC_LEEWAY must be 0 to {_MAX_LEEWAY_SECONDS} seconds")
        self._refuse_plain_http(settings)
        if settings.is_production:
            self._refuse_what_is_for_tests()
        return self

    def _refuse_plain_http(self, settings: Settings) -> None:
        parts = urlsplit(self.issuer)
        loopback = parts.hostname in LOOPBACK
        if parts.scheme != "https" and not (parts.scheme == "http" and loopback and settings.is_local):
            raise SettingsError("DIGIHELSE_OIDC_ISSUER must be https")
        if loopback and settings.is_production:
            raise SettingsError("DIGIHELSE_OIDC_ISSUER must not be this machine in production")

    def _refuse_what_is_for_tests(self) -> None:
        if not self.accepted_acr <= HIGH_LEVELS:
            raise SettingsError("DIGIHELSE_OIDC_ACCEPTED_ACR holds a level below high")
        if self.accepts_test_identities:
            raise SettingsError("DIGIHELSE_OIDC_ACCEPTS_TEST_IDENTITIES must be off in production")


_LOCALES = {"nb": "nb", "nn": "nn", "en": "en", "se": "se"}
_IDPORTEN_HIGH = frozenset({"idporten-loa-high"})

_IDPORTEN = OidcProfile(
    name="idporten",
    issuer="https://idporten.no",
    acr_values="idporten-loa-high",
    accepted_acr=_IDPORTEN_HIGH,
    par="required",
    require_iss=True,
    frame_ancestors=("https://login.idporten.no",),
    ui_locales=_LOCALES,
)

PROFILES: Mapping[str, OidcProfile] = {
    "standin": replace(
        _IDPORTEN,
        name="standin",
        issuer="",
        client_id="digihelse",
        frame_ancestors=("'self'",),
        accepts_test_identities=True,
    ),
    "idporten": _IDPORTEN,
    "idporten-test": replace(
        _IDPORTEN,
        name="idporten-test",
        issuer="https://test.idporten.no",
        frame_ancestors=("https://login.test.idporten.no",),
        accepts_test_identities=True,
    ),
    "bankid": OidcProfile(
        name="bankid",
        issuer="https://auth.bankid.no/auth/realms/prod",
        client_auth="basic",
        scopes="openid profile nnin_altsub",
        accepted_acr=frozenset({"urn:bankid:bid;LOA=4"}),
        pid_claim="nnin_altsub",
        logout="none",
        ui_locales={"nb": "nb", "nn": "nb", "en": "en", "se": "nb"},
    ),
    # The issuer is the tenant's own address. ID-porten reached through Signicat.
    "signicat": OidcProfile(
        name="signicat",
        client_auth="basic",
        scopes="openid profile nin idporten-extra",
        acr_values="idp:idporten",
        accepted_acr=frozenset({"high"}),
        pid_claim="nin",
        pid_source="userinfo",
        logout="none",
        ui_locales={"nb": "no", "nn": "no", "en": "en", "se": "no"},
    ),
}


def from_environment(settings: Settings, environment: Mapping[str, str] = os.environ) -> OidcProfile:
    """The profile `settings.oidc_profile` with what the environment overrides. Raises SettingsError."""
    profile = PROFILES.get(settings.oidc_profile)
    if profile is None:
        raise SettingsError(f"DIGIHELSE_OIDC_PROFILE must be one of: {', '.join(PROFILES)}")
    if settings.uses_standins:
        profile = replace(profile, issuer=f"{settings.base_url}/testid")
    given = {
        spec.name: _read(spec.name, getattr(profile, spec.name), raw)
        for spec in fields(profile)
        if spec.name != "name" and (raw := environment.get(f"DIGIHELSE_OIDC_{spec.name.upper()}"))
    }
    return replace(profile, **given).checked(settings)


def _read(name: str, default: object, raw: str) -> object:
    words = raw.replace(",", " ").split()
    try:
        match default:
            case bool():
                return {"1": True, "true": True, "0": False, "false": False}[raw.lower()]
            case int():
                return int(raw)
            case frozenset():
                return frozenset(words)
            case tuple():
                return tuple(words)
            case Mapping():
                return dict(word.split("=", 1) for word in words)
            case _:
                return raw
    except (KeyError, ValueError):
        raise SettingsError(f"DIGIHELSE_OIDC_{name.upper()} cannot be read: see docs/operations.md") from None
