"""What stands around every answer: the security policy, how long it is kept, who may open the event socket.

Given last in `rx.App(api_transformer=[...])`, so that it covers built files and plain HTTP routes too.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EVENT_PATH = "/_event"
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
    pages: Mapping[str, tuple[str, ...]]
    form_targets: tuple[str, ...]

    def for_answer(self, path: str, *, is_page: bool, framed_by: str | None) -> str:
        """The policy for an answer at `path`; a page may run its own inline scripts, by their hashes."""
        hashes = self.pages.get(path, self.pages.get(FALLBACK_PAGE, ())) if is_page else ()
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


class SecureApp:
    """An ASGI application with the headers of this module around another one."""

    def __init__(
        self, app: ASGIApp, *, policy: Policy, is_https: bool, built: Path, framed: Mapping[str, str]
    ):
        self._app = app
        self._policy = policy
        self._is_https = is_https
        self._files = {
            path: f"{path}.html" for path in policy.pages if (built / f"{path[1:]}.html").is_file()
        }
        self._framed = framed
        self._unhashed = _named_by_hand(built)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a foreign event socket; pass everything else on and finish its headers."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if _is_event_path(scope["path"]) and Headers(scope=scope).get("origin") != self._policy.origin:
            await _refuse(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        await self._app(self._without_redirect(scope), receive, self._finishing(scope, send))

    def _without_redirect(self, scope: Scope) -> Scope:
        # The static files would answer /innboks with 307 to /innboks/: a round trip, and a wrong address.
        file = self._files.get(scope["path"])
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
        headers.setdefault(
            "Content-Security-Policy", self._policy.for_answer(path, is_page=is_page, framed_by=framed_by)
        )
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
        return ASK_EACH_TIME if path in self._unhashed else NEVER


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

    Raises RuntimeError when the build is there but was not finished.
    """
    parts = urlsplit(base_url)
    pages = _script_hashes(build_dir)
    policy = Policy(
        origin=f"{parts.scheme}://{parts.netloc}",
        pages={path: tuple(found) for path, found in pages.items()},
        form_targets=tuple(form_targets),
    )
    return SecureApp(
        app, policy=policy, is_https=parts.scheme == "https", built=build_dir, framed=framed or {}
    )


def _script_hashes(built: Path) -> dict[str, list[str]]:
    hashes = built.parent / "csp.json"
    if hashes.exists():
        return json.loads(hashes.read_text("utf-8"))
    if (built / "index.html").exists():
        raise RuntimeError("the build is not finished: csp.json is missing; run python -m tools.prebuild")
    return {}


def _named_by_hand(built: Path) -> frozenset[str]:
    """Scripts and manifest at the root: their names stay when their contents change."""
    files = built.iterdir() if built.is_dir() else ()
    return frozenset(f"/{file.name}" for file in files if file.suffix in (".js", ".webmanifest"))


def _is_event_path(path: str) -> bool:
    return path == EVENT_PATH or path.startswith(f"{EVENT_PATH}/")


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse("Forbidden", status_code=403)(scope, receive, send)
