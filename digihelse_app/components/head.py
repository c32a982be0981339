"""What stands in the head of every page."""

import reflex as rx

_NAME_TAB = """try {
  const hex = (byte) => byte.toString(16).padStart(2, "0");
  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), hex).join("");
  sessionStorage.token ??= crypto.randomUUID?.() ?? random();
} catch {}"""
"""The tab's token is a bearer secret. Reflex would make it with Math.random, which can be guessed.

`randomUUID` exists on https and localhost alone; random bytes exist everywhere.
"""

LIGHT_PAGE = "#F8F5EF"
DARK_PAGE = "#121917"


def head() -> list[rx.Component]:
    """The token before the app's own scripts, then what lets the app be installed."""
    return [
        rx.el.script(_NAME_TAB),
        # Zooming is never limited.
        rx.el.meta(name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
        rx.el.meta(
            name="theme-color", content=LIGHT_PAGE, custom_attrs={"media": "(prefers-color-scheme: light)"}
        ),
        rx.el.meta(
            name="theme-color", content=DARK_PAGE, custom_attrs={"media": "(prefers-color-scheme: dark)"}
        ),
        # Numbers in text are not made into links by the phone: ours are links where they should be.
        rx.el.meta(name="format-detection", content="telephone=no"),
        rx.el.link(rel="icon", href="/icons/mark.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icons/apple-touch-icon.png"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.script(src="/sw-register.js", defer=True),
        rx.el.script(src="/pulse.js", defer=True),
        rx.el.script(src="/inbox.js", defer=True),
        rx.el.script(src="/copy.js", defer=True),
    ]
