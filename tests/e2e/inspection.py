"""Looks at a page as a critical reader does: axe-core, sideways scrolling, what a shaky finger can hit."""

import json
from functools import cache
from typing import Any, Literal

from playwright.sync_api import Page, ViewportSize

from tests import node_packages

PHONE: ViewportSize = {"width": 390, "height": 844}
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 640}

EVERY_RULE = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What another colour scheme can break; the rest of the page is the same."""

RUN_AXE = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth - innerWidth"
SMALL_TARGETS = """() => {
  const controls = "button, .ds-button, nav a, header a, footer a, summary, textarea, select, .item,"
    + " input:not([type=hidden], [type=radio], [type=checkbox]), label:has(input), .help";
  const small = (box) => box.width > 0 && (box.width < 43.5 || box.height < 43.5);
  const seen = (control) => control.checkVisibility({ visibilityProperty: true })
    && !control.closest(".ds-skip-link, .sr, [hidden]");
  return [...document.querySelectorAll(controls)]
    .filter((control) => seen(control) && small(control.getBoundingClientRect()))
    .map((control) => control.textContent.trim() || control.outerHTML.slice(0, 80));
}"""


@cache
def _axe() -> str:
    return (node_packages.installed() / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


Scheme = Literal["light", "dark"]
View = tuple[ViewportSize, Scheme, dict[str, Any]]
VIEWS: tuple[View, ...] = (
    (PHONE, "light", EVERY_RULE),
    (PHONE, "dark", COLOURS),
    (WIDE, "light", EVERY_RULE),
)
IN_OTHER_WORDS = VIEWS[:1]
"""For a page that has been judged in another language: its colours and its wide shape are the same."""


class Inspection:
    """Collects what is wrong on the pages it is shown; nothing, when all is well."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.found: list[str] = []

    def look(self, where: str, views: tuple[View, ...] = VIEWS) -> None:
        """Judge the page as it stands, in each of `views` and at 320 pixels."""
        self._page.emulate_media(reduced_motion="reduce", color_scheme="light")
        if not self._page.evaluate("() => 'axe' in window"):
            self._page.evaluate(_axe())
        for size, scheme, rules in views:
            self._page.set_viewport_size(size)
            self._page.emulate_media(color_scheme=scheme)
            self._note(where, f"{size['width']} {scheme}", self._run(rules))
        self._page.emulate_media(color_scheme="light")
        self._page.set_viewport_size(NARROW)
        sideways = self._page.evaluate(SIDEWAYS)
        self._note(where, "320", [f"scrolls sideways by {sideways}"] if sideways > 0 else [])
        self._page.set_viewport_size(PHONE)

    def look_and_reach(self, where: str, views: tuple[View, ...] = VIEWS) -> None:
        """Also that what one presses is at least 44 pixels each way."""
        self.look(where, views)
        self._note(where, "smaller than 44", self._page.evaluate(SMALL_TARGETS))

    def _run(self, rules: dict[str, Any]) -> list[str]:
        return self._page.evaluate(f"({RUN_AXE})({json.dumps(rules)})")

    def _note(self, where: str, when: str, found: list[str]) -> None:
        self.found.extend(f"{where} ({when}): {what}" for what in found)
