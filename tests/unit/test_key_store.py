"""Keys: made once on this machine, never anywhere else."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, KeySet, RSAKey

from digihelse_app.outside.key_store import load_or_create
from digihelse_app.settings import Settings, SettingsError

ONE, TWO = (b64encode(letter * 32).decode() for letter in (b"1", b"2"))


def production(tmp_path: Path, **changed: Any) -> Settings:
    keys = [RSAKey.generate_key(2048, {"kid": "old"}), ECKey.generate_key("P-256", {"kid": "new"})]
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(KeySet(list(keys)).as_dict(private=True)))
    given: dict[str, Any] = {
        "base_url": "https://digihelse.example",
        "var_dir": tmp_path / "var",
        "oidc_profile": "idporten",
        "identity_keys": f"k2:{TWO},k1:{ONE}",
        "identity_index_key": ONE,
        "oidc_jwks_file": str(jwks),
    }
    return Settings(**{**given, **changed})


def test_first_local_start_makes_keys_and_the_next_keeps_them(tmp_path: Path) -> None:
    local = Settings(var_dir=tmp_path / "var")
    first, second = load_or_create(local), load_or_create(local)
    assert (first.vault, first.signing.public()) == (second.vault, second.signing.public())
    assert (tmp_path / "var" / "keys.json").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["keys.json"]


def test_public_keys_hold_no_private_part(tmp_path: Path) -> None:
    (key,) = load_or_create(Settings(var_dir=tmp_path)).signing.public()["keys"]
    assert key.keys() == {"kty", "n", "e", "kid", "use", "alg"}


def test_production_keys_come_from_the_settings(tmp_path: Path) -> None:
    keys = load_or_create(production(tmp_path, oidc_active_kid="new"))
    assert keys.vault.keys == {"k2": b"2" * 32, "k1": b"1" * 32}
    assert (keys.vault.index_key, keys.signing.active_kid) == (b"1" * 32, "new")
    assert [key["kid"] for key in keys.signing.public()["keys"]] == ["old", "new"]
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"identity_keys": ""}, "DIGIHELSE_IDENTITY_KEYS must be set"),
        ({"identity_index_key": ""}, "DIGIHELSE_IDENTITY_INDEX_KEY must be set"),
        ({"oidc_jwks_file": ""}, "DIGIHELSE_OIDC_JWKS_FILE must be set"),
        ({"oidc_jwks_file": "no-such-file"}, "must name a readable JWK Set"),
        ({"identity_keys": f"k1:{ONE[:-4]}"}, "32 bytes"),
        ({"identity_keys": ONE}, "must"),
        ({"identity_index_key": "not base64"}, "32 bytes"),
        ({"oidc_active_kid": "lost"}, "names none of the signing keys"),
    ],
)
def test_production_never_makes_a_key_in_silence(
    tmp_path: Path, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        load_or_create(production(tmp_path, **changed))
