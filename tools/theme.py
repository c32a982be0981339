"""Write `assets/styles/theme.css` with Designsystemet's own generator. `python -m tools.theme`."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.prebuild import ROOT, build_environment

GENERATOR = "@digdir/designsystemet@1.15.0"
CONFIG = ROOT / "tools" / "theme" / "designsystemet.config.json"
OUTPUT = ROOT / "assets" / "styles" / "theme.css"


def main() -> None:
    """Make tokens from the configuration and build them, in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "package.json").write_text("{}")
        shutil.copy(CONFIG, here / "designsystemet.config.json")
        for command in (
            ["npm", "install", "--no-save", GENERATOR],
            ["npx", "--no-install", "designsystemet", "tokens", "create"],
            ["npx", "--no-install", "designsystemet", "tokens", "build", "-o", "built"],
        ):
            subprocess.run(command, cwd=here, env=build_environment(), check=True)
        shutil.copy(here / "built" / "digihelse.css", OUTPUT)


if __name__ == "__main__":
    main()
