"""Building HTML: text is escaped unless it was built here."""

from collections.abc import Iterable
from html import escape

EMPTY_ELEMENTS = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Markup that goes into a page as it stands."""

    __slots__ = ()


Child = str | None | Iterable["Child"]


def element(name: str, /, *children: Child, **attributes: str | bool | None) -> Html:
    """An element. Attribute names lose a last underscore and get hyphens for the others: `aria_label`.

    True is an attribute without a value; None and False leave it out.
    """
    start = "".join([name, *(_attribute(key, value) for key, value in attributes.items())])
    if name in EMPTY_ELEMENTS:
        return Html(f"<{start}>")
    return Html(f"<{start}>{fragment(*children)}</{name}>")


def fragment(*children: Child) -> Html:
    """The children one after the other."""
    return Html("".join(_render(child) for child in children))


def _render(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return escape(child)
    return fragment(*child)


def _attribute(key: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
