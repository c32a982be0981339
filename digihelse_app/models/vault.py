"""Encryption of what must not lie readable in the database, and the blind index to find it by.

AES-256-GCM with a fresh 96-bit nonce, HMAC-SHA-256 for the index. Keys carry an id, so that they can be
rotated: the first encrypts, all decrypt.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class UnreadableError(ValueError):
    """A ciphertext that none of the keys opens."""


@dataclass(frozen=True, repr=False)
class Vault:
    """Keys by id (32 bytes each, the first is used for new values) and the pepper of the blind index."""

    keys: dict[str, bytes]
    index_key: bytes

    def encrypt(self, plain: str, context: str) -> bytes:
        """`plain` encrypted and bound to `context` (such as a column's name), so it opens nowhere else."""
        key_id, key = next(iter(self.keys.items()))
        nonce = os.urandom(_NONCE_BYTES)
        return key_id.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, plain.encode(), context.encode())

    def decrypt(self, cipher: bytes, context: str) -> str:
        """What `encrypt` was given; raises UnreadableError for another key, context or a changed value."""
        key_id, _, rest = cipher.partition(b":")
        key = self.keys.get(key_id.decode("ascii", "replace"))
        if key is None:
            raise UnreadableError
        try:
            return AESGCM(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, ValueError):  # ValueError: too short to be one of ours
            raise UnreadableError from None

    def index(self, plain: str) -> str:
        """A keyed fingerprint (64 hex digits) to look `plain` up by without storing it."""
        return hmac.new(self.index_key, plain.encode(), hashlib.sha256).hexdigest()


class _Held:
    vault: Vault | None = None


def hold(vault: Vault) -> None:
    """Make `vault` the one this process uses; called by the composition root."""
    _Held.vault = vault


def vault() -> Vault:
    """The vault in use; raises RuntimeError before `hold`."""
    if _Held.vault is None:
        message = "no vault: the composition root has not run"
        raise RuntimeError(message)
    return _Held.vault
