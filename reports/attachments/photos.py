"""Photos as readers get them: the same picture, upright, and nothing that the camera or a program wrote beside it."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageFile, ImageOps, IptcImagePlugin

from reports.attachments.allowed import GIF, JPEG, PNG, WEBP, Kind, Unfit

NOT_WHOLE = "This photo is not whole or is damaged. Send it again."
THUMBNAIL = 320
FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", GIF: "GIF"}
SAVING: dict[Kind, dict[str, Any]] = {
    JPEG: {"format": "JPEG", "quality": 92, "optimize": False},
    PNG: {"format": "PNG", "compress_level": 4},
    GIF: {"format": "PNG", "compress_level": 4},
    WEBP: {"format": "WEBP", "quality": 90, "method": 3},
}
MODES = {JPEG: {"L", "RGB"}, PNG: {"1", "L", "LA", "RGB", "RGBA", "I;16"}, WEBP: {"RGB", "RGBA"}, GIF: {"RGB", "RGBA"}}
GPS = 0x8825
# City, place within it, state or province, country (IPTC IIM, record 2).
IPTC_PLACES = ((2, 90), (2, 92), (2, 95), (2, 101))
XMP_PLACES = (b"GPSLatitude", b"GPSLongitude", b"photoshop:City", b"Iptc4xmpCore:Location", b"LocationCreated")
EVERYTHING: tuple[type[Exception], ...] = (Exception,)


@dataclass(frozen=True)
class Cleaned:
    """What was made of a photo."""

    width: int
    height: int
    had_location: bool


def clean(source: BinaryIO, kind: Kind, served: BinaryIO, thumbnail: BinaryIO, *, most_pixels: int) -> Cleaned:
    """Write both copies. Raises Unfit for what does not decode whole, and MemoryError."""
    Image.MAX_IMAGE_PIXELS = most_pixels
    try:
        with Image.open(source, formats=[FORMATS[kind]]) as opened:
            if opened.width * opened.height > most_pixels:
                raise Unfit("This picture has too many pixels to be opened. Make it smaller, then add it again.")
            had_location = _says_where(opened)
            opened.load()
            picture = _plain(opened, kind)
            picture.save(served, **SAVING[kind])
            size = picture.size
            _small(picture).save(thumbnail, format="JPEG", quality=80)
    except (Unfit, MemoryError):
        raise
    except EVERYTHING:  # a decoder fails in more ways than it tells
        raise Unfit(NOT_WHOLE) from None
    return Cleaned(*size, had_location)


def _plain(opened: Image.Image, kind: Kind) -> Image.Image:
    """Upright, in sRGB, in a mode that the format keeps, with nothing beside the pixels."""
    profile = opened.info.get("icc_profile")
    picture = ImageOps.exif_transpose(opened)
    if picture.mode not in MODES[kind]:
        has_alpha = picture.mode in ("LA", "PA", "RGBa", "La") or "transparency" in picture.info
        picture = picture.convert("RGBA" if has_alpha and kind is not JPEG else "RGB")
    elif "transparency" in picture.info and picture.mode in ("L", "RGB"):
        picture = picture.convert("RGBA")
    if profile and picture.mode in ("RGB", "RGBA"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            picture = _in_srgb(picture, profile)
    if picture is opened:
        picture = opened.copy()
    # Each format writes some of what it finds here, such as a comment or a profile.
    picture.info = {}
    return picture


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    made = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"))
    return made or picture


def _small(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA"):
        clear = picture.convert("RGBA")
        clear.thumbnail((THUMBNAIL, THUMBNAIL))
        small = Image.new("RGB", clear.size, "white")
        small.paste(clear, mask=clear.getchannel("A"))
        return small
    if picture.mode == "I;16":
        picture = picture.point(lambda value: value / 256).convert("L")
    small = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return small


def _says_where(opened: ImageFile.ImageFile) -> bool:
    """Whether it says where it was taken: in Exif, XMP or IPTC. What cannot be read says nothing to anybody."""
    with suppress(*EVERYTHING):
        if opened.getexif().get_ifd(GPS):
            return True
    with suppress(*EVERYTHING):
        for name in ("xmp", "XML:com.adobe.xmp"):
            said = opened.info.get(name, b"")
            if any(place in (said.encode() if isinstance(said, str) else said) for place in XMP_PLACES):
                return True
    with suppress(*EVERYTHING):
        noted = IptcImagePlugin.getiptcinfo(opened) or {}
        return any(place in noted for place in IPTC_PLACES)
    return False
