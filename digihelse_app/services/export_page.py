"""«Everything about me» as one page to read in any browser: no scripts, nothing fetched from elsewhere."""

import tempfile
from collections.abc import Callable, Iterable
from html import escape

from digihelse_app.services.export_bundle import IN_MEMORY
from digihelse_app.text.catalogue import lookup

_STYLE = (
    "body{font:1.125rem/1.6 sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}"
    "article{margin:0 0 1.5rem}h3{margin:0}"
    "p{margin:.25rem 0;white-space:pre-wrap;overflow-wrap:anywhere}"
)


class Page:
    """Written as the parts come, to a file without a name."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self.name = lookup(language, "export.page_file")
        title = escape(lookup(language, "export.title"))
        self._write(
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
            f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
            f"<p>{escape(lookup(language, 'export.page_about'))}</p>"
        )

    def begin(self, key: str) -> None:
        """A part, by the key of its heading in the catalogue."""
        self._write(f"<h2>{escape(lookup(self._language, key))}</h2>")

    def add(self, title: str, lines: Iterable[str]) -> None:
        """One thing of the part."""
        text = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
        self._write(f"<article><h3>{escape(title)}</h3>{text}</article>")

    def leave_out(self, paths: Iterable[str]) -> None:
        """Files there was no room for."""
        self._write(f"<h2>{escape(lookup(self._language, 'export.left_out'))}</h2>")
        self._write("".join(f"<p>{escape(path)}</p>" for path in paths))

    def write_to(self, write: Callable[[bytes], None]) -> None:
        """Hand the whole page over, in pieces; nothing is added after it."""
        self._write("</body></html>\n")
        self._file.seek(0)
        while piece := self._file.read(64 * 1024):
            write(piece)

    def close(self) -> None:
        """Let go of it."""
        self._file.close()

    def _write(self, text: str) -> None:
        self._file.write(text.encode())
