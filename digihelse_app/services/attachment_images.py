"""Pictures: decoded within limits, turned upright, and written anew: nothing but the picture is left."""

import io
from enum import StrEnum

from PIL import Image, ImageCms, ImageOps

from digihelse_app.services.attachment_refusal import FileRefusedError

MAX_PIXELS = 50_000_000
"""As much as a phone takes (48 megapixels); decoded it is 150 MB at the most."""
PREVIEW_SIDE = 640
_FINE, _PLAIN = 90, 80
_ENOUGH = 10_000_000

# Ours is checked below before anything is decoded; Pillow's would warn for one size and raise for another.
Image.MAX_IMAGE_PIXELS = None


class Picture(StrEnum):
    """The picture types that are taken."""

    JPEG = "image/jpeg"
    PNG = "image/png"


_DECODERS = {Picture.JPEG: "JPEG", Picture.PNG: "PNG"}


def cleaned(content: bytes, kind: Picture) -> bytes:
    """The same picture, upright, without metadata or anything behind its end.

    Raises FileRefusedError when it is too large, moves, or cannot be read to its end.
    """
    try:
        with Image.open(io.BytesIO(content), formats=[_DECODERS[kind]]) as opened:
            _check(opened, kind)
            return _written(_plain(opened), kind)
    except FileRefusedError:
        raise
    except Exception:
        # Whatever a decoder of untrusted bytes stumbles over, the file is not a usable picture.
        raise FileRefusedError("attachment.error.unreadable") from None


def preview(content: bytes, kind: Picture) -> bytes:
    """A small JPEG of a picture that `cleaned` has written."""
    with Image.open(io.BytesIO(content), formats=[_DECODERS[kind]]) as opened:
        opened.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))
        small = _on_white(opened)
        small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
        return _bytes(small, "JPEG", quality=80)


def _check(opened: Image.Image, kind: Picture) -> None:
    if opened.width * opened.height > MAX_PIXELS:
        raise FileRefusedError("attachment.error.too_many_pixels")
    # A photo may carry a second one behind it (MPO), which is left out; a PNG of many frames moves.
    if kind is Picture.PNG and getattr(opened, "is_animated", False):
        raise FileRefusedError("attachment.error.animated")


def _plain(opened: Image.Image) -> Image.Image:
    """Decoded, upright, in the colours screens show, with nothing else."""
    profile = opened.info.get("icc_profile")
    picture = _simple(ImageOps.exif_transpose(opened))
    if profile and picture.mode == "RGB":
        picture = _in_srgb(picture, profile)
    picture.info.clear()
    return picture


def _simple(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if "transparency" in picture.info or picture.mode in ("PA", "LA", "RGBA"):
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Without its profile a phone's photo would look pale: its colours are said again as sRGB."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return picture
    return converted or picture


def _written(picture: Image.Image, kind: Picture) -> bytes:
    if kind is Picture.PNG:
        return _bytes(picture, "PNG")
    written = _bytes(picture, "JPEG", quality=_FINE)
    return written if len(written) <= _ENOUGH else _bytes(picture, "JPEG", quality=_PLAIN)


def _bytes(picture: Image.Image, form: str, **options: int) -> bytes:
    into = io.BytesIO()
    picture.save(into, form, **options)
    return into.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")
