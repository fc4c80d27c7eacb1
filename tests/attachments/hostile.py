"""Files made to do harm: more than thirty kinds, each in ten variants, made from a seed and never kept.

Each says what may become of it. `refused` at the upload or by the worker; `cleaned`: readers get a copy, as a download
of a known type, in which the marks of this kind do not stand. No file here holds anything that does harm in earnest.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

from reports.attachments.scanner import test_text as malware
from tests.attachments import made

REFUSED, CLEANED = "refused", "cleaned"
SCRIPT = "<script>alert(1)</script>"
PAGE = f"<!DOCTYPE html><html><body>{SCRIPT}</body></html>"
DRAWING = f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">{SCRIPT}</svg>'


@dataclass(frozen=True)
class Hostile:
    """One such file: what kind, under which name, and what may become of it."""

    kind: str
    name: str
    content: bytes
    fate: str
    # What must not stand in any byte that a reader gets.
    marks: tuple[bytes, ...] = ()


Make = Callable[[Random], tuple[str, bytes]]
KINDS: dict[str, tuple[str, Make, tuple[bytes, ...]]] = {}


def kind(name: str, fate: str = REFUSED, marks: tuple[bytes, ...] = ()) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        KINDS[name] = (fate, make, marks)
        return make

    return keep


def every(variants: int = 10, seed: int = 6) -> Iterator[Hostile]:
    for name, (fate, make, marks) in KINDS.items():
        for number in range(variants):
            called, content = make(Random(f"{seed} {name} {number}"))
            yield Hostile(name, called, content, fate, marks)


def padding(random: Random, most: int = 400) -> bytes:
    return " ".join(random.choice(["seen", "at", "the", "pier"]) for _ in range(random.randint(1, most))).encode()


def one_of(random: Random, *names: str) -> str:
    return random.choice(names)


# -- Pages, drawings and programs under other names --------------------------------------------------------------------
@kind("page called photo")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.jpg", "b.png", "c.html", "d.htm"), PAGE.encode() + padding(random)


@kind("page called text")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.txt", "b.csv", "c"), padding(random) + PAGE.encode()


@kind("page far behind text")
def _(random: Random) -> tuple[str, bytes]:
    return "notes.txt", b"seen at the pier\n" * random.randint(30_000, 40_000) + SCRIPT.encode()


@kind("page with a mark of another encoding")
def _(random: Random) -> tuple[str, bytes]:
    return "a.txt", PAGE.encode(one_of(random, "utf-16", "utf-16-be", "utf-32", "utf-7")) + padding(random, 3)


@kind("drawing")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.svg", "b.png", "c.xml", "d.txt"), b'<?xml version="1.0"?>' + DRAWING.encode()


@kind("drawing behind a comment")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.svg", "b.txt"), b"<!-- " + padding(random) + b" -->" + DRAWING.encode()


@kind("compressed drawing")
def _(random: Random) -> tuple[str, bytes]:
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    return one_of(random, "a.svgz", "b.jpg"), packed.compress(DRAWING.encode() + padding(random)) + packed.flush()


@kind("program")
def _(random: Random) -> tuple[str, bytes]:
    head = random.choice(
        [b"MZ\x90\x00", b"\x7fELF\x02\x01\x01", b"\xca\xfe\xba\xbe", b"#!/bin/sh\n", b"#!/usr/bin/python\n"]
    )
    return one_of(random, "a.exe", "b.jpg", "c.pdf", "d.txt"), head + random.randbytes(200)


@kind("script called script")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.bat", "b.ps1", "c.vbs", "d.js", "e.hta", "f.cmd", "g.py"), b"echo off\n" + padding(random)


@kind("shortcut")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.lnk", "b.jpg"), b"L\x00\x00\x00\x01\x14\x02\x00" + random.randbytes(300)


@kind("locked or old office document")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.doc", "b.docx", "c.xls"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.randbytes(600)


@kind("rich text")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.rtf", "b.doc", "c.txt"), rb"{\rtf1{\object\objdata 0105}" + padding(random) + b"}"


@kind("archive")
def _(random: Random) -> tuple[str, bytes]:
    if random.random() < 0.5:
        return one_of(random, "a.zip", "b.docx", "c.jpg"), made.archive({"a.exe": b"MZ" + random.randbytes(90)})
    head = random.choice([b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh9", b"MSCF"])
    return one_of(random, "a.rar", "b.7z", "c.jpg"), head + random.randbytes(300)


@kind("film, sound or HEIC")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.mp4", "b.heic", "c.jpg"), b"\0\0\0\x18ftyp" + random.choice(
        [b"heic", b"isom", b"mif1"]
    ) + random.randbytes(99)


@kind("malware")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.txt", "b.csv", "c"), random.choice([b"", b"seen\n"]) + malware() + random.choice(
        [b"", b"\n"]
    )


@kind("malware in a document")
def _(random: Random) -> tuple[str, bytes]:
    return "a.docx", made.docx(more={"word/media/" + one_of(random, "a.txt", "b.jpg"): malware()})


@kind("malware behind a photo")
def _(random: Random) -> tuple[str, bytes]:
    return "a.jpg", made.picture() + padding(random, 30) + malware()


# -- Files that burst or stop whoever opens them -----------------------------------------------------------------------
def png(width: int, height: int, data: bytes = b"", *more: tuple[bytes, bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(*one) for one in ((b"IHDR", head), *more, (b"IDAT", data), (b"IEND", b""))
    )


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@kind("huge picture")
def _(random: Random) -> tuple[str, bytes]:
    side = random.choice([50_000, 65_535, 2**31 - 1])
    if random.random() < 0.3:
        return "a.gif", b"GIF89a" + struct.pack("<HHBBB", 60_000, 60_000, 0, 0, 0) + b";"
    if random.random() < 0.3:
        photo = bytearray(made.picture())
        at = photo.find(b"\xff\xc0")
        photo[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
        return "a.jpg", bytes(photo)
    return "a.png", png(side, side, zlib.compress(bytes(1000)))


@kind("picture of another size than it says")
def _(random: Random) -> tuple[str, bytes]:
    return "a.png", png(random.randint(2000, 4000), 3000, zlib.compress(bytes(random.randint(100, 9000))))


@kind("picture whose notes burst")
def _(random: Random) -> tuple[str, bytes]:
    note = b"Comment\0\0" + zlib.compress(bytes(68_000_000))
    return "a.png", png(8, 8, zlib.compress(bytes(8 * 25)), *([(b"zTXt", note)] * random.randint(1, 3)))


@kind("photo cut off")
def _(random: Random) -> tuple[str, bytes]:
    form = random.choice(["JPEG", "PNG", "WEBP", "GIF"])
    photo = made.picture(form, (200, 150))
    return f"a.{form.lower()}", photo[: random.randint(len(photo) // 4, len(photo) * 9 // 10)]


@kind("photo of noise")
def _(random: Random) -> tuple[str, bytes]:
    head = random.choice(
        [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x90\0\0\0WEBPVP8 ", b"GIF89a", b"\xff\xd8\xff\xd9"]
    )
    return "a.jpg", head + random.randbytes(random.randint(0, 3000))


@kind("document that bursts")
def _(random: Random) -> tuple[str, bytes]:
    return "a.docx", made.docx(more={"word/media/a.txt": bytes(random.randint(20, 40) * 1_000_000)})


@kind("document that lies about its size")
def _(random: Random) -> tuple[str, bytes]:
    content = bytearray(made.docx("x" * 100_000))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + place : at + place + 4] = struct.pack("<I", random.choice([1, 2**31, 2**32 - 1]))
    return "a.docx", bytes(content)


@kind("document with an endless list of parts")
def _(random: Random) -> tuple[str, bytes]:
    content = bytearray(made.docx())
    at = content.rfind(b"PK\x05\x06")
    if random.random() < 0.5:
        content[at + 12 : at + 16] = struct.pack("<I", random.choice([2**21, 2**32 - 1]))
    else:
        content[at:at] = b"PK\x06\x07" + random.randbytes(16)
    return "a.docx", bytes(content)


@kind("document with thousands of parts")
def _(random: Random) -> tuple[str, bytes]:
    return "a.xlsx", made.xlsx(more={f"xl/{number}.xml": b"" for number in range(2100)})


# -- Documents that act ------------------------------------------------------------------------------------------------
@kind("document with macros")
def _(random: Random) -> tuple[str, bytes]:
    where = one_of(
        random, "word/vbaProject.bin", "word/vbaData.xml", "word/activeX/activeX1.xml", "word/embeddings/a.bin", "a.exe"
    )
    if random.random() < 0.2:
        return "a.xlsx", made.xlsx(more={"xl/macrosheets/sheet1.xml": b"<x/>"})
    return "a.docx", made.docx(more={where: random.randbytes(50)})


@kind("document that loads")
def _(random: Random) -> tuple[str, bytes]:
    kind = one_of(random, "attachedTemplate", "oleObject", "frame", "image", "externalLink", "subDocument")
    relation = (
        f'<Relationship Id="r1" Type="http://x/{kind}" Target="http://example.gov/{kind}" TargetMode="External"/>'
    )
    return "a.docx", made.docx(more={"word/_rels/settings.xml.rels": f"<Relationships>{relation}</Relationships>"})


@kind("document with entities")
def _(random: Random) -> tuple[str, bytes]:
    xml = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + made.DOCUMENT.format("&b;")
    return "a.docx", made.docx(more={"word/document.xml": xml.encode(one_of(random, "utf-8", "utf-16"))})


@kind("document with parts outside")
def _(random: Random) -> tuple[str, bytes]:
    return "a.docx", made.docx(more={one_of(random, "../../etc/cron.d/a", "/etc/passwd", "word/../../a"): b"x"})


def armed_pdf(random: Random) -> bytes:
    """Scripts at opening, on a page and on a note, a launch, a hidden file, a form that sends, an author."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made.pdf(Author="Harmful Author", Title="Harmful title"))))
    name = NameObject
    if random.random() < 0.7:
        writer.add_attachment("harmful.exe", b"MZ harmful file")
    acts = [
        {"/S": name("/JavaScript"), "/JS": TextStringObject("harmful script")},
        {"/S": name("/Launch"), "/F": TextStringObject("harmful.exe")},
        {"/S": name("/SubmitForm"), "/F": TextStringObject("http://harmful.example.gov/")},
        {"/S": name("/GoToR"), "/F": TextStringObject("//harmful/share")},
        {"/S": name("/ImportData"), "/F": TextStringObject("harmful.fdf")},
    ]
    act = DictionaryObject({name(key): value for key, value in random.choice(acts).items()})
    if random.random() < 0.5:
        first = {
            name("/S"): name("/URI"),
            name("/URI"): TextStringObject("http://x/"),
            name("/Next"): writer._add_object(act),
        }
        act = DictionaryObject(first)
    root, page = writer.root_object, writer.pages[0]
    root[name("/OpenAction")] = writer._add_object(act)
    page[name("/AA")] = DictionaryObject({name("/O"): act})
    names = root.setdefault(name("/Names"), DictionaryObject()).get_object()
    called = ArrayObject([TextStringObject("harmful"), writer._add_object(act)])
    names[name("/JavaScript")] = DictionaryObject({name("/Names"): called})
    hidden = DecodedStreamObject()
    hidden.set_data(b"harmful file")
    rich = {"/Type": name("/Annot"), "/Subtype": name("/FileAttachment"), "/FS": writer._add_object(hidden)}
    link = {"/Type": name("/Annot"), "/Subtype": name("/Link"), "/A": act, "/T": TextStringObject("Harmful Author")}
    box = ArrayObject([FloatObject(10), FloatObject(10), FloatObject(90), FloatObject(90)])
    notes = [DictionaryObject({name(k): v for k, v in one.items()} | {name("/Rect"): box}) for one in (rich, link)]
    page[name("/Annots")] = ArrayObject([writer._add_object(note) for note in notes])
    described = DecodedStreamObject()
    described.set_data(b"<x:xmpmeta>Harmful Author</x:xmpmeta>")
    root[name("/Metadata")] = writer._add_object(described)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


HARM = (
    b"armful",
    b"/JavaScript",
    b"/Launch",
    b"/SubmitForm",
    b"/GoToR",
    b"/ImportData",
    b"/EmbeddedFile",
    b"/OpenAction",
)


@kind("PDF that acts", CLEANED, HARM)
def _(random: Random) -> tuple[str, bytes]:
    return "a.pdf", armed_pdf(random)


@kind("PDF with a page or program behind it", CLEANED, (b"<script", b"MZ harm", b"armful"))
def _(random: Random) -> tuple[str, bytes]:
    return "a.pdf", armed_pdf(random) + random.choice([PAGE.encode(), b"MZ harmful program"])


@kind("PDF of noise")
def _(random: Random) -> tuple[str, bytes]:
    return "a.pdf", b"%PDF-1.7\n" + random.choice([b"", PAGE.encode(), random.randbytes(2000)])


@kind("locked PDF")
def _(random: Random) -> tuple[str, bytes]:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made.pdf())))
    writer.encrypt(f"secret {random.random()}", algorithm="AES-256")
    written = io.BytesIO()
    writer.write(written)
    return "a.pdf", written.getvalue()


# -- Photos that are something else as well ----------------------------------------------------------------------------
@kind("photo with a page behind it", CLEANED, (b"<script", b"<svg", b"PK\x03\x04"))
def _(random: Random) -> tuple[str, bytes]:
    form = random.choice(["JPEG", "PNG", "GIF"])
    tail = random.choice([PAGE.encode(), DRAWING.encode(), made.archive({"a.exe": b"MZ"})])
    return "a.jpg", made.picture(form) + tail


@kind("photo with a page in it", CLEANED, (b"<script",))
def _(random: Random) -> tuple[str, bytes]:
    if random.random() < 0.5:
        return "a.jpg", made.picture(comment=PAGE.encode() + padding(random))
    exif = Image.Exif()
    exif[0x010E] = PAGE
    return "a.jpg", made.picture(random.choice(["JPEG", "WEBP", "PNG"]), exif=exif)


# -- Names -------------------------------------------------------------------------------------------------------------
@kind("photo with a name that misleads", CLEANED, ())
def _(random: Random) -> tuple[str, bytes]:
    names = [
        "../../etc/passwd",
        "a\u202egpj.exe",
        "C:\\Windows\\a.exe",
        "a\r\nSet-Cookie: b.jpg",
        "a\x00.html",
        "x" * 900 + ".jpg",
        ".htaccess",
        "..",
        " ",
        "<script>.html",
        'a".svg',
        "a.php.jpg",
    ]
    return random.choice(names), made.picture()


@kind("nothing or too much")
def _(random: Random) -> tuple[str, bytes]:
    return "a.jpg", b"" if random.random() < 0.5 else made.picture() + bytes(26 * 1024 * 1024)


@kind("text that is not text")
def _(random: Random) -> tuple[str, bytes]:
    return one_of(random, "a.txt", "b"), random.choice(
        [random.randbytes(500), b"seen\x00at", b"caf\xe9 seen", b"\x1b]0;x\x07"]
    )


@kind("number in the name")
def _(random: Random) -> tuple[str, bytes]:
    number = f"{random.randint(200, 299)}-{random.randint(10, 99)}-{random.randint(1000, 9999)}"
    return f"scan {number}.jpg", made.picture()
