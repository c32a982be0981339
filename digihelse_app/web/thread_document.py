"""A conversation as a PDF: who wrote what and when, on numbered pages of A4."""

import itertools
import unicodedata
from importlib.resources import as_file, files

from fpdf import FPDF, ViewerPreferences
from fpdf.enums import WrapMode, XPos, YPos
from fpdf.fonts import TTFFont

from digihelse_app.services import sender_words
from digihelse_app.services.thread_export import ExportedMessage, ExportedThread
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

_FONT = "Open Sans"
_FILES = {"": "OpenSans-Regular.ttf", "B": "OpenSans-SemiBold.ttf"}
_LANGUAGES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB", "se": "nb-NO"}
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_MARGIN_MM = 22
_INK, _QUIET, _LINE = (35, 32, 27), (90, 83, 72), (221, 213, 199)


def as_pdf(exported: ExportedThread, language: str) -> bytes:
    """The conversation as a PDF in the reader's language."""
    document = _Document(exported, language)
    document.write_all()
    return bytes(document.output())


class _Document(FPDF):
    def __init__(self, exported: ExportedThread, language: str) -> None:
        super().__init__(format="A4")
        self._exported, self._language = exported, language
        self.alias_nb_pages(_unused(exported))
        self.set_margin(_MARGIN_MM)
        self.set_auto_page_break(True, margin=_MARGIN_MM + 4)
        for style, name in _FILES.items():
            with as_file(files("ttf_opensans") / "ttf" / name) as file:
                self.add_font(_FONT, style, file)
        self._letters = frozenset.intersection(
            *(frozenset(font.cmap) for font in self.fonts.values() if isinstance(font, TTFFont))
        )
        self.set_lang(_LANGUAGES.get(language, _LANGUAGES["nb"]))
        self.set_title(exported.thread.subject)
        self.set_author("Digihelse")
        self.set_creation_date(exported.at)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def footer(self) -> None:
        """At the foot of each page: when it was made, and which page of how many. Called by the library."""
        self.set_y(-_MARGIN_MM + 4)
        self._use(9, color=_QUIET)
        made = dates.full_day_and_time(self._language, self._exported.at)
        self.cell(0, 5, self._text("pdf.made", when=made), align="L")
        self.set_x(_MARGIN_MM)
        self.cell(0, 5, self._text("pdf.page", page=self.page_no(), pages=self.str_alias_nb_pages), align="R")

    def write_all(self) -> None:
        """Heading, facts and every message."""
        self.add_page()
        thread = self._exported.thread
        self._paragraph(thread.subject, 20, bold=True)
        self.ln(2)
        facts = [
            self._text("pdf.between", service=self._exported.service.name, name=self._exported.represented)
        ]
        if thread.category_name:
            facts.append(self._text("pdf.category", category=thread.category_name))
        if thread.closed_at is not None:
            closed = dates.full_day_and_time(self._language, thread.closed_at)
            facts.append(self._text("pdf.closed", when=closed))
        for fact in facts:
            self._paragraph(fact, 11, color=_QUIET)
        for message in self._exported.messages:
            self._message(message)

    def _message(self, exported: ExportedMessage) -> None:
        message = exported.message
        # The line of who wrote is never alone at the foot of a page.
        if self.will_page_break(24):
            self.add_page()
        else:
            self.ln(5)
            self.set_draw_color(*_LINE)
            self.line(_MARGIN_MM, self.y, self.w - _MARGIN_MM, self.y)
            self.ln(4)
        self._paragraph(self._author(exported), 11, bold=True)
        self._paragraph(dates.full_day_and_time(self._language, message.sent_at), 10, color=_QUIET)
        self.ln(1)
        self._paragraph(message.body, 11)
        if exported.files:
            self.ln(1)
            listed = ", ".join(exported.files)
            self._paragraph(self._text("pdf.attachments", files=listed), 10, color=_QUIET)

    def _author(self, exported: ExportedMessage) -> str:
        message = exported.message
        behalf = sender_words.on_behalf(message, self._exported.represented, self._language)
        return f"{message.author_name} {behalf}".strip()

    def _paragraph(
        self, text: str, size: int, *, bold: bool = False, color: tuple[int, int, int] = _INK
    ) -> None:
        self._use(size, bold=bold, color=color)
        self.multi_cell(
            0,
            size * 0.52,
            self._drawable(text),
            align="L",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
            wrapmode=WrapMode.WORD,
        )

    def _use(self, size: int, *, bold: bool = False, color: tuple[int, int, int] = _INK) -> None:
        self.set_font(_FONT, "B" if bold else "", size)
        self.set_text_color(*color)

    def _text(self, key: str, **values: object) -> str:
        return self._drawable(lookup(self._language, key, **values))

    def _drawable(self, text: str) -> str:
        """What the letters lack is marked; the library would write it to the log."""
        return "".join(
            letter if ord(letter) in self._letters or letter == "\n" else _UNKNOWN for letter in _whole(text)
        )


def _whole(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\t", " ")


def _unused(exported: ExportedThread) -> str:
    """A stand-in for the number of pages that nobody has written."""
    written = [exported.thread.subject, *(message.message.body for message in exported.messages)]
    candidates = (f"{{{number}}}" for number in itertools.count(10))
    return next(mark for mark in candidates if not any(mark in text for text in written))
