"""The stand-in provider judged by a counterpart nobody here wrote: the certified npm `openid-client`."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from digihelse_app.standins.people import BY_KEY
from tests import node_packages
from tests.provider_client import CALLBACK, EC_KEY, PUBLIC_KEYS, RSA_KEY, SIGNED_OUT
from tests.provider_process import running_providers
from tests.servers import free_port

HERE = Path(__file__).parent
REGISTRATION = {"redirect_uris": [CALLBACK], "post_logout_redirect_uris": [SIGNED_OUT]}
CLIENTS = [
    {"client_id": "keyed", "jwks": PUBLIC_KEYS, **REGISTRATION},
    {"client_id": "secret", "client_secret": "a-secret", **REGISTRATION},
    {
        "client_id": "machine",
        "jwks": PUBLIC_KEYS,
        "grant_types": ["client_credentials"],
        "audiences": {"digihelse/record-system": "digihelse"},
    },
]


@pytest.fixture(scope="session")
def script() -> Path:
    """The script beside the packages it needs."""
    return Path(shutil.copy(HERE / "openid_client.mjs", node_packages.installed()))


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_providers(tmp_path_factory.mktemp("provider"), [free_port()], CLIENTS) as issuer:
        yield issuer


def run(script: Path, **asked: Any) -> dict[str, Any]:
    """What the openid-client says it was given."""
    asked = {"callback": CALLBACK, "signedOut": SIGNED_OUT, "person": "kari-nordmann", **asked}
    command = [node_packages.TOOLS / "node", script, json.dumps(asked)]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(finished.stdout)


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY], ids=["RS256", "ES256"])
def test_openid_client_signs_in_with_a_key(script: Path, issuer: str, key: Any) -> None:
    given = run(script, issuer=issuer, client="keyed", jwk=key.as_dict(private=True))

    assert given["claims"]["pid"] == BY_KEY["kari"].national_id
    assert (given["claims"]["iss"], given["claims"]["acr"]) == (issuer, "idporten-loa-high")
    assert given["userinfo"]["sub"] == given["claims"]["sub"]
    assert given["signedOut"] == 200


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_openid_client_signs_in_with_a_secret(script: Path, issuer: str, method: str) -> None:
    given = run(script, issuer=issuer, client="secret", secret="a-secret", method=method)

    assert given["claims"]["pid"] == BY_KEY["kari"].national_id


def test_openid_client_fetches_a_bound_machine_token(script: Path, issuer: str) -> None:
    asked = {"client": "machine", "jwk": RSA_KEY.as_dict(private=True), "scope": "digihelse/record-system"}

    assert run(script, issuer=issuer, **asked) == {"type": "dpop", "scope": "digihelse/record-system"}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("wrong-nonce", "OAUTH_JWT_CLAIM_COMPARISON_FAILED"),
        ("wrong-iss", "OAUTH_JWT_CLAIM_COMPARISON_FAILED"),
        ("wrong-aud", "OAUTH_JWT_CLAIM_COMPARISON_FAILED"),
        ("expired", "OAUTH_JWT_TIMESTAMP_CHECK_FAILED"),
        ("wrong-key", "OAUTH_INVALID_RESPONSE"),
        ("wrong-iss-parameter", "OAUTH_INVALID_RESPONSE"),
    ],
)
def test_openid_client_refuses_each_fault(script: Path, issuer: str, fault: str, code: str) -> None:
    given = run(
        script, issuer=issuer, client="secret", secret="a-secret", method="client_secret_post", fault=fault
    )

    assert given == {"refused": code}
