"""Photos as cameras and programs leave them: where, when, with what and by whom, written in every place there is."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

from tests.attachments import made

FORMS = ("JPEG", "PNG", "WEBP")
XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description '
    'exif:GPSLatitude="{lat}" exif:GPSLongitude="{mark}" photoshop:City="{mark}" dc:creator="{mark}"/></x:xmpmeta>'
)


@dataclass(frozen=True)
class Photo:
    """One photo, and every value that was planted in it."""

    form: str
    name: str
    content: bytes
    planted: tuple[bytes, ...]


def photos(count: int, seed: int = 6) -> Iterator[Photo]:
    for number in range(count):
        yield photo(FORMS[number % 3], Random(f"{seed} {number}"))


def photo(form: str, random: Random) -> Photo:
    mark = f"Planted{random.randint(10**9, 10**10)}"
    seconds = random.randint(2**26, 2**27)
    exif = _exif(mark, seconds, random.randint(1, 8))
    xmp = XMP.format(lat=f"25,{seconds}N", mark=mark).encode()
    size = (random.randint(40, 90), random.randint(30, 60))
    saving: dict[str, Any] = {"exif": exif, "icc_profile": _profile(mark)}
    if form == "JPEG":
        saving |= {"xmp": xmp, "comment": f"{mark} comment".encode(), "quality": random.randint(60, 95)}
    elif form == "WEBP":
        saving |= {"xmp": xmp}
    else:
        notes = PngImagePlugin.PngInfo()
        notes.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=random.random() < 0.5)
        notes.add_text("Author", mark, zip=random.random() < 0.5)
        notes.add_text("Location", f"{seconds}")
        saving |= {"pnginfo": notes}
    content = made.picture(form, size, **saving)
    if form == "JPEG":
        content = _with_iptc(content, mark)
    planted = (mark.encode(), mark.encode("utf-16-le"), struct.pack("<I", seconds), struct.pack(">I", seconds))
    words = (b"Exif\0\0", b"http://ns.adobe.com/xap", b"Photoshop 3.0", b"GPSLatitude", b"8BIM", str(seconds).encode())
    return Photo(form, f"IMG.{form.lower()}", content, planted + words)


def _exif(mark: str, seconds: int, orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110], exif[0x013B], exif[0x010E] = mark, f"{mark} model", f"{mark} artist", f"{mark} shows"
    exif[0x9C9B], exif[0x9C9D] = mark.encode("utf-16-le"), mark.encode("utf-16-le")
    inner = exif.get_ifd(0x8769)
    inner[0x9003], inner[0xA431], inner[0x927C] = "2026:11:22 10:00:00", f"{mark} serial", f"{mark} maker note".encode()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (IFDRational(25, 1), IFDRational(46, 1), IFDRational(seconds, 10**7))
    gps[3], gps[4] = "W", (IFDRational(80, 1), IFDRational(11, 1), IFDRational(seconds, 10**7))
    gps[0x12] = f"{mark} datum"
    return exif


def _profile(mark: str) -> bytes:
    """An sRGB profile whose description names somebody."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    at = plain.find("sRGB".encode("utf-16-be"))
    text = mark.encode("utf-16-be")[:16]
    return plain if at < 0 else plain[:at] + text[:8] + plain[at + 8 :]


def _with_iptc(content: bytes, mark: str) -> bytes:
    said = mark.encode()
    records = b"".join(
        b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(said)) + said for number in (80, 90, 95, 101)
    )
    block = (
        b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records + b"\0" * (len(records) % 2)
    )
    return content[:2] + b"\xff\xed" + struct.pack(">H", len(block) + 2) + block + content[2:]


def left(content: bytes, planted: tuple[bytes, ...]) -> list[str]:
    """What is still told: planted values in the bytes, and whatever the reader of pictures finds beside the pixels."""
    found = [value.decode("latin-1") for value in planted if value in content]
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        noted = set(picture.info) - {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "loop",
            "background",
            "timestamp",
            "duration",
        }
        found += sorted(map(str, noted)) + [f"Exif {tag}" for tag in picture.getexif()]
        found += [f"GPS {tag}" for tag in picture.getexif().get_ifd(0x8825)]
        found += list(getattr(picture, "text", {}))
    return found
