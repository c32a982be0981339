"""The keys the app holds: those that encrypt identity numbers, and those it signs with.

On this machine they are made at the first start and kept in `var/keys.json`, readable by the owner alone.
Anywhere else they must be given: a key made in silence would be lost with the disk, and every identity
number with it.
"""

import base64
import binascii
import json
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey

from digihelse_app.models.vault import Vault
from digihelse_app.outside.signing_keys import SigningKeys, read_signing_keys
from digihelse_app.settings import Settings, SettingsError

_KEY_BYTES = 32


@dataclass(frozen=True)
class Keys:
    """What the composition root hands out: `vault` to the models, `signing` to what talks to providers."""

    vault: Vault = field(repr=False)
    signing: SigningKeys = field(repr=False)


def load_or_create(settings: Settings) -> Keys:
    """The keys the settings name; on this machine missing ones are made. Raises SettingsError."""
    stored = _stored(settings) if settings.is_local else {}
    identity = settings.identity_keys or stored.get("identity_keys", "")
    index = settings.identity_index_key or stored.get("identity_index_key", "")
    jwks = _jwks_of(settings.oidc_jwks_file) if settings.oidc_jwks_file else stored.get("signing_jwks")
    for name, value in (("IDENTITY_KEYS", identity), ("IDENTITY_INDEX_KEY", index), ("OIDC_JWKS_FILE", jwks)):
        if not value:
            raise SettingsError(f"DIGIHELSE_{name} must be set: see docs/operations.md")
    vault = Vault(_identity_keys(identity), _bytes("DIGIHELSE_IDENTITY_INDEX_KEY", index))
    return Keys(vault, read_signing_keys(jwks or {}, settings.oidc_active_kid))


def _identity_keys(text: str) -> dict[str, bytes]:
    """`id:base64,id:base64`: the first encrypts, all decrypt."""
    pairs = [entry.strip().partition(":") for entry in text.split(",")]
    keys = {key_id: _bytes("DIGIHELSE_IDENTITY_KEYS", encoded) for key_id, _, encoded in pairs}
    if not all(key_id.isalnum() and key_id.isascii() for key_id in keys):
        raise SettingsError("DIGIHELSE_IDENTITY_KEYS must read id:key,id:key with ids of letters and digits")
    return keys


def _bytes(name: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise SettingsError(f"{name} must hold keys of 32 bytes in base64")
    return key


def _jwks_of(path: str) -> dict[str, Any]:
    try:
        return json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError):
        raise SettingsError("DIGIHELSE_OIDC_JWKS_FILE must name a readable JWK Set") from None


def _stored(settings: Settings) -> dict[str, Any]:
    file = settings.var_dir / "keys.json"
    if not file.exists():
        keep_once(file, json.dumps(_new_keys()))
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        raise SettingsError(f"{file.name} in the data folder cannot be read") from None


def keep_once(file: Path, text: str) -> None:
    """Write `file` whole or not at all; when another process came first, its keys stand."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=file.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(temporary, file)
    finally:
        Path(temporary).unlink()


def _new_keys() -> dict[str, Any]:
    kid = f"digihelse-{secrets.token_hex(4)}"
    signing = RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig", "alg": "RS256"})
    return {
        "identity_keys": f"k1:{_random_key()}",
        "identity_index_key": _random_key(),
        "signing_jwks": {"keys": [signing.as_dict(private=True)]},
    }


def _random_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
