"""Provider profiles: another provider by environment variables alone, and what production refuses."""

from typing import Any

import pytest

from digihelse_app.outside.identity_provider.profile import PROFILES, OidcProfile, from_environment
from digihelse_app.settings import Settings, SettingsError
from digihelse_app.web.auth import cookies

REAL: dict[str, Any] = {
    "base_url": "https://digihelse.example",
    "registers_url": "https://registers.example",
    "machine_issuer": "https://machines.example",
    "sms": "altinn",
    "mail": "altinn",
}
CLIENT = {"DIGIHELSE_OIDC_CLIENT_ID": "our-client"}


def settings(profile: str = "idporten", **changed: Any) -> Settings:
    return Settings(**{**REAL, "oidc_profile": profile, **changed}).checked()


def profile(name: str = "idporten", /, **environment: str) -> OidcProfile:
    given = {f"DIGIHELSE_OIDC_{key}": value for key, value in environment.items()}
    return from_environment(settings(name), {**CLIENT, **given})


def test_idporten_needs_a_client_id_alone() -> None:
    chosen = profile()
    assert (chosen.issuer, chosen.client_id, chosen.par) == ("https://idporten.no", "our-client", "required")
    assert chosen.accepted_acr == {"idporten-loa-high"}
    assert chosen.assertion_is_for == "https://idporten.no"


def test_environment_overrides_every_kind_of_setting() -> None:
    chosen = profile(
        ACCEPTED_ACR="high idporten-loa-high",
        PAR="off",
        LEEWAY="5",
        DPOP="true",
        FRAME_ANCESTORS="https://a.example,https://b.example",
        UI_LOCALES="nb=no en=en",
    )
    assert chosen.accepted_acr == {"high", "idporten-loa-high"}
    assert (chosen.par, chosen.leeway, chosen.dpop) == ("off", 5, True)
    assert chosen.frame_ancestors == ("https://a.example", "https://b.example")
    assert chosen.ui_locales == {"nb": "no", "en": "en"}


def test_standin_is_at_the_apps_own_address() -> None:
    local = Settings(base_url="http://localhost:3000").checked()
    assert from_environment(local, {}).issuer == "http://localhost:3000/testid"


@pytest.mark.parametrize("name", ["idporten", "bankid"])
def test_shipped_profiles_may_serve_real_people(name: str) -> None:
    assert profile(name, CLIENT_SECRET="secret").name == name


def test_signicat_needs_its_tenants_address() -> None:
    with pytest.raises(SettingsError, match="DIGIHELSE_OIDC_ISSUER must be set"):
        profile("signicat", CLIENT_SECRET="secret")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"ISSUER": "http://idporten.example"}, "DIGIHELSE_OIDC_ISSUER must be https"),
        ({"ISSUER": "http://localhost:3000/testid"}, "DIGIHELSE_OIDC_ISSUER must be https"),
        ({"ISSUER": "https://localhost/testid"}, "must not be this machine"),
        ({"ISSUER": "https://127.0.0.1/testid"}, "must not be this machine"),
        ({"ACCEPTED_ACR": "idporten-loa-high idporten-loa-substantial"}, "a level below high"),
        ({"ACCEPTS_TEST_IDENTITIES": "1"}, "must be off in production"),
        ({"LEEWAY": "11"}, "0 to 10 seconds"),
        ({"LEEWAY": "soon"}, "DIGIHELSE_OIDC_LEEWAY cannot be read"),
        ({"PAR": "maybe"}, "must be one of: auto, required, off"),
        ({"CLIENT_AUTH": "basic"}, "DIGIHELSE_OIDC_CLIENT_SECRET must be set"),
    ],
)
def test_production_refuses_to_start_with_less(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        profile(**environment)


def test_test_provider_is_refused_in_production_and_taken_in_a_test_environment() -> None:
    with pytest.raises(SettingsError, match="ACCEPTS_TEST_IDENTITIES"):
        profile("idporten-test")
    declared = settings("idporten-test", test_environment=True)
    assert from_environment(declared, CLIENT).accepts_test_identities is True
    assert (declared.synthetic_offsets, settings().synthetic_offsets) == ({40, 65, 80}, frozenset())


def test_unknown_profile_lists_the_known() -> None:
    with pytest.raises(SettingsError, match=", ".join(PROFILES)):
        profile("facebook")


def test_profile_does_not_print_its_secret() -> None:
    assert "hush" not in repr(profile("bankid", CLIENT_SECRET="hush"))


def test_cookies_carry_the_host_prefix_over_https_alone() -> None:
    assert cookies.for_settings(settings()).session == "__Host-digihelse"
    assert cookies.for_settings(Settings()).session == "digihelse"
