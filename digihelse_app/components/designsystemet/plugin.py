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

PARTS = (
    "base",
    "alert",
    "button",
    "card",
    "chip",
    "details",
    "dialog",
    "error-summary",
    "field",
    "fieldset",
    "heading",
    "input",
    "label",
    "link",
    "list",
    "paragraph",
    "skeleton",
    "skip-link",
    "tag",
    "validation-message",
)
"""Designsystemet's files that the wrappers of this package use; the rest stays out of the bundle."""

BEFORE = ("layers", "theme")
AFTER = (
    "fonts",
    "foundation",
    "frame",
    "lists",
    "thread",
    "contact",
    "visits",
    "choices",
    "front",
    "wide",
    "parts",
    "narrow",
    "access",
    "dark",
)
"""Our own files under `assets/styles`, in the order they override each other."""


class DesignsystemetPlugin(Plugin):
    """Designsystemet's theme, its component styles, and our own after them, sent as one file."""

    def get_frontend_development_dependencies(self, **_: Any) -> Sequence[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Packages the build needs. As run-time dependencies Reflex would bundle them whole, and the styles twice."""
        return PACKAGES

    def get_static_assets(self, **_: Any) -> Sequence[tuple[Path, str]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Our style sheets, placed where the build resolves them."""
        return [
            (Path("styles") / f"{name}.css", (STYLES / f"{name}.css").read_text()) for name in BEFORE + AFTER
        ]

    def get_stylesheet_paths(self, **_: Any) -> Sequence[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Every style sheet in the order of the cascade."""
        return [
            *(f"./{name}.css" for name in BEFORE),
            *(f"@digdir/designsystemet-css/{name}.css" for name in PARTS),
            *(f"./{name}.css" for name in AFTER),
        ]
