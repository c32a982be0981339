"""The tests that need servers and a browser: find Chromium, build, and run them. `python -m tools.test`.

Architecture and unit tests have run before (`make check`).
"""

import subprocess
import sys

from tools import find_chromium, prebuild

SUITES = ("tests", "--ignore=tests/architecture", "--ignore=tests/unit")


def main() -> int:
    """0 when all is well; a sentence and 1 when the tests could not be run."""
    try:
        chromium = find_chromium.find(say=lambda sentence: print(sentence, flush=True))
        print(f"Browser tests use {chromium}", flush=True)
        prebuild.build()
    except (find_chromium.NoChromiumError, prebuild.BuildError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print("Integration, conformance, attack and browser tests …", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "--durations=10", *SUITES, *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
