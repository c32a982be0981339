"""PDFs: whole, not locked, nothing else besides, and without what runs or carries other files.

They are kept as they came, for a signature within would not survive being written anew (docs/adr/0013).
"""

import io
import re

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from digihelse_app.services.attachment_refusal import FileRefusedError

MAX_UNPACKED = 100_000_000
"""Of what is packed away inside; beyond it, it is a bomb and not a document."""
MAX_PAGES = 2_000

_HEADER = re.compile(rb"%PDF-[12]\.\d[\s%]")
_END = re.compile(rb"startxref\s+\d+\s+%%EOF[\s\x00]*\Z")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|FileAttachment|RichMedia|Rendition|SubmitForm|ImportData"
    rb"|GoToE|XFA)(?![A-Za-z0-9])|/EF\s*(?:<<|\d+\s+\d+\s+R)"
)
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|script|svg|body|iframe|\?xml|\?php)", re.I)
_LOOKED_AT_BY_BROWSERS = 1024
_ARCHIVE_END = b"PK\x05\x06"
_ARCHIVE_END_REACH = 22 + 65_535


def check(content: bytes) -> None:
    """Raises FileRefusedError for a PDF that may not be kept."""
    if not _HEADER.match(content) or not _END.search(content[-2048:]):
        raise FileRefusedError("attachment.error.unreadable")
    if _is_something_else_too(content):
        raise FileRefusedError("attachment.error.type")
    try:
        packed = _packed(content)
    except FileRefusedError:
        raise
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError):
        # Whatever a reader of untrusted bytes stumbles over, the file is not a usable PDF.
        raise FileRefusedError("attachment.error.unreadable") from None
    if any(_ACTIVE.search(_spelt_out(part)) for part in (content, *packed)):
        raise FileRefusedError("attachment.error.active")


def _is_something_else_too(content: bytes) -> bool:
    """Whether another program would take the same bytes for a page or an archive."""
    if _MARKUP.search(content[:_LOOKED_AT_BY_BROWSERS]):
        return True
    # An archive is read from its end, and may have a comment of 64 KB behind that.
    return _ARCHIVE_END in content[-_ARCHIVE_END_REACH:]


def _packed(content: bytes) -> list[bytes]:
    """What lies in object streams, where no search of the file itself would find it."""
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise FileRefusedError("attachment.error.encrypted")
    if not 0 < len(reader.pages) <= MAX_PAGES:
        raise FileRefusedError("attachment.error.unreadable")
    packed: list[bytes] = []
    for number in sorted({stream for stream, _ in reader.xref_objStm.values()}):
        stream = reader.get_object(number)
        packed.append(stream.get_data())  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
        if sum(map(len, packed)) > MAX_UNPACKED:
            raise FileRefusedError("attachment.error.unreadable")
    return packed


def _spelt_out(content: bytes) -> bytes:
    """Names may be written with escapes: `/J#61vaScript`."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
