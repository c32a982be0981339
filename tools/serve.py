"""Start the built app. `python -m tools.serve --host 127.0.0.1 --port 3000`; needs no Node."""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PREBUILT = {
    # Reflex's own switches for serving a finished build; the tests start the app by them.
    "REFLEX_ENV_MODE": "prod",
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
}


def main() -> None:
    """Replace this process with the server. Ends with a sentence when the build or Redis is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=1)
    wanted = parser.parse_args()
    redis = os.environ.get("DIGIHELSE_REDIS_URL") or os.environ.get("REDIS_URL")
    if wanted.workers > 1 and not redis:
        sys.exit(
            "More than one worker needs REDIS_URL: without it, a worker knows nothing of the others' tabs."
        )
    if not (ROOT / ".web" / "build" / "client" / "index.html").exists():
        sys.exit("The browser's files are not built yet: run python -m tools.prebuild")
    os.chdir(ROOT)
    command = server_command(wanted.host, wanted.port, wanted.workers)
    os.execve(sys.executable, command, server_environment())  # noqa: S606 - our own interpreter


COMPOSITION_ROOT = "digihelse_app.digihelse_app:app"


def server_command(host: str, port: int, workers: int = 1, root: str = COMPOSITION_ROOT) -> list[str]:
    """The server's command line for the composition root, or what is started in its stead."""
    return [
        sys.executable,
        *("-m", "granian", "--interface", "asgi", "--factory", root),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
        *("--log-level", "warning"),
        # Without it, one worker that dies takes the others along. One alone is for its service manager.
        *(["--respawn-failed-workers"] if workers > 1 else []),
    ]


def server_environment() -> dict[str, str]:
    """This process's environment with what a finished build needs."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, **PREBUILT, "PYTHONPATH": path}


if __name__ == "__main__":
    main()
