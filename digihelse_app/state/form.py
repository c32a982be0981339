"""What a browser sends as a form: any JSON at all, so it is read with care."""

from typing import Any

_LONGEST = 100_000
_LONGEST_LIST = 1_000


def ids_of(form: dict[str, Any], field: str) -> tuple[str, ...]:
    """The field as ids with commas between them."""
    return tuple(part for part in text_of(form, field)[:_LONGEST_LIST].split(",") if part)


def text_of(form: dict[str, Any], field: str) -> str:
    """The field as text that can be stored; anything but text reads as empty, and what is too long is cut."""
    value = form.get(field, "") if isinstance(form, dict) else ""
    if not isinstance(value, str):
        return ""
    # A browser may send half a character (a lone surrogate), which no database takes.
    whole = value[:_LONGEST].encode(errors="replace").decode()
    return whole.replace("\r\n", "\n").replace("\x00", "")
