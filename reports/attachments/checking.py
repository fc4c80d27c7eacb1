"""The look at a file while somebody waits: what it is by its content, how large, and whether it is whole.

Nothing is decoded here. What needs more is done later, after the scanner, in a process of its own (`preparing`).
"""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

import puremagic
from django.conf import settings

from reports.attachments import names, office, structure
from reports.attachments.allowed import DOCX, GIF, JPEG, LISTED, PDF, PNG, TEXT, TEXT_EXTENSIONS, WEBP, Kind, Unfit
from reports.attachments.sealing import read_through, size_of

NOT_WHOLE = "This photo is not whole. Send it again."
HEAD = 4096
MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|meta|link|form|img|\?xml|\?php|\?=|x?html:)",
    re.IGNORECASE,
)
# What cannot stand in a text that somebody reads: control characters but tab, line feed, form feed and return.
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")

TAKEN = (
    (re.compile(rb"\xff\xd8\xff"), JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), PNG),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), WEBP),
    (re.compile(rb"GIF8[79]a"), GIF),
    (re.compile(rb"%PDF-"), PDF),
)
# What is often sent and not taken, by the bytes it begins with, with what to do instead.
REFUSED: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(rb"....ftyp(?:heic|heix|hevc|heim|heis|mif1|msf1)", re.DOTALL),
        "This is a HEIC photo, which not every reader can open. Save it as JPEG, or set the camera to "
        '"Most Compatible", then add it again.',
    ),
    (re.compile(rb"....ftyp", re.DOTALL), "This is a film or sound. Attach photos and documents only."),
    (re.compile(rb"MZ|\x7fELF|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|#!"), "This is a program. Programs are not attached."),
    (
        re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        "This is an older Office document or a locked one. Save it as DOCX, XLSX or PDF without a password.",
    ),
    (
        re.compile(rb"PK|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|MSCF|.{257}ustar", re.DOTALL),
        "This is an archive. Unpack it, and attach the files in it one by one.",
    ),
    (re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*\{\\rtf"), "This is an RTF document. Save it as DOCX or PDF."),
)


@dataclass(frozen=True)
class Look:
    """What a file was found to be."""

    kind: Kind
    name: str
    size: int
    width: int | None = None
    height: int | None = None


def look(source: BinaryIO, name: str) -> Look:
    """What this file is. Raises Unfit with the sentence for whoever sent it."""
    names.refuse_number(name)
    size = size_of(source)
    if not size:
        raise Unfit("This file is empty. Choose it again, or another one.")
    if size > settings.FILE_BYTES:
        raise Unfit(f"This file is larger than {settings.FILE_BYTES // 1024**2} MB. Make it smaller, or attach parts.")
    kind = kind_of(source, name)
    width, height = _pixels(source, kind) if kind.is_picture else (None, None)
    return Look(kind, names.cleaned(name, kind), size, width, height)


def kind_of(source: BinaryIO, name: str) -> Kind:
    source.seek(0)
    head = source.read(HEAD)
    for beginning, kind in TAKEN:
        if beginning.match(head):
            return kind
    if head.startswith(b"PK\x03\x04") and (found := _office(source)):
        return found
    for beginning, sentence in REFUSED:
        if beginning.match(head):
            raise Unfit(sentence)
    return _text(source, head, name)


def _office(source: BinaryIO) -> Kind | None:
    """A Word or Excel document that is safe to open; nothing for another archive. Raises Unfit."""
    try:
        office.refuse_long_list(source)
        source.seek(0)
        with zipfile.ZipFile(source) as archive:
            return office.look(archive)
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, OSError, EOFError, UnicodeError):
        raise Unfit(
            f"This {DOCX.label.split()[-1]} is not whole or is damaged. Open and save it, then add it again."
        ) from None


def _text(source: BinaryIO, head: bytes, name: str) -> Kind:
    """Plain text in UTF-8, which is no page, program or picture in disguise. Raises Unfit."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    tail = b""
    try:
        for chunk in read_through(source):
            if MARKUP.search(tail + chunk):
                raise Unfit("This is a web page or drawing that can hold programs. Save it as PDF or plain text.")
            if CONTROL.search(decoder.decode(chunk)):
                raise _unknown(head)
            tail = chunk[-32:]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _unknown(head) from None
    if names.extension_of(names.bare(name)).lower() not in TEXT_EXTENSIONS:
        raise Unfit(f"The name and the content of this file do not fit: it is plain text. Attach {LISTED}.")
    return TEXT


def _unknown(head: bytes) -> Unfit:
    """Say what it is, where that can be told."""
    try:
        best = puremagic.magic_string(head)[0].name.strip()
    except (puremagic.PureError, ValueError, IndexError):
        best = ""
    said = f" It looks like this: {best[:60]}." if best.isascii() and best.isprintable() and best else ""
    return Unfit(f"This kind of file is not taken.{said} Attach {LISTED}. Plain text must be in UTF-8.")


SIZES = {JPEG: structure.jpeg_size, PNG: structure.png_size, WEBP: structure.webp_size, GIF: structure.gif_size}


def _pixels(source: BinaryIO, kind: Kind) -> tuple[int, int]:
    """Width and height as the picture says. Raises Unfit for one too large to open, or without its end."""
    try:
        width, height = SIZES[kind](source)
    except (structure.Broken, struct.error, IndexError):
        raise Unfit(NOT_WHOLE) from None
    if not width or not height:
        raise Unfit(NOT_WHOLE)
    if width * height > settings.PICTURE_PIXELS:
        most = settings.PICTURE_PIXELS // 1_000_000
        raise Unfit(
            f"This picture has {width:,} × {height:,} pixels, more than the {most} million that are taken. "
            "Make it smaller, then add it again."
        )
    return width, height
