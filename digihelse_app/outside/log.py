"""Logging: one line an event, with a correlation id, and never an identity number."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from digihelse_app.models import national_id

FORMAT = "%(asctime)s %(levelname)s %(name)s [%(correlation_id)s] %(message)s"

_correlation_id: ContextVar[str] = ContextVar("correlation_id", default="-")


def correlation_id() -> str:
    """The id of the request or job under way, `-` outside one."""
    return _correlation_id.get()


@contextmanager
def correlated() -> Iterator[str]:
    """Give what happens within a new correlation id: short enough to be read out on the phone."""
    token = _correlation_id.set(secrets.token_hex(4))
    try:
        yield _correlation_id.get()
    finally:
        _correlation_id.reset(token)


class RedactingFormatter(logging.Formatter):
    """Formats the whole record, traceback too, and then takes out whatever could be an identity number."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        record.correlation_id = correlation_id()
        return national_id.redact(super().format(record))


def install(level: int = logging.INFO) -> None:
    """Make every handler of the root logger redact; called once by the composition root and the worker."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for handler in root.handlers:
        handler.setFormatter(RedactingFormatter(FORMAT))
    root.setLevel(level)
    # Their INFO lines name every address called; ours say what matters.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
