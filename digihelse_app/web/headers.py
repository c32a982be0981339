"""What stands around every answer: the security policy, how long it is kept, who may open the event socket
and how it ends.

Given last in `rx.App(api_transformer=[...])`, so that it covers built files and plain HTTP routes too.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

EVENT_PATH = "/_event"
PROTOCOL_ERROR = 1002
"""How a socket is closed that sent what is no frame of the protocol (RFC 6455, 7.4.1)."""
FALLBACK_PAGE = "/__spa-fallback"
"""The built page that is served for what has no file of its own, with 404 unless it is a page of the app."""

FOREVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
NEVER = "no-store"
ONE_DAY = "public, max-age=86400"

_HASHED = "/assets/"
_DRAWN = ("/icons/", "/drawings/")

_NOBODY = "'none'"
_PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


@dataclass(frozen=True, slots=True)
class Policy:
    """The Content-Security-Policy of this installation."""

    origin: str
    form_targets: tuple[str, ...]

    def for_answer(self, hashes: Iterable[str], framed_by: str | None) -> str:
        """The policy for an answer that may run the inline scripts with these hashes."""
        socket = self.origin.replace("http", "ws", 1)
        return "; ".join(
            [
                "default-src 'none'",
                " ".join(["script-src 'self'", *hashes]),
                "style-src 'self'",
                "img-src 'self' data:",
                "font-src 'self'",
                f"connect-src 'self' {socket}",
                "manifest-src 'self'",
                "worker-src 'self'",
                "base-uri 'none'",
                "object-src 'none'",
                " ".join(["form-action 'self'", *self.form_targets]),
                f"frame-ancestors {framed_by or _NOBODY}",
            ]
        )


class Built:
    """The built files, as they are now: a build made while the app runs changes pages and hashes together."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hashes = folder.parent / "csp.json"
        self._read_at = 0
        self._pages: dict[str, list[str]] = {}
        self.named_by_hand: frozenset[str] = frozenset()
        self.refresh()

    def refresh(self) -> None:
        """Read anew what a build has changed; nothing while a build is under way."""
        try:
            changed_at = self._hashes.stat().st_mtime_ns
            if changed_at == self._read_at:
                return
            self._pages = json.loads(self._hashes.read_text("utf-8"))
            # Scripts and manifest at the root: their names stay when their contents change.
            named = (file.name for file in self._folder.iterdir() if file.suffix in (".js", ".webmanifest"))
            self.named_by_hand = frozenset(f"/{name}" for name in named)
        except (OSError, ValueError):
            return
        self._read_at = changed_at

    def hashes(self, path: str) -> list[str]:
        """Hashes of the inline scripts of the page served at `path`."""
        return self._pages.get(path, self._pages.get(FALLBACK_PAGE, []))

    def file(self, path: str) -> str | None:
        """Where the page at `path` lies, None for what has no page of its own."""
        return f"{path}.html" if path in self._pages and path != "/" else None


class SecureApp:
    """An ASGI application with the headers of this module around another one."""

    def __init__(
        self, app: ASGIApp, *, policy: Policy, is_https: bool, built: Built, framed: Mapping[str, str]
    ):
        self._app = app
        self._policy = policy
        self._is_https = is_https
        self._built = built
        self._framed = framed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a foreign event socket; pass everything else on and finish its headers."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        is_socket = scope["type"] == "websocket"
        finished = send if is_socket else self._finishing(scope, send)
        if _is_event_path(scope["path"]) and Headers(scope=scope).get("origin") != self._policy.origin:
            await _refuse(scope, receive, finished)
            return
        if is_socket:
            await _until_hung_up(self._app, scope, receive, send)
        else:
            await self._app(self._without_redirect(scope), receive, finished)

    def _without_redirect(self, scope: Scope) -> Scope:
        # The static files would answer /innboks with 307 to /innboks/: a round trip, and a wrong address.
        self._built.refresh()
        file = self._built.file(scope["path"])
        return {**scope, "path": file, "raw_path": file.encode()} if file else scope

    def _finishing(self, scope: Scope, send: Send) -> Send:
        async def finish(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                self._complete(scope["path"], message["status"], MutableHeaders(scope=message))
            await send(message)

        return finish

    def _complete(self, path: str, status: int, headers: MutableHeaders) -> None:
        is_page = headers.get("content-type", "").startswith("text/html")
        framed_by = self._framed.get(path)
        hashes = self._built.hashes(path) if is_page else []
        headers.setdefault("Content-Security-Policy", self._policy.for_answer(hashes, framed_by))
        headers["X-Content-Type-Options"] = "nosniff"
        # Not no-referrer: under it a browser sends "Origin: null" with our own forms.
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = _PERMISSIONS
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if framed_by is None:
            headers["X-Frame-Options"] = "DENY"
        if self._is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        kept = self._may_be_kept(path, status, is_page=is_page)
        if kept == NEVER and not is_page:
            headers.setdefault("Cache-Control", kept)
        else:
            headers["Cache-Control"] = kept

    def _may_be_kept(self, path: str, status: int, *, is_page: bool) -> str:
        if is_page or status not in (200, 206, 304):
            # Also keeps a page out of the back/forward cache: after signing out, "back" must not show it.
            return NEVER
        if path.startswith(_HASHED):
            return FOREVER
        if path.startswith(_DRAWN):
            return ONE_DAY
        return ASK_EACH_TIME if path in self._built.named_by_hand else NEVER


def secure(
    app: ASGIApp,
    *,
    base_url: str,
    build_dir: Path,
    form_targets: Iterable[str] = (),
    framed: Mapping[str, str] | None = None,
) -> SecureApp:
    """Put security and cache headers around `app`.

    Args:
        app: everything the process serves.
        base_url: the address people use; its origin alone may open the event socket.
        build_dir: the built browser files; `csp.json` beside it holds the hashes of their inline scripts.
        form_targets: origins a form may lead to by redirects, such as the provider's when signing out.
        framed: path -> origin that may show it in a frame: front-channel logout, and nothing else.
    """
    parts = urlsplit(base_url)
    policy = Policy(
        origin=f"{parts.scheme}://{parts.netloc}",
        form_targets=tuple(form_targets),
    )
    # Errors are answered within: the framework would answer them outside of these headers.
    answering = ServerErrorMiddleware(ExceptionMiddleware(app))
    return SecureApp(
        answering,
        policy=policy,
        is_https=parts.scheme == "https",
        built=Built(build_dir),
        framed=framed or {},
    )


def _is_event_path(path: str) -> bool:
    return path == EVENT_PATH or path.startswith(f"{EVENT_PATH}/")


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse("Forbidden", status_code=403)(scope, receive, send)


async def _until_hung_up(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a socket; what the framework cannot read ends it, and the other side is told so.

    Left to the server, an exception while something is on its way out now and then leaves the line open.
    """
    try:
        await app(scope, receive, send)
    except Exception as failure:
        logger.warning("an event socket was ended by %s", type(failure).__name__)
        with suppress(Exception):  # it may be closed already
            await send({"type": "websocket.close", "code": PROTOCOL_ERROR})
