"""Pin the packages of pyproject.toml with hashes, for every Python supported. `make requirements`."""

import os
import subprocess
import sys
from pathlib import Path

from tools import pip_settings

FOLDER = Path("requirements")


def main() -> int:
    """Compile app.txt and dev.txt, keeping versions that still fit unless `--upgrade` is given.

    `uv.txt` and `redis.txt` hold one program each and are changed by hand.
    """
    environment = {**os.environ, **pip_settings.for_uv([sys.executable, "-m", "pip"])}
    # A further index may hold one file of a release where the first holds all, and hashes are wanted of all.
    for partial in ("UV_INDEX", "UV_FIND_LINKS"):
        environment.pop(partial, None)
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "pyproject.toml",
        "--universal",
        "--python-version",
        "3.11",
    ]
    command += [
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-emit-index-url",
        "--no-emit-find-links",
    ]
    for name, more in (("app", []), ("dev", ["--group", "dev"])):
        target = ["--quiet", "--output-file", str(FOLDER / f"{name}.txt")]
        done = subprocess.run([*command, *more, *target, *sys.argv[1:]], env=environment, check=False)
        if done.returncode:
            return done.returncode
        print(f"Wrote {FOLDER / name}.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
