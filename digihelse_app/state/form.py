"""What a browser sends as a form: any JSON at all, so it is read with care."""

from typing import Any

_LONGEST = 100_000


def text_of(form: dict[str, Any], field: str) -> str:
    """The field as text; anything but text reads as empty, and nothing longer than any field may be."""
    value = form.get(field, "") if isinstance(form, dict) else ""
    return value[:_LONGEST].replace("\r\n", "\n").replace("\x00", "") if isinstance(value, str) else ""
