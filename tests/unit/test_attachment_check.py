"""What a file is, by its bytes; what is left of a picture; what a PDF may hold; what a name may be."""

import io
import zipfile

import pytest
from PIL import Image

from digihelse_app.services import attachment_images
from digihelse_app.services.attachment_check import JPEG, MAX_BYTES, PDF, PNG, checked, safe_name
from digihelse_app.services.attachment_images import Picture
from digihelse_app.services.attachment_refusal import FileRefusedError
from tests import files


def refusal(content: bytes) -> str:
    """The key that tells why the file is not taken."""
    with pytest.raises(FileRefusedError) as refused:
        checked("fil.pdf", content)
    return refused.value.key.removeprefix("attachment.error.")


def colours(content: bytes) -> tuple[str, str]:
    """What is at the top and at the bottom of a picture."""
    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGB")
        places = ((picture.width // 2, 2), (picture.width // 2, picture.height - 3))
        pixels = [picture.getpixel(place) for place in places]
    named = {0: "red", 2: "blue"}
    top, bottom = (named[max(range(3), key=list(pixel).__getitem__)] for pixel in pixels)  # pyright: ignore[reportArgumentType]
    return top, bottom


def test_photo_taken_sideways_stands_upright_without_camera_and_place() -> None:
    taken = files.photo((80, 40))
    with Image.open(io.BytesIO(taken)) as before:
        assert before.getexif()[files.ORIENTATION] == files.TURNED_RIGHT
        assert before.getexif().get_ifd(files.GPS)[1] == "N"
    kept = checked("bilde.jpg", taken)
    with Image.open(io.BytesIO(kept.content)) as after:
        assert (after.size, after.format, dict(after.getexif())) == ((40, 80), "JPEG", {})
        assert set(after.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert colours(kept.content) == ("red", "blue")
    for trace in (b"Exif", b"Kamera", b"hjemme", b"GPS"):
        assert kept.content.find(trace) == -1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_to_hold_a_camera_is_understood(orientation: int) -> None:
    turned = orientation >= 5
    kept = checked("bilde.jpg", files.photo((80, 40), orientation=orientation))
    with Image.open(io.BytesIO(kept.content)) as after:
        assert after.size == ((40, 80) if turned else (80, 40))


def test_png_keeps_no_text_and_nothing_behind_its_end() -> None:
    kept = checked("skjerm.png", files.png(text="Storgata 1") + b"PK\x03\x04 behind")
    assert (kept.content_type, kept.file_name) == (PNG, "skjerm.png")
    assert kept.content.find(b"Storgata") == -1
    assert kept.content.find(b"behind") == -1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_written_anew(mode: str) -> None:
    into = io.BytesIO()
    Image.new(mode if mode != "PA" else "P", (3, 2)).save(
        into, "PNG", transparency=0 if mode == "PA" else None
    )
    kept = checked("bilde.png", into.getvalue())
    with Image.open(io.BytesIO(kept.content)) as after:
        assert (after.size, after.format) == ((3, 2), "PNG")


def test_photo_for_print_is_shown_in_the_colours_of_a_screen() -> None:
    into = io.BytesIO()
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(into, "JPEG")
    with Image.open(io.BytesIO(checked("b.jpg", into.getvalue()).content)) as after:
        assert after.mode == "RGB"


def test_preview_is_small() -> None:
    kept = checked("bilde.jpg", files.photo((3000, 2000)))
    with Image.open(io.BytesIO(attachment_images.preview(kept.content, Picture.JPEG))) as small:
        assert max(small.size) == attachment_images.PREVIEW_SIDE


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<!doctype html><script>alert(1)</script>",
        b"MZ\x90\x00\x03",
        b"PK\x03\x04",
        b"GIF89a\x01\x00\x01\x00",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"\x00\x00\x00\x18ftypheic",
        b" " + files.pdf(),
        b"<html>" + files.pdf(),
        b"\xff\xd8",
    ],
)
def test_what_is_not_a_pdf_or_picture_from_its_first_byte_is_refused(content: bytes) -> None:
    assert refusal(content) == "type"


def test_nothing_and_too_much_are_refused() -> None:
    assert refusal(b"") == "empty"
    assert refusal(b"%PDF-1.5\n" + bytes(MAX_BYTES)) == "too_large"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (files.photo()[:-40], "unreadable"),
        (files.png()[:50], "unreadable"),
        (b"\xff\xd8\xff<script>alert(1)</script>", "unreadable"),
        (files.png_bomb(), "too_many_pixels"),
        (files.moving_png(), "animated"),
    ],
)
def test_picture_that_is_broken_or_a_bomb_is_refused(content: bytes, told: str) -> None:
    assert refusal(content) == told


def test_pdf_is_kept_as_it_came() -> None:
    kept = checked("brev", files.pdf())
    assert (kept.file_name, kept.content_type, kept.content) == ("brev.pdf", PDF, files.pdf())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (files.pdf(javascript=True), "active"),
        (files.pdf(javascript=True).replace(b"/JavaScript", b"/J#61va#53cript"), "active"),
        (files.pdf_with_packed_script(), "active"),
        (files.pdf(embedded=True), "active"),
        (files.pdf().replace(b"/MediaBox", b"/Launch 9 0 R /MediaBox"), "active"),
        (files.locked_pdf(), "encrypted"),
        (files.pdf()[:-30], "unreadable"),
        (files.pdf().replace(b"/Kids [3 0 R] /Count 1", b"/Kids [] /Count 0"), "unreadable"),
        (b"%PDF-1.5\nrubbish\nstartxref\n9\n%%EOF\n", "unreadable"),
        (files.pdf_bomb(), "unreadable"),
    ],
)
def test_pdf_that_does_something_or_hides_it_is_refused(content: bytes, told: str) -> None:
    assert refusal(content) == told


def test_pdf_that_is_a_page_too_is_refused() -> None:
    page = b"%PDF-1.5\n%<html><script>alert(1)</script>\n"
    assert refusal(files.pdf().replace(b"%PDF-1.5\n", page, 1)) == "type"


def test_pdf_that_is_an_archive_too_is_refused() -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("a.exe", b"MZ")
    assert refusal(files.pdf() + into.getvalue()) == "unreadable"
    commented = files.pdf().replace(b"%PDF-1.5\n", b"%PDF-1.5\n%" + into.getvalue() + b"\n", 1)
    assert refusal(commented) == "type"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Epikrise.pdf", "Epikrise.jpg"),
        ("IMG_0012.JPEG", "IMG_0012.jpg"),
        ("bilde.jpg.jpeg", "bilde.jpg"),
        ("faktura.pdf.exe", "faktura.pdf.jpg"),
        ("/etc/passwd", "passwd.jpg"),
        ("C:\\Brukere\\kari\\sår.png", "sår.jpg"),
        ("..", "vedlegg.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("\u202egpj.exe", "gpj.jpg"),
        ("a\u200b\x00\x1b[2Jb", "a[2Jb.jpg"),
        ("en\r\nto", "en to.jpg"),
        ("\ud800.jpg", "vedlegg.jpg"),
        ("a\u030angstrom", "\u00e5ngstrom.jpg"),
        ("x" * 300, "x" * 116 + ".jpg"),
    ],
)
def test_name_is_the_last_part_in_visible_characters_with_the_types_own_ending(name: str, kept: str) -> None:
    assert safe_name(name, JPEG) == kept
