"""Leaves out of the bundle what Reflex brings and this app does not use: styles and cookies by script."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

from digihelse_app.components.pwa import BuildError

STAND_INS = {
    # Reflex writes every element with emotion's `jsx`; without style props that is React's own.
    "@emotion/react": 'import { createElement } from "react";\nexport const jsx = createElement;\n',
    # Reflex reads and writes cookies for rx.Cookie alone. Ours are HttpOnly: no script sees them.
    "universal-cookie": "export default class {\n  get() {}\n  set() {}\n  remove() {}\n}\n",
}
"""Package -> the few lines that take its place in the browser."""

_ALIASES = "alias: ["
_STYLE_PROP = re.compile(r"[,{]css:\(?\{.{0,120}")


class LeanPlugin(Plugin):
    """Replaces two packages, and fails the build when a page would need what was replaced."""

    def get_static_assets(self, **_: Any) -> Sequence[tuple[Path, str]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The lines that take the packages' place."""
        return [(Path("lean") / f"{_file(name)}.js", text) for name, text in STAND_INS.items()]

    def pre_compile(self, **context: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Point the build at them."""
        context["add_modify_task"]("vite.config.js", with_aliases)

    def post_build(self, **context: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Raise BuildError for a style prop: it would be dropped in silence, and the policy forbids it."""
        web = Path(context["static_dir"]).parent.parent
        for file in (*web.glob("app/**/*.jsx"), *web.glob("utils/**/*.jsx")):
            found = _STYLE_PROP.search(file.read_text(encoding="utf-8"))
            if found:
                raise BuildError(f"{file.name} has a style prop, or what Reflex took for one: {found[0]}")


def with_aliases(config: str) -> str:
    """The build's configuration with our files in the packages' place; unchanged when they are there."""
    if "./lean/" in config:
        return config
    if config.count(_ALIASES) != 1:
        raise BuildError("vite.config.js has no list of aliases; Reflex may have changed")
    return config.replace(_ALIASES, _ALIASES + "".join(map(_alias, STAND_INS)))


def _alias(name: str) -> str:
    file = f'fileURLToPath(new URL("./lean/{_file(name)}.js", import.meta.url))'
    return f'\n      {{ find: "{name}", replacement: {file} }},'


def _file(name: str) -> str:
    return name.strip("@").replace("/", "-")
