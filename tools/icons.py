"""Write `digihelse_app/components/icons.json` from the package of Aksel icons. `python -m tools.icons`."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

from tools.prebuild import ROOT, build_environment

PACKAGE = "@navikt/aksel-icons@8.16.2"
OUTPUT = ROOT / "digihelse_app" / "components" / "icons.json"

NAMES = {
    "archive": "Archive",
    "arrow-right": "ArrowRight",
    "away": "Baggage",
    "bell": "Bell",
    "calendar": "Calendar",
    "chat": "Chat",
    "check": "Checkmark",
    "check-circle": "CheckmarkCircle",
    "check-heavy": "CheckmarkHeavy",
    "chevron-down": "ChevronDown",
    "chevron-left": "ChevronLeft",
    "chevron-right": "ChevronRight",
    "cleaning": "BucketMop",
    "clock": "Clock",
    "close": "XMark",
    "download": "Download",
    "envelope": "EnvelopeClosed",
    "envelope-open": "EnvelopeOpen",
    "error": "XMarkOctagon",
    "eye": "Eye",
    "file": "File",
    "hand-heart": "HandHeart",
    "handshake": "Handshake",
    "home-care": "HouseHeart",
    "hospital": "Hospital",
    "hourglass": "Hourglass",
    "house": "House",
    "info": "InformationSquare",
    "language": "Globe",
    "lock": "PadlockLocked",
    "moon": "Moon",
    "no": "CircleSlash",
    "offline": "CloudSlash",
    "paperclip": "Paperclip",
    "person": "PersonCircle",
    "phone": "Phone",
    "plus": "Plus",
    "printer": "PrinterSmall",
    "search": "MagnifyingGlass",
    "send": "Paperplane",
    "shield": "ShieldCheckmark",
    "sign-out": "Leave",
    "swap": "ArrowRightLeft",
    "trash": "Trash",
    "warning": "ExclamationmarkTriangle",
    "write": "NotePencil",
}
"""Our name to Aksel's. A filled variant is taken along where Aksel has one."""

_PATH = re.compile(r'<path[^>]*\sd="([^"]+)"')


def main() -> None:
    """Fetch the package into a folder that goes away, and write the paths of the icons we name."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "package.json").write_text("{}")
        subprocess.run(
            ["npm", "install", "--no-save", PACKAGE], cwd=folder, env=build_environment(), check=True
        )
        source = Path(folder, "node_modules/@navikt/aksel-icons/dist/svg")
        icons = {name: _variants(source, aksel) for name, aksel in NAMES.items()}
    OUTPUT.write_text(json.dumps(icons, indent=1) + "\n")


def _variants(source: Path, aksel: str) -> dict[str, list[str]]:
    files = {"line": source / f"{aksel}.svg", "fill": source / f"{aksel}Fill.svg"}
    return {kind: _PATH.findall(file.read_text()) for kind, file in files.items() if file.exists()}


if __name__ == "__main__":
    main()
