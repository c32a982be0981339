"""Every benchmark against the built app, started for it: `python -m bench`."""

import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from bench import clicks, delegation, inbox, visits
from digihelse_app import routes
from tests import servers

QUERIES = "queries"


def _app(folder: Path) -> AbstractContextManager[servers.RunningApp]:
    """The built app, which writes down its queries too."""
    return servers.app(folder, {"BENCH_QUERIES": str(folder / QUERIES)}, root="bench.counted:app")


def main() -> int:
    """Print what each measures; not 0 when something is over its budget."""
    with tempfile.TemporaryDirectory() as folder, _app(Path(folder)) as running:
        command = [sys.executable, "-m", "bench.bundle", running.base_url + routes.INBOX]
        bundle = subprocess.run(command, cwd=servers.ROOT, check=False).returncode
        clicks.main([running.base_url, "--queries", str(running.folder / QUERIES)])
    return max(inbox.main(), visits.main(), delegation.main(), bundle)


if __name__ == "__main__":
    sys.exit(main())
