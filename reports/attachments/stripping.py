"""Pictures inside documents: what the camera noted is taken out of them, and not a bit of the picture is changed."""

from __future__ import annotations

import struct

# Beside Exif, XMP (APP1) and IPTC (APP13): every application's own notes but the three that say how colors are meant.
JPEG_KEPT = frozenset({0xE0, 0xE2, 0xEE})
JPEG_NOTES = frozenset({*range(0xE0, 0xF0), 0xFE}) - JPEG_KEPT
PNG_NOTES = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"iCCP"})
WEBP_NOTES = frozenset({b"EXIF", b"XMP ", b"ICCP"})


def picture(content: bytes) -> bytes:
    """The same picture without notes; what is no JPEG, PNG or WebP, or not whole, stays as it is."""
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return jpeg(content)
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError, ValueError):
        pass
    return content


def jpeg(content: bytes) -> bytes:
    """Up to the first scan, segment by segment; what follows is the picture itself, up to its end mark."""
    kept, at = [content[:2]], 2
    while True:
        marker = content[at + 1]
        if content[at] != 0xFF:
            raise ValueError
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        if marker == 0xDA:
            end = content.rfind(b"\xff\xd9")
            return b"".join([*kept, content[at : end + 2 if end > at else None]])
        if marker not in JPEG_NOTES:
            kept.append(content[at : at + 2 + length])
        at += 2 + length


def _png(content: bytes) -> bytes:
    kept, at = [content[:8]], 8
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind not in PNG_NOTES:
            kept.append(content[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(kept)


def _webp(content: bytes) -> bytes:
    kept, at = [], 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        part = content[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            part = part[:8] + bytes([part[8] & ~0b101100]) + part[9:]  # no profile, no Exif, no XMP
        if kind not in WEBP_NOTES:
            kept.append(part)
        at += 8 + length + length % 2
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
