"""The keys that tests encrypt with."""

from digihelse_app.models.vault import Vault

TEST_VAULT = Vault(keys={"test": bytes(range(32))}, index_key=bytes(range(32, 64)))
