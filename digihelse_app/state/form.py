"""What a browser sends as a form: any JSON at all, so it is read with care."""

from datetime import date
from typing import Any

from digihelse_app.text.storable import storable

_LONGEST = 100_000
_LONGEST_LIST = 1_000


def ids_of(form: dict[str, Any], field: str) -> tuple[str, ...]:
    """The field as ids with commas between them."""
    return tuple(part for part in text_of(form, field)[:_LONGEST_LIST].split(",") if part)


def text_of(form: dict[str, Any], field: str) -> str:
    """The field as text that can be stored; anything but text reads as empty, and what is too long is cut."""
    return storable(form.get(field, ""), _LONGEST) if isinstance(form, dict) else ""


def ticked(form: dict[str, Any], field: str) -> bool:
    """Whether the box `field`, whose value is `yes`, is ticked; Reflex may send it as a truth value."""
    return isinstance(form, dict) and form.get(field) in ("yes", True)


def day_of(form: dict[str, Any], field: str) -> date | None:
    """The field as a day, as a date field sends it; None for anything else."""
    try:
        return date.fromisoformat(text_of(form, field)[:10])
    except ValueError:
        return None
