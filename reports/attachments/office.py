"""Word and Excel documents: zip archives of parts. Looked at before anything is unpacked, and cleaned of their authors.

No part of Django is needed here: the cleaning runs in a process of its own.
"""

from __future__ import annotations

import os
import posixpath
import re
import zipfile
from typing import BinaryIO

from reports.attachments import stripping
from reports.attachments.allowed import DOCX, XLSX, Kind, Unfit

MOST_PARTS = 2_000
MOST_BYTES = 200 * 1024 * 1024
# Text packs at most so well; what packs better was made to burst whoever unpacks it.
RATIO, RATIO_FROM = 200, 5 * 1024 * 1024
BOMB = "This document unpacks to more than a document needs, so it was not opened. Save it as PDF, then add it again."
MACROS = "This document holds macros or another file in it. Save it without them, or as PDF, then add it again."
LOADS = "This document loads something from another place when it is opened. Save it as PDF, then add it again."
PROGRAM = re.compile(
    r"vbaProject|vbaData|macrosheets?/|activeX/|embeddings/|\.(?:bin|exe|dll|js|vbs|ocx|swf|hta)$", re.IGNORECASE
)
PRINTER = re.compile(r"xl/printerSettings/printerSettings\d+\.bin", re.IGNORECASE)
OUTSIDE = re.compile(rb"<Relationship\b[^>]*?TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE)
HARMLESS = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.IGNORECASE)
ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
MAIN = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
TYPES = "[Content_Types].xml"
LARGEST_LISTED = 1024 * 1024
LONGEST_LIST, LONGEST_END = 1024 * 1024, 65_536 + 22
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"


def refuse_long_list(source: BinaryIO) -> None:
    """Raise Unfit for an archive whose list of parts is far longer than a document's: reading that alone takes long."""
    source.seek(0, os.SEEK_END)
    source.seek(-min(source.tell(), LONGEST_END), os.SEEK_END)
    end = source.read()
    at = end.rfind(END)
    if at < 0 or len(end) < at + 22:
        raise zipfile.BadZipFile
    if int.from_bytes(end[at + 12 : at + 16], "little") > LONGEST_LIST or END_64 in end[max(at - 20, 0) : at]:
        raise Unfit(BOMB)


def look(archive: zipfile.ZipFile) -> Kind | None:
    """Which of the two it is; nothing for another archive. Raises Unfit for what must not be opened."""
    parts = archive.infolist()
    by_name = {part.filename: part for part in parts}
    kind = next((kind for name, kind in MAIN.items() if name in by_name), None)
    if TYPES not in by_name or kind is None:
        return None
    _refuse_bomb(parts)
    if len(by_name) != len(parts) or any(not _is_plain(part) for part in parts):
        raise Unfit("This document is not built as Word and Excel build them. Open and save it, then add it again.")
    if any(PROGRAM.search(name) and not PRINTER.fullmatch(name) for name in by_name):
        raise Unfit(MACROS)
    if b"macroenabled" in archive.read(TYPES).lower():
        raise Unfit(MACROS)
    for name in by_name:
        if name.endswith(".rels"):
            _refuse_loading(archive.read(name))
    return kind


def _refuse_bomb(parts: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_BYTES:
        raise Unfit(BOMB)
    if unpacked > RATIO_FROM and unpacked > RATIO * max(packed, 1):
        raise Unfit(BOMB)
    listed = [part for part in parts if part.filename == TYPES or part.filename.endswith(".rels")]
    if sum(part.file_size for part in listed) > LARGEST_LISTED:
        raise Unfit(BOMB)


def _is_plain(part: zipfile.ZipInfo) -> bool:
    name = part.filename
    inside = posixpath.normpath(name) == name.rstrip("/") and not name.startswith(("/", "..")) and "\\" not in name
    return inside and not part.flag_bits & 1  # not locked


def _refuse_loading(relations: bytes) -> None:
    if b"\x00" in relations or ENTITIES.search(relations):
        raise Unfit(LOADS)
    if any(not HARMLESS.search(one) for one in OUTSIDE.findall(relations)):
        raise Unfit(LOADS)


# -- The copy for readers ----------------------------------------------------------------------------------------------
CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
CUSTOM = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
)
PROPERTIES = {"docProps/core.xml": CORE, "docProps/app.xml": APP, "docProps/custom.xml": CUSTOM}
# Who wrote a comment or tracked change, by name; in Excel also the people of threaded comments.
NAMED = re.compile(
    rb"(\b(?:w:author|w:initials|w15:author|w15:userId|displayName|userId|userName|lastModifiedBy)\s*=\s*)"
    rb"(?:\"[^\"]*\"|'[^']*')"
)
AUTHORS = re.compile(rb"<((?:\w+:)?author)>[^<]*</")
# Where it was saved last, with the name of the person's folder.
FOLDER = re.compile(rb"<(?:\w+:)?absPath\b[^>]*/>|<(?:\w+:)?fileSharing\b[^>]*/>")
TEXTS = {
    DOCX: re.compile(rb"<w:t(?:\s[^>]*)?>([^<]*)</w:t>|</(w:p)>"),
    XLSX: re.compile(rb"<t(?:\s[^>]*)?>([^<]*)</t>|</(si)>"),
}
SAID = {
    DOCX: re.compile(r"word/(?:document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml"),
    XLSX: re.compile(r"xl/(?:sharedStrings|worksheets/sheet\d+|comments\d*)\.xml"),
}
ENTITY = {b"&lt;": b"<", b"&gt;": b">", b"&quot;": b'"', b"&apos;": b"'", b"&amp;": b"&"}


def clean(source: BinaryIO, target: BinaryIO) -> None:
    """Write the document without its authors, its properties, and what cameras noted in its pictures."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for part in archive.infolist():
            if part.is_dir() or part.filename.startswith("docProps/thumbnail"):
                continue
            plain = zipfile.ZipInfo(part.filename)  # without when it was saved
            plain.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(plain, _cleaned(part.filename, archive.read(part)))


def _cleaned(name: str, content: bytes) -> bytes:
    if name in PROPERTIES:
        return PROPERTIES[name]
    if name.startswith("docProps/"):
        return b""
    if "/media/" in name:
        return stripping.picture(content)
    if not name.endswith((".xml", ".rels")):
        return content
    if ENTITIES.search(content) or content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:200]:
        raise Unfit("This document is not built as Word and Excel build them. Open and save it, then add it again.")
    return FOLDER.sub(b"", AUTHORS.sub(rb"<\1></", NAMED.sub(rb'\1""', content)))


def text(source: BinaryIO, kind: Kind, longest: int) -> str:
    """What the document says, as far as `longest`."""
    found: list[str] = []
    length = 0
    with zipfile.ZipFile(source) as archive:
        for name in sorted(archive.namelist()):
            if not SAID[kind].fullmatch(name):
                continue
            for word in TEXTS[kind].finditer(archive.read(name)):
                said = "\n" if word[2] else _plain(word[1])
                found.append(said)
                length += len(said)
                if length > longest:
                    return "".join(found)[:longest]
    return "".join(found)


def _plain(said: bytes) -> str:
    for written, sign in ENTITY.items():
        said = said.replace(written, sign)
    return said.decode("utf-8", "replace")
