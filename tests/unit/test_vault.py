"""Encryption at rest: what opens, what does not, and rotation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digihelse_app.models.vault import UnreadableError, Vault

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32
VAULT = Vault({"k1": OLD}, INDEX)


@given(st.text(), st.text())
def test_decrypt_gives_back_what_was_encrypted(plain: str, context: str) -> None:
    assert VAULT.decrypt(VAULT.encrypt(plain, context), context) == plain


def test_encrypt_never_gives_the_same_twice() -> None:
    assert VAULT.encrypt("14834813638", "x") != VAULT.encrypt("14834813638", "x")


def test_ciphertext_does_not_show_the_plain_text() -> None:
    assert b"14834813638" not in VAULT.encrypt("14834813638", "x")


def test_decrypt_refuses_another_context() -> None:
    with pytest.raises(UnreadableError):
        VAULT.decrypt(VAULT.encrypt("14834813638", "person.national_id"), "session.id_token")


@given(st.integers(min_value=3))
def test_decrypt_refuses_a_changed_value(at: int) -> None:
    cipher = bytearray(VAULT.encrypt("14834813638", "x"))
    cipher[3 + at % (len(cipher) - 3)] ^= 1
    with pytest.raises(UnreadableError):
        VAULT.decrypt(bytes(cipher), "x")


@pytest.mark.parametrize("cipher", [b"", b"k1", b"k1:", b"k1:short", b"k9:" + b"x" * 40, b"\xff:x"])
def test_decrypt_refuses_what_is_no_value_of_ours(cipher: bytes) -> None:
    with pytest.raises(UnreadableError):
        VAULT.decrypt(cipher, "x")


def test_rotated_keys_read_the_old_and_write_with_the_first() -> None:
    old = VAULT.encrypt("14834813638", "x")
    rotated = Vault({"k2": NEW, "k1": OLD}, INDEX)
    assert rotated.decrypt(old, "x") == "14834813638"
    assert rotated.encrypt("x", "x").startswith(b"k2:")
    with pytest.raises(UnreadableError):
        Vault({"k2": NEW}, INDEX).decrypt(old, "x")


def test_index_finds_again_without_telling_what() -> None:
    found = VAULT.index("14834813638")
    assert (found, len(found)) == (Vault({"k2": NEW}, INDEX).index("14834813638"), 64)
    assert found != Vault({"k1": OLD}, b"another pepper").index("14834813638")


def test_vault_does_not_print_its_keys() -> None:
    assert "oooo" not in repr(VAULT)
