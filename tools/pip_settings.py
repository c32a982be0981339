"""Where pip is set to fetch packages from, told to uv, which does not read pip's settings.

A machine's pip may be pointed at a mirror, a proxy or a folder of wheels; uv must then use the same.
"""

import ast
import os
import subprocess
from collections.abc import Mapping, Sequence


def for_uv(pip: Sequence[str]) -> dict[str, str]:
    """Environment variables that tell uv what `pip` (a command) is set to."""
    listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False)
    return translated(parsed(listed.stdout), os.environ)


def parsed(listed: str) -> dict[str, str]:
    """Values of `pip config list` by name: the environment wins over files, `install` over `global`."""
    found: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):
        for line in listed.splitlines():
            name, separator, value = line.partition("=")
            if separator and name.startswith(section):
                found[name.removeprefix(section)] = str(ast.literal_eval(value))
    return found


def translated(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """pip's settings in uv's words; what `environment` already says to uv is left alone."""
    words = {
        "UV_DEFAULT_INDEX": settings.get("index-url"),
        "UV_INDEX": " ".join(settings.get("extra-index-url", "").split()),
        "UV_FIND_LINKS": ",".join(settings.get("find-links", "").split()),
        "UV_INSECURE_HOST": " ".join(settings.get("trusted-host", "").split()),
        "SSL_CERT_FILE": settings.get("cert"),
        "UV_HTTP_TIMEOUT": settings.get("default-timeout", settings.get("timeout")),
        # pip looks in all indexes and takes the best; every package is checked against its hash.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    return {name: value for name, value in words.items() if value and name not in environment}
