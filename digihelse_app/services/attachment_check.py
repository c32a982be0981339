"""What a file is, by its bytes: pictures are written anew without metadata, PDFs are looked into. Pure.

The work is heavy for the processor: call it in a thread (`services.attachments` does).
"""

import re
import unicodedata
from dataclasses import dataclass

from digihelse_app.services import attachment_images, attachment_pdf
from digihelse_app.services.attachment_images import Picture
from digihelse_app.services.attachment_refusal import FileRefusedError

MAX_BYTES = 10_000_000
MAX_NAME = 120
PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
EXTENSIONS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}
"""What may be attached, and the one ending each type has here."""

_UNNAMED = "vedlegg"
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_SAME_ENDING = {
    JPEG: re.compile(r"\.jpe?g$", re.IGNORECASE),
    PNG: re.compile(r"\.png$", re.IGNORECASE),
    PDF: re.compile(r"\.pdf$", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True, repr=False)
class CheckedFile:
    """A file that may be kept: its type by its bytes, a safe name, and the bytes to keep."""

    file_name: str
    content_type: str
    content: bytes


def checked(name: str, content: bytes) -> CheckedFile:
    """The file as it may be kept. `name` is what the sender calls it: any text at all.

    Raises FileRefusedError with the text key that tells why.
    """
    if not content:
        raise FileRefusedError("attachment.error.empty")
    if len(content) > MAX_BYTES:
        raise FileRefusedError("attachment.error.too_large")
    content_type = sniffed(content)
    if content_type == PDF:
        attachment_pdf.check(content)
    else:
        content = attachment_images.cleaned(content, Picture(content_type))
        if len(content) > MAX_BYTES:
            raise FileRefusedError("attachment.error.too_large")
    return CheckedFile(safe_name(name, content_type), content_type, content)


def sniffed(content: bytes) -> str:
    """The type by the first bytes, and by nothing else; raises FileRefusedError for any other."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    raise FileRefusedError("attachment.error.type")


def safe_name(name: str, content_type: str) -> str:
    """The last part of a path, in visible characters, at most 120, with the ending that the type has.

    No control or direction marks: `gpj.exe` must not be read as `exe.jpg`.
    """
    named = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode("utf-8"))
    visible = "".join(
        character if unicodedata.category(character)[0] != "C" else " " if character in "\t\r\n" else ""
        for character in named
    )
    stem = " ".join(_NOT_IN_NAMES.sub("-", re.split(r"[\\/]", visible)[-1]).split())
    stem = _SAME_ENDING[content_type].sub("", _ENDING.sub("", stem)).strip(" .")
    ending = EXTENSIONS[content_type]
    return f"{stem[: MAX_NAME - len(ending)].strip(' .') or _UNNAMED}{ending}"
