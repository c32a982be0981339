"""Brings Designsystemet and Inter into the build: the packages, and one style sheet in the right order."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

STYLES = Path("assets/styles")

PACKAGES = (
    "@digdir/designsystemet-css@1.22.0",
    "@digdir/designsystemet-web@1.22.0",
    "@fontsource-variable/inter@5.3.0",
)

BASE = ("base", "label", "heading", "paragraph", "validation-message")
PARTS = (
    "link",
    "data-size-workaround",
    "button",
    "input",
    "field",
    "fieldset",
    "alert",
    "skip-link",
    "details",
    "dialog",
    "list",
    "card",
    "chip",
    "search",
    "skeleton",
    "tag",
    "error-summary",
)
"""Designsystemet's files that our wrappers use, in its own order; the rest stays out of the bundle."""

BEFORE = ("layers", "theme", "designsystemet")
AFTER = (
    "fonts",
    "foundation",
    "frame",
    "lists",
    "inbox",
    "thread",
    "attachments",
    "contact",
    "visits",
    "choices",
    "front",
    "wide",
    "parts",
    "narrow",
    "access",
    "dark",
    "print",
)
"""Our own files under `assets/styles`, in the order they override each other."""


class DesignsystemetPlugin(Plugin):
    """Designsystemet's theme, its component styles, and our own after them, sent as one file."""

    def get_frontend_development_dependencies(self, **_: Any) -> Sequence[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Packages for the build. As run-time ones Reflex would bundle them whole, and the styles twice."""
        return PACKAGES

    def get_static_assets(self, **_: Any) -> Sequence[tuple[Path, str]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The style sheets, placed where the build resolves them."""
        own = (name for name in BEFORE + AFTER if name != "designsystemet")
        return [
            *((Path("styles") / f"{name}.css", (STYLES / f"{name}.css").read_text()) for name in own),
            (Path("styles/designsystemet.css"), _designsystemet()),
        ]

    def get_stylesheet_paths(self, **_: Any) -> Sequence[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Every style sheet in the order of the cascade."""
        return [f"./{name}.css" for name in BEFORE + AFTER]


def _designsystemet() -> str:
    # Only the whole style sheet of Designsystemet names its layers; single files come without.
    layers = {**dict.fromkeys(BASE, "ds.base"), **dict.fromkeys(PARTS, "ds.components")}
    lines = [
        f'@import "@digdir/designsystemet-css/{name}.css" layer({layer});' for name, layer in layers.items()
    ]
    return "\n".join(lines) + "\n"
