"""Files of a message as a page shows them."""

from dataclasses import dataclass

from babel.numbers import format_decimal

from digihelse_app.models.attachment import Attachment
from digihelse_app.text.catalogue import HARD_SPACE, lookup
from digihelse_app.text.dates import LOCALES

_MEGABYTE, _KILOBYTE = 1_000_000, 1_000


@dataclass(frozen=True)
class AttachmentRow:
    """A file; `about` is its kind and size in words."""

    id: str
    name: str
    about: str
    is_picture: bool

    @classmethod
    def of(cls, attachment: Attachment, language: str) -> "AttachmentRow":
        """The row for one file."""
        is_picture = attachment.content_type.startswith("image/")
        kind = lookup(language, "attachment.picture" if is_picture else "attachment.pdf")
        return cls(
            attachment.id, attachment.file_name, f"{kind}, {in_words(language, attachment.size)}", is_picture
        )


def in_words(language: str, size: int) -> str:
    """A size in bytes as people read it: `830 kB`, `1,2 MB`."""
    if size >= _MEGABYTE:
        return f"{_number(language, size / _MEGABYTE, '0.#')}{HARD_SPACE}MB"
    return f"{_number(language, max(size / _KILOBYTE, 1), '0')}{HARD_SPACE}kB"


def _number(language: str, value: float, pattern: str) -> str:
    return format_decimal(value, format=pattern, locale=LOCALES[language])
