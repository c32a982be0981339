"""Finishes the build: works at any address, installs, survives a lost line, knows its own inline scripts."""

import base64
import hashlib
import json
import re
import shutil
import tomllib
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

from digihelse_app import routes
from digihelse_app.text import urgent_words

HASHED = "assets"
OFFLINE_PAGE = "uten-nett.html"
MANIFEST = "manifest.webmanifest"
CSP_FILE = "csp.json"
"""Beside the built files, not among them: hashes of the inline scripts by page, read by `web.headers`."""

_BACKEND_ADDRESS = re.compile(r"([`\"'])(http|ws)s?://[^/`\"']+(/[^`\"']*)\1")
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_INLINE_STYLE = re.compile(r'<style[^>]*>[^<]*|<[^>]* style="[^>]*>')
_WORDS = "const WORDS = [];"
_FETCHED_WHEN_NEEDED = re.compile(r"latin-ext")


class BuildError(RuntimeError):
    """The built files are not as this module knows them; Reflex may have changed."""


class PwaPlugin(Plugin):
    """Manifest, offline page and service worker from the built files; hashes for the security policy."""

    def __init__(self, catalogue: Path):
        """`catalogue` is the bokmål catalogue: manifest and offline page are written in it."""
        self.catalogue = catalogue

    def post_build(self, **context: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Rewrite the built tree in `static_dir`; raises BuildError when it is not as expected."""
        root = Path(context["static_dir"])
        text = tomllib.loads(self.catalogue.read_text(encoding="utf-8"))
        shutil.rmtree(root / "styles", ignore_errors=True)  # sources; the bundle holds them
        make_relocatable(root)
        write_manifest(root, text)
        write_offline_page(root, text)
        write_urgent_words(root)
        write_service_worker(root)
        write_script_hashes(root)
        refuse_inline_style(root)


def make_relocatable(root: Path) -> None:
    """Take scheme, host and port of the event socket from the page instead of from the build."""
    files = list((root / HASHED).glob("reflex-env-*.js"))
    if not files:
        raise BuildError("no reflex-env file in the build")
    for file in files:
        text, count = _BACKEND_ADDRESS.subn(_from_location, file.read_text(encoding="utf-8"))
        if not count:
            raise BuildError(f"no address found in {file.name}")
        file.write_text(text, encoding="utf-8")


def _from_location(match: re.Match[str]) -> str:
    origin = "location.origin" if match[2] == "http" else 'location.origin.replace(/^http/,"ws")'
    # The file is also read where there is no page.
    return f'(typeof location=="undefined"?"":{origin})+"{match[3]}"'


def write_urgent_words(root: Path) -> None:
    """Put the words into their script, so that no page carries them before it is read."""
    script = root / "urgent-words.js"
    before = script.read_text(encoding="utf-8") if script.exists() else ""
    if before.count(_WORDS) != 1:
        raise BuildError("no place for the words in urgent-words.js")
    listed = json.dumps(urgent_words.words(), ensure_ascii=False)
    script.write_text(before.replace(_WORDS, f"const WORDS = {listed};"), encoding="utf-8")


def write_manifest(root: Path, text: dict[str, dict[str, str]]) -> None:
    """Write the web app manifest, with the two things one most often comes for as shortcuts."""
    manifest = {
        "name": text["frame"]["brand"],
        "short_name": text["frame"]["brand"],
        "description": text["frame"]["description"],
        "lang": "nb",
        "dir": "ltr",
        "id": "/",
        "start_url": routes.HOME,
        "scope": "/",
        "display": "standalone",
        "background_color": "#F8F5EF",
        "theme_color": "#0A5654",
        "icons": [
            {"src": "/icons/icon-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": "/icons/icon-512.png", "sizes": "512x512", "type": "image/png"},
            {
                "src": "/icons/maskable-512.png",
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
        "shortcuts": [
            {"name": text["nav"]["inbox"], "url": routes.INBOX},
            {"name": text["frame"]["compose"], "url": routes.COMPOSE},
        ],
    }
    (root / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def write_offline_page(root: Path, text: dict[str, dict[str, str]]) -> None:
    """Fill the static page shown without a network; a page of the app would start on the wrong address."""
    styles = list((root / HASHED).glob("*.css"))
    if len(styles) != 1:
        raise BuildError(f"expected one style sheet, found {len(styles)}")
    page = (root / OFFLINE_PAGE).read_text(encoding="utf-8")
    values = {**text["offline"], "brand": text["frame"]["brand"], "styles": f"/{HASHED}/{styles[0].name}"}
    for key, value in values.items():
        page = page.replace("{{" + key + "}}", escape(value))
    if "{{" in page:
        raise BuildError(f"{OFFLINE_PAGE} has a placeholder without a text")
    (root / OFFLINE_PAGE).write_text(page, encoding="utf-8")


def write_service_worker(root: Path) -> None:
    """Give the worker its list of files, and a version that changes when any of them does."""
    worker = root / "sw.js"
    source = worker.read_text(encoding="utf-8")
    files = [*_precached(root), f"/{OFFLINE_PAGE}"]
    digest = hashlib.sha256(source.encode())
    for name in files:
        digest.update(name.encode() + (root / name.lstrip("/")).read_bytes())
    if "__FILES__" not in source or "__VERSION__" not in source:
        raise BuildError("sw.js has lost its placeholders")
    filled = source.replace("__FILES__", json.dumps(files)).replace("__VERSION__", digest.hexdigest()[:16])
    worker.write_text(filled, encoding="utf-8")


def _precached(root: Path) -> Iterable[str]:
    for file in sorted((root / HASHED).rglob("*")):
        if file.suffix in {".js", ".css", ".woff2"} and not _FETCHED_WHEN_NEEDED.search(file.name):
            yield f"/{file.relative_to(root).as_posix()}"


def write_script_hashes(root: Path) -> None:
    """Write, beside the build, the CSP sources of each page's inline scripts by the page's path."""
    pages = {_path(page, root): sorted(map(_hash, _inline_scripts(page))) for page in root.rglob("*.html")}
    (root.parent / CSP_FILE).write_text(json.dumps(pages, indent=1), encoding="utf-8")


def refuse_inline_style(root: Path) -> None:
    """Raise BuildError for a style in a page: the policy would block it, and colours belong in the tokens."""
    for page in root.rglob("*.html"):
        found = _INLINE_STYLE.search(page.read_text(encoding="utf-8"))
        if found:
            raise BuildError(f"{page.name} has an inline style, of a style prop: {found[0][:200]}")


def _path(page: Path, root: Path) -> str:
    name = page.relative_to(root).with_suffix("").as_posix()
    return "/" + name.removesuffix("index").rstrip("/")


def _inline_scripts(page: Path) -> list[str]:
    return [script for script in _INLINE_SCRIPT.findall(page.read_text(encoding="utf-8")) if script]


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
