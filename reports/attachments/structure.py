"""How pictures are built: how large they are and whether their end is there, found without decoding them.

JPEG: ITU T.81, annex B. PNG: W3C PNG, chapter 5. WebP: RFC 9649. GIF: GIF89a. What stands behind the end is passed
over: readers get a copy that holds none of it.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

# Frame headers; C4, C8 and CC of that range are something else.
JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
MOST_PARTS = 200_000


class Broken(Exception):
    """The picture ends before its end, or is none."""


def jpeg_size(source: BinaryIO) -> tuple[int, int]:
    """Width and height. Raises Broken unless every part up to the end mark is there."""
    source.seek(2)
    size = None
    for _ in range(MOST_PARTS):
        marker = _marker(source)
        if marker == 0xD9:
            break
        if marker in JPEG_BARE:
            continue
        (length,) = struct.unpack(">H", _exactly(source, 2))
        body = _exactly(source, max(length - 2, 0))
        if marker in JPEG_FRAMES:
            height, width = struct.unpack(">HH", body[1:5])
            size = size or (width, height)
        if marker == 0xDA:
            _pass_scan(source)
    else:
        raise Broken
    if not size:
        raise Broken
    return size


def _marker(source: BinaryIO) -> int:
    if _exactly(source, 1) != b"\xff":
        raise Broken
    while (sign := _exactly(source, 1)[0]) == 0xFF:
        pass
    return sign


def _pass_scan(source: BinaryIO) -> None:
    """Go on to the next marker: in the data of a scan FF is followed by 00, or by a restart mark."""
    while block := source.read(65536):
        at = -1
        while (at := block.find(b"\xff", at + 1)) >= 0:
            if at + 1 == len(block):
                source.seek(-1, os.SEEK_CUR)
                if len(source.read(2)) < 2:
                    raise Broken
                source.seek(-2, os.SEEK_CUR)
                break
            if block[at + 1] not in (0x00, 0xFF, *range(0xD0, 0xD8)):
                source.seek(at - len(block), os.SEEK_CUR)
                return
    raise Broken


def png_size(source: BinaryIO) -> tuple[int, int]:
    source.seek(8)
    size, kind = None, b""
    for _ in range(MOST_PARTS):
        length, kind = struct.unpack(">I4s", _exactly(source, 8))
        if kind == b"IHDR" and not size:
            size = struct.unpack(">II", _exactly(source, 8))
            length -= 8
        _pass(source, length + 4)
        if kind == b"IEND":
            break
    if not size or kind != b"IEND":
        raise Broken
    return size[0], size[1]


def webp_size(source: BinaryIO) -> tuple[int, int]:
    source.seek(4)
    (length,) = struct.unpack("<I", _exactly(source, 4))
    if _length(source) < length + 8:
        raise Broken
    source.seek(12)
    kind = _exactly(source, 8)[:4]
    head = _exactly(source, 10)
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise Broken


def gif_size(source: BinaryIO) -> tuple[int, int]:
    """The larger of the screen and its pictures, since each may lie beyond the screen."""
    source.seek(6)
    width, height, flags = struct.unpack("<HHB2x", _exactly(source, 7))
    _pass_colors(source, flags)
    for _ in range(MOST_PARTS):
        kind = _exactly(source, 1)
        if kind == b";":
            return width, height
        if kind == b",":
            left, top, wide, high, flags = struct.unpack("<HHHHB", _exactly(source, 9))
            width, height = max(width, left + wide), max(height, top + high)
            _pass_colors(source, flags)
            _exactly(source, 1)
        elif kind == b"!":
            _exactly(source, 1)
        else:
            raise Broken
        while length := _exactly(source, 1)[0]:
            _exactly(source, length)
    raise Broken


def _pass_colors(source: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        _exactly(source, 3 * 2 ** ((flags & 7) + 1))


def _exactly(source: BinaryIO, count: int) -> bytes:
    read = source.read(count)
    if len(read) != count:
        raise Broken
    return read


def _pass(source: BinaryIO, count: int) -> None:
    """Go on by so many bytes, which must be there."""
    if count:
        source.seek(count - 1, os.SEEK_CUR)
        _exactly(source, 1)


def _length(source: BinaryIO) -> int:
    source.seek(0, os.SEEK_END)
    return source.tell()
