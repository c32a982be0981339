"""Logging: one line an event, with a correlation id, and never an identity number or what people wrote."""

import copy
import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType

from digihelse_app import routes
from digihelse_app.models import national_id

FORMAT = "%(asctime)s %(levelname)s %(name)s [%(correlation_id)s] %(message)s"

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]

QUOTING = ("reflex", "reflex_base", "reflex_components_core", "socketio", "engineio", "asyncio", "_granian")
"""Loggers, with all below them, whose messages and exceptions quote what a browser sent."""

_FEED = re.compile(rf"({routes.CALENDAR}/)[\w%-]+")
"""A private address: whoever reads it in a log could read by it."""

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
    """Formats the whole record, traceback too, and then takes out identity numbers and private addresses."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        if record.name.partition(".")[0] in QUOTING:
            record = _unquoted(record)
        record.correlation_id = correlation_id()
        return _FEED.sub(r"\1***", national_id.redact(super().format(record)))


def _unquoted(record: logging.LogRecord) -> logging.LogRecord:
    """The record with the place it was made at instead of its message, to be looked up there."""
    told = copy.copy(record)
    told.msg, told.args, told.exc_text = f"{record.module}.{record.funcName}:{record.lineno}", (), None
    exception = record.exc_info[1] if record.exc_info else None
    told.exc_info = exception_without_message(exception) if exception else None
    return told


def exception_without_message(exception: BaseException) -> ExceptionInfo:
    """For `exc_info`: type and place of `exception`, since its message may quote what somebody wrote.

    Our own exceptions quote nobody, and may say what is wrong with a setting.
    """
    kind = type(exception)
    is_ours = kind.__module__.partition(".")[0] == __name__.partition(".")[0]
    told = f"{kind.__name__}: {exception}" if is_ours else kind.__name__
    return RuntimeError, RuntimeError(told), exception.__traceback__


def install(level: int = logging.INFO) -> None:
    """Make every line redacted; called once by the composition root and the worker, when all is imported."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for handler in root.handlers:
        handler.setFormatter(RedactingFormatter(FORMAT))
    root.setLevel(level)
    for name in (*QUOTING, "socketio.server", "engineio.server"):
        # Handlers of their own would write past the formatter.
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # Their INFO lines name every address called, and every letter of a document made; ours say what matters.
    for name in ("httpx", "httpcore", "fontTools"):
        logging.getLogger(name).setLevel(logging.WARNING)
