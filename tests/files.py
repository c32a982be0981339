"""Files made for tests: photos with a place in them, PDFs with what they may hold."""

import io
import struct
import zlib
from collections.abc import Sequence

from PIL import Image
from pypdf import PdfWriter

MAKE, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825
TURNED_RIGHT = 6
"""The camera was held on its side: shown as stored, the picture lies down."""


def photo(size: tuple[int, int] = (80, 40), *, orientation: int = TURNED_RIGHT, quality: int = 90) -> bytes:
    """A JPEG, red to the left and blue to the right as stored, taken sideways, with camera and place."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[MAKE] = "Kamera AS"
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS).update({1: "N", 2: (62.0, 7.0, 48.0), 3: "E", 4: (10.0, 37.0, 12.0)})
    into = io.BytesIO()
    picture.save(into, "JPEG", quality=quality, exif=exif, comment=b"tatt hjemme")
    return into.getvalue()


def png(size: tuple[int, int] = (4, 4), *, text: str = "") -> bytes:
    """A PNG; `text` goes in as metadata."""
    chunk = _chunk(b"tEXt", b"Comment\x00" + text.encode()) if text else b""
    rows = b"".join(b"\x00" + b"\x80" * size[0] for _ in range(size[1]))
    return _png(size, chunk + _chunk(b"IDAT", zlib.compress(rows, 9)))


def png_bomb(side: int = 20_000) -> bytes:
    """A small file that claims, and holds, far more pixels than any photo."""
    packer = zlib.compressobj(9)
    row = b"\x00" * (side + 1)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return _png((side, side), _chunk(b"IDAT", packed))


def moving_png() -> bytes:
    """A PNG of two frames."""
    into = io.BytesIO()
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(into, "PNG", save_all=True, append_images=frames[1:])
    return into.getvalue()


def _png(size: tuple[int, int], chunks: bytes) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunks + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def pdf(*, javascript: bool = False, embedded: bool = False, size: int = 0) -> bytes:
    """A PDF of one empty page, with a script that runs when it is opened, or a file within.

    `size` makes it so many bytes, by a comment, when that is more than it needs.
    """
    action = b" /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>" if javascript else b""
    carried = b" /Names << /EmbeddedFiles << /Names [(a.exe) 9 0 R] >> >>" if embedded else b""
    objects = [_catalog(action + carried), *_ONE_PAGE]
    short = _pdf(objects)
    # The digits of the offsets grow with the comment: made once more to see by how much.
    nearly = _pdf(objects, comment=b"x" * max(size - len(short), 0))
    return _pdf(objects, comment=b"x" * max(size - len(short) - (len(nearly) - max(size, len(short))), 0))


def locked_pdf() -> bytes:
    """A PDF that opens with a password."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("hemmelig", algorithm="RC4-128")
    into = io.BytesIO()
    writer.write(into)
    return into.getvalue()


def pdf_with_packed_script() -> bytes:
    """A PDF whose script lies deflated in an object stream, where no search of the file finds it."""
    return packed_pdf(zlib.compress(b"4 0 << /S /JavaScript /JS (app.alert\\(1\\)) >>"))


def pdf_bomb(unpacked: int = 400_000_000) -> bytes:
    """A PDF whose object stream unpacks to far more than any document."""
    packer = zlib.compressobj(9)
    block = b" " * 1_000_000
    packed = packer.compress(b"4 0 null ")
    packed += b"".join(packer.compress(block) for _ in range(unpacked // len(block))) + packer.flush()
    return packed_pdf(packed)


def packed_pdf(packed: bytes) -> bytes:
    """A PDF that opens with object 4, which lies in the object stream that is object 5."""
    head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(packed)
    stream = head + b"\nstream\n" + packed + b"\nendstream"
    return _pdf([_catalog(b" /OpenAction 4 0 R"), *_ONE_PAGE, None, stream], packed_in=5)


_ONE_PAGE = (
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
)


def _catalog(more: bytes) -> bytes:
    return b"<< /Type /Catalog /Pages 2 0 R" + more + b" >>"


def _pdf(objects: Sequence[bytes | None], packed_in: int = 0, comment: bytes = b"") -> bytes:
    """The objects, numbered from 1, with a cross-reference stream; None for the one that lies in another."""
    body, places = b"%PDF-1.5\n%" + comment + b"\n", [struct.pack(">BIB", 0, 0, 0)]
    for number, content in enumerate(objects, 1):
        if content is None:
            places.append(struct.pack(">BIB", 2, packed_in, 0))
            continue
        places.append(struct.pack(">BIB", 1, len(body), 0))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start, number = len(body), len(places)
    places.append(struct.pack(">BIB", 1, start, 0))
    table = zlib.compress(b"".join(places))
    head = b"<< /Type /XRef /Size %d /W [1 4 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>"
    body += b"%d 0 obj\n" % number + head % (len(places), len(table)) + b"\nstream\n" + table
    return body + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
