"""Reading what a handler answers with, and the text it shows."""

from typing import Any

from digihelse_app.text.catalogue import HARD_SPACE


def redirect_of(answer: Any) -> str:
    """Where an answer leads."""
    return _argument(answer, "path")


def focus_of(answer: Any) -> str:
    """The reference of what an answer moves the focus to."""
    (one,) = answer if isinstance(answer, list) else [answer]
    return _argument(one, "ref")


def _argument(event: Any, wanted: str) -> str:
    return {str(name): str(value) for name, value in event.args}[wanted].strip('"')


def names(answer: list[Any]) -> list[str]:
    """The handlers that follow, by name."""
    return [handler.fn.__qualname__ for handler in answer]


def plain(text: str) -> str:
    """The text with spaces that may break."""
    return text.replace(HARD_SPACE, " ")
