"""Settings: everything that differs between a laptop and a municipality, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_STANDIN = "mailbox"
_ACCOUNT = ("sms_url", "sms_user", "sms_password", "sms_sender")
_SMS = {
    _STANDIN: (),
    "altinn": ("altinn_url",),
    "link": (*_ACCOUNT, "sms_platform_id", "sms_partner_id"),
    "sveve": _ACCOUNT,
}
_MAIL = {_STANDIN: (), "altinn": ("altinn_url",), "smtp": ("mail_host", "mail_from")}
"""The gateways, and the settings each of them cannot do without."""


class SettingsError(ValueError):
    """A setting that cannot be started with; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """All settings. Environment names are the field names in capitals with the prefix `DIGIHELSE_`."""

    base_url: str = "http://localhost:3000"
    var_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    test_environment: bool = False
    oidc_profile: str = "standin"
    oidc_jwks_file: str = ""
    oidc_active_kid: str = ""
    idle_minutes: int = 30
    absolute_minutes: int = 120
    night_run_at: time = time(2, 0)
    ready_from: time = time(7, 0)
    helpline: str = "23 32 70 00"
    registers_url: str = ""
    registers_scope: str = "nhn:hgd-persontjenesten-api/restricted-access"
    contact_register_url: str = ""
    contact_register_scope: str = "krr:global/kontaktinformasjon.read"
    contact_details_url: str = "https://minprofil.kontaktregisteret.no"
    sms: str = ""
    sms_url: str = ""
    sms_user: str = ""
    sms_password: str = field(default="", repr=False)
    sms_sender: str = "Digihelse"
    sms_platform_id: str = ""
    sms_partner_id: str = ""
    mail: str = ""
    mail_host: str = ""
    mail_port: int = 587
    mail_tls: str = "starttls"
    mail_ca_file: str = ""
    mail_user: str = ""
    mail_password: str = field(default="", repr=False)
    mail_from: str = ""
    altinn_url: str = "https://platform.altinn.no"
    altinn_scope: str = "altinn:serviceowner/notifications.create"
    machine_issuer: str = ""
    machine_client_id: str = "digihelse"
    machine_dpop: bool = False
    require_dpop: bool = False
    organisations_file: str = ""
    identity_keys: str = field(default="", repr=False)
    identity_index_key: str = field(default="", repr=False)
    jobs_in_web: bool = True
    demo: bool = True

    @property
    def is_local(self) -> bool:
        """Whether the app serves this machine alone, where plain http is allowed."""
        return urlsplit(self.base_url).hostname in LOOPBACK

    @property
    def is_https(self) -> bool:
        """Whether people reach the app over TLS."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def uses_standins(self) -> bool:
        """Whether the outside systems are played by the stand-ins."""
        return self.oidc_profile == "standin"

    @property
    def is_production(self) -> bool:
        """Whether real people are served: anywhere but on this machine or in a declared test environment."""
        return not self.is_local and not self.test_environment

    @property
    def registers_address(self) -> str:
        """Where the population register answers: its stand-in unless another is set."""
        return self.registers_url or f"{self.base_url}/registre"

    @property
    def mailbox_address(self) -> str:
        """Where the stand-in for SMS and e-mail gateways answers."""
        return f"{self.base_url}/varsler-test"

    @property
    def sms_gateway(self) -> str:
        """What sends SMS: `altinn`, `link`, `sveve`, or the stand-in `mailbox`."""
        return self.sms or _STANDIN

    @property
    def mail_gateway(self) -> str:
        """What sends e-mail: `altinn`, `smtp`, or the stand-in `mailbox`."""
        return self.mail or _STANDIN

    @property
    def machine_token_issuer(self) -> str:
        """Who issues tokens to machines, ours and those that call us: the stand-in unless another is set."""
        return self.machine_issuer or f"{self.base_url}/testid"

    @property
    def database(self) -> str:
        """The database's address; an SQLite file under `var_dir` by default."""
        return self.database_url or f"sqlite+aiosqlite:///{self.var_dir}/digihelse.db"

    @property
    def synthetic_offsets(self) -> frozenset[int]:
        """Month offsets of synthetic identity numbers to accept: none in production."""
        return frozenset() if self.is_production else frozenset({40, 65, 80})

    def checked(self) -> "Settings":
        """These settings, or SettingsError when they would be unsafe to start with."""
        parts = urlsplit(self.base_url)
        if not parts.scheme or not parts.hostname or parts.path not in ("", "/"):
            raise SettingsError(
                "DIGIHELSE_BASE_URL must be a scheme and a host, such as https://digihelse.example"
            )
        if not self.is_https and not self.is_local:
            raise SettingsError("DIGIHELSE_BASE_URL must be https anywhere but on this machine")
        if self.uses_standins and not self.is_local:
            raise SettingsError(
                "the stand-ins only serve this machine: set DIGIHELSE_OIDC_PROFILE to a real provider"
            )
        if not self.uses_standins and not (self.registers_url and self.machine_issuer):
            raise SettingsError(
                "DIGIHELSE_REGISTERS_URL and DIGIHELSE_MACHINE_ISSUER must be set beside a real provider"
            )
        self._check_notices()
        return self

    def _check_notices(self) -> None:
        for name, chosen, needed in (("sms", self.sms_gateway, _SMS), ("mail", self.mail_gateway, _MAIL)):
            variable = f"DIGIHELSE_{name.upper()}"
            if chosen not in needed or (chosen == _STANDIN and not self.uses_standins):
                real = ", ".join(one for one in needed if one != _STANDIN)
                raise SettingsError(f"{variable} must be one of: {real}")
            missing = [f"DIGIHELSE_{one.upper()}" for one in needed[chosen] if not getattr(self, one)]
            if missing:
                raise SettingsError(f"{variable} is {chosen}, which also needs {', '.join(missing)}")
        if self.mail_tls not in ("starttls", "implicit"):
            raise SettingsError("DIGIHELSE_MAIL_TLS must be starttls or implicit: no mail goes in clear")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from variables `DIGIHELSE_…`; raises SettingsError for a value that cannot be read."""
    values: dict[str, object] = {}
    for name, spec in Settings.__dataclass_fields__.items():
        raw = environment.get(f"DIGIHELSE_{name.upper()}")
        if raw:
            values[name] = _read(name, raw, spec.type)
    values.setdefault("redis_url", environment.get("REDIS_URL", ""))
    values["base_url"] = str(values.get("base_url", Settings.base_url)).rstrip("/")
    return Settings(**values).checked()  # pyright: ignore[reportArgumentType]


def _read(name: str, raw: str, kind: object) -> object:
    try:
        if kind is bool:
            return {"1": True, "true": True, "0": False, "false": False}[raw.lower()]
        if kind in (int, Path, time):
            return {int: int, Path: Path, time: time.fromisoformat}[kind](raw)  # pyright: ignore[reportIndexIssue]
    except (KeyError, ValueError):
        raise SettingsError(f"DIGIHELSE_{name.upper()} cannot be read: see docs/operations.md") from None
    return raw
